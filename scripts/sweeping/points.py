"""The points of a sweep, in order."""

from dataclasses import dataclass
from itertools import product

from basics.conditions import Choice, ConditionError, UnknownColumn
from basics.counted import counted
from basics.script_name import sibling
from sweeping.errors import SweepError
from sweeping.metrics import METRICS

MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Point:
    number: int              # from 0
    case: str | None
    settings: tuple          # of (key, value), in the order in which they are applied

    def arguments(self):
        """As --set takes them."""
        return [f"{key}={value.text()}" for key, value in self.settings]

    def describe(self):
        """In one line, for people: long values cut."""
        pairs = [("case", self.case)] if self.case is not None else []
        pairs += [(key, value.label()) for key, value in self.settings]
        return ", ".join(f"{key}={shortened(text)}" for key, text in pairs)


def chosen(points, sweep, wheres):
    """Those that fulfil all of `wheres`, texts as Choice takes them; all without any. Throws SweepError."""
    if not wheres:
        return points
    columns = ["point", *["case"] * bool(sweep.cases), *sweep.swept_keys()]
    try:
        rows = [row_of(point, columns) for point in points]
        choice = Choice(wheres, {column: list(dict.fromkeys(row[column] for row in rows)) for column in columns})
        found = [point for point, row in zip(points, rows) if choice.fulfils(row)]
    except UnknownColumn as error:
        if error.name in METRICS:
            raise SweepError(f"--where: '{error.name}' is a result; expected swept keys, or {sibling('plot')} --where, "
                             "which takes results too") from None
        raise SweepError(f"--where: {error}") from None
    except ConditionError as error:
        raise SweepError(f"--where: {error}") from None
    if not found:
        raise SweepError(f"--where: none of {counted(len(points), 'point')} has all of {', '.join(wheres)}")
    return found


def row_of(point, columns):
    """Its values as in tables, "" where it does not set a key."""
    known = {"point": str(point.number), "case": point.case or "", **{key: value.label() for key, value in point.settings}}
    return {column: known.get(column, "") for column in columns}


def shortened(text):
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN - 1] + "…"


def points_of(sweep):
    """All points: cases vary slowest, then zip, then grid, its last key fastest. The settings of `set` are not among
    theirs."""
    cases = [(case.label, tuple(case.settings)) for case in sweep.cases] or [(None, ())]
    rows = list(zip(*[[(key, value) for value in values] for key, values in sweep.zipped])) or [()]
    axes = [[(key, value) for value in values] for key, values in sweep.grid]
    choices = product(cases, rows, *axes)
    return [Point(number, label, settings + row + combination)
            for number, ((label, settings), row, *rest) in enumerate(choices) for combination in [tuple(rest)]]
