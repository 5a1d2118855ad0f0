"""Where the program and its data are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from upmem_des import _native
from upmem_des.errors import native_errors

# Not resolved: in a build tree these files are links to their sources.
PACKAGE = Path(__file__).absolute().parent


def find_program(program: str | os.PathLike[str] | None = None) -> str:
    """`program`, $UPMEM_DES, the one that was built or installed with this package, or the one on the PATH."""
    if chosen := program or os.environ.get("UPMEM_DES"):
        found = shutil.which(os.fspath(chosen))
        if not found:
            raise FileNotFoundError(f"{os.fspath(chosen)}: no such program; expected upmem-des")
        return found
    for folder in PACKAGE.parents:
        for candidate in (folder / "bin" / "upmem-des", folder / "upmem-des"):
            if candidate.is_file() and os.access(candidate, os.X_OK):
                return str(candidate)
    if found := shutil.which("upmem-des"):
        return found
    raise FileNotFoundError("the program upmem-des was not found; expected it on the PATH, $UPMEM_DES to name it, or "
                            "program=")


def data_folder() -> Path:
    """The folder with `architectures`, `platforms` and `scenarios`: $UPMEM_DES_DATA, or what was installed or built with
    this package."""
    if not os.environ.get("UPMEM_DES_DATA"):
        for folder in PACKAGE.parents:
            if (folder / "share" / "upmem-des" / "architectures").is_dir():
                return folder / "share" / "upmem-des"
    with native_errors():
        return Path(_native.data_folder())
