"""`scripts/capture_torch.py module`, and what both subcommands refuse."""

import argparse
import contextlib
import importlib.util
import io
import os
import subprocess
import sys
import unittest
from unittest import mock

from captured import COMMAND, HERE, CaptureError, CaptureTest, capture_torch, read_trace, torch
from nets import TwoLayers
from torch_capture.command import check_folder
from torch_capture.inputs import random_input

NETS = HERE / "nets.py"
DATA = HERE.parent / "data"
SCENARIO = """\
name: captured
workload:
  trace: t.jsonl
  last_layer: linear2
mapping:
  default: PIM-AI-1chip
"""


class CommandTest(CaptureTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def command(self, *arguments):
        """Exit code, standard output and error. In this process: PyTorch takes seconds to load."""
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err, \
                mock.patch.object(sys, "path", sys.path[:]), mock.patch.dict(sys.modules):
            code = capture_torch.main([str(argument) for argument in arguments])
        return code, out.getvalue(), err.getvalue().replace(str(self.folder), "FOLDER")

    def works(self, *arguments):
        code, out, err = self.command(*arguments)
        self.assertEqual((code, err), (0, ""))
        return out

    def fails(self, message, *arguments):
        files = self.files()
        self.assertEqual(self.command(*arguments), (2, "", f"capture_torch.py: error: {message}\n"))
        self.assertEqual(self.files(), files)


# A network that ends its process, and says with which signal when it is called.
ENDING = """\
import os
import torch

class Ending(torch.nn.Module):
    def __init__(self, number):
        super().__init__()
        self.number = number
        self.first = torch.nn.Linear(4, 4)

    def forward(self, x):
        x = self.first(x)
        os.kill(os.getpid(), self.number)
        return x

def crashing():
    return Ending(11)

def killed():
    return Ending(9)

def stopped():
    return Ending(15)
"""


class Process(CommandTest):
    def test_a_network_that_ends_its_process(self):
        (self.folder / "ending.py").write_text(ENDING)
        last = "the last call was layer 'first' (Linear)"
        for name, told in (("crashing", f"11 (Segmentation fault); {last}"),
                           ("killed", f"9 (Killed), as Linux does when memory runs out; {last}")):
            done = self.process(COMMAND, "module", f"ending.py:{name}", "--input=2x4", "-o", "t.jsonl")
            line = f"capture_torch.py: error: ending.py:{name}: Python was ended by signal {told}\n"
            self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", line))
        done = self.process(COMMAND, "module", "ending.py:stopped", "--input=2x4", "-o", "t.jsonl")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (143, "", ""))
        self.assertNotIn("t.jsonl", os.listdir(self.folder))

    def process(self, *arguments):
        return subprocess.run([sys.executable, "-B", *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)

    def test_good(self):
        done = self.process(COMMAND, "module", f"{NETS}:made", "--input=4x100", "-o", "t.jsonl.gz")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "t.jsonl.gz: 4 events, 1 forward pass\n", ""))
        self.assertIn("4 events", self.good("trace", "show", self.folder / "t.jsonl.gz"))

    def test_a_reader_that_has_left(self):
        line = f"{sys.executable} -B {COMMAND} module {NETS}:made --input=4x100 -o t.jsonl | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
        self.assertIn(done.stdout, ("0\n", "141\n"))
        self.assertEqual(done.stderr, "")
        self.assertTrue(os.path.exists("t.jsonl"))

    def test_bad(self):
        done = self.process(COMMAND, "module", "no.py:made", "--input=4x100", "-o", "t.jsonl")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (2, "", "capture_torch.py: error: no.py: no such file\n"))

    def test_help(self):
        done = self.process(COMMAND, "module", "--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("--input SPEC", done.stdout)

    def test_help_without_torch(self):
        for arguments, said in (((), "usage: capture_torch.py [-h]"), (("module",), "--input SPEC"), (("exported",), "FILE.pt2")):
            done = self.process("-S", COMMAND, *arguments, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(said, done.stdout)

    def test_without_torch(self):
        done = self.process("-S", COMMAND, "hf", "x", "-o", "t.jsonl")  # -S: no installed packages
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, f"capture_torch.py: error: {sys.executable} has no PyTorch (No module named "
                         "'torch'); expected a Python with torch, such as /usr/bin/python3 with Debian's "
                         "python3-torch\n")


class Module(CommandTest):
    def run_nets(self, name, *arguments, place=NETS):
        return self.works("module", f"{place}:{name}", *arguments, "-o", "t.jsonl")

    def test_class_function_and_object(self):
        for name in ("TwoLayers", "two_layers", "made"):
            self.assertEqual(self.run_nets(name, "--input", "4x100"), "t.jsonl: 4 events, 1 forward pass\n")
        self.assertEqual([event["name"] for event in read_trace(self.path)[1]], ["linear1", "relu", "linear2", "x"])

    def test_a_package(self):
        self.write("networks.py", NETS.read_text())
        self.assertEqual(self.run_nets("nn.ReLU", "--input=3", place="networks"), "t.jsonl: 1 events, 1 forward pass\n")

    def test_repeat_and_warmup(self):
        self.assertEqual(self.run_nets("Attention", "--input", "2x5x8", "--repeat", 3, "--warmup", 2),
                         "t.jsonl: 12 events, 3 forward passes; left out (--functions all): div 3, add 3\n")
        self.assertEqual([event["step"] for event in read_trace(self.path)[1]], [0] * 4 + [1] * 4 + [2] * 4)
        self.run_nets("Attention", "--input", "2x5x8", "--functions", "all")
        self.assertEqual(len(read_trace(self.path)[1]), 6)

    def test_options(self):
        self.run_nets("TwoLayers", "--input", "4x100", "--trace-dtype", "int4", "--batch", 2, "--last-layer", "linear2")
        header, events = read_trace(self.path)
        self.assertEqual((header["dtype"], header["batch"], events[-1]["step"]), ("int4", 2, 1))

    def test_inputs(self):
        self.write("look.py", "import torch\nclass Look(torch.nn.Module):\n  def forward(self, *inputs):\n"
                   "    for x in inputs: print(x.dtype, list(x.shape), *(round(f(x.double()).item(), 6) for f in "
                   "(torch.min, torch.max, torch.sum)))\n    return inputs[0]\n")

        def look(*specs):
            lines = self.run_nets("Look", *(f"--input={spec}" for spec in specs), place="look.py").splitlines()
            return [line.replace("torch.", "").split(maxsplit=1)[0] for line in lines[:-1]], lines[:-1]
        types, lines = look("2x3", "4:int64", "1x200:int32:5..6", "200:bool:0..1", "3:bfloat16", "2:float64",
                            "2:int64:-9223372036854775808..-9223372036854775808", "64:uint8:0..255", "3:int8:-7..-7")
        self.assertEqual(types, ["float32", "int64", "int32", "bool", "bfloat16", "float64", "int64", "uint8", "int8"])
        self.assertEqual(lines[1], "torch.int64 [4] 0.0 0.0 0.0")
        self.assertEqual(lines[2].split()[:-1], "torch.int32 [1, 200] 5.0 6.0".split())
        self.assertEqual(lines[3].split()[:-1], "torch.bool [200] 0.0 1.0".split())
        self.assertEqual(lines[8], "torch.int8 [3] -7.0 -7.0 -21.0")
        self.assertEqual(look("2:int64:9223372036854775807..9223372036854775807")[0], ["int64"])
        again = look("2x3")[1]
        other = self.run_nets("Look", "--input=2x3", "--seed=1", place="look.py").splitlines()[:1]
        self.assertEqual(again, lines[:1])
        self.assertNotEqual(again, other)

    def test_inputs_that_are_no_tensors(self):
        for spec, value in (("none", None), ("int:3", 3), ("int:-9223372036854775808", -2**63), ("float:0.5", 0.5),
                            ("float:-1e3", -1000.0), ("float:2", 2.0), ("bool:true", True), ("bool:false", False),
                            ("str:a b", "a b"), ("str:", ""), ("str:a,b", "a,b"), ('str:"a \\"\\\\"', 'a "\\'),
                            ("[]", []), ("()", ()), ("{}", {}), ("[ int:1 , [none] ]", [1, [None]]),
                            ("(int:1,)", (1,)), ('{a=int:1,2=none, "3"= str:x y }', {"a": 1, 2: None, "3": "x y"}),
                            ('[str:"a]",str:b]', ["a]", "b"])):
            with self.subTest(spec=spec):
                found = random_input(spec)
                self.assertEqual((type(found), found), (type(value), value))
        found = random_input("{ids=1x8:int64:3..3,more=[2x3,(4,none)]}")
        self.assertEqual([list(found), found["ids"].tolist()], [["ids", "more"], [[3] * 8]])
        self.assertEqual([list(found["more"][0].shape), list(found["more"][1][0].shape)], [[2, 3], [4]])

    def test_inputs_of_all_kinds(self):
        self.write("kinds.py", "import torch\nclass Kinds(torch.nn.Module):\n  def forward(self, named, pair, scale, mask):\n"
                   "    assert mask is None\n    return torch.relu(named['x'] + pair[0] * scale)\n")
        self.run_nets("Kinds", "--input={x=2x3}", "--input=(2x3,bool:true)", "--input=float:0.5", "--input=none",
                      place="kinds.py")
        header, events = read_trace(self.path)
        self.assertEqual((header["batch"], [event["type"] for event in events]), (2, ["Kinds"]))

    def test_simulated(self):
        self.run_nets("TwoLayers", "--input", "4x100", "--repeat", 2)
        scenario = self.write("captured.yaml", SCENARIO)
        result = self.result(scenario, "--set", "simulation.cost_model=roofline")
        self.assertEqual((result["forward_passes"], result["events"]), (2, 8))
        self.assertGreater(result["time_s"], 0)


class Refused(CommandTest):
    def module(self, message, module, *arguments, inputs=("4x100",)):
        specs = [f"--input={spec}" for spec in inputs]
        self.fails(message, "module", module, *specs, "-o", "t.jsonl", *arguments)

    def test_command_line(self):
        self.fails("the following arguments are required: hf|module|exported")
        self.fails("argument hf|module|exported: invalid choice: 'hg' (choose from 'hf', 'module', 'exported')", "hg")
        self.fails("the following arguments are required: DIR|NAME, -o/--output", "hf")
        self.fails("the following arguments are required: --input, -o/--output", "module", "nets:made")
        self.fails("unknown option '--rows'", "module", "nets:made", "--input=1", "-o", "t", "--rows")
        for count in ("0", "-1", "1.5", "x", "", "1000000001", "9" * 60):
            self.module(f"argument --repeat: '{count}'; expected a whole number from 1 to 1000000000", "nets:made",
                        f"--repeat={count}")
        self.module("argument --seed: '-1'; expected a whole number from 0 to 1000000000", "nets:made", "--seed=-1")
        self.module("argument --trace-dtype: invalid choice: 'int5' (choose from 'int4', 'int8', 'float16', "
                    "'bfloat16', 'float32'); did you mean 'int8'?", "nets:made", "--trace-dtype=int5")

    def test_places(self):
        for text in ("nets.py", ":made", "nets.py:", ""):
            self.module(f"'{text}'; expected FILE.py:NAME or PACKAGE:NAME", text)
        self.module("no.py: no such file", "no.py:made")
        self.module("nowhere cannot be imported: ModuleNotFoundError: No module named 'nowhere'", "nowhere:made")
        self.module(f"{NETS} has no 'TwoLayer'; did you mean 'TwoLayers'?", f"{NETS}:TwoLayer")
        self.module(f"{NETS}:number: int object; expected a torch.nn.Module, or a class or function that gives one",
                    f"{NETS}:number")
        self.write("leaves.py", "raise SystemExit(3)")
        self.module("leaves.py cannot be imported: SystemExit: 3", "leaves.py:made")
        self.module("fails cannot be called without arguments: ValueError: no network today", f"{NETS}:fails")
        self.write("bad.py", "made = (")
        found = "'(' was never closed" if sys.version_info >= (3, 10) else "unexpected EOF while parsing"
        self.module(f"bad.py cannot be imported: SyntaxError: {found} (bad.py, line 1)", "bad.py:made")

    def test_inputs(self):
        """The messages of `upmem-des profile --input`, from the same table."""
        for line in (DATA / "inputs" / "bad.tsv").read_text(encoding="utf-8").splitlines():
            spec, problem = line.split("\t")
            with self.subTest(spec=spec):
                self.module(f"--input: '{spec}': {problem}", f"{NETS}:made", inputs=[spec])
        shape = "1000000000x1000000"
        with self.assertRaisesRegex(CaptureError, f"^--input: '{shape}': .*; expected a tensor that there is memory for$"):
            random_input(shape)

    def test_files_that_are_none_or_would_be_replaced(self):
        os.mkfifo("pipe.py")
        self.fails("pipe.py: a pipe; expected a Python file", "module", "pipe.py:Net", "--input=1", "-o", "t.jsonl")
        self.write("net.py", "import torch\ndef net():\n  return torch.nn.ReLU()\n")
        os.symlink("net.py", "t.jsonl")
        self.fails("t.jsonl: is read, and would be written; expected another name with -o", "module", "net.py:net",
                   "--input=1", "-o", "t.jsonl")
        os.remove("pipe.py")
        model = argparse.Namespace(model="model", output="model/config.json")
        os.mkdir("model")
        self.write("model/config.json", "{}")
        with self.assertRaisesRegex(capture_torch.CaptureError, "^model/config.json: is read, and would be written; "
                                                                "expected another name with -o$"):
            check_folder(model)
        os.mkfifo("model/a.safetensors")
        with self.assertRaisesRegex(capture_torch.CaptureError, "^model/a.safetensors: a pipe; expected a model's file$"):
            check_folder(model)

    def test_names(self):
        """Of a path that steers a terminal."""
        self.fails("a\\u001b\\u202e.py: no such file", "module", "a\x1b\u202e.py:Net", "--input=1", "-o", "t.jsonl")
        out = self.works("module", f"{NETS}:made", "--input=4x100", "-o", "\u009b\udcff.jsonl")
        self.assertEqual(out, "\\u009b\\xff.jsonl: 4 events, 1 forward pass\n")

    def test_runs(self):
        made = f"{NETS}:made"
        with self.assertRaises(RuntimeError) as caught:
            TwoLayers()(torch.ones(4, 99))
        self.assertIn("mat1 and mat2 shapes cannot be multiplied (4x99 and 100x200)", str(caught.exception))
        wrong = f"RuntimeError: {caught.exception}"
        self.module(f"the model cannot be run: {wrong} (the last layer called was 'linear1')", made, inputs=["4x99"])
        self.module(f"the model cannot be run: {wrong}", made, "--warmup=1", inputs=["4x99"])
        self.module("last_layer: no layer is called 'linear'; did you mean 'linear2'?", made, "--last-layer=linear")
        self.module("FOLDER/no/t.jsonl: no such folder: FOLDER/no", made, "-o", self.folder / "no" / "t.jsonl")

    def test_without_transformers(self):
        if importlib.util.find_spec("transformers"):
            self.skipTest("transformers are installed")
        self.fails(f"{sys.executable} has no Hugging Face transformers (ModuleNotFoundError: No module named "
                   "'transformers'); expected a Python with it, see docs/capture.md", "hf", "model", "-o", "t.jsonl")


if __name__ == "__main__":
    unittest.main()
