"""Traces as tables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from upmem_des import _native
from upmem_des.errors import native_errors
from upmem_des.tables import as_pandas

if TYPE_CHECKING:
    import pandas


class Trace:
    """A trace in memory. `header` has model, dtype, batch and source; `columns` a list for each column, in the file's order
    (docs/traces.md)."""

    def __init__(self, path: str, header: dict[str, Any], columns: dict[str, list[Any]]) -> None:
        self.path = path
        self.header = header
        self.columns = columns

    def __len__(self) -> int:
        """The number of events."""
        return len(self.columns["seq"])

    def table(self) -> pandas.DataFrame:
        """A row an event."""
        return as_pandas().DataFrame(self.columns).set_index("seq")

    def __repr__(self) -> str:
        return f"<upmem_des.Trace {self.path!r}: {self.header['model']}, {len(self)} events>"


def trace(path: str | os.PathLike[str]) -> Trace:
    """Reads a trace, .jsonl or .jsonl.gz. Raises ScenarioError."""
    with native_errors():
        read = _native.trace(os.fspath(path))
    return Trace(os.fspath(path), read["header"], read["columns"])
