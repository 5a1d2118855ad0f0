"""What the scripts that draw have in common as commands: one-line messages and exit codes."""

import os
import re

from basics import command_line
from basics.find_file import similar_file
from basics.outermost import complain, run_script
from basics.regular_file import what_it_is
from basics.script_name import script_name

EXIT_CODES = "0 success, 2 bad input or usage, 130 Ctrl-C"


class BadInput(Exception):
    """What is wrong with a file or an option, in one line."""


class Options(command_line.Parser):
    """Says what is wrong as every other message is said."""

    def error(self, message):
        raise BadInput(self.said(message))


def options_of(description):
    """The command line of a script that draws, without its own options."""
    return command_line.start(Options, description, EXIT_CODES)


def run(work):
    """Exit code: 0, 2 with a message where `work()` raises BadInput, 130 after Ctrl-C; see run_script()."""
    def tried():
        try:
            work()
        except BadInput as error:
            complain(script_name(), str(error))
            return 2
        return 0
    return run_script(script_name(), tried)


def expect_regular_file(path, expected):
    """Raises BadInput for what must not be opened."""
    if what := what_it_is(path):
        raise BadInput(f"{path}: {what}; expected {expected}")
    try:
        os.stat(path)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file{similar_file(path)}") from None
    except (OSError, ValueError):
        pass                 # opening it says why


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
    if pictures.prefix == "-":
        raise BadInput(f"argument {option}: '-': a picture is a file; expected the beginning of a file's name")
    if not os.path.basename(pictures.prefix):
        raise BadInput(f"argument {option}: '{pictures.prefix}' ends in no name; expected the beginning of a file's name")
    for _, path in pictures.files():
        if what := what_it_is(path):
            raise BadInput(f"{path}: {what}; expected a file to write")
        if os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
            raise BadInput(f"{path}: is what is to be drawn; expected another name with {option}")
