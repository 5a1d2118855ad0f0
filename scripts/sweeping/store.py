"""The store of a sweep: an SQLite file that outlives kill -9."""

import contextlib
import json
import sqlite3
import time

from basics.regular_file import what_it_is
from sweeping.errors import SweepError
from sweeping.metrics import METRICS, is_number, metrics_of, read_result

APPLICATION_ID = 0x75646573  # "udes"
VERSION = 1
# Read while a sweep writes, it may be locked for the moment of a commit; others may hold it longer.
PATIENCE_S = 60
TICK_S = 0.2
RUNS = "CREATE TABLE runs (key TEXT PRIMARY KEY, status TEXT NOT NULL, error TEXT, metrics TEXT, result TEXT)"
# Whether `result` is whole: faster than to read it here.
IS_RESULT = ("typeof(result) = 'text' AND CASE WHEN json_valid(result) THEN "
             "coalesce(json_extract(result, '$.format') = 'upmem-des-result', 0) ELSE 0 END")
ALWAYS_THERE = ("time_s",)  # in every result; served requests have no count of events, and devices may state no energy


def as_name(text):
    return '"' + text.replace('"', '""') + '"'


class Store:
    """Table `runs` holds what has been run, of all sweeps that this folder had; table `sweep_points` the points of the
    last one, and the view `points` both side by side. The journal is the one that works over network file systems, too:
    SQLite's write-ahead log does not. `is_stopped`: whether to wait no longer for a lock."""

    def __init__(self, path, is_stopped=lambda: False):
        self.path, self.is_stopped = str(path), is_stopped
        if what := what_it_is(path):
            raise SweepError(f"{self.path}: {what}; expected the results of a sweep")
        with self.errors():
            self.database = sqlite3.connect(self.path, timeout=TICK_S, isolation_level=None)
            self.database.text_factory = lambda text: text.decode(errors="replace")
            try:
                self.open()
            except BaseException:
                self.database.close()
                raise

    def open(self):
        is_new = self.value("SELECT count(*) FROM sqlite_master") == 0
        if not is_new and self.value("PRAGMA application_id") != APPLICATION_ID:
            raise SweepError(f"{self.path}: a database of something else; expected the results of a sweep, or another "
                             "folder (-o)")
        if not is_new and self.value("PRAGMA user_version") != VERSION:
            raise SweepError(f"{self.path}: of another version of sweep; --fresh starts anew")
        if is_new:
            with self.transaction():
                self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self.execute(f"PRAGMA user_version = {VERSION}")
                self.execute(RUNS)
        elif self.value("SELECT max(sql) FROM sqlite_master WHERE type = 'table' AND name = 'runs'") != RUNS:
            raise SweepError(f"{self.path}: its table 'runs' is missing or has other columns; expected the results of "
                             "a sweep; --fresh starts anew")
        # Finds out before anything is run that nothing can be written.
        self.execute("BEGIN IMMEDIATE")
        self.execute("ROLLBACK")

    def close(self):
        self.database.close()

    @contextlib.contextmanager
    def errors(self):
        try:
            yield
        except sqlite3.Error as error:
            is_broken = "not a database" in str(error) or "malformed" in str(error)
            hint = "; expected the results of a sweep; --fresh starts anew" if is_broken else ""
            raise SweepError(f"{self.path}: {error}{hint}") from None

    @contextlib.contextmanager
    def transaction(self):
        with self.errors():
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                raise

    def execute(self, query, values=()):
        """Waits while others have it locked; in small steps, so that a signal ends that."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.database.execute(query, values)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until or self.is_stopped():
                    raise

    def value(self, query):
        return self.execute(query).fetchone()[0]

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

    def finished(self, wanted):
        """Those of the keys `wanted` whose runs have a result; and (key, what is wrong) of each damaged one, which is
        removed."""
        finished, damaged = set(), []
        with self.errors():
            for key in sorted(wanted):
                row = self.execute(f"SELECT status, metrics, {IS_RESULT} FROM runs WHERE key = ?", (key,)).fetchone()
                if row is None or row[0] == "failed":
                    continue
                if what := damage_of(*row):
                    damaged.append((key, what))
                else:
                    finished.add(key)
        if damaged:
            with self.transaction():
                self.database.executemany("DELETE FROM runs WHERE key = ?", [(key,) for key, _ in damaged])
        return finished, damaged

    def outcome(self, key):
        """Status, error and metrics of a run; None where it was not run."""
        with self.errors():
            row = self.execute("SELECT status, error, metrics FROM runs WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] not in ("ok", "failed"):
            return None
        if row[0] == "failed":
            return row[0], str(row[1] or ""), {}
        metrics = read_metrics(row[2])
        return None if metrics is None else (row[0], "", metrics)

    def refresh_metrics(self):
        """Finds the metrics of all results again where they were found by another list of metrics."""
        names = json.dumps(METRICS)
        with self.errors():
            known = self.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sweep'").fetchone()[0]
            try:
                if not known or self.execute("SELECT 1 FROM sweep WHERE name = 'metrics' AND value = ?",
                                             (names,)).fetchone():
                    return
            except sqlite3.OperationalError:
                pass  # It is another table than this writes, and will be written anew.
        with self.transaction():
            for key, in self.database.execute("SELECT key FROM runs WHERE status = 'ok'").fetchall():
                result, = self.database.execute("SELECT result FROM runs WHERE key = ?", (key,)).fetchone()
                if isinstance(result, str) and (whole := read_result(result)):
                    self.database.execute("UPDATE runs SET metrics = ? WHERE key = ?",
                                          (json.dumps(metrics_of(whole)), key))

    def write_points(self, columns, rows, facts):
        """Replaces the points. `columns`: (name, type) of each; `rows`: one of values for each point, None where there
        is none; `facts`: what was swept, as texts by name."""
        with self.transaction():
            for name in ("points", "sweep_points", "sweep"):
                self.drop(name)
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

    def drop(self, name):
        """A table or a view, whatever it is."""
        for kind, in self.database.execute("SELECT type FROM sqlite_master WHERE name = ?", (name,)).fetchall():
            self.database.execute(f"DROP {kind} {name}")


def damage_of(status, metrics, is_result):
    """What is wrong with a row of `runs` that is to have a result; "" where nothing is."""
    if status != "ok":
        return f"its status is {str(status)[:40]}"
    if read_metrics(metrics) is None:
        return "its metrics are no numbers by name"
    if not is_result:
        return "its result is not whole"
    return ""


def read_metrics(text):
    """None where they are not what add() writes."""
    if not isinstance(text, str):
        return None
    try:
        metrics = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(metrics, dict) or any(name not in metrics for name in ALWAYS_THERE):
        return None
    return metrics if all(name in METRICS and is_number(value) for name, value in metrics.items()) else None
