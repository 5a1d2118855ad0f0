"""Runs tasks as Slurm job arrays. Nodes and this machine share the sweep's files, the program and the output folder.

An array is found again by its name, which is in the spool before the array is submitted: a sweep that was killed waits
for it when started again, and submits only what no array has."""

import os
import secrets
import shutil
import sys
import time

from basics.counted import counted
from basics.script_name import script_name
from sweeping.engines.slurm_array import SlurmArray, check_options
from sweeping.engines.slurm_commands import largest_array, require_slurm, states_of
from sweeping.errors import SweepError
from sweeping.screen import plain
from sweeping.tasks import write_error

TICK_S = 0.25
# Asked seldom: the controller serves others.
FIRST_POLL_S, LONGEST_POLL_S = 1, 10
# A controller that restarts does not answer for some minutes.
PATIENCE_S = 300
# Files that nodes wrote can take a moment to show here, and a job that has written its last to end.
LATE_FILES_S = 3
LATE_END_S = 5


def prepare(options, program, folder):
    """Throws SweepError where there is no Slurm, or where it would refuse a job with these options."""
    require_slurm()
    yield from check_options(options)


def run(tasks, context):
    """Runs tasks. Yields about every quarter of a second. Closed before its end, it cancels the arrays."""
    folder = context.folder / "spool" / "slurm"
    folder.mkdir(parents=True, exist_ok=True)
    runs = Runs(tasks, context, folder)
    try:
        yield from runs.find_arrays()
        yield from runs.submit()
        yield from runs.wait()
        yield from runs.settle()
    except GeneratorExit:
        runs.cancel()
        raise
    finally:
        runs.tidy()


class Runs:
    """Tasks and the arrays that have them."""

    def __init__(self, tasks, context, folder):
        self.tasks = {task.digest: task for task in tasks}
        self.context, self.folder = context, folder
        self.arrays = []

    def say(self, text):
        if not self.context.options.quiet:
            print(plain(text), flush=True)

    def find_arrays(self):
        """Finds the arrays of an earlier sweep that Slurm still has, and forgets the others."""
        arrays = [SlurmArray(path) for path in sorted(self.folder.iterdir())]
        states = yield from states_of([array.name for array in arrays])
        for array in arrays:
            array.take_states(states.get(array.name, {}))
            if array.is_going_on():
                self.arrays.append(array)
                self.say(f"waiting for Slurm's job {array.job}, which an earlier sweep submitted")
            else:
                shutil.rmtree(array.folder, ignore_errors=True)

    def submit(self):
        """Submits an array with the tasks that no array has."""
        known = {digest for array in self.arrays for digest in array.digests}
        tasks = [task for task in self.tasks.values() if task.digest not in known and not self.context.is_done(task)]
        if not tasks:
            return
        most = yield from largest_array()
        array = SlurmArray(self.folder / secrets.token_hex(6))
        array.write(tasks, self.context.options.jobs, most)
        self.arrays.append(array)
        try:
            yield from array.submit(self.context)
        except SweepError:
            self.arrays.remove(array)
            shutil.rmtree(array.folder, ignore_errors=True)
            raise
        self.say(f"submitted as Slurm's job {array.job}: {counted(len(tasks), 'point')} in "
                 f"{counted(array.size, 'batch', 'batches')}")

    def wait(self):
        """Until all tasks are done; those that an array left undone get an error."""
        answered = time.monotonic()
        poll_s = FIRST_POLL_S
        next_poll = answered + poll_s
        while self.undone(self.tasks):
            yield
            time.sleep(TICK_S)
            if time.monotonic() < next_poll:
                continue
            try:
                states = yield from states_of([array.name for array in self.arrays])
                answered = time.monotonic()
            except SweepError as error:
                if time.monotonic() - answered > PATIENCE_S:
                    raise SweepError(f"{error}; jobs that go on are waited for when the sweep is started "
                                     "again") from None
                states = None
            if states is not None:
                yield from self.take_states(states)
            poll_s = min(poll_s * 1.3, LONGEST_POLL_S)
            next_poll = time.monotonic() + poll_s

    def take_states(self, states):
        for array in self.arrays:
            array.take_states(states.get(array.name, {}))
        ended = [array for array in self.arrays if not array.is_going_on()]
        if not any(self.undone(array.digests) for array in ended):
            return
        until = time.monotonic() + LATE_FILES_S
        while time.monotonic() < until:
            yield
            time.sleep(TICK_S)
        for array in ended:
            for digest in self.undone(array.digests):
                write_error(self.tasks[digest].error_path, 1, f"upmem-des: error: {array.why_missing(digest)}")

    def settle(self):
        """Waits a little for arrays that have points of which nothing is known here, of an earlier sweep: those that
        end are forgotten, others are found again by the next sweep."""
        until = time.monotonic() + LATE_END_S
        while time.monotonic() < until:
            arrays = [array for array in self.arrays if array.is_going_on() and not self.has_all_of(array)]
            if not arrays:
                return
            states = yield from states_of([array.name for array in arrays])
            for array in arrays:
                array.take_states(states.get(array.name, {}))
            yield
            time.sleep(TICK_S)

    def has_all_of(self, array):
        return all(digest in self.tasks and self.context.is_done(self.tasks[digest]) for digest in array.digests)

    def undone(self, digests):
        return [digest for digest in digests
                if digest in self.tasks and not self.context.is_done(self.tasks[digest])]

    def cancel(self):
        """Cancels all arrays. What they were running may take its end for its own failure: that is no result."""
        try:
            for array in self.arrays:
                array.cancel()
        except SweepError as error:
            print(plain(f"{script_name()}: {error}; the job goes on, and is waited for when the sweep is started again"),
                  file=sys.stderr, flush=True)
            return
        for task in self.tasks.values():
            if was_killed(task.error_path):
                os.unlink(task.error_path)

    def tidy(self):
        """Removes what is left of arrays that have ended, or that have nothing more to do for anybody."""
        for array in self.arrays:
            if not array.is_going_on() or self.has_all_of(array):
                shutil.rmtree(array.folder, ignore_errors=True)
                for digest in array.digests:
                    for ending in ("error.words", "error.aside", "json.aside"):
                        (self.context.folder / "spool" / f"{digest}.{ending}").unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()


def was_killed(error_path):
    """Whether a run's error says that it ended by SIGTERM or SIGKILL."""
    try:
        with open(error_path, encoding="utf-8", errors="replace") as file:
            return file.readline().strip() in ("143", "137")
    except FileNotFoundError:
        return False
