"""Names and texts with bytes that are no UTF-8, with controls and with what spreadsheets take for formulas."""

import csv
import os
import sys
import unittest
from pathlib import Path

from plots import PlotTest, row, table
from sweeps import PROGRAM, PROJECT, SweepTest

sys.path.insert(0, str(PROJECT / "scripts"))

from basics.harmless import csv_cell, from_csv_cell, one_line  # noqa: E402

SWEEP = "base: small.yaml\ngrid: {workload.batch: [1, 2]}\n"
# Parts of names, and how they are shown.
ODD = {b"inv\xff": "inv\\xff", b"a\nb\rc": "a\\u000ab\\u000dc", b"\x1b[31m": "\\u001b[31m",
       "\u009b31m".encode(): "\\u009b31m", "\u202efdp".encode(): "\\u202efdp", b"it's $HOME \"x\"": "it's $HOME \"x\"",
       "\u2028\u2066\u200f\u061c\x7f".encode(): "\\u2028\\u2066\\u200f\\u061c\\u007f", "é 中".encode(): "é 中"}


class Harmless(unittest.TestCase):
    def test_one_line(self):
        for name, shown in ODD.items():
            self.assertEqual(one_line(os.fsdecode(name)), shown)

    def test_cells(self):
        for text, cell in {"": "", "a": "a", "=1+1": "'=1+1", "@x": "'@x", "-x": "'-x", "+x": "'+x", "-": "'-",
                           "\tx": "'\\u0009x", "\rx": "'\\u000dx", "-1": "-1", "+1.5e-3": "+1.5e-3", "-.5": "-.5",
                           "-1+cmd|' /C calc'!A0": "'-1+cmd|' /C calc'!A0", "-inf": "'-inf", "'quoted'": "'quoted'",
                           "a\nb": "a\\u000ab", "x\u202e": "x\\u202e"}.items():
            self.assertEqual(csv_cell(text), cell)
            self.assertEqual(from_csv_cell(cell), one_line(text))


class Paths(SweepTest):
    """Every path that scripts/sweep takes may be called anything."""

    def swept_in(self, name, *arguments, **options):
        """The sweep's file, the output folder and the program called so; of all there is said, and the table."""
        here = self.folder / os.fsdecode(name)
        here.mkdir()
        program = here / os.fsdecode(name + b".program")
        program.write_text(f'#!/bin/sh\nexec {PROGRAM} "$@"\n')
        program.chmod(0o755)
        for file in ("small.yaml", "model.json"):
            (here / file).write_bytes((self.folder / file).read_bytes())
        sweep = here / os.fsdecode(name + b".yaml")
        sweep.write_text(SWEEP)
        out = here / os.fsdecode(b"out " + name)
        outcome = self.sweep(sweep, "-o", out, *arguments, program=program, **options)
        return outcome, out

    def test_they_work(self):
        self.sweep_file(SWEEP)
        self.swept("sweep.yaml")
        for name, shown in ODD.items():
            with self.subTest(name):
                outcome, out = self.swept_in(name)
                self.assertEqual((outcome.code, outcome.err), (0, ""))
                self.assertTrue(outcome.out.endswith(f"2 done: {self.folder}/{shown}/out {shown}/results.csv\n"))
                self.assertEqual(self.rows(out), self.rows())
                self.assertEqual(self.query("SELECT value FROM sweep WHERE name = 'name'", out), [(shown,)])

    def test_messages(self):
        for name, shown in ODD.items():
            path = os.fsdecode(name)
            self.check_refused(self.sweep(path), f"{shown}: no such file")
            self.sweep_file(SWEEP)
            self.check_refused(self.sweep("sweep.yaml", program=f"./{path}"),
                               f"./{shown}: no such program; expected upmem-des, there or as --program PATH")
            outcome = self.sweep("sweep.yaml", "--hosts", path)
            self.assertEqual((outcome.code, outcome.err),
                             (2, f"sweep: {shown}: no such file; expected a file of hosts\n"))

    def test_names_that_are_too_long(self):
        self.sweep_file(SWEEP)
        long = "x" * 300
        self.check_refused(self.sweep(long), f"{long}: cannot be read: File name too long")
        outcome = self.sweep("sweep.yaml", "-o", long)
        self.assertEqual((outcome.code, outcome.err), (2, f"sweep: {self.folder}/{long}: File name too long\n"))

    def test_without_utf8(self):
        """Under a locale of another coding, and under none."""
        for locale in ("C", "POSIX", "de_DE.ISO-8859-1"):
            name = f"é {locale}".encode()
            outcome, _ = self.swept_in(name, env={**os.environ, "LC_ALL": locale, "PYTHONCOERCECLOCALE": "0"})
            self.assertEqual((outcome.code, outcome.err), (0, ""))


class Cells(PlotTest):
    CASES = {"=cmd": "'=cmd", "+x": "'+x", "-1": "-1", "@a": "'@a", "\tt": "'\\u0009t", "\u009b\u202e": "\\u009b\\u202e"}

    def test_in_the_table_and_in_plots(self):
        cases = "".join(f"- {{case: {text!a}, workload.batch: {i + 1}}}\n".replace("'", '"').replace("\\x9b", "\\u009b")
                        for i, text in enumerate(self.CASES))
        self.sweep_file(f"base: small.yaml\ncases:\n{cases}")
        self.swept("sweep.yaml")
        rows = self.rows()
        self.assertEqual([line["case"] for line in rows], list(self.CASES.values()))
        with open(self.folder / "sweep.results" / "results.csv", encoding="utf-8", newline="") as file:
            for line in csv.reader(file):
                for cell in line:
                    self.assertNotRegex(cell, r"\A(=|@|[-+](?![0-9.])|\t)|[\x00-\x1f\x7f-\x9f\u202a-\u202e]")
        self.assertEqual([case for case, in self.query('SELECT "case" FROM points ORDER BY point')], list(self.CASES))
        shown = ["=cmd", "+x", "-1", "@a", "\\u0009t", "\\u009b\\u202e"]
        (self.folder / "r.csv").write_bytes((self.folder / "sweep.results" / "results.csv").read_bytes())
        _, texts = self.picture("bar", "--by", "case", "-y", "time_s", "--where", "workload.batch=1", "--where",
                                "workload.batch=2", "--where", "workload.batch=3", "--where", "workload.batch=4",
                                "--where", "workload.batch=5", "--where", "workload.batch=6")
        for text in shown:
            self.assertIn(text, texts)
        self.picture("bar", "--by", "case", "-y", "time_s", "--where", "case==cmd")

    def test_progress(self):
        self.sweep_file('base: small.yaml\ncases: [{case: "a\\u009b\\u202eb\\n", workload.batch: 1}]\n')
        out = self.swept("sweep.yaml", "--dry-run")
        self.assertEqual(out.splitlines()[0], "0: case=a\\u009b\\u202eb\\u000a, workload.batch=1: ok: 75 events")

    def test_texts_of_a_plot(self):
        """Whatever they are, the picture is whole."""
        self.write("r.csv", table([row(0, "a\x01\u202e$x^$", 1, "int8", 1.0, 2.0),
                                   row(1, "b" * 20000, 1, "int8", 1.0, 2.0)]))
        _, texts = self.picture("bar", "--by", "case", "-y", "time_s", "--title", b"\xff\x1b", "--y-label", "\u009b" * 9)
        self.assertIn("\\xff\\u001b", texts)
        self.assertIn("a\\u0001\\u202e$x^$", texts)

    def plot(self, *arguments):
        return super().plot(*(os.fsdecode(word) if isinstance(word, bytes) else word for word in arguments))

    def test_paths(self):
        """Of tables and pictures."""
        text = (self.folder / "r.csv").read_bytes()
        for name, shown in ODD.items():
            path = Path(self.folder / os.fsdecode(name + b".csv"))
            path.write_bytes(text)
            line = ("-x", "workload.batch", "-y", "time_s", "--by", "case")
            self.assertEqual(self.plot("line", path, *line), (0, "", ""))
            self.assertTrue(Path(self.folder / os.fsdecode(name + b"-line.svg")).exists())
            path.unlink()
            self.assertEqual(self.plot("line", path.name, *line),
                             (2, "", f"plot: {shown}.csv: no such file\n"))


if __name__ == "__main__":
    unittest.main()
