"""Runs what may end this process: code of a network that crashes, or that Linux ends since memory ran out."""

from __future__ import annotations

import os
import signal
import tempfile

from torch_capture.reached import Place
from torch_capture.trace_file import RunFailed

_ASKED_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def in_another_process(what: str) -> tuple[int | None, Place]:
    """Goes on in a process of its own, where the code is None; the caller's process gets the exit code of that one once
    it has ended. The place is where the other one says what it has reached. Raises RunFailed where a signal ends it:
    `what` names the network."""
    with tempfile.NamedTemporaryFile(prefix="upmem-des-reached-") as file:
        place = Place(file.name)
    child = os.fork()
    if child == 0:
        return None, place
    status = _wait(child)
    if not os.WIFSIGNALED(status):
        return os.waitstatus_to_exitcode(status), place
    number = os.WTERMSIG(status)
    if number in _ASKED_TO_END:
        return 128 + number, place
    reached = place.read()
    memory = ", as Linux does when memory runs out" if number == signal.SIGKILL else ""
    last = f"; the last call was {reached}" if reached else ""
    raise RunFailed(f"{what}: Python was ended by signal {number} ({signal.strsignal(number)}){memory}{last}")


def _wait(child: int) -> int:
    """Ctrl-C reaches both; other signals that end this process are to end the other one, too."""
    while True:
        try:
            return os.waitpid(child, 0)[1]
        except KeyboardInterrupt:
            continue
        except BaseException:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
            raise
