"""The program in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from typing import NamedTuple

from upmem_des import _native
from upmem_des.errors import ScenarioError, SimulationError
from upmem_des.places import find_program

PREFIX = "upmem-des: "
GRACE_S = 5.0  # for a program that was told to end: it removes what it has half written


class Done(NamedTuple):
    output: str
    warnings: list[str]


class Stopped(Exception):
    """Another of several runs has ended all of them."""


class Children:
    """Runs programs, from any threads, and can end all of them at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: set[subprocess.Popen[str]] = set()
        self.stopped = False

    def run(self, program: str, arguments: Sequence[str], timeout_s: float | None = None) -> Done:
        """What a program printed. Raises ScenarioError, SimulationError, TimeoutError."""
        with self.lock:
            if self.stopped:
                raise Stopped
            child = subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
            self.running.add(child)
        try:
            output, messages = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            end(child)
            raise TimeoutError(f"{os.path.basename(program)} {arguments[0]}: not done after {timeout_s:g} s") from None
        except BaseException:  # Ctrl-C above all
            end(child)
            raise
        finally:
            with self.lock:
                self.running.discard(child)
        if self.stopped:
            raise Stopped
        return judged(child.returncode, output, messages)

    def stop(self) -> None:
        with self.lock:
            self.stopped = True
            running = list(self.running)
        for child in running:
            child.terminate()


def end(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.communicate(timeout=GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()


def judged(code: int, output: str, messages: str) -> Done:
    lines = [line.removeprefix(PREFIX) for line in messages.splitlines() if line.strip()]
    warnings = [line.removeprefix("warning: ") for line in lines if line.startswith("warning: ")]
    if code == 0:
        return Done(output, warnings)
    errors = [line.removeprefix("error: ") for line in lines if not line.startswith("warning: ")]
    said = errors[-1] if errors else "it said nothing"
    if code == 2:
        raise ScenarioError(said)
    if code < 0:
        raise SimulationError(f"upmem-des was ended by {signal_name(-code)}" + (f": {said}" if errors else ""))
    raise SimulationError(said)


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


checked: set[str] = set()


def matching_program(program: str | os.PathLike[str] | None) -> str:
    """The program's path. Raises RuntimeError where it is of another version than this module."""
    path = find_program(program)
    if path not in checked:
        said = Children().run(path, ["--version"], timeout_s=60).output.split()
        if said[:2] != ["upmem-des", _native.version]:
            raise RuntimeError(f"{path} is '{' '.join(said)}'; expected upmem-des {_native.version}, the version of this "
                               "module")
        checked.add(path)
    return path


def call(arguments: Sequence[str], *, timeout_s: float | None = None, program: str | os.PathLike[str] | None = None,
         children: Children | None = None) -> Done:
    """Runs `upmem-des ARGUMENT…` to its end."""
    return (children or Children()).run(matching_program(program), arguments, timeout_s)
