"""What an engine is given to run, and the files that a run leaves: the spool.

An engine is a module of sweeping.engines with two generators, which yield at least every second or so.
`prepare(options, program, folder)` comes before points are checked; `folder` is where runs work. `run(tasks, context)`
makes the spool file of each task appear, and returns when is_done() holds for all. In a yield the coordinator takes
files in. It closes the generator where the sweep is interrupted (GeneratorExit in the yield): the engine then stops
what goes on and cleans up in a `finally`, and no stopped run may leave an error. A run that failed is tried again by
the next sweep. What is wrong with the engine itself is a SweepError in one line, by prepare() where that can be told."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_MESSAGE = 2000
TIMED_OUT = 124  # the exit code of a run that was ended


@dataclass(frozen=True)
class Task:
    """One run of the program. It leaves `json_path`, its result, or `error_path`, see write_error(); each appears whole
    or not at all."""
    digest: str              # names the run and its files: the digest of its inputs, `-`, that of the program's file
    command: list[str]       # program and arguments; --json is among them, and the program has an absolute path
    json_path: str           # absolute
    error_path: str          # absolute
    events: int              # layer events: how long it takes
    working_folder: str      # absolute: paths in settings are relative to it
    program_digest: str = ""         # the beginning of the SHA-256 of the program's file; "": whatever it is
    time_limit_s: int | None = None  # after which the run is ended, with its children


@dataclass
class Context:
    """What all tasks have in common."""
    folder: Path             # the sweep's output folder, absolute
    jobs: int                # runs at a time; --jobs, else the CPUs of this machine that the process may use
    options: object          # the parsed command line; options.jobs is None where --jobs was not given
    time_limit_s: int | None = None  # that of all tasks
    # Digests of the tasks whose files the coordinator has taken in, and removed, since the engine was called. It takes
    # files in only while the engine waits in a yield.
    taken: set[str] = field(default_factory=set)

    def is_done(self, task):
        """Whether a task has ended: its file is there, or has been taken in."""
        return task.digest in self.taken or os.path.exists(task.json_path) or os.path.exists(task.error_path)


def write_error(path, code, message):
    """Writes a failed run's file: a line with the exit code (as a shell counts: 128 + n for signal n), then what the
    program had to say. Written aside and renamed."""
    aside = f"{path}.{os.getpid()}.aside"
    with open(aside, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{code}\n{message[:LONGEST_MESSAGE]}\n")
    os.replace(aside, path)


def read_error(text):
    """The message of a failed run's file, in one line; None where the text is not whole."""
    code, newline, message = text.partition("\n")
    if not newline or not message.endswith("\n") or not code.isascii() or not code.isdigit() or len(code) > 3:
        return None
    return error_message(int(code), message)


def error_message(code, output):
    """What a failed run said on standard error, in one line: the program's error, or its last words with the exit
    code."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in lines:
        if line.startswith("upmem-des: error: "):
            return line.removeprefix("upmem-des: error: ")
    if code > 128 and lines and lines[-1].removesuffix(" (core dumped)") == signal.strsignal(code - 128):
        lines.pop()  # a shell's word
    last_words = ": " + lines[-1] if lines else ""
    if code > 128:
        return f"killed by {signal_name(code - 128)}{last_words}"
    if code == 0:
        return f"ended without a result{last_words}"
    return f"exit code {code}{last_words}"


def timed_out(time_limit_s):
    """What a run says that was ended."""
    return f"upmem-des: error: took longer than {time_limit_s} s (--point-timeout)"


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
