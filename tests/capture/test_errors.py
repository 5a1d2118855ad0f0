"""What capture() refuses, with the exact message."""

import os
import sys
import unittest
from pathlib import Path
from unittest import mock

from captured import CaptureTest, capture, torch
from nets import TwoLayers
from torch import nn


class BadArguments(CaptureTest):
    def test_models(self):
        self.refuses("int object; expected a torch.nn.Module", 7)
        self.refuses("type object; expected a torch.nn.Module", TwoLayers)
        told = ("is TorchScript, whose layers Python does not call; expected the module that it was made from (or "
                "profile it with upmem-des profile --torchscript)")
        script = torch.jit.script(nn.Linear(2, 2))
        self.refuses(f"the model {told}", script)
        self.refuses(f"'1' {told}", nn.Sequential(nn.ReLU(), script))

    def test_compiled_models(self):
        if not hasattr(torch, "compile"):
            self.skipTest("PyTorch before 2.0 has no torch.compile")
        told = "is compiled, and its layers are no calls any more; expected it as it was before torch.compile"
        self.refuses(f"the model {told}", torch.compile(nn.Linear(2, 2)))
        inside = nn.Sequential(nn.Linear(2, 2))
        inside[0].compile()
        self.refuses(f"'0' {told}", inside)

    def test_options(self):
        model = TwoLayers()
        self.refuses("functions: 'some'; expected heavy or all", model, functions="some")
        self.refuses("last_layer: no layer is called 'linear3'; did you mean 'linear2'?", model, last_layer="linear3")
        self.refuses("last_layer: no layer is called ''", model, last_layer="")
        for batch in (0, -1, 10**9 + 1, 1.5, True):
            self.refuses(f"batch: {batch}; expected a whole number from 1 to 1000000000", model, batch=batch)
        known = "expected one of int4, int8, float16, bfloat16, float32"
        self.refuses(f"dtype: float33; {known}; did you mean 'float32'?", model, dtype="float33")
        self.refuses(f"dtype: float64; {known}; name one of them with dtype", model.double())

    def test_nothing_called(self):
        self.refuses("nothing was recorded: no layer of the model was called", TwoLayers())
        self.assertFalse(self.path.exists())

    def test_entered_twice(self):
        model = TwoLayers()
        with capture(model, self.path) as recorder:
            model(torch.ones(2, 100))
        with self.assertRaisesRegex(Exception, "^a capture is entered once; make another one$"):
            recorder.__enter__()


class BadFiles(CaptureTest):
    def test_before_the_run(self):
        model = TwoLayers()
        self.refuses("an empty file name; expected a path to write to", model, path="")
        self.refuses("FOLDER: a folder; expected a file to write", model, path=self.folder)
        self.refuses("FOLDER/no/t.jsonl: no such folder: FOLDER/no", model, path=self.folder / "no" / "t.jsonl")
        self.refuses("FOLDER/small.yaml/t.jsonl: no such folder: FOLDER/small.yaml", model,
                     path=self.scenario / "t.jsonl")

    def test_no_permission(self):
        with mock.patch("os.access", return_value=False):  # root may write anywhere
            self.refuses("FOLDER/t.jsonl: cannot be written: no permission to write in FOLDER", TwoLayers())

    def test_a_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with self.assertRaisesRegex(Exception, "^/dev/full: cannot be written: No space left on device$"):
            with capture(model := TwoLayers(), "/dev/full"):
                model(torch.ones(2, 100))
        old = self.write("t.jsonl", "old")
        files = self.files()
        with self.assertRaisesRegex(Exception, "t.jsonl: cannot be written: No space left on device$"):
            with capture(model, old):
                model(torch.ones(2, 100))
                broken = mock.patch("os.replace", side_effect=OSError(28, "No space left on device"))
                broken.start()
                self.addCleanup(broken.stop)
        self.assertEqual(self.files(), files)

    def test_links_and_modes(self):
        target = self.write("target.jsonl", "old")
        self.path.symlink_to(target)
        os.umask(mask := os.umask(0o022))
        with capture(model := TwoLayers(), self.path):
            model(torch.ones(2, 100))
        self.assertTrue(self.path.is_symlink())
        self.assertIn("4 events", self.good("trace", "show", target))
        self.assertEqual(target.stat().st_mode & 0o777, 0o666 & ~mask)

    def test_a_stream(self):
        with capture(model := TwoLayers(), "/dev/null") as recorder:
            model(torch.ones(2, 100))
        self.assertEqual(recorder.events, 4)
        self.assertFalse(Path("/dev/null").is_file(), sys.executable)


if __name__ == "__main__":
    unittest.main()
