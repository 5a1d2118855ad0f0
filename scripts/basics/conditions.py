"""Conditions on rows of texts, as --where takes them: `workload.batch >= 8 and case in (H100, 'two chips')`.

    condition := and-chain {"or" and-chain}          and-chain := factor {"and" factor}
    factor := ["not"] ( "(" condition ")" | comparison )
    comparison := column (= | == | != | < | <= | > | >=) operand | column ["not"] "in" "(" value {"," value} ")"

The operand is another column or a value. Texts with spaces or signs in them stand in quotes. It is parsed here, and never
handed to Python."""

import math
import re
from dataclasses import dataclass

from basics.nearest import meant

LONGEST = 10_000
DEEPEST = 50
MOST_VALUES = 8  # that a message lists
TOKEN = re.compile(r"""\s*(?: (?P<text>"[^"]*"|'[^']*') | (?P<sign><=|>=|!=|==|[=<>(),]) | (?P<word>[^\s"'=<>!(),]+) )""", re.VERBOSE)
WORDS = ("and", "or", "not", "in")
ORDERS = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


class ConditionError(Exception):
    """What is wrong, in one line."""


class UnknownColumn(ConditionError):
    """`name` is none of the columns."""

    def __init__(self, name, columns):
        self.name, self.meant = name, meant(name, columns)
        super().__init__(f"no column '{name}'; {self.meant}")


@dataclass(frozen=True)
class Comparison:
    column: str
    sign: str                # "=", "!=", one of ORDERS
    value: str
    is_column: bool = False  # whether `value` names one

    def fulfils(self, row):
        one, other = row[self.column], row[self.value] if self.is_column else self.value
        if self.sign in ("=", "!="):
            return same(one, other) == (self.sign == "=")
        if one == "" or other == "":
            return False
        return ORDERS[self.sign](self.number(one, self.column), self.number(other, self.value))

    def number(self, text, name):
        number = as_number(text)
        if number is None:
            at = "" if name == text else f" in {name}"
            raise ConditionError(f"'{text[:40]}'{at} is no number; expected numbers beside {self.sign}")
        return number

    def parts(self):
        yield self


@dataclass(frozen=True)
class Not:
    inner: object

    def fulfils(self, row):
        return not self.inner.fulfils(row)

    def parts(self):
        yield from self.inner.parts()


@dataclass(frozen=True)
class Several:
    """All of `inner`, or any."""
    inner: tuple
    of: object               # all or any

    def fulfils(self, row):
        return self.of(one.fulfils(row) for one in self.inner)

    def parts(self):
        for one in self.inner:
            yield from one.parts()


def parse_condition(text, columns):
    """Something with fulfils(row), `row` texts by column, and parts(), its comparisons. Raises ConditionError."""
    return Parser(text, columns).parse()


class Parser:
    def __init__(self, text, columns):
        if len(text) > LONGEST:
            raise ConditionError(f"{len(text)} characters; expected at most {LONGEST}")
        self.columns, self.tokens, self.place = columns, [], 0
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if not match:
                rest = text[at:].lstrip()
                what = "a quote without its end" if rest[0] in "\"'" else f"'{rest[:20]}'"
                raise ConditionError(f"{what} at character {len(text) - len(rest) + 1}; expected a column, a value or a sign")
            self.tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
            at = match.end()

    def parse(self):
        found = self.several("or", 0)
        if self.place < len(self.tokens):
            self.fail("and, or, or the end")
        return found

    def fail(self, expected):
        if self.place < len(self.tokens):
            _, text, at = self.tokens[self.place]
            said = text[:40] if text[0] in "\"'" else f"'{text[:40]}'"
            raise ConditionError(f"{said} at character {at}; expected {expected}")
        raise ConditionError(f"ends too early; expected {expected}")

    def takes(self, *texts, kind="sign"):
        """The next token where it is one of these, else None."""
        if self.place < len(self.tokens):
            its_kind, text, _ = self.tokens[self.place]
            if its_kind == kind and text in texts:
                self.place += 1
                return text
        return None

    def several(self, word, depth):
        inner = [self.chain(word, depth)]
        while self.takes(word, kind="word"):
            inner.append(self.chain(word, depth))
        return inner[0] if len(inner) == 1 else Several(tuple(inner), any if word == "or" else all)

    def chain(self, word, depth):
        return self.several("and", depth) if word == "or" else self.factor(depth)

    def factor(self, depth):
        if depth > DEEPEST:
            raise ConditionError(f"nested deeper than {DEEPEST} levels")
        if self.takes("not", kind="word"):
            return Not(self.factor(depth + 1))
        if self.takes("("):
            found = self.several("or", depth + 1)
            if not self.takes(")"):
                self.fail("and, or, or )")
            return found
        return self.comparison()

    def comparison(self):
        column = self.text("a column")
        if column not in self.columns:
            raise UnknownColumn(column, self.columns)
        if sign := self.takes("=", "==", "!=", *ORDERS):
            is_word = self.place < len(self.tokens) and self.tokens[self.place][0] == "word"
            value = self.text("a value or a column")
            return Comparison(column, "=" if sign == "==" else sign, value, is_word and value in self.columns)
        is_not = self.takes("not", kind="word")
        if not self.takes("in", kind="word"):
            self.fail("in" if is_not else "one of = != < <= > >= in")
        if not self.takes("("):
            self.fail("(")
        values = [self.text("a value")]
        while self.takes(","):
            values.append(self.text("a value"))
        if not self.takes(")"):
            self.fail(", or )")
        found = Several(tuple(Comparison(column, "=", value) for value in values), any)
        return Not(found) if is_not else found

    def text(self, expected):
        if self.place < len(self.tokens):
            kind, text, _ = self.tokens[self.place]
            if kind == "text" or kind == "word" and text not in WORDS:
                self.place += 1
                return text[1:-1] if kind == "text" else text
        self.fail(expected)


def same(asked, value):
    """A value as it was asked for and as it stands in a table: 8 is 8.0."""
    if asked == value:
        return True
    numbers = as_number(asked), as_number(value)
    return None not in numbers and numbers[0] == numbers[1]


def as_number(text):
    """None where it is no finite number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class Choice:
    """What all of `texts` say of rows. Comparisons with = of one column are alternatives where they stand alone: so
    `COLUMN=VALUE` with a value as it stands in a row needs no quotes.

    `values`: the values of each column, as texts, that conditions may name; an empty list where any may be asked for.
    Raises ConditionError."""

    def __init__(self, texts, values):
        self.values = values
        self.equal = {}      # values that are asked for, by column
        self.others = []     # (text, condition)
        for text in texts:
            found = self.read(text)
            if isinstance(found, Comparison) and found.sign == "=" and not found.is_column:
                self.equal.setdefault(found.column, []).append(found.value)
            else:
                self.others.append((" ".join(text.split()), found))

    def read(self, text):
        column, equals, value = text.partition("=")
        is_plain = bool(equals) and column in self.values
        if is_plain and self.has(column, value):
            return Comparison(column, "=", value)
        try:
            found = parse_condition(text, list(self.values))
        except UnknownColumn:
            raise
        except ConditionError as error:
            if is_plain:
                self.check_value(column, value)
            raise ConditionError(f"'{text[:100]}': {error}") from None
        for part in found.parts():
            if part.sign in ("=", "!=") and not part.is_column:
                self.check_value(part.column, part.value)
        return found

    def has(self, column, value):
        return any(same(value, other) for other in self.values[column])

    def check_value(self, column, value):
        known = self.values[column]
        if known and not self.has(column, value):
            shown = ", ".join(known[:MOST_VALUES]) + (", …" if len(known) > MOST_VALUES else "")
            raise ConditionError(f"no row has {column}={value}; expected one of {shown}")

    def fulfils(self, row):
        return (all(any(same(value, row[column]) for value in values) for column, values in self.equal.items()) and
                all(condition.fulfils(row) for _, condition in self.others))

    def __bool__(self):
        return bool(self.equal or self.others)
