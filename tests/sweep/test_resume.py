"""A sweep that ended in the middle goes on where it was; what changed is run again."""

import os
import random
import shutil
import signal
import time

from sweeps import SCRIPT, SweepTest, children_of, device_yaml, is_there, keys_in

BATCHES = 40
MANY = f"base: small.yaml\ngrid:\n  workload.batch: [{', '.join(map(str, range(1, BATCHES + 1)))}]\n" \
       "  workload.dtype: [int8, bfloat16]\n"
POINTS = 2 * BATCHES

# Runs scripts/sweep and kills it at the step of this number.
KILLED_AT_A_STEP = f"""\
import os, runpy, signal, sqlite3, sys
left = int(sys.argv.pop(1))
def step(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
def stepping(function):
    return lambda *arguments, **options: (step(), function(*arguments, **options))[1]
for name in ("unlink", "replace", "rmdir"):
    setattr(os, name, stepping(getattr(os, name)))
connect = sqlite3.connect
def traced(*arguments, **options):
    database = connect(*arguments, **options)
    database.set_trace_callback(step)
    return database
sqlite3.connect = traced
sys.argv[0] = {str(SCRIPT)!r}
sys.path[0] = {str(SCRIPT.parent)!r}
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def descendants_of(process):
    children = children_of(process)
    return children + [other for child in children for other in descendants_of(child)]


def kill_all(process):
    """kill -9 to a coordinator: its worker and their runs die with it."""
    descendants = descendants_of(process.pid)
    process.kill()
    process.communicate()
    wait_for_ends(descendants)


def wait_for_ends(processes):
    until = time.monotonic() + 60
    while any(map(is_there, processes)):
        if time.monotonic() > until:
            raise AssertionError("processes go on")
        time.sleep(0.002)


class Killed(SweepTest):
    def test_nothing_is_lost_and_nothing_done_twice(self):
        """Killed at eight moments, each after some more runs were started and a few ms. A result that was there when it
        was killed is never computed again, and in the end all is as if nothing had happened."""
        self.sweep_file(MANY)
        self.swept("sweep.yaml", "-o", "whole")
        program = self.counting_program()
        out = self.folder / "out"
        dice = random.Random(6)
        for moment in range(8):
            before = len(self.started())
            there = keys_in(out)
            goal = min(before + dice.randint(1, 9), before + POINTS - len(there) - 1)
            with self.start("sweep.yaml", "-o", "out", "-j", 2, program=program) as process:
                while len(self.started()) < goal and process.poll() is None:
                    time.sleep(0.002)
                time.sleep(dice.uniform(0, 0.05))
                self.assertIsNone(process.poll(), f"moment {moment}: ended before it was killed")
                kill_all(process)
            self.assertEqual(there - keys_in(out), set(), "lost")
            self.assertEqual(there.intersection(self.started()[before:]), set(), "done twice")
        there, before = keys_in(out), len(self.started())
        self.assertTrue(8 <= len(there) < POINTS, len(there))
        self.assertIn(f"{POINTS} points, {len(there)} done already, {POINTS - len(there)} to run\n",
                      self.swept("sweep.yaml", "-o", "out", program=program))
        self.assertEqual(len(self.started()), before + POINTS - len(there))
        self.assertEqual(len(set(self.started())), POINTS)
        self.check_same("out", "whole")

    def test_killed_at_each_step(self):
        """Before each statement to SQLite and each file that is removed or renamed, from start to end."""
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, 3]}\n")
        self.swept("sweep.yaml", "-o", "whole")
        results = self.query("SELECT key, result FROM runs", "whole")
        self.write("step.py", KILLED_AT_A_STEP)
        out = self.folder / "out"
        for step in range(1, 300):
            shutil.rmtree(out, ignore_errors=True)
            (out / "spool").mkdir(parents=True)
            for key, result in results[1:]:
                (out / "spool" / f"{key}.json").write_text(result)
            command = ["/usr/bin/python3", "-B", self.folder / "step.py", str(step)]
            with self.start("sweep.yaml", "-o", "out", command=command) as process:
                err = process.communicate()[1]
            self.assertEqual(err, b"", step)
            self.assertGreaterEqual(keys_in(out), {key for key, _ in results[1:]}, step)
            survived = process.returncode == 0
            if not survived:
                self.assertEqual(process.returncode, -signal.SIGKILL)
                self.assertRegex(self.swept("sweep.yaml", "-o", "out"), "3 points, [23] done already, [01] to run\n")
            self.check_same("out", "whole", 3)
            self.assertEqual(sorted(path.name for path in out.iterdir()), [".lock", "results.csv", "results.sqlite"])
            if survived:
                break
        self.assertTrue(survived)
        self.assertGreater(step, 30)

    def check_same(self, one, other, count=POINTS):
        """Tables are byte for byte and row for row the same."""
        files = [self.folder / folder / "results.csv" for folder in (one, other)]
        self.assertEqual(files[0].read_bytes(), files[1].read_bytes())
        columns = [column for _, column, *_ in self.query("PRAGMA table_info(points)", one) if column != "key"]
        query = "SELECT " + ", ".join(f'"{column}"' for column in columns) + " FROM points"
        self.assertEqual(self.query(query, one), self.query(query, other))
        self.assertEqual(len(self.query("SELECT * FROM runs", one)), count)


class Again(SweepTest):
    def setUp(self):
        super().setUp()
        self.program = self.counting_program()

    def runs(self, *arguments):
        """Sweeps again, and returns how many runs were started."""
        before = len(self.started())
        self.swept("sweep.yaml", *arguments, program=self.program)
        return len(self.started()) - before

    def test_nothing_to_do(self):
        self.sweep_file()
        self.assertEqual([self.runs(), self.runs()], [6, 0])

    def test_tables_that_were_removed(self):
        self.sweep_file()
        self.runs()
        before = self.rows()
        (self.folder / "sweep.results" / "results.csv").unlink()
        self.assertEqual((self.runs(), self.rows()), (0, before))

    def test_fresh(self):
        self.sweep_file()
        self.assertEqual([self.runs(), self.runs("--fresh")], [6, 6])
        self.assertEqual(len(self.query("SELECT * FROM runs")), 6)

    def test_a_sweep_that_grew_or_shrank(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [2, 4]}\n")
        self.assertEqual(self.runs(), 2)
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, 3, 4], workload.dtype: [int8, bfloat16]}\n")
        self.assertEqual(self.runs(), 6)
        self.assertEqual([(row["point"], row["workload.batch"], row["workload.dtype"]) for row in self.rows()][2:5],
                         [("2", "2", "int8"), ("3", "2", "bfloat16"), ("4", "3", "int8")])
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [3]}\n")
        self.assertEqual(self.runs(), 0)
        self.assertEqual([row["workload.batch"] for row in self.rows()], ["3"])
        self.assertEqual([row[0] for row in self.query("SELECT point FROM points")], [0])
        self.sweep_file("base: small.yaml\ngrid: {workload.dtype: [int8], workload.batch: [4, 3, 2, 1]}\n")
        self.assertEqual(self.runs(), 0)

    def test_what_decides_the_numbers(self):
        """A comment in the scenario does not; any other change of it, of files that it refers to, of the devices' files
        and of the program's file does."""
        devices = self.write("devices.yaml", device_yaml("Mine"))
        self.sweep_file("base: small.yaml\nextra_archs: [devices.yaml]\n"
                        "cases: [{mapping.default: Mine, mapping.lm_head: Mine}, {mapping.default: H100, mapping.lm_head: H100}]\n")
        self.assertEqual(self.runs(), 2)
        self.scenario.write_text("# another\n" + self.scenario.read_text())
        self.assertEqual(self.runs(), 0)
        devices.write_text(device_yaml("Mine", tflops=8))
        self.assertEqual(self.runs(), 2)
        model = self.folder / "model.json"
        model.write_text(model.read_text().replace("500", "501"))
        self.assertEqual(self.runs(), 2)
        self.scenario.write_text(self.scenario.read_text().replace("prompt_tokens: 6", "prompt_tokens: 7"))
        self.assertEqual(self.runs(), 2)
        times = [row["time_s"] for row in self.rows()]
        self.program.write_text(self.program.read_text() + "# another build\n")
        self.assertEqual(self.runs(), 2)
        self.assertEqual([row["time_s"] for row in self.rows()], times)

    def test_another_folder(self):
        """What is known of a sweep is known of a copy of all its files."""
        self.sweep_file()
        self.runs()
        copy = self.folder / "copy"
        copy.mkdir()
        for name in ("model.json", "small.yaml", "sweep.yaml"):
            (copy / name).write_bytes((self.folder / name).read_bytes())
        before = len(self.started())
        self.assertIn("6 points, 6 done already", self.swept("copy/sweep.yaml", program=self.program))
        self.assertEqual(len(self.started()), before)


class TwoAtOnce(SweepTest):
    def test_the_second_is_refused(self):
        self.sweep_file()
        hold = self.counting_program(then=f"while ! [ -e {self.folder}/go ]; do sleep 0.01; done")
        with self.start("sweep.yaml", program=hold) as first:
            while not self.started():
                time.sleep(0.005)
            said = f"{self.folder}/sweep.results: another sweep writes to it; expected one at a time"
            self.check_refused(self.sweep("sweep.yaml"), said)
            self.check_refused(self.sweep("sweep.yaml", "--fresh"), said)
            self.assertIn("6 done", self.swept("sweep.yaml", "-o", "elsewhere"))
            self.write("go", "")
            self.assertEqual((first.communicate()[1], first.returncode), (b"", 0))
        self.assertEqual(len(self.rows()), 6)

    def test_nothing_outlives_a_sweep_that_is_killed(self):
        """Its runs end, and the next sweep gets the lock at once."""
        self.sweep_file()
        hold = self.counting_program(then="sleep 60")
        with self.start("sweep.yaml", program=hold) as first:
            while not self.started():
                time.sleep(0.005)
            descendants = descendants_of(first.pid)
            self.assertGreater(len(descendants), 1)
            first.kill()
            first.communicate()
        self.assertIn("6 points, 0 done already", self.swept("sweep.yaml"))
        wait_for_ends(descendants)

    def test_results_can_be_read_meanwhile(self):
        self.sweep_file(MANY)
        with self.start("sweep.yaml") as process:
            most = 0
            while process.poll() is None:
                most = max(most, len(keys_in(self.folder / "sweep.results")))
                time.sleep(0.01)
            self.assertEqual((process.communicate()[1], process.returncode), (b"", 0))
        self.assertGreater(most, 0)


class Interrupted(SweepTest):
    def interrupt(self, number, *arguments):
        """Sends a signal when five runs were started, and returns what the sweep says."""
        self.sweep_file(MANY)
        program = self.counting_program()
        with self.start("sweep.yaml", *arguments, program=program, start_new_session=True) as process:
            while len(self.started()) < 5:
                time.sleep(0.005)
            os.killpg(process.pid, number)
            out, err = process.communicate(timeout=30)
        return process.returncode, out.decode(), err.decode()

    def check(self, number, code):
        returned, out, err = self.interrupt(number, "-j", 1)
        self.assertEqual((returned, err), (code, ""))
        rows = self.rows()
        self.assertEqual(len(rows), POINTS)
        done = sum(row["status"] == "ok" for row in rows)
        self.assertTrue(3 <= done < POINTS, done)
        self.assertEqual({row["status"] for row in rows}, {"ok", "missing"})
        self.assertEqual({row["time_s"] for row in rows if row["status"] == "missing"}, {""})
        self.assertEqual(out.splitlines()[1],
                         f"{done} done, {POINTS - done} missing: {self.folder}/sweep.results/results.csv")
        self.assertEqual(self.query("SELECT count(result) FROM points WHERE status = 'ok'"), [(done,)])
        before = len(self.started())
        self.swept("sweep.yaml", program=self.folder / "counting")
        self.assertEqual(len(self.started()) - before, POINTS - done)
        self.assertEqual({row["status"] for row in self.rows()}, {"ok"})

    def test_control_c(self):
        self.check(signal.SIGINT, 130)

    def test_terminated(self):
        self.check(signal.SIGTERM, 143)

    def test_the_terminal_is_gone(self):
        self.check(signal.SIGHUP, 129)

    def test_a_signal_that_is_ignored_stays_so(self):
        """As nohup has it."""
        self.sweep_file(MANY)
        program = self.counting_program()
        with self.start("sweep.yaml", program=program,
                        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
            while len(self.started()) < 5:
                time.sleep(0.005)
            process.send_signal(signal.SIGHUP)
            self.assertEqual((process.communicate()[1], process.returncode), (b"", 0))
        self.assertEqual({row["status"] for row in self.rows()}, {"ok"})

    def test_control_c_while_points_are_checked(self):
        self.sweep_file()
        slow = self.executable("slow", f'[ "$1" != check ] || {{ touch {self.folder}/checking; exec sleep 60; }}\n'
                                       "echo upmem-des 0")
        with self.start("sweep.yaml", program=slow) as process:
            while not (self.folder / "checking").exists():
                time.sleep(0.005)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        self.assertEqual((process.returncode, out, err), (130, b"", b""))
        self.assertFalse((self.folder / "sweep.results").exists())

    def test_runs_do_not_go_on(self):
        self.sweep_file()
        hold = self.counting_program(then="sleep 60")
        with self.start("sweep.yaml", program=hold) as process:
            while not self.started():
                time.sleep(0.005)
            time.sleep(0.1)
            descendants = descendants_of(process.pid)
            self.assertGreater(len(descendants), 1)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        wait_for_ends(descendants)
        self.assertEqual({row["status"] for row in self.rows()}, {"missing"})
