"""Scenarios and settings as the program takes them."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from upmem_des.errors import ScenarioError, SimulationError


class ScenarioFile(NamedTuple):
    path: str
    shown: str  # in messages

    def in_words(self, lines: list[str]) -> list[str]:
        return [line.replace(self.path, self.shown) for line in lines]


def json_text(value: Any, what: str) -> str:
    try:
        return json.dumps(value, allow_nan=False, default=plain)
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"{what}: {error}; expected numbers, texts, truth values, lists and dictionaries") from None


def plain(value: Any) -> Any:
    """NumPy's and pandas' numbers, and paths."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if callable(item := getattr(value, "item", None)):
        return item()
    raise TypeError(f"{type(value).__name__} object")


def set_options(settings: Mapping[str, Any] | None) -> list[str]:
    """`--set KEY=VALUE …`. A text is taken as the command line takes it: "8" is a number."""
    options = []
    for key, value in (settings or {}).items():
        if not isinstance(key, str) or not key or "=" in key:
            raise ScenarioError(f"settings: {key!r}; expected a key such as 'workload.batch'")
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        options += ["--set", f"{key}={value if isinstance(value, str) else json_text(value, f'settings: {key}')}"]
    return options


@contextlib.contextmanager
def scenario_path(scenario: str | os.PathLike[str] | Mapping[str, Any]) -> Iterator[ScenarioFile]:
    """The scenario's file. That of a dictionary is written for the time being to the current folder, since its relative
    paths are relative to that; in messages it is called `scenario`."""
    if not isinstance(scenario, Mapping):
        yield ScenarioFile(os.fspath(scenario), os.fspath(scenario))
        return
    text = json.dumps(json.loads(json_text({"name": "scenario", **scenario}, "scenario")), indent=1)
    descriptor, path = tempfile.mkstemp(prefix=".upmem-des-", suffix=".yaml", dir=os.getcwd())
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        yield ScenarioFile(path, "scenario")
    except (ScenarioError, SimulationError) as error:
        raise type(error)(str(error).replace(path, "scenario")) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
