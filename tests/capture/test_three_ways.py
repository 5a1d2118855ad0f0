"""The same network captured in Python and saved as TorchScript gives the same work: arithmetic by class of operator. How
it comes out of torch.export is compared call by call in test_exported.py."""

import collections
import json
import os
import unittest
import warnings

import zoo
from captured import CaptureTest, capture, torch

SCENARIO = """\
name: work
workload: {{ trace: {trace} }}
mapping: {{ default: PIM-AI-4chip }}
simulation: {{ cost_model: roofline }}
"""


@unittest.skipUnless(os.environ.get("UPMEM_DES_HAS_PROFILER") == "1", "built without the profiler")
class ThreeWays(CaptureTest):
    def work(self, trace):
        """flop by class, without classes that do none."""
        scenario = self.write("work.yaml", SCENARIO.format(trace=trace))
        self.good("run", scenario, "-q", "--json", self.folder / "work.json")
        flop = collections.Counter()
        self.operators = json.loads((self.folder / "work.json").read_text())["operators"]
        for operator in self.operators:
            # A product of attention has a name in Python that says so, and none in TorchScript.
            kind = "linear" if operator["class"] == "attention" else operator["class"]
            flop[kind] += operator["flop"]
        return {name: count for name, count in flop.items() if count}

    def both(self, name, freeze=False):
        python, script = self.traces(name, freeze)
        return self.work(python), self.work(script)

    def traces(self, name, freeze=False):
        net, x = zoo.made(name)
        python, script = self.folder / f"{name}.python.jsonl", self.folder / f"{name}.script.jsonl"
        with capture(net, python, functions="all"):
            net(x)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the sizes that a trace keeps
            saved = torch.jit.trace(net, x, check_trace=False)
        (torch.jit.freeze(saved) if freeze else saved).save(str(self.folder / f"{name}.pt"))
        kind = "" if x.is_floating_point() else ":int64"
        self.good("profile", "--torchscript", self.folder / f"{name}.pt", "--input",
                  "x".join(map(str, x.shape)) + kind, "-o", script)
        return python, script

    def test_torchscript_does_the_work_of_python(self):
        for name in [*zoo.NETS, *zoo.NOT_EXPORTED]:
            with self.subTest(name):
                python, script = self.both(name)
                self.assertTrue(python)
                if name == "self_attention":  # a trace leaves out the mean of the weights, which nobody reads
                    python.pop("other"), script.pop("other")
                self.assertEqual(python, script)

    def test_quantised_weights_have_a_byte_each(self):
        for trace in self.traces("quantised"):
            self.work(trace)
            head = next(operator for operator in self.operators if operator["name"] == "head")
            # 8 · 4 weights of a byte, 4 biases and 6 rows of 8 and 4 numbers of 4 bytes.
            self.assertEqual(head["memory_bytes"], 32 + 16 + 6 * (8 + 4) * 4)

    def test_a_frozen_network_does_the_same(self):
        for name in ("shared", "tied", "grouped"):
            with self.subTest(name):
                python, script = self.both(name, freeze=True)
                # ReLU6 has become hardtanh, which counts one operation for each number, not two.
                python.pop("activation", None), script.pop("activation", None)
                self.assertEqual(python, script)


if __name__ == "__main__":
    unittest.main()
