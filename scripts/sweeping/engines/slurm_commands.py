"""Slurm's commands, and what they print."""

import os
import re
import shutil
import subprocess

from sweeping.errors import SweepError
from sweeping.processes import end

TICK_S = 0.25
COMMANDS = ("sbatch", "squeue", "scancel", "scontrol")
# What Slurm takes where slurm.conf does not say.
DEFAULT_LARGEST_ARRAY = 1001
# States in which a job will not run any more; in all others it may (pending, requeued, suspended, completing …).
ENDED = {"BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
         "REVOKED", "TIMEOUT"}


def require_slurm():
    for command in COMMANDS:
        if shutil.which(command) is None:
            raise SweepError(f"--slurm: {command} is not on the PATH; expected Slurm's commands, such as Debian's "
                             "package slurm-client has, and a cluster that they know")


def output_of(command, is_to_end=False):
    """Runs a command and yields while it runs; returns what it printed. Throws SweepError with what it complained of.
    If closed meanwhile it ends the command, or waits for its end where that is to be whole."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               encoding="utf-8", errors="replace", start_new_session=True, env=environment())
    try:
        while True:
            try:
                out, err = process.communicate(timeout=TICK_S)
                break
            except subprocess.TimeoutExpired:
                yield
    finally:
        if process.poll() is None:
            if not is_to_end:
                end(process)
            process.communicate()
    if process.returncode != 0:
        lines = [line.strip().removeprefix(f"{command[0]}: error: ") for line in err.splitlines() if line.strip()]
        raise SweepError(f"--slurm: {command[0]}: {'; '.join(lines) or f'exit code {process.returncode}'}")
    return out


def environment():
    """Without what a user has set for looking at jobs, such as SQUEUE_PARTITION or SCANCEL_INTERACTIVE."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SQUEUE_", "SCANCEL_"))}


def at_once(running):
    """What output_of() or states_of() returns, where nobody waits for a yield."""
    while True:
        try:
            next(running)
        except StopIteration as end:
            return end.value


def states_of(names):
    """By job name, then by index in the array: the job's number and the state of that element. Jobs that have ended
    stay for some minutes (MinJobAge)."""
    if not names:
        return {}
    out = yield from output_of(["squeue", "--noheader", "--array", "--states=all", "--name=" + ",".join(names),
                                "--format=%j %F %K %T"])
    states = {}
    for line in out.splitlines():
        name, job, indexes, state = (line.split() + 4 * [""])[:4]
        for index in indexes_of(indexes):
            states.setdefault(name, {})[index] = (job, state)
    return states


def indexes_of(text):
    """The indexes of `3` or `0-2,5%4`."""
    for part in text.partition("%")[0].split(","):
        if match := re.fullmatch(r"(\d+)(?:-(\d+))?", part):
            yield from range(int(match[1]), int(match[2] or match[1]) + 1)


def largest_array():
    """How many elements an array may have: Slurm's MaxArraySize, whose indexes stay below it."""
    out = yield from output_of(["scontrol", "show", "config"])
    match = re.search(r"^MaxArraySize\s*=\s*(\d+)", out, re.MULTILINE)
    return max(1, int(match[1])) if match else DEFAULT_LARGEST_ARRAY
