"""A GNU parallel that ends with the coordinator."""

import contextlib
import ctypes
import os
import signal
import subprocess

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
PATIENCE_S = 10


@contextlib.contextmanager
def started(command, stdin, stdout, stderr):
    """Runs GNU parallel as a context, and ends it where it has not ended by then. It ends with the coordinator, by
    kill -9 too, and so does what it runs on hosts: at SIGTERM it sees to that. At SIGPIPE it does not, so that its
    output has to be files."""
    library = ctypes.CDLL(None)
    coordinator = os.getpid()

    def end_with_coordinator():
        library.prctl(DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != coordinator:
            os._exit(1)

    # A session of its own: Ctrl-C does not reach it, and ssh asks for no password.
    process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True,
                               preexec_fn=end_with_coordinator)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
