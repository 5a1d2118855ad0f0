"""The worker that forks for each run: what happens to it, or to one of its runs, is no other point's concern."""

import os
import signal
import time
import unittest
from pathlib import Path

from sweeps import PROGRAM, SweepTest, children_of, is_there

# The first point takes long: each piece of work is SimGrid's own.
SWEEP = """\
base: small.yaml
cases:
  - {case: long, simulation.segments: false, workload.output_tokens: 10000000}
  - {case: one, workload.batch: 1}
  - {case: two, workload.batch: 2}
"""
LONGEST_S = 60


def command_of(process):
    return Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")


class WorkerTest(SweepTest):
    def setUp(self):
        super().setUp()
        self.sweep_file(SWEEP)

    def wait_for(self, found):
        """What `found` returns as soon as it is something."""
        until = time.monotonic() + LONGEST_S
        while not (value := found()):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.005)
        return value

    def worker_and_run(self, process):
        """Of a sweep with one run at a time, when that has its session, so that it is on its way."""
        def found():
            try:
                for worker in children_of(process.pid):
                    for run in children_of(worker):
                        if b"work" in command_of(worker) and os.getsid(run) == run:
                            return worker, run
            except (FileNotFoundError, ProcessLookupError):     # the program that checks ends at any time
                pass
            return None
        return self.wait_for(found)

    def statuses(self):
        return [row["status"] for row in self.rows()]

    def failed_first(self, process, message):
        out, err = process.communicate(timeout=LONGEST_S)
        self.assertEqual((process.returncode, err.decode()), (
            1, "sweep: point 0 failed (case=long, simulation.segments=false, workload.output_tokens=10000000): "
               f"{message}\n"), out)
        self.assertEqual(self.statuses(), ["failed", "ok", "ok"])
        self.assertFalse((self.folder / "sweep.results" / "spool").exists())

    def test_a_run_that_crashes(self):
        with self.start("sweep.yaml", "-j", 1) as process:
            worker, run = self.worker_and_run(process)
            os.kill(run, signal.SIGILL)  # one that no sanitizer catches
            self.failed_first(process, "killed by SIGILL")

    def test_a_worker_that_is_killed(self):
        """It takes its run with it; another has the rest."""
        with self.start("sweep.yaml", "-j", 1) as process:
            worker, run = self.worker_and_run(process)
            os.kill(worker, signal.SIGKILL)
            self.failed_first(process, "killed by SIGKILL")
        self.wait_for(lambda: not is_there(run))

    def test_a_time_limit(self):
        with self.start("sweep.yaml", "-j", 1, "--point-timeout", 1) as process:
            self.failed_first(process, "took longer than 1 s (--point-timeout)")

    def test_nothing_goes_on(self):
        """Whatever ends the sweep."""
        for number, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number), self.start("sweep.yaml", "-j", 1) as process:
                worker, run = self.worker_and_run(process)
                process.send_signal(number)
                _, err = process.communicate(timeout=LONGEST_S)
                self.assertEqual((process.returncode, err), (code, b""))
                self.wait_for(lambda: not is_there(worker) and not is_there(run))

    def test_one_process_for_all_points(self):
        """The program is started to say its version, to check, and once to run."""
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, 3, 4, 5, 6, 7, 8]}\n")
        program = self.write("ud", f'#!/bin/sh\necho "$1" >>{self.folder}/commands\nexec {PROGRAM} "$@"\n')
        program.chmod(0o755)
        self.swept("sweep.yaml", program=program)
        self.assertEqual((self.folder / "commands").read_text().split(), ["--version", "check", "work"])

    def test_messages_are_those_of_the_points_own_run(self):
        """Two of four fail after the check, since a file is another then."""
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2]}\n")
        changed = self.write("changed.json", (self.folder / "model.json").read_text().replace("160", "192"))
        program = self.write("ud", f'#!/bin/sh\n[ "$1" != work ] || cp {changed} {self.folder}/model.json\n'
                                   f'exec {PROGRAM} "$@"\n')
        program.chmod(0o755)
        outcome = self.sweep("sweep.yaml", program=program)
        self.assertEqual(outcome.code, 1)
        self.assertEqual(outcome.err.count("its inputs have changed since they were checked"), 2)


class NoWorker(SweepTest):
    """Programs that check, but do not work."""

    def sweep_with(self, then):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, 3]}\n")
        self.program = self.write("ud", f'#!/bin/sh\n[ "$1" != work ] || {{ {then}; }}\nexec {PROGRAM} "$@"\n')
        self.program.chmod(0o755)
        return self.sweep("sweep.yaml", "-j", 2, program=self.program)

    def test_one_that_knows_no_such_command(self):
        outcome = self.sweep_with("echo 'upmem-des: error: unknown' >&2; exit 2")
        self.assertEqual((outcome.code, outcome.err), (1, "".join(
            f"sweep: point {point} failed (workload.batch={point + 1}): unknown\n" for point in range(3))))

    def test_one_that_ends(self):
        outcome = self.sweep_with("exit 0")
        self.assertEqual(outcome.code, 1)
        self.assertEqual(outcome.err.count("ended without a result"), 3)

    def test_one_that_says_something_else(self):
        outcome = self.sweep_with("echo hello; sleep 60")
        self.assertEqual((outcome.code, outcome.err),
                         (2, f"sweep: {self.program} work: no answer to a job: hello\n"))


if __name__ == "__main__":
    unittest.main()
