"""Rows of dictionaries as pandas' tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas


def as_pandas() -> Any:
    try:
        import pandas
    except ImportError as missing:
        raise ImportError("a table needs pandas (apt-get install python3-pandas, or pip install pandas); the same "
                          "numbers are in the attribute data") from missing
    return pandas


def table_of(rows: Iterable[Mapping[str, Any]], index: str | None = None) -> pandas.DataFrame:
    frame = as_pandas().DataFrame([flat(row) for row in rows])
    return frame.set_index(index) if index and index in frame else frame


def flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested dictionaries as columns: {"energy_J": {"total": 1}} is {"energy_J.total": 1}."""
    columns: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            columns.update(flat(value, f"{before}{key}."))
        else:
            columns[f"{before}{key}"] = value
    return columns
