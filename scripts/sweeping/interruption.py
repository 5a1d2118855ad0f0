"""Ctrl-C."""

import contextlib
import signal

from basics.outermost import Stopped


class Interruption:
    """Ctrl-C, SIGTERM and SIGHUP, the first time: Stopped is raised, whatever is waited for; while they are
    awaited(), what goes on asks has_come() and stops in order, and the tables are written. The second time they end
    the process at once."""

    def __init__(self):
        self.number = 0
        self.is_awaited = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup, and shells that run a sweep in the background, have it ignore a signal; that stays so.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.catch)

    def catch(self, number, _):
        self.number = number
        signal.signal(number, signal.SIG_DFL)
        if not self.is_awaited:
            raise Stopped(number)

    @contextlib.contextmanager
    def awaited(self):
        before, self.is_awaited = self.is_awaited, True
        try:
            yield
        finally:
            self.is_awaited = before

    def has_come(self):
        return self.number != 0

    def exit_code(self):
        return 128 + self.number
