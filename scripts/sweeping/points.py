"""The points of a sweep, in order."""

from dataclasses import dataclass
from itertools import product

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
