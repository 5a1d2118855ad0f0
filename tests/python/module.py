"""What the tests of the Python module share: the module of this build, and its program."""

import os
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ["UPMEM_DES"])
sys.path.insert(0, str(PROGRAM.parent / "python"))

import upmem_des  # noqa: E402

HAS_PROFILER = os.environ.get("UPMEM_DES_HAS_PROFILER") == "1"


def chip(**workload):
    """Llama-2-7B on four PIM-AI chips, as a dictionary."""
    return {"workload": {"model": "models/llama-2-7b.json", "prompt_tokens": 64, "output_tokens": 2, **workload},
            "mapping": {"default": "PIM-AI-4chip"}}


class ModuleTest(unittest.TestCase):
    """Each test in a folder of its own, the current one."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="upmem-des-python-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def fails(self, kind, message, call, *arguments, **options):
        with self.assertRaises(kind) as caught:
            call(*arguments, **options)
        self.assertEqual(message, str(caught.exception))
