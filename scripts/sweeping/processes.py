"""Processes that end with all that they have started."""

import contextlib
import os
import signal
import subprocess
import time

TICK_S = 0.1


def answer_of(command, time_s, is_stopped):
    """Runs a command in a session of its own; its exit code and what it printed. It is ended, and the exit code is
    None, after `time_s` and when `is_stopped` says so. No signal may raise anything meanwhile."""
    until = time.monotonic() + time_s
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          start_new_session=True) as process:
        while True:
            try:
                out, _ = process.communicate(timeout=TICK_S)
                return process.returncode, out.decode(errors="replace")
            except subprocess.TimeoutExpired:
                if is_stopped() or time.monotonic() > until:
                    end(process)
                    return None, ""


def end(process):
    """Kills a process that leads a session, and its children, which may outlive it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
