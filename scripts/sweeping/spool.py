"""The spool: the files in which runs leave their results until the store has them."""

import os
import re

from sweeping.metrics import metrics_of, read_result
from sweeping.tasks import read_error

NAME = re.compile(r"([0-9a-f]{32}-[0-9a-f]{16})\.(json|error)")
# What runs that were killed had not finished writing.
SCRAP = re.compile(r"[0-9a-f]{32}-[0-9a-f]{16}\.(json|error)(\.[0-9]+)?\.(aside|words)|\.upmem-des\.[A-Za-z0-9.]+")
# A transaction of this many results takes some tens of MB.
MOST_AT_ONCE = 1000


class Spool:
    """A folder with DIGEST.json and DIGEST.error. Files of other names are let alone."""

    def __init__(self, folder, store, warn):
        self.folder, self.store, self.warn = folder, store, warn

    def names(self, pattern=NAME):
        with os.scandir(self.folder) as entries:
            return sorted(entry.name for entry in entries
                          if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False))

    def take_in(self, is_trusted=lambda: True):
        """Moves what lies in the spool into the store: first written there, then removed here. Returns the keys. A file
        that is not whole is removed, and its run is as if it had not been; so is a result that was read where
        `is_trusted` then says no."""
        taken = []
        names = self.names()
        for start in range(0, len(names), MOST_AT_ONCE):
            some = names[start:start + MOST_AT_ONCE]
            runs = [run for name in some if (run := self.read(name)) is not None]
            if not is_trusted():
                runs = [run for run in runs if run[1] != "ok"]
            if runs:
                self.store.add(runs)
            for name in some:
                os.unlink(self.folder / name)
            taken += [key for key, *_ in runs]
        return taken

    def read(self, name):
        key, kind = NAME.fullmatch(name).groups()
        text = (self.folder / name).read_bytes().decode(errors="replace")
        if kind == "error":
            error = read_error(text)
            run = error and (key, "failed", error, None, None)
        else:
            result = read_result(text)
            run = result and (key, "ok", "", metrics_of(result), text)
        if not run:
            self.warn(f"{self.folder / name}: not whole; thrown away")
        return run or None

    def clear(self, pattern=NAME):
        """Removes all of it that is a run's."""
        for name in self.names(pattern):
            os.unlink(self.folder / name)

    def clear_scrap(self):
        """Removes what is left of runs that did not end, when none is going on."""
        self.clear(SCRAP)
