"""Runs tasks on this machine, some at a time."""

import os
import subprocess
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Lock

from sweeping.processes import end
from sweeping.tasks import TIMED_OUT, timed_out, write_error

TICK_S = 0.5


class Runs:
    """The runs that are going on. Each is a process group of its own, which the terminal's Ctrl-C does not reach: what
    stop() ends is not taken for failed."""

    def __init__(self, time_limit_s):
        self.time_limit_s = time_limit_s
        self.lock = Lock()
        self.processes = set()
        self.stopped = False

    def run(self, task):
        """Runs a task to its end, unless all are stopped."""
        try:
            with self.lock:
                if self.stopped:
                    return
                process = subprocess.Popen(task.command, cwd=task.working_folder, stdin=subprocess.DEVNULL,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
                self.processes.add(process)
        except OSError as error:
            write_error(task.error_path, 126, f"{task.command[0]}: cannot be run: {error.strerror}")
            return
        try:
            words, is_over = self.words_of(process)
        finally:
            with self.lock:
                self.processes.discard(process)
                was_stopped = self.stopped
        if is_over and not was_stopped:
            return write_error(task.error_path, TIMED_OUT, timed_out(self.time_limit_s))
        code = process.returncode if process.returncode >= 0 else 128 - process.returncode
        if (code != 0 and not was_stopped) or (code == 0 and not os.path.exists(task.json_path)):
            write_error(task.error_path, code, words.decode(errors="replace"))

    def words_of(self, process):
        """What it says on standard error, and whether it was ended because it took too long."""
        try:
            return process.communicate(timeout=self.time_limit_s)[1], False
        except subprocess.TimeoutExpired:
            end(process)
            return process.communicate()[1], True

    def stop(self):
        with self.lock:
            self.stopped = True
            for process in self.processes:
                end(process)


def run(tasks, context):
    """Runs tasks in their order, `context.jobs` at a time. Yields when some have ended, and at least every half second.
    Closed before its end, it kills the runs that are going on."""
    runs = Runs(context.time_limit_s)
    waiting = iter(tasks)
    with ThreadPoolExecutor(context.jobs) as pool:
        going = set()
        try:
            while True:
                # A few more than jobs: no thread waits for the coordinator.
                while len(going) < 4 * context.jobs and (task := next(waiting, None)) is not None:
                    going.add(pool.submit(runs.run, task))
                if not going:
                    return
                ended, going = wait(going, TICK_S, FIRST_COMPLETED)
                for future in ended:
                    future.result()
                yield
        finally:
            runs.stop()
