"""`scripts/plot errors`: estimates against measurements."""

import subprocess
import tempfile
import unittest
from pathlib import Path

PLOT = Path(__file__).resolve().parents[2] / "scripts" / "plot"
HEADER = "file,line,device,class,op,shape,measured_us,estimated_us,error_pct,suspect\n"


class PlotErrors(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="upmem-des-plot-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def plot(self, text, *options):
        path = self.folder / "rows.csv"
        path.write_text(text)
        return subprocess.run([PLOT, "errors", path, *options], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_classes_and_their_mean_errors_are_drawn(self):
        done = self.plot(HEADER + "m.csv,2,A,product bfloat16,matmul,8_8,10,12,20,0\nm.csv,3,A,product bfloat16,matmul,8_8,10,9,-10,0\n"
                                  "m.csv,4,A,collective,all_reduce,8,10,500,4900,0\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        picture = (self.folder / "rows-errors.svg").read_text()
        for text in ("product bfloat16: 15.0 %", "collective: 4900.0 %", "3 kernels of A", "measured (µs)", "error (%)"):
            self.assertIn(text, picture)
        self.assertTrue((self.folder / "rows-errors.png").read_bytes().startswith(b"\x89PNG"))

    def test_what_is_wrong_is_a_line_and_nothing_is_written(self):
        for text, saying in (("", "line 1: no column 'device'; expected a CSV file of upmem-des validate"),
                             (HEADER, "no rows below the header; expected one for each measurement"),
                             (HEADER + "m.csv,2,A,p,matmul,8_8,10,x,20,0\n", "line 2: estimated_us: no number; is the file cut off?"),
                             (HEADER + "m.csv,2,A,p,matmul,8_8,10", "line 2: estimated_us: no number; is the file cut off?")):
            with self.subTest(saying):
                done = self.plot(text)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(saying, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)
                self.assertEqual([path.name for path in self.folder.iterdir()], ["rows.csv"])


if __name__ == "__main__":
    unittest.main()
