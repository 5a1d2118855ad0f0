"""Which rows of a table are drawn, and whether a picture tells them apart."""

from pictures.command import BadInput
from plotting.table import DONE
from plotting.words import value_words, words

MOST_VALUES = 8  # that a message lists


class Selection:
    """The rows that fulfil all `wheres`, texts COLUMN=VALUE; several for one column are alternatives.

    `rows` are those of `every` that have a result; `notes` say what is left out."""

    def __init__(self, table, wheres):
        self.table, self.wheres = table, {}
        for where in wheres:
            column, _, value = where.partition("=")
            table.check_parameter("--where", column)
            self.check_value(column, value)
            self.wheres.setdefault(column, []).append(value)
        self.every = [row for row in table.rows if self.fulfils(row)]
        if not self.every:
            raise BadInput(f"{table.path}: no row has all of " + ", ".join(wheres))
        self.rows = [row for row in self.every if row[1]["status"] == DONE]
        self.notes = self.left_out()
        if not self.rows:
            error = next((row[1]["error"] for row in self.every if row[1]["error"]), "no message")
            raise BadInput(f"{table.path}: {self.notes[0]}; nothing to draw: {error}")

    def check_value(self, column, value):
        values = list(dict.fromkeys(row[1][column] for row in self.table.rows))
        if not any(same(value, other) for other in values):
            shown = ", ".join(values[:MOST_VALUES]) + (", …" if len(values) > MOST_VALUES else "")
            raise BadInput(f"argument --where: no row has {column}={value}; expected one of {shown}")

    def fulfils(self, row):
        return all(any(same(value, row[1][column]) for value in values) for column, values in self.wheres.items())

    def left_out(self):
        counts = {}
        for _, texts in self.every:
            if texts["status"] != DONE:
                counts[texts["status"]] = counts.get(texts["status"], 0) + 1
        parts = ", ".join(f"{count} {status}" for status, count in counts.items())
        return [f"{sum(counts.values())} of {len(self.every)} points have no result: {parts}"] if counts else []

    def with_numbers(self, columns):
        """The rows that have a number in each of `columns`; a note says how many have not."""
        kept = [row for row in self.rows if None not in [self.table.number(row, column) for column in columns]]
        missing = [column for column in columns if any(row[1][column] == "" for row in self.rows)]
        if not kept:
            raise BadInput(f"{self.table.path}: no result has {' and '.join(missing)}: nothing to draw")
        if missing:
            self.notes.append(f"{len(self.rows) - len(kept)} of {len(self.rows)} results have no "
                              f"{' or '.join(missing)} and are left out")
        return kept

    def undetermined(self, known):
        """Swept columns, as few as tell apart, in the table's order, rows that have the same in all of `known`."""
        known, found = list(known), []
        for column in self.table.parameters:
            if column not in known and self.varies(column, known):
                found.append(column)
                known.append(column)
        return found

    def varies(self, column, known):
        """Whether rows differ in `column` that have the same in all of `known`. Rows without a result count, too."""
        seen = {}
        return any(seen.setdefault(tuple(texts[name] for name in known), texts[column]) != texts[column]
                   for _, texts in self.every)

    def check_told_apart(self, known, option):
        """Raises BadInput where rows with the same in all columns of `known` would be drawn at one place."""
        others = self.undetermined(known)
        if others:
            ways = " or ".join([f"{option} {others[0]}"] * bool(option) + [f"--where {others[0]}=…"])
            raise BadInput(f"{self.table.path}: the rows differ in {' and '.join(others)}, too; expected {ways}")
        seen = {}
        for line, texts in self.rows:
            key = tuple(texts[column] for column in known)
            if seen.setdefault(key, line) != line:
                raise BadInput(f"{self.table.path}: lines {seen[key]} and {line} are the same point of the sweep")

    def filter_words(self):
        """What all rows drawn have in common that not all of the table have."""
        return ", ".join(f"{words(column)} {' or '.join(map(value_words, values))}"
                         for column, values in self.wheres.items())


def same(asked, value):
    """A value as it was asked for and as it stands in the table: 8 is 8.0."""
    if asked == value:
        return True
    try:
        return float(asked) == float(value)
    except ValueError:
        return False
