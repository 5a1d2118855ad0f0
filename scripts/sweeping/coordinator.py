"""A sweep from its file to its tables."""

import contextlib
import importlib
import time

from basics.counted import counted
from sweeping.checking import Check
from sweeping.errors import SweepError
from sweeping.messages import blame, grouped, located
from sweeping.output_folder import OutputFolder
from sweeping.points import chosen, points_of
from sweeping.program import Program
from sweeping.spool import Spool
from sweeping.store import Store
from sweeping.sweep_file import read_sweep
from sweeping.tables import Tables
from sweeping.tasks import Context, Task

# The store is not written more often than this: a transaction waits for the disk.
TAKE_IN_S = 0.3
MOST_FAILURES = 20


class Coordinator:
    def __init__(self, options, screen, interruption):
        self.options, self.screen, self.interruption = options, screen, interruption
        self.sweep = read_sweep(options.sweep)
        self.points = chosen(points_of(self.sweep), self.sweep, options.where)
        self.program = Program(options.program, interruption)
        name = "slurm" if options.slurm else "gnu_parallel" if options.hosts else "local"
        self.engine = importlib.import_module(f"sweeping.engines.{name}")
        self.change = ""     # what has happened to the program while points were run

    def run(self):
        """Returns the exit code."""
        if self.options.dry_run:
            return self.dry_run()
        output = OutputFolder(self.options.output)
        output.check([self.sweep.path, self.sweep.base, *self.sweep.extra_archs, self.program.path,
                      *[self.options.hosts] * bool(self.options.hosts)])
        with output as folder:
            if not self.check():
                return self.interruption.exit_code()
            if self.options.fresh:
                folder.clear()
            with contextlib.closing(Store(folder.store, self.interruption.has_come)) as store:
                return self.run_points(folder, store)

    def dry_run(self):
        if not self.check():
            return self.interruption.exit_code()
        for point in self.points:
            answer = self.answers[point.number]
            known = counted(answer.events, "event") if answer.events is not None else "as many events as its requests need"
            said = known if answer.status == "ok" else located(self.sweep, point, answer.error)
            self.screen.say(f"{point.number}: {point.describe()}: {answer.status}: {said}")
        self.screen.say(", ".join([counted(len(self.points), "point"), *self.unable()]))
        return 0 if all(answer.status == "ok" for answer in self.answers.values()) else 1

    def prepare(self):
        """Has the engine say what is wrong with it before anything takes long. False where it was interrupted."""
        with self.interruption.awaited(), contextlib.closing(
                self.engine.prepare(self.options, self.program.path, str(self.sweep.folder))) as preparing:
            for _ in preparing:
                if self.interruption.has_come():
                    break
        return not self.interruption.has_come()

    def check(self):
        """Finds an answer and, where it can be run, a key for each point, by its number. False where it was interrupted;
        throws SweepError where the engine cannot be used, or points are bad."""
        if not self.prepare():
            return False
        bar = self.screen.bar("check", len(self.points))
        seen = 0

        def on_progress(count):
            nonlocal seen
            bar.update(count - seen)
            seen = count
        try:
            with self.interruption.awaited():
                answers = Check(self.program, self.sweep, self.options.jobs_here).answers(
                    self.points, self.interruption.has_come, on_progress)
        finally:
            bar.close()
        if answers is None:
            return False
        self.answers = {point.number: answer for point, answer in zip(self.points, answers)}
        if (change := self.program.change()) and not self.program.is_gone():
            raise SweepError(change)
        bad = [(point.number, blame(self.sweep, point, answer.error))
               for point, answer in zip(self.points, answers) if answer.status == "bad input"]
        if bad and not self.options.keep_going:
            raise SweepError(*grouped(bad))
        for line in grouped((point.number, blame(self.sweep, point, warning))
                            for point, answer in zip(self.points, answers) for warning in answer.warnings):
            self.screen.complain(f"warning: {line}")
        self.keys = {number: f"{answer.inputs}-{self.program.digest}" if answer.status == "ok" else None
                     for number, answer in self.answers.items()}
        return True

    def unable(self):
        statuses = [answer.status for answer in self.answers.values()]
        return [f"{statuses.count(status)} {status}" for status in ("cannot run", "bad input") if status in statuses]

    def run_points(self, folder, store):
        folder.spool.mkdir(exist_ok=True)
        spool = Spool(folder.spool, store, lambda text: self.screen.complain(f"warning: {text}"))
        if self.options.fresh:
            spool.clear()
        spool.take_in()
        store.refresh_metrics()
        finished, damaged = store.finished({key for key in self.keys.values() if key is not None})
        for key, what in damaged:
            numbers = [number for number, other in self.keys.items() if other == key]
            line, = grouped((number, f"{store.path}: a damaged result is computed again: {what}") for number in numbers)
            self.screen.complain(f"warning: {line}")
        # Points whose settings come to the same inputs share a run.
        pending = {}
        for number, key in self.keys.items():
            if key is not None and key not in finished:
                pending.setdefault(key, number)
        points = {point.number: point for point in self.points}
        tasks = [self.task(folder, key, points[number]) for key, number in pending.items()]
        done = sum(key in finished for key in self.keys.values())
        waiting = sum(key in pending for key in self.keys.values())
        self.screen.say(", ".join([counted(len(self.points), "point"), f"{done} done already", *self.unable(),
                                   f"{waiting} to run"]))
        failure = None
        if tasks:
            try:
                with self.interruption.awaited():
                    self.run_tasks(tasks, folder, spool)
                spool.clear_scrap()
            except (SweepError, OSError) as error:
                failure = error
        with self.interruption.awaited():
            is_complete = self.finish(folder, store)
        if failure:
            raise failure
        return self.interruption.exit_code() if self.interruption.has_come() else 0 if is_complete else 1

    def task(self, folder, key, point):
        json_path = str(folder.spool / f"{key}.json")
        settings = [f"--set={key}={value.text()}" for key, value in self.sweep.common]
        settings += [f"--set={setting}" for setting in point.arguments()]
        answer = self.answers[point.number]
        command = [*self.program.arguments("run", self.sweep), "-q", *settings, "--expect-inputs", answer.inputs,
                   "--json", json_path]
        return Task(key, command, json_path, str(folder.spool / f"{key}.error"), answer.events or 0, str(self.sweep.folder),
                    self.program.digest, self.options.point_timeout)

    def run_tasks(self, tasks, folder, spool):
        """Has an engine run tasks, and takes in what they leave."""
        context = Context(folder.path, self.options.jobs_here, self.options, self.options.point_timeout)
        bar = self.screen.bar("run", len(tasks))
        wanted = {task.digest for task in tasks}

        def is_same_program():
            self.change = self.change or self.program.change()
            return not self.change

        def take_in():
            new = wanted.intersection(spool.take_in(is_same_program)) - context.taken
            context.taken.update(new)
            bar.update(len(new))
        last = time.monotonic()
        try:
            with contextlib.closing(self.engine.run(tasks, context)) as running:
                for _ in running:
                    if time.monotonic() - last > TAKE_IN_S:
                        take_in()
                        last = time.monotonic()
                    # Before the engine goes on: what a run says whose result was just thrown away is nobody's business.
                    if self.interruption.has_come() or self.change:
                        break
        finally:
            bar.close()
            take_in()

    def finish(self, folder, store):
        """Writes the tables and lists what failed. Returns whether all points have a result."""
        points = {point.number: point for point in self.points}

        def outcome_of(number):
            answer = self.answers[number]
            if answer.status != "ok":
                return "failed", located(self.sweep, points[number], answer.error), {}
            outcome = store.outcome(self.keys[number])
            if self.change and (outcome is None or outcome[1].startswith("ended without a result")):
                return "failed", self.change, {}  # a program of another make may leave none
            return outcome or ("missing", "", {})

        tables = Tables(self.sweep, self.points, outcome_of)
        tables.write_csv(folder.table)
        facts = {"name": self.sweep.name, "file": self.sweep.text, "program": self.program.version}
        if self.options.where:
            facts["where"] = "\n".join(self.options.where)
        tables.write_to(store, [self.keys[point.number] for point in self.points], facts)
        counts = {"ok": 0, "failed": 0, "missing": 0}
        unrun = 0            # because the program changed
        for point in self.points:
            status, error, _ = outcome_of(point.number)
            counts[status] += 1
            if status == "failed" and error == self.change:
                unrun += 1
            elif status == "failed" and counts[status] - unrun <= MOST_FAILURES:
                self.screen.complain(f"point {point.number} failed ({point.describe()}): {error}")
        listed = counts["failed"] - unrun
        if listed > MOST_FAILURES:
            self.screen.complain(f"… and {counted(listed - MOST_FAILURES, 'point')} more that failed")
        if unrun:
            self.screen.complain(f"{self.change} ({counted(unrun, 'point')})")
        said = [f"{counts['ok']} done"] + [f"{counts[status]} {status}" for status in ("failed", "missing")
                                           if counts[status]]
        self.screen.say(f"{', '.join(said)}: {folder.table}")
        return counts["ok"] == len(self.points)
