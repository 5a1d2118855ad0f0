"""Where a network has come to, for whoever started this program: it may die of what it runs."""

from __future__ import annotations

import mmap

_SIZE = 1024


def place_text(kind: str, name: str, class_name: str = "") -> bytes:
    """As Place takes it: "layer 'head.0' (Linear)"."""
    text = f"{kind} '{name}'" + (f" ({class_name})" if class_name else "")
    return text.encode("utf-8", "replace")[:_SIZE - 1] + b"\0"


class Place:
    """A file that is shared with that program. Writing it takes a tenth of a microsecond."""

    def __init__(self, path: str):
        with open(path, "r+b") as file:
            file.truncate(_SIZE)
            self._memory = mmap.mmap(file.fileno(), _SIZE)

    def write(self, text: bytes) -> None:
        self._memory[:len(text)] = text

    def read(self) -> str:
        """Empty where nothing has been reached."""
        return self._memory[:].partition(b"\0")[0].decode("utf-8", "replace")
