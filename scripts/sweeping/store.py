"""The store of a sweep: an SQLite file that outlives kill -9."""

import contextlib
import json
import sqlite3

from sweeping.errors import SweepError
from sweeping.metrics import METRICS, metrics_of, read_result

APPLICATION_ID = 0x75646573  # "udes"
VERSION = 1
# Read while a sweep writes, it may be locked for the moment of a commit.
TIMEOUT_S = 60


def as_name(text):
    return '"' + text.replace('"', '""') + '"'


class Store:
    """Table `runs` holds what has been run, of all sweeps that this folder had; table `sweep_points` the points of the
    last one, and the view `points` both side by side. The journal is the one that works over network file systems, too:
    SQLite's write-ahead log does not."""

    def __init__(self, path):
        self.path = str(path)
        with self.errors():
            self.database = sqlite3.connect(self.path, timeout=TIMEOUT_S, isolation_level=None)
            self.open()

    def open(self):
        is_new = self.value("SELECT count(*) FROM sqlite_master") == 0
        if not is_new and self.value("PRAGMA application_id") != APPLICATION_ID:
            raise SweepError(f"{self.path}: a database of something else; expected the results of a sweep, or another "
                             "folder (-o)")
        if not is_new and self.value("PRAGMA user_version") != VERSION:
            raise SweepError(f"{self.path}: of another version of sweep; --fresh starts anew")
        if is_new:
            with self.transaction():
                self.database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self.database.execute(f"PRAGMA user_version = {VERSION}")
                self.database.execute("CREATE TABLE runs (key TEXT PRIMARY KEY, status TEXT NOT NULL, error TEXT, "
                                      "metrics TEXT, result TEXT)")

    def close(self):
        self.database.close()

    @contextlib.contextmanager
    def errors(self):
        try:
            yield
        except sqlite3.DatabaseError as error:
            is_broken = "not a database" in str(error) or "malformed" in str(error)
            hint = "; expected the results of a sweep; --fresh starts anew" if is_broken else ""
            raise SweepError(f"{self.path}: {error}{hint}") from None

    @contextlib.contextmanager
    def transaction(self):
        with self.errors():
            self.database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.database.execute("COMMIT")
            except BaseException:
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                raise

    def value(self, query):
        return self.database.execute(query).fetchone()[0]

    def add(self, runs):
        """Takes in runs, of (key, status, error, metrics, result), in one transaction. What failed never replaces a
        result."""
        with self.transaction():
            self.database.executemany(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET status = excluded.status, "
                "error = excluded.error, metrics = excluded.metrics, result = excluded.result "
                "WHERE excluded.status = 'ok' OR runs.status != 'ok'",
                [(key, status, error, json.dumps(metrics) if metrics is not None else None, result)
                 for key, status, error, metrics, result in runs])

    def finished(self):
        """The keys of all runs that have a result."""
        with self.errors():
            return {key for key, in self.database.execute("SELECT key FROM runs WHERE status = 'ok'")}

    def outcome(self, key):
        """Status, error and metrics of a run; None where it was not run."""
        with self.errors():
            row = self.database.execute("SELECT status, error, metrics FROM runs WHERE key = ?", (key,)).fetchone()
            if row is None or row[0] != "ok":
                return row and (row[0], row[1], {})
            return row[0], "", json.loads(row[2])

    def refresh_metrics(self):
        """Finds the metrics of all results again where they were found by another list of metrics."""
        with self.errors():
            names = json.dumps(METRICS)
            known = self.database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sweep'").fetchone()[0]
            if not known or self.database.execute("SELECT 1 FROM sweep WHERE name = 'metrics' AND value = ?",
                                                  (names,)).fetchone():
                return
        with self.transaction():
            for key, in self.database.execute("SELECT key FROM runs WHERE status = 'ok'").fetchall():
                result, = self.database.execute("SELECT result FROM runs WHERE key = ?", (key,)).fetchone()
                self.database.execute("UPDATE runs SET metrics = ? WHERE key = ?",
                                      (json.dumps(metrics_of(read_result(result))), key))

    def write_points(self, columns, rows, facts):
        """Replaces the points. `columns`: (name, type) of each; `rows`: one of values for each point, None where there
        is none; `facts`: what was swept, as texts by name."""
        with self.transaction():
            self.database.execute("DROP VIEW IF EXISTS points")
            self.database.execute("DROP TABLE IF EXISTS sweep_points")
            self.database.execute("DROP TABLE IF EXISTS sweep")
            declared = ", ".join(f"{as_name(name)} {kind}" for name, kind in columns)
            self.database.execute(f"CREATE TABLE sweep_points ({declared})")
            places = ", ".join("?" for _ in columns)
            self.database.executemany(f"INSERT INTO sweep_points VALUES ({places})", rows)
            names = ", ".join("sweep_points." + as_name(name) for name, _ in columns)
            self.database.execute(f"CREATE VIEW points AS SELECT {names}, runs.result FROM sweep_points "
                                  "LEFT JOIN runs ON sweep_points.key = runs.key")
            self.database.execute("CREATE TABLE sweep (name TEXT PRIMARY KEY, value TEXT)")
            self.database.executemany("INSERT INTO sweep VALUES (?, ?)", [*facts.items(),
                                                                         ("metrics", json.dumps(METRICS))])
