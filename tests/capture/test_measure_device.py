"""scripts/measure_device.py on the CPU: what it writes is read by `validate`."""

import csv
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "measure_device.py"


def measure(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300)


try:
    import torch
except ImportError:
    torch = None


@unittest.skipIf(torch is None, "needs PyTorch (python3-torch)")
class MeasureDevice(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="upmem-des-measure-")
        self.addCleanup(holder.cleanup)
        self.output = Path(holder.name, "cpu.csv")

    def test_the_cpu_is_measured(self):
        done = measure("--device", "cpu", "--name", "HOST", "--dtype", "fp32", "--quick", "--seconds", 0.001, "-o", self.output)
        self.assertEqual(done.returncode, 0, done.stderr)
        with self.output.open() as file:
            rows = list(csv.DictReader(file))
        self.assertIn(f"{len(rows)} kernels of HOST", done.stdout)
        self.assertLessEqual({"matmul", "add", "softmax", "layernorm", "gelu"}, {row["op"] for row in rows})
        for row in rows:
            self.assertGreater(float(row["measured_time_us"]), 0)
        # A product of 256 times the arithmetic takes longer, unless something else had the processor.
        for _ in range(3):
            times = {(row["m"], row["n"], row["k"]): float(row["measured_time_us"]) for row in rows if row["op"] == "matmul"}
            if times["64", "4096", "1024"] > times["1", "1024", "1024"]:
                break
            self.output.unlink()
            measure("--device", "cpu", "--name", "HOST", "--dtype", "fp32", "--quick", "--seconds", 0.001, "-o", self.output)
            with self.output.open() as file:
                rows = list(csv.DictReader(file))
        else:
            self.fail("a product of 256 times the arithmetic is faster")
        checked = subprocess.run([os.environ["UPMEM_DES"], "validate", self.output], text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.assertRegex(checked.stdout, r"HOST +product float32 +6 ")
        self.assertEqual(list(self.output.parent.iterdir()), [self.output])

    def test_what_is_wrong_is_a_line(self):
        for arguments, saying in ((("--seconds", 0), "--seconds: '0.0'; expected a number above 0 and at most 60"),
                                  (("--threads", 0), "--threads: '0'; expected a whole number from 1 to 4096")):
            done = measure("--device", "cpu", "--name", "X", "-o", self.output, *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(saying, done.stderr)
        done = measure("--device", "cpu", "--name", "X", "--quick", "--seconds", 0.001, "-o", "/nowhere/x.csv")
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nowhere/x.csv: No such file or directory", done.stderr)
        self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
