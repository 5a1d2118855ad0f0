"""Ctrl-C, SIGTERM and SIGHUP end a sweep at once, whatever it waits for; what cannot be waited for is refused."""

import os
import signal
import socket
import subprocess
import time
import unittest

from sweeps import PROGRAM, PROJECT, SweepTest, is_there

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


class Hanging(SweepTest):
    """A program that starts another and waits for it."""

    def hanging(self, when):
        self.pids = self.folder / "pids"
        return self.executable("hanging", f"""\
if [ "$1" = {when} ]; then sleep 60 & echo $$ $! >{self.folder}/pids.new; mv {self.folder}/pids.new {self.pids}; wait; fi
exec {PROGRAM} "$@\"""")

    def check(self, when, *arguments):
        self.sweep_file()
        program = self.hanging(when)
        for number, code in SIGNALS.items():
            with self.subTest(number), self.start("sweep.yaml", *arguments, program=program) as process:
                while not self.pids.exists():
                    time.sleep(0.01)
                process.send_signal(number)
                began = time.monotonic()
                _, err = process.communicate(timeout=20)
                self.assertLess(time.monotonic() - began, 10)
                self.assertEqual((process.returncode, err), (code, b""))
                time.sleep(0.05)
                self.assertEqual([pid for pid in self.pids.read_text().split() if is_there(pid)], [])
                self.assertEqual(list(self.folder.glob("**/spool")), [])
                self.pids.unlink()

    def test_asked_for_its_version(self):
        self.check("--version")
        self.assertFalse((self.folder / "sweep.results").exists())

    def test_checking(self):
        self.check("check")
        self.assertFalse((self.folder / "sweep.results").exists())

    def test_checking_in_a_dry_run(self):
        self.check("check", "--dry-run")

    def test_running(self):
        self.check("run")
        self.assertIn("6 points, 0 done already, 6 to run\n", self.swept("sweep.yaml"))

    def test_a_run_that_leaves_something_behind(self):
        """In a session of its own, which holds standard error: nobody waits for that."""
        program = self.executable("leaving", f'[ "$1" != run ] || setsid sleep 20 &\nexec {PROGRAM} "$@"')
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1]}\n")
        began = time.monotonic()
        with self.start("sweep.yaml", program=program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            self.assertEqual(process.wait(60), 0)
        self.assertLess(time.monotonic() - began, 15)

    def test_gnu_parallel(self):
        tools = self.folder / "tools"
        tools.mkdir()
        self.write("hosts", ":\n")
        self.sweep_file()
        parallel = self.write("tools/parallel", f"#!/bin/sh\ntouch {self.folder}/asked\nsleep 60\n")
        parallel.chmod(0o755)
        path = {"env": {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}}
        with self.start("sweep.yaml", "--hosts", "hosts", **path) as process:
            while not (self.folder / "asked").exists():
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=10)
        self.assertEqual((process.returncode, err), (130, b""))


class NoFiles(SweepTest):
    """Pipes, sockets and devices are named, and not opened."""

    def setUp(self):
        super().setUp()
        self.sweep_file()
        self.pipe, self.socket = self.folder / "pipe", self.folder / "socket"
        os.mkfifo(self.pipe)
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(self.socket))

    def test_as_the_sweeps_file(self):
        for path, what in ((self.pipe, "a pipe"), (self.socket, "a socket"), ("/dev/zero", "a device")):
            self.check_refused(self.sweep(path, "-o", "out"), f"{path}: {what}; expected a sweep's file")

    def test_in_the_sweeps_file(self):
        for key, value, expected in (("base", "pipe", "base: a pipe: FILE; expected a scenario"),
                                     ("extra_archs", "[pipe]", "extra_archs[0]: a pipe: FILE; expected a device file")):
            base = "" if key == "base" else "base: small.yaml\n"
            self.sweep_file(f"{base}{key}: {value}\ngrid: {{workload.batch: [1]}}\n")
            said = expected.replace("FILE", str(self.pipe))
            self.check_refused(self.sweep("sweep.yaml"),
                               f"sweep.yaml:{1 + bool(base)}: {said}, relative to the sweep's file")

    def test_as_hosts(self):
        outcome = self.sweep("sweep.yaml", "--hosts", "pipe")
        self.assertEqual((outcome.code, outcome.err), (2, "sweep: pipe: a pipe; expected a file of hosts\n"))

    def test_in_the_output_folder(self):
        out = self.folder / "out"
        for name in ("results.csv", "results.sqlite", ".lock"):
            out.mkdir(exist_ok=True)
            os.mkfifo(out / name)
            self.check_refused(self.sweep("sweep.yaml", "-o", "out"), f"{out}/{name}: a pipe; expected a file to write")
            (out / name).unlink()

    def test_of_scripts_that_draw(self):
        for script, words, expected in (("plot", ("line", "pipe", "-x", "a", "-y", "b"), "a CSV file of scripts/sweep"),
                                        ("plot_timeline", ("pipe",), "a Paje trace")):
            outcome = self.sweep(*words, command=(PROJECT / "scripts" / script,), program=None)
            self.assertEqual(outcome, (2, "", f"{script}: pipe: a pipe; expected {expected}\n"))


class Inputs(SweepTest):
    def test_that_would_be_written(self):
        """The sweep's file, the scenario and others, whatever they are called."""
        out = self.folder / "out"
        out.mkdir()
        self.sweep_file("base: ../small.yaml\ngrid: {workload.batch: [1]}\n", "out/results.csv")
        said = "is read by this sweep, and would be written; expected another folder (-o)"
        self.check_refused(self.sweep("out/results.csv", "-o", "out"), f"{out}/results.csv: {said}")
        self.sweep_file("base: out/.lock\ngrid: {workload.batch: [1]}\n")
        (out / ".lock").symlink_to(self.scenario)
        self.check_refused(self.sweep("sweep.yaml", "-o", "out"), f"{out}/.lock: {said}")

    def test_a_link_for_the_table(self):
        """What it leads to is replaced, and the link stays."""
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1]}\n")
        (self.folder / "sweep.results").mkdir()
        link = self.folder / "sweep.results" / "results.csv"
        link.symlink_to(self.folder / "table.csv")
        self.swept("sweep.yaml")
        self.assertTrue(link.is_symlink())
        self.assertIn("workload.batch", (self.folder / "table.csv").read_text())


if __name__ == "__main__":
    unittest.main()
