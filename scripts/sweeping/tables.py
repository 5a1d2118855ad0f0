"""The tables of a sweep's results, as CSV and in the store: a row for each point."""

import contextlib
import csv
import json
import os

from basics.harmless import csv_cell
from sweeping.errors import SweepError
from sweeping.metrics import METRICS

INTEGERS = {"decode_tokens", "events", "forward_passes", "devices", "rejected", "saturated"}


class Tables:
    """`outcome_of(number)`: status, error and metrics of a point. Rows are made one by one, never held."""

    def __init__(self, sweep, points, outcome_of):
        self.sweep, self.points, self.outcome_of = sweep, points, outcome_of
        self.swept = sweep.swept_keys()

    def columns(self):
        """(name, SQLite type) of the columns that both tables have."""
        case = [("case", "TEXT")] if self.sweep.cases else []
        return [("point", "INTEGER"), *case, *((key, "NUMERIC") for key in self.swept), ("status", "TEXT"),
                *((name, "INTEGER" if name in INTEGERS else "REAL") for name in METRICS), ("error", "TEXT")]

    def row(self, point):
        """None where there is no value."""
        status, error, metrics = self.outcome_of(point.number)
        settings = {key: value.label() for key, value in point.settings}
        case = [point.case] if self.sweep.cases else []
        return [point.number, *case, *(settings.get(key) for key in self.swept), status,
                *(metrics.get(name) for name in METRICS), error or None]

    def write_csv(self, path):
        """Writes aside and renames. A link stays, what it leads to is replaced."""
        target = os.path.realpath(path)
        aside = f"{target}.aside"
        try:
            with open(aside, "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow([csv_cell(name) for name, _ in self.columns()])
                writer.writerows([field(value) for value in self.row(point)] for point in self.points)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, target)
        except OSError as error:
            raise SweepError(f"{path}: cannot be written: {error.strerror}") from None
        finally:
            with contextlib.suppress(OSError):
                os.unlink(aside)

    def write_to(self, store, keys, facts):
        """`keys`: that of each point's run, None where it has none; `facts`: what was swept, as texts by name."""
        common = {key: value.label() for key, value in self.sweep.common}

        def rows():
            for point, key in zip(self.points, keys):
                settings = common | {key: value.label() for key, value in point.settings}
                yield [*self.row(point), json.dumps(settings, ensure_ascii=False), key]
        store.write_points([*self.columns(), ("settings", "TEXT"), ("key", "TEXT")], rows(), facts)


def field(value):
    """Numbers so that they read back as the same doubles."""
    return "" if value is None else repr(value) if isinstance(value, float) else csv_cell(str(value))
