"""The program that a sweep runs is the one that checked its points, or nothing of what it says is kept."""

import os
import re
import time
import unittest

from sweeps import PROGRAM, SweepTest, keys_in

BATCHES = range(1, 13)
CHANGED = "the program has changed since the points were checked; expected the same until they have run"


def stored(folder):
    """The keys in a folder's store."""
    return keys_in(folder) - {path.stem for path in (folder / "spool").glob("*.json")}


class Changed(SweepTest):
    """A program that is replaced while a sweep runs by one that writes another time into results."""

    def setUp(self):
        super().setUp()
        self.sweep_file(f"base: small.yaml\ngrid: {{workload.batch: [{', '.join(map(str, BATCHES))}]}}\n")
        self.program = self.counting_program("ud", then="sleep 0.1")
        self.other = self.executable("other", f"""\
{PROGRAM} "$@" || exit
[ "$1" != run ] || {{ for last; do :; done; sed -i 's/"time_s": [0-9][0-9.e-]*/"time_s": 123/g' "$last"; }}""")

    def swept_while(self, change, *arguments):
        """Changes the program when the store has two results."""
        with self.start("sweep.yaml", "-o", "out", "-j", 1, *arguments, program=self.program) as process:
            while len(stored(self.folder / "out")) < 2:
                time.sleep(0.005)
            change()
            out, err = process.communicate()
        return process.returncode, out.decode(), err.decode()

    def check(self, change):
        code, out, err = self.swept_while(change)
        rows = self.rows("out")
        done = sum(row["status"] == "ok" for row in rows)
        failed = len(rows) - done
        self.assertEqual((code, err), (1, f"sweep: {self.program}: {CHANGED} ({failed} point{'s' * (failed > 1)})\n"))
        self.assertTrue(2 <= done < len(rows), done)
        self.assertIn(f"{done} done, {failed} failed: {self.folder}/out/results.csv\n", out)
        self.assertEqual({row["error"] for row in rows if row["status"] != "ok"}, {f"{self.program}: {CHANGED}"})
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         [".lock", "results.csv", "results.sqlite"])
        # The first program comes back: what it did counts, and it does the rest.
        self.counting_program("ud", then="sleep 0.1")
        self.assertIn(f"12 points, {done} done already, {failed} to run\n",
                      self.swept("sweep.yaml", "-o", "out", program=self.program))
        self.swept("sweep.yaml", "-o", "whole")
        self.assertEqual(self.rows("out"), self.rows("whole"))

    def test_replaced(self):
        self.check(lambda: self.other.rename(self.program))

    def test_rewritten_in_place(self):
        self.check(lambda: self.program.write_bytes(self.other.read_bytes()))

    def test_replaced_and_back(self):
        """Between two looks at it."""
        def change():
            aside = self.folder / "aside"
            self.program.rename(aside)
            self.other.rename(self.program)
            aside.rename(self.program)
        self.check(change)

    def test_a_link_that_leads_elsewhere(self):
        self.program.rename(self.folder / "first")
        self.program.symlink_to("first")

        def change():
            (self.folder / "link").symlink_to("other")
            (self.folder / "link").rename(self.program)
        code, _, err = self.swept_while(change)
        self.assertEqual(code, 1)
        self.assertRegex(err, rf"\Asweep: {re.escape(f'{self.program}: {CHANGED}')} \(\d+ points?\)\n\Z")
        self.assertNotIn("123", {row["time_s"] for row in self.rows("out")})

    def test_while_points_are_checked(self):
        program = self.executable("ud", f'[ "$1" != check ] || echo "# changed" >>{self.folder}/ud\nexec {PROGRAM} "$@"')
        self.check_refused(self.sweep("sweep.yaml", program=program), f"{program}: {CHANGED}")
        self.assertFalse((self.folder / "sweep.results").exists())


class NoProgram(SweepTest):
    def test_a_pipe(self):
        self.sweep_file()
        pipe = self.folder / "pipe"
        os.mkfifo(pipe, 0o755)
        self.check_refused(self.sweep("sweep.yaml", program=pipe), f"{pipe}: a pipe; expected the program upmem-des")


if __name__ == "__main__":
    unittest.main()
