"""What the scripts that draw have in common as commands: one-line messages and exit codes."""

import argparse
import re
import sys


class BadInput(Exception):
    """What is wrong with a file or an option, in one line."""


class Options(argparse.ArgumentParser):
    """Says what is wrong as every other message is said."""

    def error(self, message):
        raise BadInput(message)


def say(program, message):
    """One line on standard error, whatever a file's text has in it."""
    print(f"{program}: " + re.sub(r"[\x00-\x1f\x7f]", "?", str(message)), file=sys.stderr)


def run(program, work):
    """Exit code: 0, 2 with a message where `work()` raises BadInput, 130 after Ctrl-C."""
    try:
        work()
    except BadInput as error:
        say(program, error)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0
