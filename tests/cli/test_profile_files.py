"""`profile` and files of others: what they are called that are no TorchScript, libraries of operators, inputs of all kinds,
networks that crash, never end or eat all memory, and archives of torch.export."""

import json
import os
import resource
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from program import PROGRAM, TIMES_AS_LONG, CliTest, environment, read_trace, run, unless_sanitized
from test_profile import ProfileTest, needs_profiler

OPERATORS = os.environ.get("UPMEM_DES_TEST_OPERATORS", "")
# For networks that never end: what the profiler needs to come so far, many times over.
LIMIT_s = 10 if TIMES_AS_LONG == 1 else 40
NETWORKS = """
import pickle, torch
from typing import Dict, List, Optional, Tuple
from torch import nn, Tensor

library = torch.library.Library("upmem_test", "DEF")
NAMES = ("twice", "crash", "stop", "leave", "kill", "wait", "eat", "recurse", "throw_number")
for name in NAMES:
    library.define(name + "(Tensor x) -> Tensor")

CLASS = '''
class Calls_{name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Sequential(nn.Linear(8, 4))
    def forward(self, x):
        return torch.ops.upmem_test.{name}(self.head(x))
'''
import importlib.util, pathlib
pathlib.Path("calls.py").write_text("import torch\\nfrom torch import nn\\n" + "".join(CLASS.format(name=name) for name in NAMES))
import calls
for name in NAMES:
    torch.jit.script(getattr(calls, "Calls_" + name)()).save(name + ".pt")

class Kinds(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(100, 4)
    def forward(self, named: Dict[str, Tensor], several: List[Tensor], scale: float, mask: Optional[Tensor] = None):
        x = self.words(named["ids"]) * scale + several[0]
        return x if mask is None else x * mask

class Setup(nn.Module):
    # Its file is read for ever.
    def __init__(self):
        super().__init__()
        self.n = 3
    @torch.jit.export
    def __getstate__(self):
        return (self.n, self.training)
    @torch.jit.export
    def __setstate__(self, state: Tuple[int, bool]):
        self.n = state[0]
        self.training = state[1]
        while self.n > 0:
            self.n += 1
    def forward(self, x):
        return x + self.n

class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, 4)
    def forward(self, x):
        x = self.head(x)
        all = [x]
        while len(all) < 1 << 30:
            all.append(torch.ones(1 << 24))
        return all[0] + all[-1]

torch.jit.script(Kinds()).save("kinds.pt")
torch.jit.script(Setup()).save("forever.pt")
torch.jit.script(Memory()).save("memory.pt")
torch.save(Kinds().state_dict(), "state_dict.pt")
torch.save(nn.Linear(2, 2), "module.pt")
torch.save(nn.Linear(2, 2).state_dict(), "old_state_dict.pt", _use_new_zipfile_serialization=False)
"""
EXPECTED = "; expected a module that torch.jit.save() has written"


class FilesTest(ProfileTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.networks / "make.py").write_text(NETWORKS)
        made = subprocess.run(["/usr/bin/python3", "make.py"], cwd=cls.networks, capture_output=True, text=True)
        if made.returncode != 0:
            raise AssertionError(made.stderr)

    def setUp(self):
        CliTest.setUp(self)
        self.net = self.networks / "net.pt"

    def profiled(self, name, *options, code=0, saying="", env=None):
        """Of a network that calls an operator of OPERATORS."""
        file = self.networks / f"{name}.pt"
        arguments = ("profile", "--torchscript", file, *options)
        if code == 0:
            return self.good(*arguments, env=env)
        return self.refused(*arguments, code=code, saying=saying, env=env)


@needs_profiler
class OtherFiles(FilesTest):
    def test_they_are_called_what_they_are(self):
        for name, what in (("state_dict", "a state_dict that torch.save() has written: weights, and no network"),
                           ("old_state_dict", "a state_dict that torch.save() has written: weights, and no network"),
                           ("module", "a pickled object of the class 'torch.nn.modules.linear.Linear', as torch.save(model) "
                            "writes, which only Python can read" + EXPECTED)):
            file = self.networks / f"{name}.pt"
            self.profiled(name, "--input", "2x2", code=2, saying=(f"{file}: {what}", "scripts/capture_torch.py"))
            scenario = self.write("s.yaml", f"workload: {{ torchscript: {file}, inputs: [2x2] }}\n"
                                            "mapping: { default: PIM-AI-4chip }\n")
            self.refused("run", scenario, saying=(f"{file}: {what}", "scripts/capture_torch.py"))


@needs_profiler
class Inputs(FilesTest):
    def test_all_kinds(self):
        inputs = ("--input", "{ids=2x3:int64:0..99}", "--input=[2x3x4]", "--input=float:0.5", "--input=none")
        self.profiled("kinds", *inputs, "-o", self.folder / "t.jsonl")
        header, events = read_trace(self.folder / "t.jsonl")
        self.assertEqual(header["batch"], 2)
        self.assertEqual([event["type"] for event in events], ["Embedding", "mul", "add"])
        scenario = self.write("s.yaml", f"workload:\n  torchscript: {self.networks}/kinds.pt\n  inputs: "
                              "['{ids=2x3:int64:0..99}', '[2x3x4]', 'float:0.5', none]\nmapping: { default: PIM-AI-4chip }\n")
        self.assertEqual(self.result(scenario)["events"], 3)
        shown = self.good("run", scenario, "--dry-run")
        self.check_words(shown, ("{ids=2x3:int64:0..99}", "[2x3x4]", "float:0.5", "none"))

    def test_what_contradicts_forward(self):
        schema = ("forward(named: Dict[str, Tensor], several: List[Tensor], scale: float, mask: Optional[Tensor] = None) -> "
                  "Tensor")
        self.profiled("kinds", "--input=2x3:int64", "--input=[2x3x4]", "--input=float:1", code=2,
                      saying=f"kinds.pt: input 1, 'named': '2x3:int64', a tensor; expected Dict[str, Tensor], as "
                             f"{{NAME=INPUT,…}}: {schema}")
        self.profiled("kinds", "--input={ids=2x3:int64}", "--input=[2x3x4]", "--input=2", code=2,
                      saying=f"kinds.pt: input 3, 'scale': '2', a tensor; expected float, as float:0.5: {schema}")
        self.profiled("kinds", "--input=none", code=2, saying=f"kinds.pt: 1 input; expected 3 to 4 inputs: {schema}")

    def test_before_anything_is_started(self):
        for option in ("--torchscript", "--exported"):
            self.refused("profile", option, self.net, "--input", "[1x3",
                         saying="--input: '[1x3': ends too early; expected ']' or ','")


@needs_profiler
class OperatorLibraries(FilesTest):
    def test_a_library(self):
        self.profiled("twice", "--input=2x8", "--operator-library", OPERATORS, "-o", self.folder / "t.jsonl")
        _, events = read_trace(self.folder / "t.jsonl")
        self.assertEqual([event["type"] for event in events], ["Linear", "upmem_test::twice"])
        self.profiled("twice", "--input=2x8", code=2,
                      saying=("twice.pt: unknown operator 'upmem_test::twice'; expected one of libtorch ",
                              "or the library that has it with --operator-library, in a scenario operator_libraries"))

    def test_in_a_scenario(self):
        shutil.copy(OPERATORS, self.folder / "ops.so")
        text = (f"workload:\n  torchscript: {self.networks}/twice.pt\n  inputs: [2x8]\n  operator_libraries: [ops.so]\n"
                "mapping: { default: PIM-AI-4chip }\n")
        scenario = self.write("s.yaml", text)
        self.check_words(self.good("run", scenario, "--dry-run"), f"operator_libraries: [{self.folder}/ops.so]")
        # It is loaded; what the operator computes no cost model knows.
        self.refused("run", scenario, saying="upmem_test::twice")
        def inputs():
            return self.good("check", scenario).split("inputs ")[1]
        before = inputs()
        with open(self.folder / "ops.so", "ab") as library:
            library.write(b" ")
        self.assertNotEqual(inputs(), before)

    def test_files_that_are_none(self):
        library = self.folder / "lib.so"
        def refused(saying):
            self.profiled("twice", "--input=2x8", "--operator-library", library, code=2, saying=f"{library}: {saying}")
        refused("no such file")
        library.mkdir()
        refused("a folder; expected a shared library of operators")
        library.rmdir()
        library.write_text("hello")
        refused("no shared library; expected a shared library of operators that was built with libtorch ")
        library.write_bytes(Path(OPERATORS).read_bytes()[:4])
        refused("cannot be loaded: file too short; expected a shared library of operators that was built with libtorch ")
        self.refused("profile", "--torchscript", self.net, "--operator-library", library, "-o", library,
                     saying="is read by this command")

    @unless_sanitized
    def test_one_that_ends_the_process(self):
        for what, limit, code, text in (("crash", 600, 2, "the profiler was ended by signal 11 (Segmentation fault) while this library was "
                                         "loaded; expected a shared library of operators for this libtorch"),
                                        ("wait", LIMIT_s, 1, f"not done after {LIMIT_s} s, the limit; ended while this library was "
                                         "loaded")):
            self.profiled("twice", "--input=2x8", "--operator-library", OPERATORS, "--limit", limit, code=code,
                          saying=f"{OPERATORS}: {text}", env=environment(UPMEM_DES_TEST_OPERATORS_DO=what))


@needs_profiler
class Endings(FilesTest):
    """However a network ends, it is one line, with what was reached."""

    def ends(self, name, saying, code=1, *options):
        self.profiled(name, "--input=2x8", "--operator-library", OPERATORS, *options, code=code,
                      saying=(f"{self.networks}/{name}.pt: the profiler {saying}",))

    @unless_sanitized
    def test_crashes(self):
        where = " in function 'upmem_test::%s' after layer 'head.0' (Linear)"
        self.ends("crash", "was ended by signal 11 (Segmentation fault)" + where % "crash")
        self.ends("stop", "was ended by signal 6 (Aborted)" + where % "stop")
        self.ends("recurse", "was ended by signal 11 (Segmentation fault)" + where % "recurse")
        self.ends("leave", "ended without an answer, exit code 3" + where % "leave")
        self.profiled("throw_number", "--input=2x8", "--operator-library", OPERATORS, code=1,
                      saying="throw_number.pt: something was thrown that says nothing" + where % "throw_number")
        self.ends("kill", "was ended by signal 9 (Killed)" + where % "kill" + ", as Linux does when memory runs out")

    def test_in_a_pass_that_is_not_recorded(self):
        self.ends("leave", "ended without an answer, exit code 3 after layer 'head.0' (Linear)", 1, "--warmup", 1)

    def test_networks_that_never_end(self):
        self.profiled("wait", "--input=2x8", "--operator-library", OPERATORS, "--limit", LIMIT_s, code=1,
                      saying=f"{self.networks}/wait.pt: not done after {LIMIT_s} s, the limit; ended in function "
                             "'upmem_test::wait' after layer 'head.0' (Linear)")
        self.profiled("forever", "--input=2", "--limit", LIMIT_s, code=1,
                      saying=f"{self.networks}/forever.pt: not done after {LIMIT_s} s, the limit; ended while libtorch read this "
                             "file")

    def test_a_limit_that_is_enough_changes_nothing(self):
        self.good("profile", "--torchscript", self.net, "--input=2x8", "--limit", 600)

    def test_a_limit_is_a_number_of_seconds(self):
        for bad in (0, -1, "nan", "inf", "soon", 1e10):
            self.refused("profile", "--torchscript", self.net, "--limit", bad,
                         saying=f"--limit: '{bad}'; expected a number above 0 and at most 1000000000")

    @unless_sanitized
    def test_memory_that_is_bounded(self):
        """As with ulimit -v."""
        def limited():
            resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        for name, where in (("memory", "after layer 'head' (Linear)"),
                            ("eat", "in function 'upmem_test::eat' after layer 'head.0' (Linear)")):
            done = subprocess.run([PROGRAM, "profile", "--torchscript", self.networks / f"{name}.pt", "--input=2x8",
                                   "--operator-library", OPERATORS], capture_output=True, text=True, preexec_fn=limited)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stderr, rf"\Aupmem-des: error: \S*{name}\.pt: out of memory [^\n]*\n\Z")
            self.assertIn("head", done.stderr)


FAKE_PYTHON = """#!/bin/sh
exec /usr/bin/python3 -S {folder}/fake.py "$@"
"""
FAKE = """
import json, os, signal, sys, time
if sys.argv[2] == "-c":
    sys.exit(int(os.environ.get("FAKE_PROBE", "0")))
assert sys.argv[1] == "-B" and os.path.basename(sys.argv[2]) == "capture_torch.py" and sys.argv[3] == "exported"
what = os.environ.get("FAKE_DO", "")
if what in ("crash", "spin"):
    with open("/dev/fd/5", "w") as place:
        place.write("layer 'head.0' (Linear)\\0 and what was there before")
if what == "refuse":
    print("a warning of torch\\ncapture_torch.py: error: net.pt2: is not what it should be\\nmore", file=sys.stderr)
    sys.exit(2)
if what == "fail":
    print("capture_torch.py: it failed", file=sys.stderr)
    sys.exit(1)
if what == "crash":
    print("last words", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)
if what == "spin":
    time.sleep(1000)
options = dict(word.split("=", 1) for word in sys.argv[5:] if not word.startswith("--input"))
print("printed by the network")
with open(options["--output"], "w") as trace:
    trace.write(json.dumps({"format": "upmem-des-trace", "version": 1, "model": "net", "dtype": "float32", "batch": 2,
                            "source": " ".join(sys.argv[4:])}) + "\\n")
    for seq in range(2):
        trace.write(json.dumps({"seq": seq, "kind": "function", "type": "relu", "name": "relu", "id": None, "weight_shape": None, "phase": "prefill", "step": 0,
                                "input_shape": [2, 3], "output_shape": [2, 3], "start_ns": seq, "duration_ns": 0.5e9}) + "\\n")
if what != "silent":
    with open(options["--measured"], "w") as measured:
        energy = json.loads(os.environ.get("FAKE_ENERGY", "[]"))
        json.dump({"phases": [{"time_s": 1.5, "passes": 1, "energy_uj": energy}, {"time_s": 0, "passes": 0, "energy_uj": energy}],
                   "threads": 3, "torch": "2.1"}, measured)
"""


class Exported(CliTest):
    """With a program in Python's place; tests/capture has the script itself."""

    def setUp(self):
        super().setUp()
        (self.folder / "fake.py").write_text(FAKE)
        self.python = self.folder / "python"
        self.python.write_text(FAKE_PYTHON.format(folder=self.folder))
        self.python.chmod(0o755)
        self.archive = self.write("net.pt2", "")

    def env(self, do="", probe=0, **more):
        return environment(**{"UPMEM_DES_PYTHON": str(self.python), "FAKE_DO": do, "FAKE_PROBE": str(probe),
                              "UPMEM_DES_POWERCAP": str(self.folder / "none"), **more})

    def exported_refused(self, *options, saying, code=2, **env):
        self.refused("profile", "--exported", self.archive, *options, saying=saying, code=code, env=self.env(**env))

    def test_arguments_and_what_comes_back(self):
        text = self.good("profile", "--exported", self.archive, "--input", "{ids=1x8:int64,b=[none]}",
                         "--input=int:-3", "--repeat", 2, "--warmup", 1, "--seed", 7, "--threads", 5, "-o",
                         self.folder / "t.jsonl", "--json", self.folder / "m.json", env=self.env())
        header, events = read_trace(self.folder / "t.jsonl")
        self.assertEqual(header["source"], f"{self.archive} --input={{ids=1x8:int64,b=[none]}} --input=int:-3 --repeat=2 "
                         "--warmup=1 --seed=7 --threads=5 --functions=all --output=/dev/fd/3 --measured=/dev/fd/4 --reached=/dev/fd/5")
        self.assertEqual(len(events), 2)
        self.check_words(text, ("3 threads, libtorch 2.1", f"no CPU energy: {self.folder}/none: no such folder"))
        self.assertNotIn("printed by the network", text)
        measured = json.loads((self.folder / "m.json").read_text())
        self.assertEqual(measured["format"], "upmem-des-profile")
        self.good("profile", "--exported", self.archive, env=self.env())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir() if path.name.startswith((".", "tmp"))), [])

    def test_energy_is_what_the_counters_have_counted(self):
        for zone, name, largest in (("intel-rapl:0", "package-0", 9000), ("intel-rapl:0:0", "dram", 7000)):
            (self.folder / "cap" / zone).mkdir(parents=True)
            for file, text in (("name", name), ("max_energy_range_uj", largest), ("energy_uj", 1)):
                (self.folder / "cap" / zone / file).write_text(f"{text}\n")
        counters = self.env(UPMEM_DES_POWERCAP=str(self.folder / "cap"), FAKE_ENERGY="[2000000, 500000]")
        self.good("profile", "--exported", self.archive, "-o", self.folder / "t.jsonl", "--json", self.folder / "m.json",
                  env=counters)
        self.assertIn(f"--energy-counter=9000:{self.folder}/cap/intel-rapl:0/energy_uj "
                      f"--energy-counter=7000:{self.folder}/cap/intel-rapl:0:0/energy_uj ",
                      read_trace(self.folder / "t.jsonl")[0]["source"])
        phases = json.loads((self.folder / "m.json").read_text())["phases"]
        self.assertEqual(phases["prefill"]["energy_J"], {"packages": 2, "memory": 0.5, "total": 2.5})
        counters["FAKE_ENERGY"] = "null"
        text = self.good("profile", "--exported", self.archive, env=counters)
        self.check_words(text, ("no CPU energy: an energy counter could not be read while the network ran",))

    def test_in_a_scenario(self):
        text = ("workload: {{ exported: net.pt2, inputs: [2x3], repeat: 2, warmup: 1, seed: 7, threads: 5 }}\n"
                "mapping: {{ default: {device} }}\nsimulation: {{ cost_model: roofline }}\n")
        scenario = self.write("s.yaml", text.format(device="PIM-AI-4chip"))
        self.good("run", scenario, "-q", "--json", self.folder / "r.json", env=self.env())
        result = json.loads((self.folder / "r.json").read_text())
        # Two calls of relu on 2 · 3 numbers.
        self.assertEqual([(row["type"], row["count"], row["flop"]) for row in result["operators"]], [("relu", 2, 12)])
        shown = self.good("run", scenario, "--dry-run", env=self.env(do="crash"))  # nothing runs
        self.check_words(shown, (f"exported: {self.archive}", "inputs: [2x3]", "repeat: 2", "threads: 5"))
        self.assertNotIn("sim_compute", shown)
        self.refused("run", scenario, env=self.env(probe=3), saying="an archive of torch.export is run by Python, and ")
        self.refused("run", self.write("t.yaml", text.format(device="none")), env=self.env(do="crash"), saying="none")
        self.refused("run", scenario, env=self.env(do="refuse"), saying="net.pt2: is not what it should be")
        self.refused("run", scenario, env=self.env(do="crash"), code=1,
                     saying=f"{self.archive}: Python was ended by signal 11 (Segmentation fault)")

    def test_messages_are_the_scripts(self):
        self.exported_refused(do="refuse", saying="upmem-des: error: net.pt2: is not what it should be\n")
        self.exported_refused(do="fail", code=1, saying="upmem-des: error: it failed\n")
        self.exported_refused(do="crash", code=1, saying=f"{self.archive}: Python was ended by signal 11 (Segmentation fault) in layer "
                                                         "'head.0' (Linear); its last words: last words")
        self.exported_refused(do="silent", code=1, saying="an answer of capture_torch.py that cannot be read")
        self.exported_refused("--limit", 1, do="spin", code=1,
                              saying=f"{self.archive}: not done after 1 s, the limit; Python ended in layer 'head.0' (Linear)")

    def test_a_python_that_lacks_it(self):
        for probe, problem in ((3, "has no PyTorch"), (4, "has a PyTorch without torch.export"), (9, "is no Python that runs")):
            self.exported_refused(probe=probe, saying=f"an archive of torch.export is run by Python, and {self.python} "
                                  f"{problem}; expected PyTorch 2.1 or later in the Python that the variable UPMEM_DES_PYTHON names")
        self.python.write_text("no program")
        self.exported_refused(saying=f"{self.python} cannot be started; ")
        self.python.unlink()
        self.exported_refused(saying=f"{self.python} is no file; ")

    def test_files(self):
        self.refused("profile", "--exported", self.folder / "none.pt2", saying="none.pt2: no such file")
        self.refused("profile", "--exported", self.folder, saying="a folder; expected an archive of torch.export")
        self.refused("profile", "--exported", self.archive, "-o", self.archive, saying="is read by this command")

    def test_options_of_the_other_ways_in(self):
        for option, with_these in (("--operator-library=x", "--torchscript"), ("--prompt-tokens=1", "--model"),
                                   ("--sampling", "--model")):
            self.exported_refused(option, saying=f"{option.split('=')[0]} does not go with --exported; expected it with "
                                                 f"{with_these} only")
        self.exported_refused("--sim-compute", saying="--sim-compute does not go with --exported; expected it with "
                                                      "--torchscript or --model only")
        self.exported_refused("--torchscript", "a.pt", saying="has both --torchscript and --exported; expected one of them")


if __name__ == "__main__":
    unittest.main()
