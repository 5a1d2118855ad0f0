"""A store with damaged rows: their points are run again. One that is damaged as a whole is refused in a line."""

import os
import sqlite3
import threading
import time
from contextlib import closing

from sweeps import SweepTest

METRICS = "its metrics are no numbers by name"
RESULT = "its result is not whole"
ROWS = [  # What is done to the row of the point with batch 2, and what is said of it; "": nothing is.
    ("metrics = '{'", METRICS), ("metrics = NULL", METRICS), ("metrics = x'ff00'", METRICS), ("metrics = ''", METRICS),
    ("metrics = 7", METRICS), ("metrics = '[]'", METRICS), ("metrics = '{}'", METRICS),
    ("metrics = json_set(metrics, '$.time_s', 'fast')", METRICS), ("metrics = json_set(metrics, '$.time_s', NULL)", METRICS),
    ("metrics = replace(metrics, '\"time_s\": ', '\"time_s\": NaN, \"x\": ')", METRICS),
    ("metrics = json_set(metrics, '$.unknown', 1)", METRICS),
    ("metrics = replace(metrics, '\"events\": ', '\"events\": 99999999999999999999')", METRICS),
    ("metrics = cast(x'7bff' AS TEXT)", METRICS),
    ("result = NULL", RESULT), ("result = ''", RESULT), ("result = substr(result, 1, 5000)", RESULT),
    ("result = '{}'", RESULT), ("result = '[1, 2]'", RESULT), ("result = cast(result AS BLOB)", RESULT),
    ("status = 'okay'", "its status is okay"), ("status = x'00'", "its status is b'\\x00'"),
    ("status = 'failed', error = NULL", ""), ("status = 'failed', error = 7", "")]


class DamageTest(SweepTest):
    def setUp(self):
        super().setUp()
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2]}\n")
        self.swept("sweep.yaml")
        self.store = self.folder / "sweep.results" / "results.sqlite"
        self.whole = self.store.read_bytes()
        self.expected = self.rows()

    def change(self, *statements):
        with closing(self.database()) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()


class Rows(DamageTest):
    def test_they_are_computed_again(self):
        for change, what in ROWS:
            with self.subTest(change):
                self.store.write_bytes(self.whole)
                self.change(f"UPDATE runs SET {change} WHERE key = (SELECT key FROM points WHERE point = 1)")
                outcome = self.sweep("sweep.yaml")
                said = f"sweep: warning: {self.store}: a damaged result is computed again: {what} (point 1)\n"
                self.assertEqual((outcome.code, outcome.err), (0, said if what else ""))
                self.assertIn("2 points, 1 done already, 1 to run\n", outcome.out)
                self.assertEqual(self.rows(), self.expected)
                self.assertIn("2 points, 2 done already, 0 to run\n", self.swept("sweep.yaml"))

    def test_points_that_share_a_run(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [2, '2']}\n".replace("'2'", "02"))
        self.sweep_file("base: small.yaml\ncases: [{case: a, workload.batch: 1}, {case: b, workload.batch: 1}]\n")
        self.change("UPDATE runs SET metrics = '{'")
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, outcome.err), (
            0, f"sweep: warning: {self.store}: a damaged result is computed again: {METRICS} (point 0 and 1 more)\n"))

    def test_with_another_list_of_metrics(self):
        """Then all metrics are found anew, where there is a result to find them in."""
        self.change("UPDATE sweep SET value = '[]' WHERE name = 'metrics'", "UPDATE runs SET metrics = '{'",
                    "UPDATE runs SET result = '{' WHERE key = (SELECT key FROM points WHERE point = 0)")
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, outcome.err), (
            0, f"sweep: warning: {self.store}: a damaged result is computed again: {METRICS} (point 0)\n"))
        self.assertEqual(self.rows(), self.expected)


class Tables(DamageTest):
    def test_those_that_are_written_anew(self):
        for name, statements in {
                "missing": ("DROP VIEW points", "DROP TABLE sweep_points", "DROP TABLE sweep"),
                "other columns": ("DROP VIEW points", "DROP TABLE sweep", "CREATE TABLE sweep (x)"),
                "other kinds": ("DROP VIEW points", "CREATE TABLE points (x)", "DROP TABLE sweep",
                                "CREATE VIEW sweep AS SELECT 1")}.items():
            with self.subTest(name):
                self.store.write_bytes(self.whole)
                self.change(*statements)
                self.assertIn("2 points, 2 done already, 0 to run\n", self.swept("sweep.yaml"))
                self.assertEqual(self.rows(), self.expected)
                self.assertEqual(self.query("SELECT count(result) FROM points"), [(2,)])

    def test_the_one_with_the_runs(self):
        for statement in ("DROP TABLE runs", "ALTER TABLE runs DROP COLUMN metrics", "ALTER TABLE runs ADD COLUMN x",
                          "ALTER TABLE runs RENAME COLUMN key TO name"):
            with self.subTest(statement):
                self.store.write_bytes(self.whole)
                self.change("DROP VIEW points", statement)
                self.check_refused(self.sweep("sweep.yaml"), f"{self.store}: its table 'runs' is missing or has other "
                                   "columns; expected the results of a sweep; --fresh starts anew")
        self.assertIn("2 points, 0 done already, 2 to run\n", self.swept("sweep.yaml", "--fresh"))
        self.assertEqual(self.rows(), self.expected)


class Locked(DamageTest):
    def test_for_a_moment(self):
        with closing(sqlite3.connect(self.store, check_same_thread=False, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            timer = threading.Timer(1.5, other.execute, ["ROLLBACK"])
            timer.start()
            self.assertIn("2 points, 2 done already, 0 to run\n", self.swept("sweep.yaml"))
            timer.join()

    def test_ctrl_c_ends_the_wait(self):
        with closing(sqlite3.connect(self.store, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with self.start("sweep.yaml") as process:
                time.sleep(2)
                self.assertIsNone(process.poll())
                process.send_signal(2)
                out, err = process.communicate(timeout=5)
        self.assertEqual((process.returncode, out, err), (130, b"", b""))

    def test_a_pipe_in_its_place(self):
        self.store.unlink()
        os.mkfifo(self.store)
        self.check_refused(self.sweep("sweep.yaml"), f"{self.store}: a pipe; expected a file to write")
