"""What a script is called, and which version it is of: in this checkout, and installed, where links lead to it."""

import os
import re
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]
INSTALLED = "upmem-des-"  # how the names of the links begin, see cmake/InstallRules.cmake


def script_name():
    """As it was called: `sweep`, or `upmem-des-sweep` by the link."""
    return os.path.basename(sys.argv[0])


def sibling(name):
    """What another script, such as sweep or highest_rate, is called where this one is called so."""
    return INSTALLED + name.replace("_", "-") if script_name().startswith(INSTALLED) else f"scripts/{name}"


def version():
    """Of what the scripts belong to. An installation has it in a file beside them."""
    installed = SCRIPTS / "version.txt"
    if installed.is_file():
        return installed.read_text(encoding="utf-8").strip()
    try:
        project = (SCRIPTS.parent / "CMakeLists.txt").read_text(encoding="utf-8")
    except OSError:
        return "of no version that is known"
    return re.search(r"^project\(\S+\s+VERSION\s+([0-9.]+)", project, re.MULTILINE)[1]
