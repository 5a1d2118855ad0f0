"""A folder with a small table of a sweep, and scripts/plot."""

import csv
import importlib.util
import io
import re
import struct
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

from sweeps import PROJECT, SweepTest

PLOT = PROJECT / "scripts" / "plot"
HEADER = ["point", "case", "workload.batch", "workload.dtype", "status", "time_s", "energy_J", "decode_tokens_per_s",
          "energy_main_mem_J", "energy_compute_J", "energy_idle_J", "moved_host_to_device_B", "events", "error"]
SVG = "{http://www.w3.org/2000/svg}"
needs_matplotlib = unittest.skipUnless(importlib.util.find_spec("matplotlib"), "python3-matplotlib is not installed")


def row(point, case, batch, dtype, time_s, energy_j, rate=100.0, parts=(0.5, 0.25, 0.0)):
    return [point, case, batch, dtype, "ok", time_s, energy_j, rate, *parts, 1e6, 10, ""]


def failed(point, case, batch, dtype, error="chip: does not fit", status="failed"):
    return [point, case, batch, dtype, status, *[""] * 8, error]


# Two devices, three batch sizes, one data type.
ROWS = [row(0, "chip", 1, "int8", 0.004, 2.0, 250.0), row(1, "chip", 2, "int8", 0.005, 2.5, 400.0),
        row(2, "chip", 4, "int8", 0.008, 3.0, 500.0), row(3, "card", 1, "int8", 0.002, 8.0, 500.0),
        row(4, "card", 2, "int8", 0.0021, 9.0, 950.0), row(5, "card", 4, "int8", 0.0025, 12.0, 1600.0)]


def table(rows=tuple(ROWS), header=tuple(HEADER)):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


@needs_matplotlib
class PlotTest(SweepTest):
    def setUp(self):
        super().setUp()
        self.write("r.csv", table())

    def plot(self, *arguments, **options):
        outcome = subprocess.run([PLOT, *map(str, arguments)], capture_output=True, cwd=self.folder, check=False,
                                 stdin=subprocess.DEVNULL, **options)
        return outcome.returncode, outcome.stdout.decode(), outcome.stderr.decode()

    def picture(self, kind, *arguments, notes=(), prefix=None):
        """Draws r.csv; the SVG's root and its texts. Checks that both files are whole."""
        said = "".join(f"plot: note: {note}\n" for note in notes)
        self.assertEqual((0, "", said), self.plot(kind, "r.csv", *arguments))
        prefix = prefix or f"r-{kind}"
        png = (self.folder / f"{prefix}.png").read_bytes()
        self.assertEqual(b"\x89PNG\r\n\x1a\n", png[:8])
        self.assertGreaterEqual(struct.unpack(">I", png[16:20])[0], 1280, "pixels wide")
        self.assertEqual(b"IEND\xaeB`\x82", png[-8:])
        root = ElementTree.parse(self.folder / f"{prefix}.svg").getroot()
        return root, ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]

    def says(self, expected, *arguments):
        """Exit code 2, one line, and nothing written."""
        before = self.files()
        self.assertEqual((2, "", f"plot: {expected}\n"), self.plot(*arguments))
        self.assertEqual(before, self.files())


def by_id(root, name):
    return next(group for group in root.iter(f"{SVG}g") if group.get("id") == name)


def places(group):
    """Where markers stand, in the SVG's units."""
    return [(float(use.get("x")), float(use.get("y"))) for use in group.iter(f"{SVG}use")]


def ticks(root, which):
    """(place, number) of each labelled tick of the first plot."""
    found = []
    for group in root.iter(f"{SVG}g"):
        if re.fullmatch(rf"{which}tick_\d+", group.get("id", "")) and list(group.iter(f"{SVG}text")):
            text = "".join(next(group.iter(f"{SVG}text")).itertext()).replace(",", "")
            use = next(group.iter(f"{SVG}use"))
            found.append((float(use.get("x" if which == "x" else "y")), float(text)))
    return found
