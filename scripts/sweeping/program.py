"""The program that a sweep runs."""

import hashlib
import os

from basics.outermost import Stopped
from basics.program_path import NAME, find_program
from basics.regular_file import what_it_is
from sweeping.errors import SweepError
from sweeping.processes import answer_of

DIGEST_LENGTH = 16
LONGEST_ANSWER_S = 60


class Program:
    """`path`: absolute; `digest`: of the file's bytes, so that results of another build are not taken for this one's;
    `version`: what --version prints."""

    def __init__(self, name, interruption):
        """`name` as find_program() takes it."""
        found = find_program(name)
        name = name or NAME
        if found is None:
            where = "no such program" if os.sep in name else "not on the PATH"
            raise SweepError(f"{name}: {where}; expected upmem-des, there or as --program PATH")
        self.path = found
        if what := what_it_is(self.path):
            raise SweepError(f"{self.path}: {what}; expected the program upmem-des")
        self.file = self.file_there()
        with open(self.path, "rb") as file:
            self.digest = hashlib.file_digest(file, "sha256").hexdigest()[:DIGEST_LENGTH]
        try:
            with interruption.awaited():
                code, said = answer_of([self.path, "--version"], LONGEST_ANSWER_S, interruption.has_come)
        except OSError as error:
            raise SweepError(f"{self.path}: cannot be run: {error.strerror}") from None
        if interruption.has_come():
            raise Stopped(interruption.number)
        if code is None:
            raise SweepError(f"{self.path}: is not upmem-des: --version gives nothing for {LONGEST_ANSWER_S} s")
        self.version = said.strip()
        if code != 0 or not self.version.startswith("upmem-des "):
            raise SweepError(f"{self.path}: is not upmem-des: --version gives '{self.version[:80]}'")

    def file_there(self):
        """Which file the path leads to now, and when it last changed: the time of change is set whenever a file is
        written or renamed, also when it comes back to its name. None where there is none."""
        try:
            link, file = os.lstat(self.path), os.stat(self.path)
        except OSError:
            return None
        return link.st_ino, link.st_ctime_ns, file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns

    def is_gone(self):
        return self.file_there() is None

    def change(self):
        """What has happened to it, in a line; "" as long as all that was run by the path can only have been the file
        whose digest was found."""
        if self.file_there() == self.file:
            return ""
        return (f"{self.path}: the program has changed since the points were checked; expected the same until they "
                "have run")

    def arguments(self, command, sweep):
        """Its subcommand on the base of a sweep."""
        extra = [word for path in sweep.extra_archs for word in ("--extra-archs", path)]
        return [self.path, command, sweep.base, *extra]
