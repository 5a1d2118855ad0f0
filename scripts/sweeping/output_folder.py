"""The folder of a sweep's results, held by one sweep at a time."""

import contextlib
import fcntl
import os
from pathlib import Path

from basics.regular_file import what_it_is
from sweeping.errors import SweepError

LOCK = ".lock"
STORE = "results.sqlite"
TABLE = "results.csv"


class OutputFolder:
    """As a context: makes the folder where there is none, and holds its lock. Processes that are started meanwhile do
    not inherit the lock. A folder that was made and stayed empty is removed again."""

    def __init__(self, path):
        self.path = Path(os.path.abspath(path))
        self.spool = self.path / "spool"
        self.store = self.path / STORE
        self.table = self.path / TABLE

    def __enter__(self):
        self.is_new = not self.path.exists()
        if not self.is_new and not self.path.is_dir():
            raise SweepError(f"{self.path}: a file; expected a folder to write results to")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.lock = open(self.path / LOCK, "ab")
        except OSError as error:
            raise SweepError(f"{self.path}: cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.lock.close()
            if isinstance(error, BlockingIOError):
                raise SweepError(f"{self.path}: another sweep writes to it; expected one at a time") from None
            raise SweepError(f"{self.path}: cannot be locked: {error.strerror}") from None
        return self

    def __exit__(self, *error):
        with contextlib.suppress(OSError):
            self.spool.rmdir()
        if self.is_new and os.listdir(self.path) == [LOCK]:
            os.unlink(self.path / LOCK)
            self.path.rmdir()
        self.lock.close()

    def check(self, inputs):
        """Throws SweepError where what is to be written cannot be a file, or is one of the files `inputs`."""
        for name in (LOCK, STORE, STORE + "-journal", TABLE, TABLE + ".aside"):
            path = self.path / name
            if what := what_it_is(path):
                raise SweepError(f"{path}: {what}; expected a file to write")
            for other in inputs:
                if os.path.exists(path) and os.path.exists(other) and os.path.samefile(path, other):
                    raise SweepError(f"{path}: is read by this sweep, and would be written; expected another folder "
                                     "(-o)")

    def clear(self):
        """Removes what an earlier sweep left; runs in the spool are the Spool's."""
        for name in (STORE, STORE + "-journal", TABLE):
            (self.path / name).unlink(missing_ok=True)
