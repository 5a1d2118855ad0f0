"""Reads the results that a sweep writes as CSV."""

import csv
import math

from basics.harmless import from_csv_cell
from basics.nearest import meant
from basics.script_name import sibling
from pictures.command import BadInput, expect_regular_file

DONE = "ok"  # the status of a point that has a result
LEAST, MOST = 1e-60, 1e60  # what axes can be made for


class Table:
    """Rows of texts. `parameters` are the columns that tell points apart (`case`, swept keys), `metrics` the results.

    Raises BadInput where the file is no whole table of a sweep."""

    def __init__(self, path):
        self.path = path
        self.rows = []   # (number of its last line, texts by column)
        expect_regular_file(path, f"a CSV file of {sibling('sweep')}")
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                self.read(csv.reader(file, strict=True))
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise BadInput(f"{path}: no text; expected a CSV file of {sibling('sweep')}") from None
        if not self.rows:
            raise BadInput(f"{path}: no rows below the header; expected one for each point of a sweep")

    def read(self, reader):
        try:
            header = next(reader, None)
            if header is None:
                raise BadInput(f"{self.path}: empty; expected a CSV file of {sibling('sweep')}")
            header = list(map(from_csv_cell, header))
            self.read_header(header)
            for row in reader:
                if len(row) != len(header):
                    raise BadInput(f"{self.path}: line {reader.line_num}: fields: {len(row)}; expected {len(header)}; "
                                   "is the file cut off?")
                self.rows.append((reader.line_num, dict(zip(header, map(from_csv_cell, row)))))
        except csv.Error as error:
            raise BadInput(f"{self.path}: line {reader.line_num}: no CSV: {error}; is the file cut off?") from None

    def read_header(self, header):
        for needed in ("point", "status", "error"):
            if needed not in header:
                raise BadInput(f"{self.path}: line 1: no column '{needed}'; expected a CSV file of {sibling('sweep')}")
        for column in header:
            if header.count(column) > 1:
                raise BadInput(f"{self.path}: line 1: two columns '{column}'; expected different names")
        place = header.index("status")
        self.parameters = [column for column in header[:place] if column not in ("point", "error")]
        self.metrics = [column for column in header[place + 1:] if column not in ("point", "error")]

    def check_column(self, option, column, expected, other, hint):
        """Raises BadInput where `column` is not one of `expected`; `hint` where it is one of `other`."""
        if column in expected:
            return
        if column in other:
            raise BadInput(f"argument {option}: '{column}' is {hint}")
        raise BadInput(f"argument {option}: {self.path} has no column '{column}'; {meant(column, expected)}")

    def check_parameter(self, option, column):
        self.check_column(option, column, self.parameters, self.metrics,
                          "a result; expected a swept column: " + ", ".join(self.parameters))

    def check_metric(self, option, column):
        self.check_column(option, column, self.metrics, self.parameters, "a swept column; expected a result")

    def number(self, row, column):
        """The number in a field; None where it is empty. Raises BadInput where it is none."""
        line, texts = row
        if texts[column] == "":
            return None
        try:
            number = float(texts[column])
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise BadInput(f"{self.path}: line {line}: {column}: '{texts[column][:40]}' is no number; expected one, "
                           "since it is drawn along an axis")
        if number != 0 and not LEAST <= abs(number) <= MOST:
            raise BadInput(f"{self.path}: line {line}: {column}: {texts[column][:40]} cannot be drawn; expected 0 or "
                           f"a number from {LEAST:g} to {MOST:g}, with or without a sign")
        return number
