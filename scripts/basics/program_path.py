"""Where the program is that a script runs."""

import os
import shutil
from pathlib import Path

NAME = "upmem-des"
_SCRIPTS = Path(__file__).resolve().parents[1]
# Built in this checkout, or installed: scripts are in PREFIX/share/upmem-des/scripts.
# A checkout may be a folder of the root, which has no more folders above it.
_BESIDE = (_SCRIPTS.parent / "build" / "release" / NAME, Path(os.path.normpath(_SCRIPTS / "../../../bin" / NAME)))


def find_program(name=None):
    """By path, or by name as a shell would find it; None: the one on the PATH, else the one that belongs to the scripts.
    The path as it was found, absolute; None where there is none."""
    candidates = [name] if name is not None else [NAME, *_BESIDE]
    found = next((path for path in map(shutil.which, candidates) if path), None)
    return None if found is None else os.path.abspath(found)
