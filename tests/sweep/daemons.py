"""For daemons that a test starts for itself."""

import ctypes
import signal
import socket
from contextlib import ExitStack


def free_ports(count):
    """Ports that nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def end_with_parent():
    """Has this process end when its parent has ended, by kill -9 too. For Popen's preexec_fn."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG of <sys/prctl.h>
