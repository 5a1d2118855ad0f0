"""What is around every script: signals, standard streams, and a line for whatever went wrong."""

import os
import signal
import subprocess
import sys
import traceback

from basics.harmless import one_line

# Set to anything, it shows where an error came from.
TRACEBACK = "UPMEM_DES_TRACEBACK"
FAILED, BAD_INPUT, BROKEN_PIPE = 1, 2, 128 + signal.SIGPIPE


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP has come: everything is to end, cleaning up on the way."""

    def __init__(self, number):
        super().__init__(number)
        self.exit_code = 128 + number


def run_script(name, work):
    """The exit code of a script that does `work`, a function that returns one; 0 for None. Whatever it raises is said
    in a line; a signal, or a reader that has left, says nothing."""
    try:
        open_streams()
        stop_at_signals()
        return flushed(name, work())
    except SystemExit as end:  # as argparse ends after --help
        return flushed(name, end.code)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Stopped as stopped:
        return stopped.exit_code
    except BrokenPipeError:
        close_stdout()
        return BROKEN_PIPE
    except Exception as error:
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        code, text = in_a_line(error)
        close_stdout()
        complain(name, text)
        return code


def open_streams():
    """Where one of the standard streams is closed, files that are opened would take its place."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")


def stop_at_signals():
    """SIGTERM and SIGHUP raise Stopped, as Ctrl-C raises KeyboardInterrupt; those that are ignored stay so."""
    def stop(number, _):
        signal.signal(number, signal.SIG_DFL)
        raise Stopped(number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, stop)


def flushed(name, code):
    """An exit code, when what was printed has been written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        close_stdout()
        return BROKEN_PIPE
    except OSError:
        close_stdout()
        complain(name, "standard output: cannot be written")
        return BAD_INPUT
    return code or 0


def in_a_line(error):
    """The exit code and what is said."""
    if isinstance(error, OSError) and error.strerror:
        at = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
        return BAD_INPUT, at + error.strerror
    if isinstance(error, MemoryError):
        return FAILED, "out of memory"
    if isinstance(error, subprocess.CalledProcessError):
        return FAILED, f"{os.fsdecode(error.cmd[0])}: exit code {error.returncode}"
    if isinstance(error, ImportError) and error.name:
        return BAD_INPUT, f"the Python module {error.name} is missing"
    place = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return FAILED, (f"an error in the program: {said[:500]} ({os.path.basename(place.filename)}:{place.lineno}); "
                    f"{TRACEBACK}=1 shows where")


def complain(name, text):
    """A line on standard error, which may be gone."""
    try:
        print(f"{name}: {one_line(text)}", file=sys.stderr, flush=True)
    except OSError:
        pass


def close_stdout():
    """What it still holds cannot be written: Python is not to try again when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError:
        pass
