"""A worker: one `upmem-des work`, which forks for each run and so loads its libraries once."""

import os
import select
import subprocess
import tempfile
import time
from dataclasses import dataclass

from sweeping.errors import SweepError
from sweeping.processes import end

CHUNK_BYTES = 1 << 16
MOST_WORDS = 1 << 20     # bytes of the last that a worker has said
PATIENCE_S = 10
TOOK_TOO_LONG = -1
# The dynamic linker finds all symbols when the worker starts: each run would find its own again.
BIND_NOW = {"LD_BIND_NOW": "1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a task's run has ended."""
    task: object
    code: int                # as a shell counts: 128 + n for signal n; TOOK_TOO_LONG
    words: str               # what it said on standard error


class Worker:
    """Its runs end with it, and it ends when its standard input is closed, however that comes about. Throws OSError
    where the program cannot be run. It leads a session: the terminal's Ctrl-C does not reach it."""

    def __init__(self, program, folder, jobs, time_limit_s):
        limit = [] if time_limit_s is None else ["--limit", str(time_limit_s)]
        # No pipe: whoever a run has left behind may hold its other end.
        self.words = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen([program, "work", "--jobs", str(jobs), *limit], cwd=folder,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.words,
                                            bufsize=0, start_new_session=True, env={**os.environ, **BIND_NOW})
        except OSError:
            self.words.close()
            raise
        for pipe in (self.process.stdin, self.process.stdout):
            os.set_blocking(pipe.fileno(), False)
        self.unanswered = {}     # tasks by number, in the order in which they are started
        self.given = 0
        self.unsent = bytearray()
        self.heard = bytearray()
        self.has_ended = False

    def give(self, task):
        arguments = [os.fsencode(word) for word in task.command[1:]]
        self.unsent += b"%d\n" % len(arguments) + b"".join(word + b"\0" for word in arguments)
        self.unanswered[self.given] = task
        self.given += 1

    def answers(self, time_s):
        """The answers that have come; waits for the first up to this time. Sets has_ended where no more will come.
        Throws SweepError where the program does not do its part."""
        poll = select.poll()
        poll.register(self.process.stdout, select.POLLIN)
        if self.unsent:
            poll.register(self.process.stdin, select.POLLOUT)
        for descriptor, _ in poll.poll(1000 * time_s):
            if descriptor == self.process.stdout.fileno():
                self.hear()
            else:
                self.send()
        found = []
        while (answer := self.next_answer()) is not None:
            found.append(answer)
        return found

    def send(self):
        try:
            del self.unsent[:os.write(self.process.stdin.fileno(), self.unsent[:CHUNK_BYTES])]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.unsent.clear()

    def hear(self):
        try:
            data = os.read(self.process.stdout.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return
        self.heard += data
        self.has_ended = not data

    def next_answer(self):
        line, newline, rest = self.heard.partition(b"\n")
        if not newline:
            return None
        try:
            number, code, length = map(int, line.split())
            task = self.unanswered[number]
        except (ValueError, KeyError):
            end(self.process)
            raise SweepError(f"{self.process.args[0]} work: no answer to a job: "
                             f"{line[:200].decode(errors='replace')}") from None
        if len(rest) < length:
            return None
        del self.unanswered[number], self.heard[:len(line) + 1 + length]
        return Answer(task, code, bytes(rest[:length]).decode(errors="replace"))

    def end(self):
        """Ends it with all its runs. Returns its exit code, as a shell counts, and what it said."""
        self.process.stdin.close()
        until = time.monotonic() + PATIENCE_S
        while not self.has_ended and time.monotonic() < until:
            if select.select([self.process.stdout], [], [], until - time.monotonic())[0]:
                self.hear()
        try:
            self.process.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        end(self.process)
        code = self.process.wait()
        self.process.stdout.close()
        with self.words as words:
            words.seek(max(0, words.seek(0, os.SEEK_END) - MOST_WORDS))
            return code if code >= 0 else 128 - code, words.read(MOST_WORDS).decode(errors="replace")
