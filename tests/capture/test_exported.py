"""`scripts/capture_torch.py exported`. Networks are exported and run by the Python that UPMEM_DES_TORCH_PYTHON names, if
its PyTorch has torch.export; what is wrong with a file is found by any."""

import os
import subprocess
import unittest
import zipfile
from pathlib import Path

import zoo
from captured import TIMES, CaptureError, CaptureTest, read_trace, torch
from torch_capture.exported_file import load_exported
from torch_capture.inputs import random_input

PYTHON = os.environ.get("UPMEM_DES_TORCH_PYTHON", "")
# What a program does not tell: the order of modules without parameters, and what a function's statement assigns where it
# has several lines.
UNTOLD = (*TIMES, "id", "name", "phase", "step", "ends_pass")


@unittest.skipUnless(PYTHON, "UPMEM_DES_TORCH_PYTHON names no Python with PyTorch 2.1 or newer")
class Exported(CaptureTest):
    def test_the_zoo_is_what_python_captures(self):
        done = subprocess.run([PYTHON, "-B", "-W", "ignore", Path(zoo.__file__), self.folder], capture_output=True,
                              text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        newer, other_shape, too_many = done.stderr.strip().splitlines()[-3:]
        self.assertIn("newer.pt2: cannot be read: ", newer)
        self.assertIn("; it was written by torch 99.0.0, and this is ", newer)
        for line in other_shape, too_many:
            self.assertTrue(": cannot be run: " in line, line)
        for name in zoo.NETS:
            python, exported = (read_trace(self.folder / f"{name}.{way}.jsonl") for way in ("python", "exported"))
            for key in ("model", "dtype", "batch"):
                self.assertEqual(python[0][key], exported[0][key], (name, key))
            self.assertEqual(len(exported[1]), 2 * len(python[1]), name)
            self.assertEqual([event["step"] for event in exported[1]], [0] * len(python[1]) + [1] * len(python[1]))
            for ours, theirs in zip(python[1], exported[1]):
                self.assertEqual({key: value for key, value in ours.items() if key not in UNTOLD},
                                 {key: value for key, value in theirs.items() if key not in UNTOLD}, name)
                if ours["kind"] == "layer":
                    self.assertEqual(ours["name"], theirs["name"], name)
            self.good("trace", "show", self.folder / f"{name}.exported.jsonl")


class Files(CaptureTest):
    def refused(self, path, message):
        with self.assertRaises(CaptureError) as caught:
            load_exported(str(path))
        self.assertEqual(str(caught.exception).replace(str(self.folder), "FOLDER"), message)

    def archive(self, name, *members):
        with zipfile.ZipFile(self.folder / name, "w") as archive:
            for member in members:
                archive.writestr(member, "{}")
        return self.folder / name

    def test_what_is_no_exported_program(self):
        self.refused(self.folder / "none.pt2", "FOLDER/none.pt2: no such file")
        self.refused(self.folder, "FOLDER: no such file")
        self.write("net.pt2", "")
        self.refused(self.folder / "ent.pt2", "FOLDER/ent.pt2: no such file; did you mean 'net.pt2'?")
        self.refused(self.write("text.pt2", "some text"),
                     "FOLDER/text.pt2: no archive of torch.export; expected a file that torch.export.save() wrote")
        self.refused(self.write("empty.pt2", ""),
                     "FOLDER/empty.pt2: no archive of torch.export; expected a file that torch.export.save() wrote")
        self.refused(self.archive("other.pt2", "a.txt"),
                     "FOLDER/other.pt2: no archive of torch.export; expected a file that torch.export.save() wrote")
        torch.jit.script(torch.nn.Sequential(torch.nn.ReLU())).save(str(self.folder / "script.pt"))
        self.refused(self.folder / "script.pt", "FOLDER/script.pt: TorchScript; expected an archive of torch.export "
                     "(upmem-des profile --torchscript runs it)")
        torch.save({"weight": torch.ones(2)}, self.folder / "weights.pt")
        self.refused(self.folder / "weights.pt", "FOLDER/weights.pt: what torch.save() wrote, weights or a pickled "
                     "module; expected an archive of torch.export (capture_torch.py module runs a module)")

    def test_a_file_that_is_cut_short_or_changed(self):
        whole = self.archive("whole.pt2", "net/models/model.json", "net/data/weights/weight_0").read_bytes()
        self.refused(self.write("cut.pt2", whole[:-30]), "FOLDER/cut.pt2: cut short or damaged: File is not a zip file")
        at = whole.index(b"{}")
        self.refused(self.write("changed.pt2", whole[:at] + b"[]" + whole[at + 2:]),
                     "FOLDER/changed.pt2: damaged: the checksum of 'net/models/model.json' is wrong")

    @unittest.skipIf(hasattr(torch, "export"), "this PyTorch has torch.export")
    def test_a_torch_without_export(self):
        self.refused(self.archive("net.pt2", "net/models/model.json"),
                     f"FOLDER/net.pt2: an archive of torch.export, which torch {torch.__version__} does not have; expected "
                     "a Python with PyTorch 2.1 or newer, see docs/capture.md")


class Inputs(unittest.TestCase):
    def test_values(self):
        for text, value in (("none", None), ("int:-3", -3), ("float:0.5", 0.5), ("bool:true", True), ("bool:false", False),
                            ("str:a, b", "a, b"), ('str:"a\\"b\\\\"', 'a"b\\'), ("[int:1, none ,(int:2)]", [1, None, (2,)]),
                            ('{a=int:1, 2 = str:x,"3"=[]}', {"a": 1, 2: "x", "3": []}), ("()", ())):
            self.assertEqual(random_input(text), value, text)
        self.assertEqual(random_input("{x=2x3,y=[4:int64]}")["x"].shape, (2, 3))

    def test_what_is_wrong(self):
        for text, message in (
                ("int:1.5", "'1.5'; expected a whole number of 64 bits, as in int:3"),
                ("int:9223372036854775808", "'9223372036854775808'; expected a whole number of 64 bits, as in int:3"),
                ("float:inf", "'inf'; expected a finite number, as in float:0.5"),
                ("bool:1", "'1'; expected bool:true or bool:false"),
                ("[int:1", "ends too early; expected ']' or ','"),
                ("[int:1}", "'}' behind an item; expected ']' or ','"),
                ("[int:1]x", "'x' behind its end; expected nothing there"),
                ("{=int:1}", "a key without a name; expected NAME=INPUT"),
                ("{a}", "no '=' behind the key a; expected NAME=INPUT"),
                ("{a=none,a=none}", "the key a is there twice; expected each once"),
                ('str:"a', "a text that does not end; expected '\"'"),
                ("[" * 17, "more than 16 lists, tuples and dictionaries in each other; expected at most that many")):
            with self.assertRaises(CaptureError, msg=text) as caught:
                random_input(text)
            self.assertEqual(str(caught.exception), f"--input: '{text}': {message}")


if __name__ == "__main__":
    unittest.main()
