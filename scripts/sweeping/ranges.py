"""Ranges in place of lists of values: {from: 1, to: 256, factor: 2}.

Both ends are among the values. Arithmetic is that of fractions, so that steps of 0.1 are steps of 0.1. Where both ends
are written as whole numbers and all values are whole, they are written so; else none is. `per_decade` between whole ends
rounds to whole numbers."""

import math
import re
from decimal import Decimal
from fractions import Fraction

from basics.nearest import did_you_mean
from sweeping.yaml_tree import Scalar

ENDS = ("from", "to")
MOST_VALUES = 1_000_000
LEAST, MOST = Fraction(1, 10**30), 10**30
MOST_STEPS = 1000        # of values that are not evenly spaced
DIGITS = 4               # of values between whole powers of ten
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
LONGEST_NUMBER = 60


class RangeError(Exception):
    """`args` are the line, the key or "", and what is wrong."""


class Range:
    """Of a mapping, with the line of each key."""

    def __init__(self, mapping):
        self.line = mapping.line
        self.given = {}      # key: (text, line)
        for name, value in mapping.entries:
            if name.value not in (*ENDS, *WAYS):
                raise RangeError(name.line, name.value, f"unknown key; {EXPECTED}{did_you_mean(name.value, (*ENDS, *WAYS))}")
            if not isinstance(value, Scalar) or value.is_quoted or not value.value:
                what = "a text" if isinstance(value, Scalar) and value.is_quoted else value.kind
                self.fail(name.value, f"{what if value.label() else 'nothing'}; expected a number", name.line)
            self.given[name.value] = (value.value, name.line)
        for key in ENDS:
            if key not in self.given:
                raise RangeError(self.line, "", f"no '{key}'; {EXPECTED}")
        ways = [key for key in WAYS if key in self.given]
        if len(ways) != 1:
            said = " and ".join(f"'{way}'" for way in ways) or "no step"
            raise RangeError(self.line, "", f"{said}; {EXPECTED}")
        self.way = ways[0]
        self.low, self.high = self.number("from"), self.number("to")
        self.is_whole = all(re.fullmatch(r"[+-]?\d+", self.given[key][0]) for key in ENDS)
        if self.low == self.high:
            self.fail("to", f"{self.text('to')} is from, too; expected another number, or a list of one value")

    def text(self, key):
        return self.given[key][0]

    def fail(self, key, what, line=None):
        raise RangeError(line or self.given[key][1], key, what)

    def fail_way(self, expected):
        self.fail(self.way, f"'{self.text(self.way)}' never leads from {self.text('from')} to {self.text('to')}; expected "
                  f"{expected}")

    def fail_end(self, near):
        """`near`: the values before and after it."""
        near = [self.written(value) for value in self.settle_type(list(near))
                if value != self.low and (self.is_whole or decimal_of(value) is not None)]
        self.fail("to", f"{self.text('to')} is not reached by whole steps; expected "
                  + (" or ".join(near) or f"another {self.way}, or count or per_decade in its place"))

    def number(self, key):
        text = self.text(key)
        if not NUMBER.fullmatch(text) or len(text) > LONGEST_NUMBER:
            self.fail(key, f"'{text[:LONGEST_NUMBER]}'; expected a number")
        number = Fraction(Decimal(text))
        if number and not LEAST <= abs(number) <= MOST:
            self.fail(key, f"'{text}'; expected 0 or a number from 1e-30 to 1e30, with or without a sign")
        return number

    def count(self, key, most):
        number = self.number(key)
        if number.denominator != 1 or not 1 <= number <= most:
            self.fail(key, f"'{self.text(key)}'; expected a whole number from 1 to {most}")
        return int(number)

    def check_above_zero(self):
        for key in ENDS:
            if self.number(key) <= 0:
                self.fail(key, f"'{self.text(key)}'; expected a number above 0 with {self.way}")

    def values(self):
        """As texts, none twice."""
        return list(dict.fromkeys(map(self.written, WAYS[self.way](self))))

    def settle_type(self, values):
        self.is_whole = self.is_whole and all(value.denominator == 1 for value in values)
        return values

    def written(self, value):
        """A value, exactly where decimal digits can say it."""
        if self.is_whole:
            return str(round_half_up(value))
        exact = decimal_of(value)
        if exact is None:
            return repr(float(value))
        text = f"{exact.normalize():f}" if 1e-6 <= abs(exact) < 1e16 or exact == 0 else f"{exact.normalize()}".lower()
        return text if re.search("[.e]", text) else text + ".0"


def by_step(self):
    step = self.number("step")
    if not step or (step > 0) != (self.high > self.low):
        self.fail_way("a number above 0" if self.high > self.low else "a number below 0")
    steps = (self.high - self.low) / step
    if steps >= MOST_VALUES:
        self.fail("step", f"makes more than {MOST_VALUES} values; expected fewer")
    if steps.denominator != 1:
        self.fail_end(self.low + count * step for count in (math.floor(steps), math.ceil(steps)))
    return self.settle_type([self.low + number * step for number in range(int(steps) + 1)])


def by_factor(self):
    factor = self.number("factor")
    self.check_above_zero()
    if factor <= 0 or factor == 1 or (factor > 1) != (self.high > self.low):
        self.fail_way("a number above 1" if self.high > self.low else "a number above 0 and below 1")
    values = [self.low]
    is_below = (lambda value: value < self.high) if factor > 1 else (lambda value: value > self.high)
    while is_below(values[-1]):
        if len(values) == MOST_STEPS:
            self.fail("factor", f"makes more than {MOST_STEPS} values; expected a factor further from 1")
        values.append(values[-1] * factor)
    if values[-1] != self.high:
        self.fail_end(values[-2:])
    return self.settle_type(values)


def by_count(self):
    """Evenly spaced."""
    count = self.count("count", MOST_VALUES)
    if count < 2:
        self.fail("count", "'1'; expected 2 at least, for both ends")
    return self.settle_type([self.low + (self.high - self.low) * number / (count - 1) for number in range(count)])


def by_decade(self):
    """Evenly spaced on a logarithmic scale, from the first end on; the last step is shorter where it has to be."""
    each = self.count("per_decade", MOST_STEPS)
    self.check_above_zero()
    sign = 1 if self.high > self.low else -1
    values, number = [self.low], 0
    while True:
        number += 1
        value = decades_on(self.low, sign * number, each)
        if (value >= self.high) == (sign > 0):
            break
        values.append(value)
    # A step that rounds to the end itself is the end.
    return [value for value in values if self.written(value) != self.written(self.high)] + [self.high]


def decades_on(value, number, each):
    """The value times 10^(number / each): exact where that exponent is whole, else with few digits."""
    whole, rest = divmod(number, each)
    exact = value * Fraction(10) ** whole
    return Fraction(f"{float(exact) * 10 ** (rest / each):.{DIGITS - 1}e}") if rest else exact


WAYS = {"step": by_step, "factor": by_factor, "count": by_count, "per_decade": by_decade}
EXPECTED = f"expected from, to and one of {', '.join(WAYS)}"


def round_half_up(value):
    return math.floor(value + Fraction(1, 2))


def decimal_of(value):
    """The decimal number that a fraction is; None where it has no end, or more digits than a double."""
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        digits = max(digits, power)
    if rest != 1:
        return None
    scaled = value.numerator * 10**digits // value.denominator
    return Decimal(scaled).scaleb(-digits) if len(str(abs(scaled))) <= 17 else None
