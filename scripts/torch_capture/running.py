"""Runs what users bring, whose exceptions become one line."""

from __future__ import annotations

from typing import Any

from torch_capture.recorder import capture
from torch_capture.trace_file import CaptureError, RunFailed

_OUT_OF_MEMORY = ("can't allocate memory", "out of memory")


def record(recorder: capture, run: Any, what: str = "the model cannot be run") -> None:
    with recorder:
        try:
            run()
        except (Exception, SystemExit) as error:  # whatever the user's module raises
            at = f" (the last layer called was '{recorder.reached}')" if recorder.reached else ""
            raise _kind(error)(f"{what}: {one_line(error)}{at}") from None


def called(what: str, call: Any) -> Any:
    try:
        return call()
    except CaptureError:
        raise
    except (Exception, SystemExit) as error:  # whatever the user's code raises
        raise _kind(error)(f"{what}: {one_line(error)}") from None


def _kind(error: BaseException) -> type[CaptureError]:
    """Memory that runs out is no fault of what was given."""
    is_memory = isinstance(error, MemoryError) or any(text in str(error) for text in _OUT_OF_MEMORY)
    return RunFailed if is_memory else CaptureError


def one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
