"""Runs what users bring, whose exceptions become one line."""

from __future__ import annotations

from typing import Any

from torch_capture.recorder import capture
from torch_capture.trace_file import CaptureError, OutOfMemory


def record(recorder: capture, run: Any, what: str = "the model") -> None:
    with recorder:
        try:
            run()
        except (Exception, SystemExit) as error:  # whatever the user's module raises
            at = f" (the last layer called was '{recorder.reached}')" if recorder.reached else ""
            if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
                raise OutOfMemory(f"{what.rstrip(':')}: out of memory{at}: {one_line(error)}") from None
            raise CaptureError(f"{what} cannot be run: {one_line(error)}{at}") from None


def called(what: str, call: Any) -> Any:
    try:
        return call()
    except CaptureError:
        raise
    except (Exception, SystemExit) as error:  # whatever the user's code raises
        raise CaptureError(f"{what}: {one_line(error)}") from None


def one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
