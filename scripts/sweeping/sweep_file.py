"""Reads a sweep's file."""

import os
import re
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

from basics.counted import counted
from basics.harmless import one_line
from basics.nearest import did_you_mean
from basics.regular_file import what_it_is
from sweeping.errors import SweepError
from sweeping.metrics import METRICS
from sweeping.ranges import Range, RangeError
from sweeping.yaml_tree import LONGEST_VALUE, Mapping, Scalar, Sequence, read_yaml

KEYS = ["name", "base", "extra_archs", "set", "cases", "zip", "grid"]
MOST_POINTS = 1_000_000
MOST_KEYS = 500
RESERVED = {word.lower() for word in ("point", "case", "status", "error", "settings", "key", "result", *METRICS)}


@dataclass
class Case:
    label: str | None        # None until name_cases()
    settings: list           # of (key, value)


@dataclass
class Sweep:
    path: str                # as given
    folder: Path             # absolute: where it lies
    name: str
    text: str                # the file's own
    base: str = ""           # a scenario as the program finds it from that folder; absolute where it lies there
    base_line: int = 0
    extra_archs: list = field(default_factory=list)  # absolute
    common: list = field(default_factory=list)       # of (key, value): the same for all points
    cases: list = field(default_factory=list)
    zipped: list = field(default_factory=list)       # of (key, values), all equally long
    grid: list = field(default_factory=list)         # of (key, values)

    def point_count(self):
        return (max(1, len(self.cases)) * (len(self.zipped[0][1]) if self.zipped else 1) *
                prod(len(values) for _, values in self.grid))

    def swept_keys(self):
        """The keys that points differ in, in the order of columns."""
        keys = [key for case in self.cases for key, _ in case.settings]
        return list(dict.fromkeys(keys + [key for key, _ in self.zipped + self.grid]))


def read_sweep(path):
    """Throws SweepError on everything that can be told without the program."""
    text, root = read_yaml(path)
    return Reader(path, text, root).read()


class Reader:
    def __init__(self, path, text, root):
        self.path, self.root = path, root
        name = os.path.basename(path)
        self.sweep = Sweep(path, Path(path).resolve().parent, one_line(re.sub(r"\.ya?ml$", "", name)), text)
        self.part_of = {}    # key in lower case: (part, line, key)
        self.below = {}      # each proper beginning of a key that was set: (that key, line)

    def fail(self, line, key, what):
        raise SweepError(f"{self.path}:{line}: {key + ': ' if key else ''}{what}")

    def read(self):
        if not isinstance(self.root, Mapping):
            self.fail(self.root.line if self.root else 1, "", "no sweep; expected a mapping with base and grid")
        found = {}
        for name, value in self.root.entries:
            if name.value not in KEYS:
                self.fail(name.line, name.value,
                          f"unknown key; expected one of {', '.join(KEYS)}{did_you_mean(name.value, KEYS)}")
            found[name.value] = (value, name.line)
        if "base" not in found:
            self.fail(self.root.line, "base", "missing; expected a scenario")
        # In the order in which settings are applied, whatever their order in the file.
        for key in KEYS:
            if key in found:
                getattr(self, "read_" + key)(*found[key])
        if not (self.sweep.cases or self.sweep.zipped or self.sweep.grid):
            self.fail(self.root.line, "", "no points; expected grid, zip or cases")
        keys = self.sweep.swept_keys()
        if len(keys) > MOST_KEYS:
            self.fail(self.root.line, "", f"{len(keys)} swept keys; expected at most {MOST_KEYS}")
        if (count := self.sweep.point_count()) > MOST_POINTS:
            self.fail(self.root.line, "", f"{count} points; expected at most {MOST_POINTS}")
        return self.sweep

    def scalar(self, value, line, key, expected):
        if not isinstance(value, Scalar) or not value.value:
            self.fail(line, key, f"{value.kind if value.label() else 'nothing'}; expected {expected}")
        return value.value

    def read_name(self, value, line):
        self.sweep.name = self.scalar(value, line, "name", "a title")

    def read_base(self, value, line):
        """A file beside the sweep's, or a name that the program finds there or among what is installed."""
        text = self.scalar(value, line, "base", "a scenario")
        path = os.path.join(self.sweep.folder, text)
        self.sweep.base_line = line
        if "\0" in text or os.path.lexists(path) or os.path.isabs(text) or text.startswith("-"):
            self.sweep.base = self.existing(value, line, "base", "a scenario")
        else:
            self.sweep.base = text

    def existing(self, value, line, key, expected):
        path = os.path.join(self.sweep.folder, self.scalar(value, line, key, expected))
        if what := what_it_is(path):
            self.fail(line, key, f"{what}: {path}; expected {expected}, relative to the sweep's file")
        if "\0" in path or not os.path.isfile(path):
            self.fail(line, key, f"no such file: {path}; expected {expected}, relative to the sweep's file")
        return os.path.normpath(path)

    def read_extra_archs(self, value, line):
        if not isinstance(value, Sequence):
            self.fail(line, "extra_archs", f"{value.kind}; expected a list of device files")
        self.sweep.extra_archs = [self.existing(item, item.line, f"extra_archs[{i}]", "a device file")
                                  for i, item in enumerate(value.items)]

    def entries(self, value, line, part):
        if not isinstance(value, Mapping):
            what = value.kind if value.label() else "nothing"
            self.fail(line, part, f"{what}; expected a mapping of keys, such as workload.batch, to values")
        return value.entries

    def read_set(self, value, line):
        for name, setting in self.entries(value, line, "set"):
            self.claim("set", name)
            self.sweep.common.append((name.value, self.setting(setting, name.line, f"set: {name.value}")))

    def read_cases(self, value, line):
        if not isinstance(value, Sequence) or not value.items:
            self.fail(line, "cases", f"{'empty' if isinstance(value, Sequence) else value.kind}; expected a list of "
                      "mappings of keys to values")
        before, below_all = dict(self.below), {}
        for number, item in enumerate(value.items):
            # One case cannot undo what another sets.
            self.below = dict(before)
            self.sweep.cases.append(self.read_case(item, f"cases[{number}]"))
            below_all.update(self.below)
        self.below = below_all
        self.name_cases([item.line for item in value.items])

    def name_cases(self, lines):
        """Makes labels for cases that have none: of their values, or of keys and values where that tells them apart."""
        given = [case.label for case in self.sweep.cases]
        for with_keys in (False, True):
            for case, label in zip(self.sweep.cases, given):
                case.label = label or ", ".join(f"{key}={value.label()}" if with_keys else value.label()
                                                for key, value in case.settings)
            if len({case.label for case in self.sweep.cases}) == len(given):
                return
        seen = {}
        for number, (case, line) in enumerate(zip(self.sweep.cases, lines)):
            if case.label in seen:
                self.fail(line, f"cases[{number}]", f"'{case.label}' is the case of line {seen[case.label]}, too; "
                          "expected another `case:`")
            seen[case.label] = line

    def read_case(self, item, part):
        label, settings = None, []
        for name, value in self.entries(item, item.line, part):
            key = f"{part}: {name.value}"
            if name.value == "case":
                label = self.scalar(value, name.line, key, "a label")
                continue
            self.claim("cases", name)
            settings.append((name.value, self.setting(value, name.line, key)))
        if label is None and not settings:
            self.fail(item.line, part, "empty; expected keys with values, or a `case:`")
        return Case(label, settings)

    def read_zip(self, value, line):
        self.sweep.zipped = self.axes(value, line, "zip")
        lengths = [len(values) for _, values in self.sweep.zipped]
        for (name, _), length in zip(value.entries, lengths):
            if length != lengths[0]:
                self.fail(name.line, f"zip: {name.value}", f"{counted(length, 'value')}; expected {lengths[0]}, as "
                          f"{self.sweep.zipped[0][0]} has")

    def read_grid(self, value, line):
        self.sweep.grid = self.axes(value, line, "grid")
        for name, values in self.sweep.grid:
            seen = set()
            for item in values:
                if item.text() in seen:
                    self.fail(item.line, f"grid: {name}", f"{item.label()} stands twice; expected different values")
                seen.add(item.text())

    def axes(self, value, line, part):
        axes = []
        for name, values in self.entries(value, line, part):
            key = f"{part}: {name.value}"
            self.claim(part, name)
            axes.append((name.value, self.axis(values, name.line, key)))
        if not axes:
            self.fail(line, part, "empty; expected keys with lists of values")
        return axes

    def axis(self, values, line, key):
        if isinstance(values, Mapping):
            try:
                found = Range(values)
                return [Scalar(text, False, found.line) for text in found.values()]
            except RangeError as error:
                at, inner, what = error.args
                self.fail(at, f"{key}: {inner}" if inner else key, what)
        if not isinstance(values, Sequence):
            self.fail(line, key, f"{values.kind if values.label() else 'nothing'}; expected a list of values, or a range "
                      "such as {from: 1, to: 64, step: 1}")
        if not values.items:
            self.fail(line, key, "an empty list; expected at least one value")
        return [self.setting(item, item.line, f"{key}[{i}]") for i, item in enumerate(values.items)]

    def setting(self, value, line, key):
        """A value as it stands; what it has to be is for the program to say."""
        if not value.label() and not (isinstance(value, Scalar) and value.is_quoted):
            self.fail(line, key, "nothing; expected a value")
        if not isinstance(value, Scalar) and len(value.text()) > LONGEST_VALUE:
            self.fail(line, key, f"a value of more than {LONGEST_VALUE >> 10} KiB")
        return value

    def claim(self, part, name):
        """Checks that a key can be set here, after those before it."""
        key, line = name.value, name.line
        where = f"{part}: {key[:80]}"
        if re.search(r"[=\x00-\x1f\x7f\s]", key) or len(key) > 200:
            self.fail(line, where, "no key of a scenario; expected one such as workload.batch")
        if key.lower() in RESERVED:
            self.fail(line, where, "no key of a scenario, but a column of the results")
        other, at, spelling = self.part_of.setdefault(key.lower(), (part, line, key))
        if spelling != key:
            self.fail(line, where, f"differs from {spelling} of line {at} in case only; columns of SQLite do not")
        if other != part:
            self.fail(line, where, f"stands in {other}, too, line {at}; expected each key in one place")
        if key in self.below:
            undone, at = self.below[key]
            self.fail(line, where, f"would undo {undone} of line {at}; expected it before that, or in its place")
        words = key.split(".")
        for end in range(1, len(words)):
            self.below.setdefault(".".join(words[:end]), (key, line))
