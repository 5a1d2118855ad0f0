"""Files that are read from a name, by the rules of src/util/regular_file.hpp."""

import os
import stat

NAMES = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISBLK, "a device"), (stat.S_ISCHR, "a device"))


def what_it_is(path):
    """"a pipe", "a socket" or "a device": what must not be opened, since that may wait for ever. None for files and
    folders, and for what cannot be asked about: opening it says why."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    return next((name for test, name in NAMES if test(mode)), None)
