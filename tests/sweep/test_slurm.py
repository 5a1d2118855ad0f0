"""Sweeps as Slurm job arrays, on a Slurm that the test starts."""

import json
import shutil
import signal
import time
import unittest

from one_node_slurm import OneNodeSlurm, missing_packages
from sweeps import PROGRAM, SweepTest
from test_point_timeout import Slow

LARGEST_ARRAY = 4
MISSING = missing_packages()
# Twelve points. A scenario's name may be anything.
MANY = r"""
base: small.yaml
set: {name: "it's 100 % \"$HOME\" `id` \\ {} é"}
grid:
  workload.batch: [1, 2, 3, 4, 5, 6]
  workload.dtype: [int8, bfloat16]
"""
POINTS = 12
SLOW = {"SLOW": "0.3"}
SLURM = None
LOCAL_CSV = []


def setUpModule():
    """One Slurm for all tests; its node takes two jobs at a time."""
    global SLURM
    if MISSING:
        raise unittest.SkipTest(f"missing: {' '.join(MISSING)}")
    SLURM = unittest.enterModuleContext(OneNodeSlurm(2, LARGEST_ARRAY))


class SlurmTest(SweepTest):
    def setUp(self):
        super().setUp()
        self.slurm = SLURM
        self.sweep_file(MANY)
        self.jobs_before = set(self.job_numbers())
        self.out = self.folder / "out"

    def start(self, *arguments, slurm=True, environment=(), **options):
        words = ["sweep.yaml", "-o", "out", "--slurm", *arguments] if slurm else arguments
        return super().start(*words, env={**self.slurm.environment, **dict(environment)}, **options)

    def job_numbers(self):
        return [line.split("_")[0] for line in self.slurm.jobs()]

    def new_jobs(self):
        """How many arrays this test has submitted."""
        return len(set(self.job_numbers()) - self.jobs_before)

    def local_csv(self):
        """Of the sweep that all tests have."""
        if not LOCAL_CSV:
            self.swept("sweep.yaml", "-o", "local", slurm=False)
            LOCAL_CSV.append((self.folder / "local" / "results.csv").read_bytes())
        return LOCAL_CSV[0]

    def csv(self):
        return (self.out / "results.csv").read_bytes()

    def slow_program(self):
        """Each run is counted, and takes a while longer where SLOW is set."""
        return self.counting_program(then='[ -z "$SLOW" ] || sleep $SLOW')

    def wait_for(self, condition, what, time_s=30):
        until = time.monotonic() + time_s
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.05)

    def wait_for_runs(self, count):
        self.wait_for(lambda: len(self.started()) >= count, f"{count} runs have not started")

    def end_of(self, process):
        out, err = process.communicate(timeout=60)
        return process.returncode, out.decode(), err.decode()

    def check_nothing_left(self):
        """No spool, no job, and no process but Slurm's own."""
        self.assertEqual(sorted(path.name for path in self.out.iterdir()), [".lock", "results.csv", "results.sqlite"])
        self.wait_for(lambda: not self.slurm.command("squeue", "--noheader").stdout, "jobs go on", 10)
        self.wait_for(lambda: not self.slurm.processes(), "processes go on", 10)


class Runs(SlurmTest):
    def test_the_same_table_as_here(self):
        """The array has as many batches as -j says."""
        out = self.swept("-j", 3)
        self.assertRegex(out, r"(?m)^submitted as Slurm's job \d+: 12 points in 3 batches$")
        self.assertEqual(self.csv(), self.local_csv())
        self.assertEqual(self.new_jobs(), 1)
        self.assertIn("12 points, 12 done already, 0 to run\n", self.swept())
        self.assertEqual(self.new_jobs(), 1)
        result, = json.loads(self.query("SELECT result FROM points WHERE point = 0", "out")[0][0])["scenario"],
        self.assertEqual(result, "it's 100 % \"$HOME\" `id` \\ {} é (workload.batch=1, workload.dtype=int8)")
        self.check_nothing_left()

    def test_no_more_batches_than_an_array_may_have(self):
        out = self.swept("-j", 12)
        self.assertRegex(out, rf"(?m)^submitted as Slurm's job \d+: 12 points in {LARGEST_ARRAY} batches$")
        self.assertEqual(self.csv(), self.local_csv())

    def test_short_points_are_one_batch(self):
        """12 × 0.05 s: an array is not worth it."""
        self.assertIn(": 12 points in 1 batch\n", self.swept())

    def test_points_that_fail_do_not_stop_the_rest(self):
        """A program that fails for batch 3, in the words of the real one, and is killed for batch 5."""
        program = self.executable("picky", """\
case "$1 $*" in
"run "*workload.batch=3*) echo "upmem-des: error: no 'threes', \\$HOME" >&2; exit 1;;
"run "*workload.batch=5*) kill -9 $$;;
esac
exec %s "$@" """ % PROGRAM)
        here = self.sweep("sweep.yaml", "-o", "local", slurm=False, program=program)
        there = self.sweep("-j", 2, program=program)
        self.assertEqual((here.code, there.code), (1, 1), there.err)
        self.assertEqual(there.err, here.err)
        self.assertEqual(self.csv(), (self.folder / "local" / "results.csv").read_bytes())
        errors = [row["error"] for row in self.rows("out")]
        self.assertEqual(errors, [""] * 4 + ["no 'threes', $HOME"] * 2 + [""] * 2 + ["killed by SIGKILL"] * 2 +
                         [""] * 2)
        self.check_nothing_left()

    def test_options_for_sbatch(self):
        """They come to sbatch as a shell would take them apart."""
        self.swept("--slurm-options", "--comment='two words' --partition=main")
        shown = self.slurm.command("scontrol", "show", "job", max(self.job_numbers(), key=int)).stdout
        self.assertIn("Comment=two words", shown)


class PointTimeout(SlurmTest, Slow):
    def test_on_a_node(self):
        self.make_slow_sweep()
        self.check_timeout("-j", 2, words=())


class Interrupted(SlurmTest):
    def test_killed_it_waits_for_its_job_when_started_again(self):
        program = self.slow_program()
        with self.start("-j", 2, program=program, environment=SLOW) as process:
            self.wait_for_runs(2)
            process.kill()
            process.communicate()
        out = self.swept("-j", 2, program=program)
        self.assertRegex(out, r"(?m)^waiting for Slurm's job \d+, which an earlier sweep submitted$")
        self.assertNotIn("submitted as", out)
        self.assertEqual(self.new_jobs(), 1)
        self.assertEqual(len(self.started()), POINTS, "each once")
        self.assertEqual(self.csv(), self.local_csv())
        self.check_nothing_left()

    def test_killed_and_over_when_started_again(self):
        """What the job has done is taken in, and nothing is submitted."""
        program = self.slow_program()
        with self.start("-j", 2, program=program, environment=SLOW) as process:
            self.wait_for_runs(1)
            process.kill()
            process.communicate()
        self.wait_for(lambda: len(self.started()) == POINTS and not self.slurm.command("squeue", "-h").stdout,
                      "goes on")
        self.assertIn("12 points, 12 done already, 0 to run\n", self.swept(program=program))
        self.assertEqual((self.new_jobs(), len(self.started())), (1, POINTS))

    def test_a_job_that_has_other_points(self):
        """The sweep has more points when started again: those that the job has not are submitted."""
        program = self.slow_program()
        with self.start("-j", 2, program=program, environment=SLOW) as process:
            self.wait_for_runs(2)
            process.kill()
            process.communicate()
        self.sweep_file(MANY.replace("5, 6]", "5, 6, 7]"))
        out = self.swept("-j", 2, program=program)
        self.assertRegex(out, r"waiting for Slurm's job \d+, which an earlier sweep submitted\n"
                              r"submitted as Slurm's job \d+: 2 points in 2 batches\n")
        self.assertEqual(self.new_jobs(), 2)
        self.assertEqual(len(self.started()), POINTS + 2, "each once")
        self.check_nothing_left()

    def test_ctrl_c_cancels_the_job(self):
        program = self.slow_program()
        with self.start("-j", 2, program=program, environment=SLOW) as process:
            self.wait_for_runs(4)
            process.send_signal(signal.SIGINT)
            code, _, err = self.end_of(process)
        self.assertEqual((code, err), (130, ""))
        statuses = {row["status"] for row in self.rows("out")}
        self.assertEqual(statuses, {"ok", "missing"})
        self.assertIn("CANCELLED", "".join(self.slurm.jobs()))
        self.check_nothing_left()
        self.swept(program=program)
        self.assertEqual(self.csv(), self.local_csv())

    def test_a_controller_that_restarts(self):
        program = self.slow_program()
        with self.start("-j", 2, program=program, environment=SLOW) as process:
            self.wait_for_runs(2)
            self.slurm.end("slurmctld")
            time.sleep(2)
            self.slurm.start_controller()
            code, _, err = self.end_of(process)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(self.csv(), self.local_csv())
        self.check_nothing_left()


class Lost(SlurmTest):
    """Points that a job leaves undone are failed, with the reason, and run when the sweep is started again."""

    def check_lost(self, process, reason):
        code, _, err = self.end_of(process)
        self.assertEqual(code, 1, err)
        lost = [row["error"] for row in self.rows("out") if row["status"] != "ok"]
        # All of which something was said, the two that were running perhaps by their own shell.
        self.assertTrue(6 <= len(lost) <= POINTS, lost)
        said = [error for error in lost if error != "killed by SIGTERM"]
        self.assertGreaterEqual(len(said), len(lost) - 2, lost)
        for error in said:
            self.assertRegex(error, reason)

    def check_runs_again(self, program):
        there = sum(row["status"] == "ok" for row in self.rows("out"))
        self.assertIn(f"12 points, {there} done already, {POINTS - there} to run\n", self.swept(program=program))
        self.assertEqual(self.csv(), self.local_csv())
        self.check_nothing_left()

    def test_a_job_that_is_cancelled(self):
        program = self.slow_program()
        with self.start("-j", 2, program=program, environment=SLOW) as process:
            self.wait_for_runs(4)
            self.slurm.command("scancel", max(self.job_numbers(), key=int))
            self.check_lost(process, r"^no result: Slurm's job \d+_\d ended as CANCELLED\b")
        self.check_nothing_left()
        self.check_runs_again(program)

    def test_a_node_that_dies(self):
        program = self.slow_program()
        with self.start("-j", 2, program=program, environment=SLOW) as process:
            self.wait_for_runs(4)
            self.slurm.kill_node()
            self.check_lost(process, r"^no result: Slurm's job \d+_\d ended as NODE_FAIL$")
        self.slurm.start_node()
        self.check_runs_again(program)


class Refused(SlurmTest):
    def refused(self, *arguments, **options):
        """Before any point is checked: they are bad, too."""
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [x]}\n")
        outcome = self.sweep(*arguments, **options)
        self.assertEqual(outcome.code, 2, outcome.err)
        self.assertFalse(self.out.exists())
        return outcome.err

    def test_no_slurm(self):
        """A PATH with all but Slurm."""
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("sh", "env"):
            (tools / name).symlink_to(shutil.which(name))
        self.assertEqual(self.refused(environment={"PATH": str(tools)}),
                         "sweep: --slurm: sbatch is not on the PATH; expected Slurm's commands, such as Debian's "
                         "package slurm-client has, and a cluster that they know\n")

    def test_sbatch_refuses(self):
        self.assertEqual(self.refused("--slurm-options=--partition=nowhere"),
                         "sweep: --slurm: sbatch: invalid partition specified: nowhere; "
                         "allocation failure: Invalid partition name specified\n")

    def test_options_that_sbatch_does_not_know(self):
        self.assertRegex(self.refused("--slurm-options=--partitoin=short"),
                         r"\Asweep: --slurm: sbatch: [^\n]*unrecognized option '--partitoin=short'[^\n]*\n\Z")

    def test_options_that_are_no_words(self):
        self.assertEqual(self.refused("--slurm-options=--comment='open"),
                         "sweep: --slurm-options: --comment='open: No closing quotation; expected words as in a "
                         "shell\n")

    def test_a_cluster_that_does_not_answer(self):
        """A Slurm that is configured but not running."""
        dead = self.write("dead.conf", (self.slurm.folder / "slurm.conf").read_text().replace(
            "SlurmctldPort=", "MessageTimeout=2\nSlurmctldPort=1") + "\n")
        self.assertRegex(self.refused(environment={"SLURM_CONF": str(dead)}), r"\Asweep: --slurm: s\w+: [^\n]+\n\Z")


if __name__ == "__main__":
    unittest.main()
