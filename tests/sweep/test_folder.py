"""Folders that cannot be written, that are no folders, or that hold something else."""

import os
import resource
import sqlite3
import subprocess
import unittest
from contextlib import closing

from sweeps import PROGRAM, SCRIPT, SweepTest

KEY = "0123456789abcdef0123456789abcdef-0123456789abcdef"


class Folder(SweepTest):
    def setUp(self):
        super().setUp()
        self.sweep_file()

    def test_a_file(self):
        out = self.write("out", "x")
        self.check_refused(self.sweep("sweep.yaml", "-o", "out"),
                           f"{out}: a file; expected a folder to write results to")
        self.check_refused(self.sweep("sweep.yaml", "-o", "out/below"),
                           f"{out}/below: cannot be written: Not a directory")

    def test_read_only(self):
        """As another user where this one is root, whom nothing stops."""
        out = self.folder / "out"
        out.mkdir()
        self.folder.chmod(0o755 if os.geteuid() == 0 else 0o555)
        self.addCleanup(self.folder.chmod, 0o755)
        out.chmod(0o555)
        nobody = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        for path in (SCRIPT, PROGRAM):
            if subprocess.run(["/usr/bin/test", "-r", path], **nobody, check=False).returncode != 0:
                self.skipTest(f"others cannot read {path}")
        self.check_refused(self.sweep("sweep.yaml", "-o", "out", **nobody),
                           f"{out}: cannot be written: Permission denied")
        self.check_refused(self.sweep("sweep.yaml", "-o", "new", **nobody),
                           f"{self.folder}/new: cannot be written: Permission denied")
        self.assertFalse((self.folder / "new").exists())

    def test_below_folders_that_do_not_exist(self):
        self.swept("sweep.yaml", "-o", "a/b/c")
        self.assertEqual(len(self.rows("a/b/c")), 6)

    def test_other_files_stay(self):
        out = self.folder / "out"
        (out / "spool").mkdir(parents=True)
        mine = {out / "notes.txt": "mine", out / "spool" / "notes.json": "{}", out / "spool" / f"{KEY}.json.bak": "x",
                out / "spool" / f"{KEY[:-1]}.json": "x"}
        for path, text in mine.items():
            path.write_text(text)
        (out / "spool" / f"{KEY}.json").mkdir()
        self.swept("sweep.yaml", "-o", "out", "--fresh")
        for path, text in mine.items():
            self.assertEqual(path.read_text(), text)
        self.assertTrue((out / "spool" / f"{KEY}.json").is_dir())

    def test_stores_that_are_none(self):
        self.swept("sweep.yaml")
        expected = self.rows()
        out = self.folder / "sweep.results"
        store = out / "results.sqlite"
        whole = store.read_bytes()
        for name, content, said in (
                ("no database", b"not a database, but a text of some length\n" * 9,
                 "file is not a database; expected the results of a sweep; --fresh starts anew"),
                ("torn", whole[:8192] + bytes(len(whole) - 8192),
                 "database disk image is malformed; expected the results of a sweep; --fresh starts anew"),
                ("cut off", whole[:4096],
                 "database disk image is malformed; expected the results of a sweep; --fresh starts anew")):
            with self.subTest(name):
                store.write_bytes(content)
                self.check_refused(self.sweep("sweep.yaml"), f"{store}: {said}")
                self.assertEqual(store.read_bytes(), content)
                self.swept("sweep.yaml", "--fresh")
                self.assertEqual(self.rows(), expected)

    def test_databases_of_others(self):
        out = self.folder / "out"
        out.mkdir()
        store = out / "results.sqlite"
        with closing(sqlite3.connect(store)) as database, database:
            database.execute("CREATE TABLE mine (x)")
        self.check_refused(self.sweep("sweep.yaml", "-o", "out"), f"{store}: a database of something else; expected "
                           "the results of a sweep, or another folder (-o)")
        store.unlink()
        self.swept("sweep.yaml", "-o", "out")
        with closing(self.database("out")) as database, database:
            database.execute("PRAGMA user_version = 2")
        self.check_refused(self.sweep("sweep.yaml", "-o", "out"),
                           f"{store}: of another version of sweep; --fresh starts anew")

    def test_things_in_the_way(self):
        out = self.folder / "out"
        out.mkdir()
        (out / "spool").write_text("x")
        self.check_refused(self.sweep("sweep.yaml", "-o", "out"), f"{out}/spool: File exists")
        (out / "spool").unlink()
        (out / "results.sqlite").unlink()
        (out / "results.sqlite").mkdir()
        self.check_refused(self.sweep("sweep.yaml", "-o", "out"), f"{out}/results.sqlite: unable to open database file")
        (out / "results.sqlite").rmdir()
        (out / "results.csv").mkdir()
        outcome = self.sweep("sweep.yaml", "-o", "out")
        self.assertEqual((outcome.code, outcome.err),
                         (2, f"sweep: {out}/results.csv: cannot be written: Is a directory\n"))
        (out / "results.csv").rmdir()
        self.assertIn("6 done already", self.swept("sweep.yaml", "-o", "out"))

    def test_spool_files_that_are_not_whole(self):
        """Those of a run are removed and the run is done again, whatever is in them."""
        self.swept("sweep.yaml", "-o", "whole")
        keys = [key for key, in self.query("SELECT key FROM points ORDER BY point", "whole")]
        result = self.query("SELECT result FROM points WHERE point = 0", "whole")[0][0]
        spool = self.folder / "out" / "spool"
        spool.mkdir(parents=True)
        bad = {f"{keys[0]}.json": result[:-3].encode(), f"{keys[1]}.json": b"", f"{keys[2]}.json": b"\xff\x00\xfe",
               f"{keys[3]}.json": b'{"format": "upmem-des-profile", "version": 1}', f"{keys[4]}.json": b"[" * 100000,
               f"{keys[5]}.error": b"no code\n",
               f"{KEY}.json": result.replace('"time_s": ', '"time_s": NaN, "x": ', 1).encode(),
               f"{KEY}.error": b"1\ncut o"}
        for name, content in bad.items():
            (spool / name).write_bytes(content)
        outcome = self.sweep("sweep.yaml", "-o", "out")
        self.assertEqual(outcome.code, 0)
        self.assertEqual(sorted(outcome.err.splitlines()), sorted(
            f"sweep: warning: {spool / name}: not whole; thrown away" for name in bad))
        self.assertIn("6 points, 0 done already, 6 to run", outcome.out)
        self.assertEqual(self.rows("out"), self.rows("whole"))
        self.assertFalse(spool.exists())

    def test_scraps_of_killed_runs_are_removed(self):
        spool = self.folder / "out" / "spool"
        spool.mkdir(parents=True)
        for name in (f"{KEY}.error.123.aside", f"{KEY}.error.aside", f"{KEY}.error.words", ".upmem-des.Ab3xYz",
                     ".upmem-des.1234.0"):
            (spool / name).write_text("x")
        self.swept("sweep.yaml", "-o", "out")
        self.assertFalse(spool.exists())

    def test_spool_files_are_taken_in(self):
        """A result that the coordinator did not live to take in counts; so does one that is there twice, and one of a
        point that the sweep no longer has."""
        self.swept("sweep.yaml", "-o", "whole")
        runs = self.query("SELECT key, result FROM runs", "whole")
        spool = self.folder / "out" / "spool"
        spool.mkdir(parents=True)
        for key, result in runs[:4]:
            (spool / f"{key}.json").write_text(result)
        (spool / f"{KEY}.json").write_text(runs[0][1])
        self.assertIn("6 points, 4 done already, 2 to run", self.swept("sweep.yaml", "-o", "out"))
        self.assertEqual(self.rows("out"), self.rows("whole"))
        self.assertEqual(len(self.query("SELECT * FROM runs", "out")), 7)
        spool.mkdir()
        (spool / f"{runs[0][0]}.json").write_text(runs[0][1])
        (spool / f"{runs[1][0]}.error").write_text("137\nlate words\n")
        self.assertIn("6 points, 6 done already, 0 to run", self.swept("sweep.yaml", "-o", "out"))
        self.assertEqual(self.rows("out"), self.rows("whole"))


class FullDisk(SweepTest):
    def test_files_that_cannot_grow(self):
        """Every write past 100 KB fails, as on a full disk: the sweep ends with a line, and goes on when there is
        room."""
        values = ", ".join(map(str, range(1, 31)))
        self.sweep_file(f"base: small.yaml\ngrid: {{workload.batch: [{values}]}}\n")
        self.swept("sweep.yaml", "-o", "whole")
        store = self.folder / "sweep.results" / "results.sqlite"
        self.assertGreater((self.folder / "whole" / "results.sqlite").stat().st_size, 200_000)
        limit = (100_000, 100_000)
        outcome = self.sweep("sweep.yaml", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        self.assertEqual(outcome.code, 2)
        self.assertRegex(outcome.err, rf"\Asweep: {store}: (disk I/O error|database or disk is full)\n\Z")
        said = self.swept("sweep.yaml", program=PROGRAM)
        self.assertRegex(said, r"30 points, [1-9]\d* done already, ")
        self.assertEqual(self.rows(), self.rows("whole"))

    @unittest.skipIf(subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0,
                     "mounts a small disk")
    def test_a_disk_that_is_full(self):
        values = ", ".join(map(str, range(1, 31)))
        self.sweep_file(f"base: small.yaml\ngrid: {{workload.batch: [{values}]}}\n")
        self.swept("sweep.yaml", "-o", "whole")
        (self.folder / "disk").mkdir()
        script = self.executable("on_small_disk", f"""\
mount -t tmpfs -o size=150k none {self.folder}/disk || exit 99
{self.script_line('disk/out')}; echo "first $?"
mount -o remount,size=20m {self.folder}/disk
{self.script_line('disk/out')}; echo "second $?"
cp disk/out/results.csv {self.folder}/then.csv""")
        done = subprocess.run(["unshare", "-m", script], cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode == 99:
            self.skipTest("no tmpfs can be mounted")
        # Where there is just room for them, there are tables of what is there.
        self.assertRegex(done.stdout, r"(?s)30 points, 0 done already, 30 to run\n(\d+ done, \d+ missing: [^\n]*\n)?first 2\n"
                         r"30 points, \d+ done already, \d+ to run\n30 done: [^\n]*\nsecond 0\n\Z")
        self.assertRegex(done.stderr, r"\Asweep: [^\n]*(disk is full|disk I/O error|No space left on device)\n\Z")
        self.assertEqual((self.folder / "then.csv").read_bytes(),
                         (self.folder / "whole" / "results.csv").read_bytes())

    def script_line(self, out):
        return f"{SCRIPT} {self.folder}/sweep.yaml -o {out} --program {PROGRAM}"
