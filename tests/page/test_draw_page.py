"""scripts/draw-page: charts of a page as pictures."""

import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class DrawPage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.page = self.folder / "page.html"
        subprocess.run([os.environ["UPMEM_DES"], "run", ROOT / "scenarios/llama-2-7b_4chip.yaml", "-q", "--set",
                        "workload.output_tokens=2", "--html", self.page], check=True, timeout=120)

    def draw(self, *arguments):
        return subprocess.run([sys.executable, "-B", ROOT / "scripts/draw-page", self.page, *arguments],
                              capture_output=True, encoding="utf-8", timeout=120)

    def test_a_chart_in_a_window_of_a_width(self):
        sizes = []
        for width in ((), ("700",)):
            file = self.folder / "chart.png"
            self.assertEqual(("", 0), (lambda done: (done.stderr, done.returncode))(
                self.draw("Use and power over time", file, *width)))
            head = file.read_bytes()[:24]
            self.assertEqual(b"\x89PNG", head[:4])
            sizes.append(struct.unpack(">II", head[16:]))
        self.assertTrue(1100 < sizes[0][0] <= 1280 and 400 < sizes[0][1] < 900, sizes)
        self.assertTrue(550 < sizes[1][0] <= 700, sizes)

    def test_what_is_not_there(self):
        done = self.draw("No such chart", self.folder / "chart.png")
        self.assertEqual((2, f"draw-page: {self.page}: has no chart 'No such chart'\n"), (done.returncode, done.stderr))
        self.assertFalse((self.folder / "chart.png").exists())


if __name__ == "__main__":
    unittest.main()
