"""What a sweep says, and its bar."""

import sys

from basics.harmless import one_line
from basics.outermost import close_stdout, complain
from basics.script_name import script_name


def plain(text):
    """In one line that cannot do anything to a terminal."""
    return one_line(text[:4000])


class Screen:
    def __init__(self, is_quiet):
        self.is_quiet = is_quiet
        self.lacks_tqdm = False

    def say(self, text):
        """On standard output. Whoever reads it may have left, or the disk that it goes to be full: the sweep goes
        on."""
        if self.is_quiet:
            return
        try:
            print(plain(text), flush=True)
        except OSError as error:
            close_stdout()
            if not isinstance(error, BrokenPipeError):
                self.complain("standard output: cannot be written")

    def complain(self, text):
        complain(script_name(), text[:4000])

    def bar(self, what, total):
        """Something with update(n) and close(): a bar with the time to go where standard error is a terminal."""
        if self.is_quiet or not sys.stderr.isatty():
            return NoBar()
        try:
            from tqdm import tqdm
        except ImportError:
            if not self.lacks_tqdm:
                self.complain("no progress bar: tqdm is missing; expected Debian's python3-tqdm")
            self.lacks_tqdm = True
            return NoBar()
        return tqdm(desc=what, total=total, unit=" points", file=sys.stderr, dynamic_ncols=True, leave=False)


class NoBar:
    def update(self, count):
        pass

    def close(self):
        pass
