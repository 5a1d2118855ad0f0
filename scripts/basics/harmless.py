"""Texts of others made harmless for those who look at them, by the rules of src/util/harmless_text.hpp."""

import re

# Controls (C0, DEL, C1), marks and overrides of bidirectional text, line and paragraph separators; and what stands for
# bytes that are no UTF-8, or half of a pair.
HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def one_line(text):
    """With \\u009b for what steers a terminal or hides what a text says, \\x9b for a byte that is no UTF-8."""
    return HARMFUL.sub(escape, text)


def escape(match):
    code = ord(match[0])
    return f"\\x{code - 0xdc00:02x}" if 0xdc80 <= code <= 0xdcff else f"\\u{code:04x}"


def csv_cell(text):
    """As one_line(), with an apostrophe before what spreadsheets take for a formula. Numbers stay what they are."""
    is_formula = text.startswith(FORMULA) and not NUMBER.fullmatch(text)
    return "'" * is_formula + one_line(text)


def from_csv_cell(text):
    """Without the apostrophe of csv_cell(). What was a tab or a carriage return behind it is an escape by now."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*FORMULA, "\\u0009", "\\u000d")) else text
