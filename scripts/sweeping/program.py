"""The program that a sweep runs."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from sweeping.errors import SweepError

DIGEST_LENGTH = 16
NAME = "upmem-des"
BUILT = Path(__file__).resolve().parents[2] / "build" / "release" / NAME


class Program:
    """`path`: absolute; `digest`: of the file's bytes, so that results of another build are not taken for this one's;
    `version`: what --version prints."""

    def __init__(self, name=None):
        """By path, or by name as a shell would find it; None: the one on the PATH, else the one built here."""
        found = shutil.which(name or NAME) or (shutil.which(BUILT) if name is None else None)
        name = name or NAME
        if found is None:
            where = "no such program" if os.sep in name else "not on the PATH"
            raise SweepError(f"{name}: {where}; expected upmem-des, there or as --program PATH")
        self.path = os.path.abspath(found)
        with open(self.path, "rb") as file:
            self.digest = hashlib.file_digest(file, "sha256").hexdigest()[:DIGEST_LENGTH]
        try:
            done = subprocess.run([self.path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except OSError as error:
            raise SweepError(f"{self.path}: cannot be run: {error.strerror}") from None
        self.version = done.stdout.decode(errors="replace").strip()
        if done.returncode != 0 or not self.version.startswith("upmem-des "):
            raise SweepError(f"{self.path}: is not upmem-des: --version gives '{self.version[:80]}'")

    def arguments(self, command, sweep):
        """Its subcommand on the base of a sweep."""
        extra = [word for path in sweep.extra_archs for word in ("--extra-archs", path)]
        return [self.path, command, sweep.base, *extra]
