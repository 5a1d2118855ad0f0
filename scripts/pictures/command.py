"""What the scripts that draw have in common as commands: one-line messages and exit codes."""

import argparse
import os
import re

from basics.outermost import complain, run_script
from basics.regular_file import what_it_is


class BadInput(Exception):
    """What is wrong with a file or an option, in one line."""


class Options(argparse.ArgumentParser):
    """Says what is wrong as every other message is said."""

    def error(self, message):
        raise BadInput(message)


def run(program, work):
    """Exit code: 0, 2 with a message where `work()` raises BadInput, 130 after Ctrl-C; see run_script()."""
    def tried():
        try:
            work()
        except BadInput as error:
            complain(program, str(error))
            return 2
        return 0
    return run_script(program, tried)


def expect_regular_file(path, expected):
    """Raises BadInput for what must not be opened."""
    if what := what_it_is(path):
        raise BadInput(f"{path}: {what}; expected {expected}")


class Pictures:
    """The files of one picture: PREFIX.png and PREFIX.svg, and PREFIX.pdf where that was asked for by name."""

    def __init__(self, name):
        """`name`: PREFIX, or PREFIX with the ending of one of the files."""
        self.prefix, ending = re.fullmatch(r"(.*?)(?:[.](png|svg|pdf))?", name, re.DOTALL).groups()
        self.kinds = ("png", "svg", *(["pdf"] if ending == "pdf" else []))

    def files(self):
        """The kind of each, and its path."""
        return [(kind, f"{self.prefix}.{kind}") for kind in self.kinds]


def check_pictures(pictures, option, source):
    """Raises BadInput where one would be no file, or the `source` that is drawn."""
    if not os.path.basename(pictures.prefix):
        raise BadInput(f"argument {option}: '{pictures.prefix}' ends in no name; expected the beginning of a file's name")
    for _, path in pictures.files():
        if what := what_it_is(path):
            raise BadInput(f"{path}: {what}; expected a file to write")
        if os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
            raise BadInput(f"{path}: is what is to be drawn; expected another name with {option}")
