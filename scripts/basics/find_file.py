"""Where files are that are named on a command line: the reader's own, or those that come with the program. The rules are
those of src/util/find_file.cpp."""

import os
from dataclasses import dataclass
from pathlib import Path

from basics.harmless import one_line
from basics.nearest import nearest
from basics.script_name import SCRIPTS

MOST_FILES = 2000  # of a folder in which a likely name is sought


class NoSuchFile(Exception):
    """FILE: no such file, in one line, with the one that may have been meant."""


@dataclass(frozen=True)
class Kind:
    folders: tuple           # of the data folder, the first choice first; those of the kind are in the last
    ending: str = ".yaml"    # that may be left out
    without: str = ""        # a folder in there with others


SCENARIO = Kind(("scenarios",), without="sweeps")
SWEEP = Kind(("scenarios", "scenarios/sweeps"))


def data_folder():
    """Beside the scripts, in the checkout and installed. Raises NoSuchFile where UPMEM_DES_DATA names another."""
    chosen = os.environ.get("UPMEM_DES_DATA")
    if chosen and not os.path.isdir(os.path.join(chosen, "architectures")):
        raise NoSuchFile(f"UPMEM_DES_DATA: {chosen} has no folder 'architectures'")
    return Path(chosen) if chosen else SCRIPTS.parent


def find_named_file(path, kind):
    """`path` itself where there is such a file; else what is installed under that name, whose ending may be left out.
    Raises NoSuchFile where there is none."""
    try:
        os.stat(path)
        return path
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError):
        return path          # who opens it says why
    for place in () if os.path.isabs(path) else places_of(path, kind):
        if place.is_file():
            return str(place)
    raise NoSuchFile(f"{path}: no such file{similar_file(path, kind)}")


def places_of(path, kind):
    data = data_folder()
    below = [data / folder for folder in kind.folders] + [data]
    return [Path(f"{os.path.normpath(folder / path)}{ending}") for ending in ("", kind.ending) for folder in below]


def similar_file(path, kind=None):
    """"; did you mean 'X'?" for a file of nearly the same name beside `path` or, of a kind, installed; else ""."""
    meant = "" if os.path.exists(path) else similar_beside(path)  # a folder is there, and yet no file
    if kind and not meant:
        meant = similar_beside(path + kind.ending)
        if not meant and not os.path.isabs(path):
            meant = similar_installed(path, kind)
    return f"; did you mean '{one_line(meant)}'?" if meant else ""


def similar_beside(path):
    """The name alone, of a file of the same ending in the same folder; "" where none is near."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    try:
        names = sorted(os.listdir(folder or "."))
    except (OSError, ValueError):
        return ""
    stems = [other.removesuffix(ending) for other in names if os.path.splitext(other)[1] == ending]
    found = nearest(stem, [other for other in stems if other != stem]) if len(names) <= MOST_FILES else ""
    return found + ending if found else ""


def similar_installed(path, kind):
    """One of those of the kind, also where it is in another folder than was said. Endings are no part of the likeness."""
    top = data_folder() / kind.folders[-1]
    names = sorted(str(file.relative_to(top))[:-len(kind.ending)] for file in top.rglob(f"*{kind.ending}"))
    names = [name for name in names if kind.without not in Path(name).parts]
    last_parts = {os.path.basename(name): name for name in reversed(names)}
    ending = kind.ending if path.endswith(kind.ending) else ""
    wanted = path.removesuffix(kind.ending)
    last = nearest(os.path.basename(wanted), list(last_parts))
    found = last_parts[last] if last == os.path.basename(wanted) else nearest(wanted, names) or last_parts.get(last, "")
    return found + ending if found else ""
