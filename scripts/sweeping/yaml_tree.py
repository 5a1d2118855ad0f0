"""YAML as a tree of texts with line numbers: values stay what was written, and are never converted."""

import re
from dataclasses import dataclass

import yaml

from basics.regular_file import what_it_is
from sweeping.errors import SweepError

MOST_BYTES = 16 << 20
DEEPEST = 32
LONGEST_VALUE = 1 << 16


@dataclass
class Scalar:
    value: str               # what it stands for
    is_quoted: bool
    line: int

    kind = "a value"

    def text(self):
        """As YAML in one line."""
        return quoted(self.value) if self.is_quoted else self.value

    def label(self):
        """For tables: without quotes."""
        return self.value


@dataclass
class Sequence:
    items: list
    line: int

    kind = "a list"

    def text(self):
        return "[" + ", ".join(in_flow(item) for item in self.items) + "]"

    label = text


@dataclass
class Mapping:
    entries: list            # of (Scalar, value), in order; keys are different from each other
    line: int

    kind = "a mapping"

    def text(self):
        return "{" + ", ".join(f"{in_flow(key)}: {in_flow(value)}" for key, value in self.entries) + "}"

    label = text


def in_flow(node):
    """A node inside of [ ] or { }, where a plain text cannot have everything that it can have elsewhere."""
    if isinstance(node, Scalar) and not node.is_quoted:
        if re.search(r"[,\[\]{}]", node.value):
            return quoted(node.value)
        return node.value or "null"
    return node.text()


def quoted(text):
    """In double quotes, in one line."""
    def escape(match):
        code = ord(match[0])
        return f"\\{match[0]}" if match[0] in '"\\' else f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return '"' + re.sub('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]', escape, text) + '"'


def read_yaml(path):
    """The text of a file with one document, and its tree, None where it holds nothing. Errors have file and line."""
    if what := what_it_is(path):
        raise SweepError(f"{path}: {what}; expected a sweep's file")
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SweepError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise SweepError(f"{path}: more than {MOST_BYTES >> 20} MiB; expected a sweep's file")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SweepError(f"{path}:{line}: no UTF-8") from None
    try:
        return text, Builder(path, text).build()
    except yaml.YAMLError as error:
        raise SweepError(f"{path}:{line_of(error)}: {problem_of(error)}") from None


def line_of(error):
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else 1


def problem_of(error):
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
    context = getattr(error, "context", None)
    return "; ".join(" ".join(part.split()) for part in (problem, context) if part)


class Builder:
    """Makes the tree of the parser's events, and so never goes deeper or further than is allowed."""

    def __init__(self, path, text):
        self.path = path
        self.events = yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader))

    def fail(self, line, key, what):
        raise SweepError(f"{self.path}:{line}: {key + ': ' if key else ''}{what}")

    def build(self):
        next(self.events)    # the stream's start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        root = self.node(next(self.events), "", 0)
        next(self.events)    # the document's end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.fail(event.start_mark.line + 1, "", "a second document; expected one")
        return root

    def node(self, event, key, depth):
        line = event.start_mark.line + 1
        if depth > DEEPEST:
            self.fail(line, key[:80], f"nested deeper than {DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            self.fail(line, key, f"an alias, *{event.anchor}; expected the value itself")
        if event.tag is not None:
            self.fail(line, key, f"a tag, {event.tag}; expected a value without one")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, key, line)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, f"{key}[{len(items)}]", depth + 1))
            return Sequence(items, line)
        return self.mapping(key, line, depth)

    def scalar(self, event, key, line):
        if len(event.value) > LONGEST_VALUE:
            self.fail(line, key[:80], f"a text of more than {LONGEST_VALUE >> 10} KiB")
        if re.search("[\ud800-\udfff]", event.value):
            self.fail(line, key, "half a surrogate pair; expected text")
        # A plain text over several lines with an empty one among them has a line break, which must stay.
        return Scalar(event.value, bool(event.style) or "\n" in event.value, line)

    def mapping(self, key, line, depth):
        entries, lines = [], {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.node(event, key, depth + 1)
            if not isinstance(name, Scalar) or not name.value:
                self.fail(name.line, key, f"{name.kind if name.label() else 'nothing'} as a key; expected a name")
            if name.value in lines:
                at = f"{key}: " if key else ""
                self.fail(name.line, at + name.value, f"stands twice, first in line {lines[name.value]}")
            lines[name.value] = name.line
            below = f"{key}: {name.value}" if key else name.value
            entries.append((name, self.node(next(self.events), below, depth + 1)))
        return Mapping(entries, line)
