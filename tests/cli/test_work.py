"""`upmem-des work`, by which scripts/sweep runs points: jobs on standard input, a forked process for each."""

import os
import resource
import signal
import subprocess
import time
import unittest
from pathlib import Path

from program import (PROGRAM, SANITIZER_NOTE, CliTest, device_yaml, environment, messages, parse_json, run,
                     unless_sanitized)
from test_endings import limited

LONGEST_S = 60
TOOK_TOO_LONG = -1


class RunningWorker:
    """As a context."""

    def __init__(self, *options, **streams):
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        self.process = subprocess.Popen([PROGRAM, "work", *map(str, options)], **streams)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()

    def give(self, *arguments):
        words = [os.fsencode(argument) for argument in arguments]
        self.process.stdin.write(b"%d\n" % len(words) + b"".join(word + b"\0" for word in words))
        self.process.stdin.flush()

    def answer(self):
        """The number of the job, its code and what it said."""
        number, code, length = map(int, self.process.stdout.readline().split())
        said = self.process.stdout.read(length)
        return number, code, SANITIZER_NOTE.sub(b"", said).decode(errors="surrogateescape")

    def close(self):
        """The exit code when no more jobs come, and what the worker said."""
        out, err = self.process.communicate(timeout=LONGEST_S)
        return self.process.returncode, out, messages(err)

    def children(self):
        return [int(child) for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
                .read_text().split()]


def wait_for(condition):
    until = time.monotonic() + LONGEST_S
    while not condition():
        if time.monotonic() > until:
            raise AssertionError("it never came to that")
        time.sleep(0.01)


def is_gone(pid):
    return not Path(f"/proc/{pid}").exists()


def opened_by(pid):
    """What a process has open, by descriptor; but for what it closes meanwhile."""
    opened = {}
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            opened[int(number)] = os.readlink(f"/proc/{pid}/fd/{number}")
        except FileNotFoundError:
            pass
    return opened


class WorkTest(CliTest):
    def test_answers_have_what_jobs_print(self):
        with RunningWorker("--keep-output") as worker:
            worker.give("run", self.scenario, "--json", "-")
            number, code, said, printed = map(int, worker.process.stdout.readline().split())
            self.assertEqual((number, code), (0, 0))
            worker.process.stdout.read(said)
            self.assertEqual(parse_json(worker.process.stdout.read(printed).decode()),
                             parse_json(self.good("run", self.scenario, "--json", "-")))

    def test_a_job_that_is_withdrawn_is_killed(self):
        with RunningWorker("--jobs", 2) as worker:
            worker.give(*self.long_run())
            wait_for(worker.children)
            worker.process.stdin.write(b"-5\n-0\n")
            worker.process.stdin.flush()
            self.assertEqual(worker.answer()[:2], (0, 128 + signal.SIGKILL))
            worker.give("run", self.scenario, "-q")
            self.assertEqual(worker.answer(), (1, 0, ""))

    def long_run(self):
        """Arguments of a run that nobody waits for."""
        scenario = self.small(workload="{ model: model.json, prompt_tokens: 64, output_tokens: 10000000 }")
        return "run", scenario, "-q", "--set", "simulation.segments=false"

    def child_of(self, worker, count=1):
        """Those that are there and lead their session."""
        wait_for(lambda: len(worker.children()) == count and
                 all(os.getsid(child) == child for child in worker.children()))
        return worker.children()


class Jobs(WorkTest):
    def test_they_are_runs(self):
        """The same file, exit code and message; the summary goes nowhere."""
        self.good("run", self.scenario, "--json", self.folder / "by_itself.json")
        with RunningWorker() as worker:
            worker.give("run", self.scenario, "--json", self.folder / "result.json")
            self.assertEqual(worker.answer(), (0, 0, ""))
            for number, arguments in enumerate((("run", "no.yaml"), ("run", self.scenario, "--set", "workload.batch=x"),
                                                ("nothing",), ("run", self.scenario, "--dtype", "x")), 1):
                worker.give(*arguments)
                alone = run(*arguments)
                self.assertEqual(worker.answer(), (number, alone.code, alone.err))
                self.assertEqual(alone.code, 2)
            self.assertEqual(worker.close(), (0, b"", ""))
        self.assertEqual((self.folder / "result.json").read_bytes(), (self.folder / "by_itself.json").read_bytes())

    def test_warnings_come_with_their_run(self):
        scenario = self.small(mapping="{ default: PIM-AI-4chip, nobody: H100 }")
        alone = self.warned("run", scenario)
        with RunningWorker() as worker:
            worker.give("run", scenario)
            self.assertEqual(worker.answer(), (0, 0, alone.err))
            worker.give("run", self.scenario)
            self.assertEqual(worker.answer(), (1, 0, ""))

    def test_any_name_of_a_file(self):
        name = os.fsencode(self.folder) + b"/\xff\n\"'.json"
        with RunningWorker() as worker:
            worker.give("run", self.scenario, "-q", "--json", name)
            self.assertEqual(worker.answer(), (0, 0, ""))
        self.assertTrue(os.path.exists(name))

    def test_files_that_change_between_jobs(self):
        """Nothing is taken from memory but what a file still holds."""
        devices = self.folder / "devices.yaml"
        results = []
        with RunningWorker() as worker:
            for number, tflops in enumerate((4, 8, 4)):
                devices.write_text(device_yaml("Mine", tflops=tflops))
                worker.give("run", self.scenario, "-q", "--extra-archs", devices, "--set", "mapping={default: Mine}",
                            "--json", self.folder / f"{number}.json")
                self.assertEqual(worker.answer(), (number, 0, ""))
                results.append((self.folder / f"{number}.json").read_text())
        self.assertEqual(results[0], results[2])
        self.assertNotEqual(results[0], results[1])

    def test_many_at_once(self):
        with RunningWorker("--jobs", 3) as worker:
            for number in range(40):
                worker.give("run", self.scenario, "-q", "--json", self.folder / f"{number}.json")
            answers = [worker.answer() for _ in range(40)]
        self.assertEqual(sorted(answers), [(number, 0, "") for number in range(40)])
        self.assertEqual(len({path.read_bytes() for path in self.folder.glob("[0-9]*.json")}), 1)

    def test_as_many_as_are_wanted(self):
        with RunningWorker("--jobs", 2) as worker:
            for _ in range(3):
                worker.give(*self.long_run())
            first, second = self.child_of(worker, 2)
            os.kill(first, signal.SIGKILL)
            self.assertEqual(worker.answer()[1], 137)
            self.assertIn(second, self.child_of(worker, 2))


class Apart(WorkTest):
    """What happens to one job is no other's concern."""

    def test_a_job_that_is_killed(self):
        # The address sanitizer would end in its own way where a signal tells of a segmentation fault.
        env = environment(ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0")
        for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM):
            with self.subTest(number), RunningWorker("--jobs", 2, env=env) as worker:
                worker.give(*self.long_run())
                os.kill(self.child_of(worker)[0], number)
                self.assertEqual(worker.answer()[:2], (0, 128 + number))
                worker.give("run", self.scenario, "-q")
                self.assertEqual(worker.answer(), (1, 0, ""))

    @unless_sanitized
    def test_out_of_memory(self):
        devices = 1024
        self.write("many.yaml", f"devices:\n  - {{ name: dev, architecture: H100, count: {devices} }}\n")
        many = self.write("many_devices.yaml", f"""\
workload: {{ model: model.json, prompt_tokens: 4, output_tokens: 1, batch: {devices} }}
platform: many.yaml
mapping: {{ default: {{ devices: dev, split: replicas }} }}
simulation: {{ schedule: dataflow, segments: false }}
""")
        with RunningWorker(preexec_fn=limited(resource.RLIMIT_AS, 400_000_000)) as worker:
            worker.give("run", many, "-q")
            number, code, said = worker.answer()
            self.assertEqual((number, code), (0, 1))
            self.check_messages(said, ["error"])
            self.assertIn("out of memory", said)
            worker.give("run", self.scenario, "-q")
            self.assertEqual(worker.answer(), (1, 0, ""))

    def test_a_time_limit(self):
        with RunningWorker("--jobs", 2, "--limit", 1) as worker:
            worker.give(*self.long_run())
            child, = self.child_of(worker)
            self.assertEqual(worker.answer(), (0, TOOK_TOO_LONG, ""))
            self.assertTrue(is_gone(child))
            worker.give("run", "no.yaml")
            self.assertEqual(worker.answer()[:2], (1, 2))

    def test_streams(self):
        """Nothing of the worker's own is open in a job."""
        with RunningWorker("--jobs", 2) as worker:
            for _ in range(2):
                worker.give(*self.long_run())
            for child in self.child_of(worker, 2):
                opened = opened_by(child)
                self.assertEqual([opened[0], opened[1]], ["/dev/null"] * 2)
                self.assertEqual([path for path in opened.values() if "memfd" in path], [opened[2]])
                self.assertFalse([path for path in opened.values() if path.startswith(("pipe:", "anon_inode:"))])


class Ends(WorkTest):
    def test_with_standard_input(self):
        """… the runs do, and the worker."""
        with RunningWorker("--jobs", 2) as worker:
            for _ in range(3):
                worker.give(*self.long_run())
            children = self.child_of(worker, 2)
            self.assertEqual(worker.close(), (0, b"", ""))
        self.assertTrue(all(map(is_gone, children)))

    def test_with_the_worker(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            with self.subTest(number), RunningWorker() as worker:
                worker.give(*self.long_run())
                child, = self.child_of(worker)
                worker.process.send_signal(number)
                self.assertEqual(worker.close(), (-number, b"", ""))
                wait_for(lambda: is_gone(child))

    def test_what_is_no_job(self):
        with RunningWorker() as worker:
            worker.process.stdin.write(b"run\n")
            code, out, err = worker.close()
        self.assertEqual((code, out, err), (
            2, b"", "upmem-des: error: standard input: 'run' is no number of arguments; expected a line with the number "
                    "of arguments, then each with a zero byte behind it\n"))


class Hidden(CliTest):
    def test_it_is_no_command_for_people(self):
        for option in ("--help", "--help-all"):
            self.assertNotRegex(self.good(option), r"(?m)^ *work\b|upmem-des work")
        self.assertNotIn("work,", self.refused("nothing"))
        self.assertIn("--limit SECONDS", self.good("work", "--help"))

    def test_bad_options(self):
        for option in ("--jobs", "--limit"):
            for value in ("0", "-1", "x", "10000001"):
                self.refused("work", f"{option}={value}", saying=option)


if __name__ == "__main__":
    unittest.main()
