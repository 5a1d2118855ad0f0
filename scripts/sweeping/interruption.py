"""Ctrl-C."""

import signal


class Interruption:
    """Ctrl-C, SIGTERM and SIGHUP, the first time: what goes on is stopped, and the tables are written. The second time
    they end the process at once."""

    def __init__(self):
        self.number = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup, and shells that run a sweep in the background, have it ignore a signal; that stays so.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.catch)

    def catch(self, number, _):
        self.number = number
        signal.signal(number, signal.SIG_DFL)

    def has_come(self):
        return self.number != 0

    def exit_code(self):
        return 128 + self.number
