"""A worker for programs that are shell scripts: takes jobs as `upmem-des work` does, and starts the program for each.

    process_worker.py PROGRAM work [--jobs N] [--limit SECONDS]

Tests that have something to say of a program's runs put it between the sweep and the program, see sweeps.py."""

import argparse
import ctypes
import os
import select
import signal
import subprocess
import sys
import tempfile
import time

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
TICK_S = 0.005
TOOK_TOO_LONG = -1


class Jobs:
    """What has come of standard input, which is not waited for."""

    def __init__(self):
        self.bytes = b""

    def has_input(self):
        return bool(select.select([0], [], [], 0)[0])

    def read(self):
        """Whether there is more to come."""
        data = os.read(0, 1 << 16)
        self.bytes += data
        return bool(data)

    def next(self):
        """The arguments of the next job; None where they have not come."""
        count, newline, rest = self.bytes.partition(b"\n")
        words = rest.split(b"\0")
        if not newline or len(words) <= int(count):
            return None
        self.bytes = b"\0".join(words[int(count):])
        return words[:int(count)]


class ProcessRuns:
    def __init__(self, program, limit_s):
        self.program, self.limit_s = program, limit_s
        self.going = {}      # process: number, standard error, start
        self.started = 0
        self.library = ctypes.CDLL(None)

    def start(self, arguments):
        words = tempfile.TemporaryFile()
        process = subprocess.Popen([self.program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=words, start_new_session=True,
                                   preexec_fn=lambda: self.library.prctl(DEATH_SIGNAL, signal.SIGKILL))
        self.going[process] = (self.started, words, time.monotonic())
        self.started += 1

    def answer(self):
        for process, (number, words, start) in list(self.going.items()):
            is_over = self.limit_s is not None and time.monotonic() > start + self.limit_s
            if process.poll() is None and not is_over:
                continue
            del self.going[process]
            if process.returncode is None:
                self.kill(process)
                code, said = TOOK_TOO_LONG, b""
            else:
                words.seek(0)
                code, said = process.returncode if process.returncode >= 0 else 128 - process.returncode, words.read()
            words.close()
            os.write(1, b"%d %d %d\n" % (number, code, len(said)) + said)

    @staticmethod
    def kill(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("command", choices=["work"])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    jobs, runs = Jobs(), ProcessRuns(options.program, options.limit)
    while True:
        if jobs.has_input() and not jobs.read():
            break
        while len(runs.going) < options.jobs and (arguments := jobs.next()) is not None:
            runs.start(arguments)
        runs.answer()
        time.sleep(TICK_S)
    for process in runs.going:
        runs.kill(process)


if __name__ == "__main__":
    sys.exit(main())
