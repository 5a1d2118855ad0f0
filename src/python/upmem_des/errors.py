"""What goes wrong, in the program's two kinds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from upmem_des import _native


class ScenarioError(ValueError):
    """Bad input: the program's one line, `file:line: key: what is wrong; what was expected` (exit code 2)."""


class SimulationError(RuntimeError):
    """The input was good, and the simulation still failed (exit code 1), or the program was ended."""


@contextlib.contextmanager
def native_errors() -> Iterator[None]:
    """The errors of `_native` as those of this package."""
    try:
        yield
    except _native.InputError as error:
        raise ScenarioError(str(error)) from None
    except _native.FailedError as error:
        raise SimulationError(str(error)) from None
