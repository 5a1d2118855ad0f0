"""Runs tasks on this machine, some at a time, by a worker."""

import os
from collections import deque

from sweeping.engines.worker import TOOK_TOO_LONG, Worker
from sweeping.tasks import TIMED_OUT, timed_out, write_error

TICK_S = 0.5
# Enough for the worker not to wait while the coordinator takes results in.
TASKS_PER_JOB = 64


class Runs:
    """Tasks that are to be started, and the worker that has some of them."""

    def __init__(self, tasks, context):
        self.pending, self.context = deque(tasks), context
        self.worker = None

    def go_on(self):
        """Waits until some runs have ended, for half a second. Whether there is more to do."""
        if self.worker is None:
            if not self.pending:
                return False
            self.start()
            return True
        while self.pending and len(self.worker.unanswered) < TASKS_PER_JOB * self.context.jobs:
            self.worker.give(self.pending.popleft())
        if not self.worker.unanswered:
            return False
        for answer in self.worker.answers(TICK_S):
            self.settle(answer.task, answer.code, answer.words)
        if self.worker.has_ended:
            self.give_up_worker()
        return True

    def start(self):
        task = self.pending[0]
        try:
            self.worker = Worker(task.command[0], task.working_folder, self.context.jobs, self.context.time_limit_s)
        except OSError as error:
            write_error(task.error_path, 126, f"{task.command[0]}: cannot be run: {error.strerror}")
            self.pending.popleft()

    def settle(self, task, code, words):
        if code == TOOK_TOO_LONG:
            write_error(task.error_path, TIMED_OUT, timed_out(self.context.time_limit_s))
        elif code != 0 or not os.path.exists(task.json_path):
            write_error(task.error_path, code, words)

    def give_up_worker(self):
        """A worker that has ended by itself takes with it what it was running; another runs the rest."""
        tasks = deque(self.worker.unanswered.values())
        worker, self.worker = self.worker, None
        code, words = worker.end()
        for _ in range(min(self.context.jobs, len(tasks))):
            task = tasks.popleft()
            if not os.path.exists(task.json_path):
                write_error(task.error_path, code, words)
        self.pending.extendleft(reversed(tasks))

    def stop(self):
        if self.worker is not None:
            self.worker.end()


def prepare(options, program, folder):
    """Nothing can be wrong with this machine that is not known."""
    yield from ()


def run(tasks, context):
    """Runs tasks in their order, `context.jobs` at a time. Yields when some have ended, and at least every half second.
    Closed before its end, it kills the runs that are going on."""
    runs = Runs(tasks, context)
    try:
        while runs.go_on():
            yield
    finally:
        runs.stop()
