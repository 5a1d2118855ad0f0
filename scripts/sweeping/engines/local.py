"""Runs tasks on this machine, some at a time."""

import os
import subprocess
import tempfile
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Lock

from sweeping.processes import end
from sweeping.tasks import TIMED_OUT, timed_out, write_error

TICK_S = 0.5
MOST_WORDS = 1 << 20  # bytes of the last that a run which failed has said


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
        # No pipe: whoever a run has left behind may hold its other end.
        with tempfile.TemporaryFile() as words:
            self.run_saying(task, words)

    def run_saying(self, task, words):
        try:
            with self.lock:
                if self.stopped:
                    return
                process = subprocess.Popen(task.command, cwd=task.working_folder, stdin=subprocess.DEVNULL,
                                           stdout=subprocess.DEVNULL, stderr=words, start_new_session=True)
                self.processes.add(process)
        except OSError as error:
            write_error(task.error_path, 126, f"{task.command[0]}: cannot be run: {error.strerror}")
            return
        try:
            is_over = self.has_taken_too_long(process)
        finally:
            with self.lock:
                self.processes.discard(process)
                was_stopped = self.stopped
        if is_over and not was_stopped:
            return write_error(task.error_path, TIMED_OUT, timed_out(self.time_limit_s))
        code = process.returncode if process.returncode >= 0 else 128 - process.returncode
        if (code != 0 and not was_stopped) or (code == 0 and not os.path.exists(task.json_path)):
            words.seek(max(0, words.seek(0, os.SEEK_END) - MOST_WORDS))
            write_error(task.error_path, code, words.read(MOST_WORDS).decode(errors="replace"))

    def has_taken_too_long(self, process):
        """Waits for its end, and brings that about where it takes too long."""
        try:
            process.wait(self.time_limit_s)
            return False
        except subprocess.TimeoutExpired:
            end(process)
            process.wait()
            return True

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
