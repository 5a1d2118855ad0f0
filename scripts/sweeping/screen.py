"""What a sweep says, and its bar."""

import os
import re
import sys


def plain(text):
    """In one line that cannot do anything to a terminal."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", text[:4000])


class Screen:
    def __init__(self, is_quiet):
        self.is_quiet = is_quiet
        self.lacks_tqdm = False
        sys.stdout.reconfigure(errors="backslashreplace")

    def say(self, text):
        """On standard output. Whoever reads it may have left."""
        if self.is_quiet:
            return
        try:
            print(plain(text), flush=True)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def complain(self, text):
        print("sweep: " + plain(text), file=sys.stderr, flush=True)

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
