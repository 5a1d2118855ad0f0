"""A job array: its folder in the spool, and what Slurm knows of it."""

import json
import shlex
import time

from sweeping.engines.batches import in_turn, wanted_count
from sweeping.engines.slurm_commands import ENDED, at_once, output_of, states_of
from sweeping.errors import SweepError
from sweeping.shell import shell_lines

# Slurm takes a second or so to start a batch.
BATCH_S = 30
LONGEST_END_S = 40
NAME = "upmem-des-"
POINTS = "points.json"
# Of options that occur twice sbatch takes the last: those of --slurm-options come after these. Name and array are ours.
COMMON = ("--ntasks=1", "--no-requeue", "--chdir=/")
# Why sbatch --test-only knows no time at which a job would start that it takes: texts (src/common/slurm_errno.c of Slurm
# 22.05 to 25.05) of the errors after which slurmctld keeps a job waiting (nonfatal_errors in slurmrestd's jobs.c).
FOR_NOW = ("Requested nodes are busy", "Required node not available (down, drained or reserved)",
           "Requested partition configuration not available now", "Partition in DOWN state",
           "Requested reservation is in use", "Requested reservation not usable now", "Licenses currently unavailable",
           "Job is in held state, pending scheduler release", "Waiting for burst buffer",
           "Requested account has breached requested QOS usage threshold",
           "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)")


class SlurmArray:
    """The array whose folder this is. Its name in Slurm has the folder's name, so that it is known before there is a
    job number. `digests`: of the tasks that it has, with the index of their batch."""

    def __init__(self, folder):
        self.folder = folder
        self.name = NAME + folder.name
        self.digests = {}
        self.size = 0
        self.job = "?"
        self.states = {}
        try:
            self.digests = json.loads((folder / POINTS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            pass  # It was killed while it wrote this, before there was a job; or it is new.

    def write(self, tasks, jobs, most):
        """A shell file for each batch. `jobs`: how many are to run at a time, so that there are as many at least, or
        None; `most`: how many an array can have."""
        batches = in_turn(tasks, min(most, wanted_count(tasks, BATCH_S, jobs or 1)))
        self.size = len(batches)
        self.folder.mkdir()
        for index, batch in enumerate(batches):
            (self.folder / f"{index}.sh").write_text(shell_lines(batch), encoding="utf-8", errors="surrogateescape")
        self.digests = {task.digest: index for index, batch in enumerate(batches) for task in batch}
        (self.folder / POINTS).write_text(json.dumps(self.digests), encoding="utf-8")
        (self.folder / "array.sh").write_text(
            f"#!/bin/sh\nexec sh {shlex.quote(str(self.folder))}/$SLURM_ARRAY_TASK_ID.sh\n",
            encoding="utf-8", errors="surrogateescape")

    def submit(self, context):
        """Hands the array to sbatch. Throws SweepError where that refuses it."""
        limit = f"%{context.options.jobs}" if context.options.jobs else ""
        out = yield from output_of(
            ["sbatch", "--parsable", *COMMON, "--output=" + output_pattern(self.folder), *words_of(context.options),
             f"--job-name={self.name}", f"--array=0-{self.size - 1}{limit}", str(self.folder / "array.sh")],
            is_to_end=True)
        self.job = out.strip().partition(";")[0]
        self.states = {index: (self.job, "PENDING") for index in range(self.size)}

    def take_states(self, states):
        """Takes what states_of() has on it. Elements that ended long ago are not in there any more."""
        gone = {index: (job, state if state in ENDED else "ended") for index, (job, state) in self.states.items()}
        self.states = {**gone, **states}
        if self.states:
            self.job = next(iter(self.states.values()))[0]

    def is_going_on(self):
        """As of the last states."""
        return any(state not in ENDED and state != "ended" for _, state in self.states.values())

    def why_missing(self, digest):
        """Of a point that left nothing although the array has ended."""
        index = self.digests[digest]
        state = self.states.get(index, ("", "ended"))[1]
        said = self.last_words(index)
        return f"no result: Slurm's job {self.job}_{index} ended{'' if state == 'ended' else f' as {state}'}{said}"

    def last_words(self, index):
        """The last line that the job printed, such as Slurm's reason to end it."""
        try:
            with open(self.folder / f"{index}.out", encoding="utf-8", errors="replace") as file:
                lines = [line.strip() for line in file.read(100_000).splitlines() if line.strip()]
        except OSError:
            return ""
        return ": " + lines[-1].removeprefix("slurmstepd: error: ") if lines else ""

    def cancel(self):
        """Cancels the array and waits until it has ended. Throws SweepError where Slurm does not answer."""
        at_once(output_of(["scancel", f"--name={self.name}"]))
        until = time.monotonic() + LONGEST_END_S
        while True:
            self.take_states(at_once(states_of([self.name])).get(self.name, {}))
            if not self.is_going_on() or time.monotonic() > until:
                self.states = {index: (job, "ended") for index, (job, _) in self.states.items()}
                return
            time.sleep(0.2)


def words_of(options):
    """Of --slurm-options."""
    try:
        return shlex.split(options.slurm_options)
    except ValueError as error:
        raise SweepError(f"--slurm-options: {options.slurm_options}: {error}; expected words as in a shell") from None


def check_options(options):
    """Throws SweepError where sbatch would not take a job with them, or does not answer."""
    try:
        yield from output_of(["sbatch", "--test-only", *COMMON, *words_of(options), f"--job-name={NAME}test",
                              "--wrap=true"])
    except SweepError as error:
        # Of a job that is submitted these come to pass.
        if not any(text in str(error) for text in FOR_NOW):
            raise


def output_pattern(folder):
    """sbatch takes % for the start of a pattern."""
    return str(folder).replace("%", "%%") + "/%a.out"

