"""Which rows of a table are drawn, and whether a picture tells them apart."""

from basics.conditions import Choice, ConditionError, UnknownColumn
from basics.counted import counted
from pictures.command import BadInput
from plotting.table import DONE
from plotting.words import value_words, words


class Selection:
    """The rows that fulfil all `wheres`, see Choice.

    `rows` are those of `every` that have a result; `notes` say what is left out."""

    def __init__(self, table, wheres):
        self.table = table
        try:
            known = ["point", *table.parameters] if wheres else []
            self.choice = Choice(wheres, {column: self.values(column) for column in known} |
                                 {column: [] for column in table.metrics})
            self.every = [row for row in table.rows if self.choice.fulfils(row[1])]
        except UnknownColumn as error:
            raise BadInput(f"argument --where: {table.path} has no column '{error.name}'; {error.meant}") from None
        except ConditionError as error:
            raise BadInput(f"argument --where: {error}") from None
        if not self.every:
            raise BadInput(f"{table.path}: no row has all of " + ", ".join(wheres))
        self.rows = [row for row in self.every if row[1]["status"] == DONE]
        self.notes = self.left_out()
        if not self.rows:
            error = next((row[1]["error"] for row in self.every if row[1]["error"]), "no message")
            raise BadInput(f"{table.path}: {self.notes[0]}; nothing to draw: {error}")

    def values(self, column):
        return list(dict.fromkeys(row[1][column] for row in self.table.rows))

    def left_out(self):
        counts = {}
        for _, texts in self.every:
            if texts["status"] != DONE:
                counts[texts["status"]] = counts.get(texts["status"], 0) + 1
        parts = ", ".join(f"{count} {status}" for status, count in counts.items())
        without = sum(counts.values())
        have = "has" if without == 1 else "have"
        return [f"{without} of {counted(len(self.every), 'point')} {have} no result: {parts}"] if counts else []

    def with_numbers(self, columns):
        """The rows that have a number in each of `columns`; a note says how many have not."""
        kept = [row for row in self.rows if None not in [self.table.number(row, column) for column in columns]]
        missing = [column for column in columns if any(row[1][column] == "" for row in self.rows)]
        if not kept:
            raise BadInput(f"{self.table.path}: no result has {' and '.join(missing)}: nothing to draw")
        if missing:
            left = len(self.rows) - len(kept)
            self.notes.append(f"{left} of {len(self.rows)} results {'has' if left == 1 else 'have'} no {' or '.join(missing)} and "
                              f"{'is' if left == 1 else 'are'} left out")
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
        """A line, where there is one, of what all rows drawn have in common that not all of the table have."""
        said = [f"{words(column)} {' or '.join(map(value_words, values))}" for column, values in self.choice.equal.items()]
        return [", ".join(said + [text for text, _ in self.choice.others])] * bool(self.choice)
