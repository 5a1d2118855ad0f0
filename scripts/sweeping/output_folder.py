"""The folder of a sweep's results, held by one sweep at a time."""

import contextlib
import fcntl
import os
from pathlib import Path

from sweeping.errors import SweepError

LOCK = ".lock"
STORE = "results.sqlite"


class OutputFolder:
    """As a context: makes the folder where there is none, and holds its lock. Processes that are started meanwhile do
    not inherit the lock. A folder that was made and stayed empty is removed again."""

    def __init__(self, path):
        self.path = Path(os.path.abspath(path))
        self.spool = self.path / "spool"
        self.store = self.path / STORE

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

    def clear(self):
        """Removes what an earlier sweep left; runs in the spool are the Spool's."""
        for name in (STORE, STORE + "-journal", "results.csv"):
            (self.path / name).unlink(missing_ok=True)
