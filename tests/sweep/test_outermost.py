"""What is around every script: no traceback reaches a user."""

import os
import signal
import subprocess
import sys
import unittest

from sweeps import PROJECT, SweepTest

SCRIPTS = PROJECT / "scripts"
sys.path.insert(0, str(SCRIPTS))

# Buffered, as without the variable, where what is printed is written at the end.
os.environ.pop("PYTHONUNBUFFERED", None)

# A script that does what its argument says.
TRIED = f"""\
import sys
sys.path.insert(0, {str(SCRIPTS)!r})
from basics.outermost import run_script
from pictures.command import BadInput, run
import os, subprocess, time
def work():
    try:
        print("begun", flush=True)
        exec(sys.argv[1])
    finally:
        open("cleaned", "w").close()
sys.exit(run_script("tried", work))
"""
HELP = {"sweep": "usage: sweep ", "plot": "usage: plot ", "plot_timeline": "usage: plot_timeline "}


class Outermost(SweepTest):
    def setUp(self):
        super().setUp()
        self.write("tried.py", TRIED)

    def tried(self, code, **options):
        return self.sweep(code, command=("/usr/bin/python3", "-B", self.folder / "tried.py"), program=None, **options)

    def test_what_goes_wrong(self):
        for code, expected, said in (
                ("pass", 0, ""), ("sys.exit(3)", 3, ""),
                ("1 / 0", 1, "an error in the program: ZeroDivisionError: division by zero (<string>:1); "
                 "UPMEM_DES_TRACEBACK=1 shows where"),
                ("raise ValueError('a\\n\\x1bb\\u202e' + 'x' * 999)", 1, "an error in the program: ValueError: "
                 "a\\u000a\\u001bb\\u202e" + "x" * (500 - 17) + " (<string>:1); UPMEM_DES_TRACEBACK=1 shows where"),
                ("raise AssertionError", 1, "an error in the program: AssertionError (<string>:1); UPMEM_DES_TRACEBACK=1 "
                 "shows where"),
                ("raise MemoryError", 1, "out of memory"), ("import nothing_such", 2,
                                                            "the Python module nothing_such is missing"),
                ("open('/no/such')", 2, "/no/such: No such file or directory"),
                ("open(b'a\\xff')", 2, "a\\xff: No such file or directory"),
                ("raise OSError(28, 'No space left on device')", 2, "No space left on device"),
                ("subprocess.run(['false'], check=True)", 1, "false: exit code 1"),
                ("raise KeyboardInterrupt", 130, "")):
            with self.subTest(code):
                outcome = self.tried(code)
                self.assertEqual((outcome.code, outcome.err), (expected, f"tried: {said}\n" if said else ""))
                self.assertTrue((self.folder / "cleaned").exists())

    def test_with_a_traceback(self):
        outcome = self.tried("1 / 0", env={**os.environ, "UPMEM_DES_TRACEBACK": "1"})
        self.assertRegex(outcome.err, r"(?s)\ATraceback .*ZeroDivisionError: division by zero\ntried: an error in the "
                         r"program: [^\n]*\n\Z")

    def test_signals_clean_up(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.start("time.sleep(60)", command=("/usr/bin/python3", "-B", self.folder / "tried.py"),
                            program=None) as process:
                process.stdout.readline()
                process.send_signal(number)
                _, err = process.communicate(timeout=10)
            self.assertEqual((process.returncode, err), (128 + number, b""))
            self.assertTrue((self.folder / "cleaned").exists())
            (self.folder / "cleaned").unlink()

    def test_standard_output_that_is_gone(self):
        for code in ("pass", "print('x' * 100000)", "print('x')"):
            reader, writer = os.pipe()
            os.close(reader)
            outcome = self.start(code, command=("/usr/bin/python3", "-B", self.folder / "tried.py"), program=None,
                                 stdout=writer)
            os.close(writer)
            self.assertEqual((outcome.communicate()[1], outcome.returncode), (b"", 141))

    def test_standard_output_that_is_full(self):
        self.write("tried.py", TRIED.replace('print("begun", flush=True)', 'print("begun")'))
        with open("/dev/full", "wb") as full:
            outcome = self.start("pass", command=("/usr/bin/python3", "-B", self.folder / "tried.py"), program=None,
                                 stdout=full)
            self.assertEqual((outcome.communicate()[1], outcome.returncode),
                             (b"tried: standard output: cannot be written\n", 2))


class Scripts(SweepTest):
    def shell(self, line):
        return subprocess.run(["/bin/bash", "-c", line], cwd=self.folder, capture_output=True, text=True, check=False,
                              env={**os.environ, "SCRIPTS": str(SCRIPTS)})

    def test_each_has_it(self):
        for path in SCRIPTS.iterdir():
            if path.is_file() and path.read_bytes().split(b"\n", 1)[0].find(b"python") > 0:
                self.assertRegex(path.read_text(), r"(?m)^    sys\.exit\(run(_script)?\(", path)

    def test_help(self):
        for name, usage in HELP.items():
            self.assertTrue(self.shell(f"$SCRIPTS/{name} --help").stdout.startswith(usage))
            done = self.shell(f"$SCRIPTS/{name} --help | true; echo ${{PIPESTATUS[0]}}")
            self.assertIn(done.stdout, ("0\n", "141\n"))
            self.assertEqual(done.stderr, "")
            done = self.shell(f"$SCRIPTS/{name} --help >/dev/full")
            self.assertEqual((done.returncode, done.stderr), (2, f"{name}: standard output: cannot be written\n"))

    def test_streams_that_are_closed(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1]}\n")
        program = f"--program {os.environ['UPMEM_DES']}"
        for number, closed in enumerate(("<&-", ">&-", "2>&-", "<&- >&- 2>&-")):
            done = self.shell(f"$SCRIPTS/sweep sweep.yaml -o out{number} {program} {closed}")
            self.assertEqual((done.returncode, done.stderr), (0, ""), closed)
            self.assertEqual(len(self.rows(f"out{number}")), 1)
            self.assertEqual(self.shell(f"$SCRIPTS/sweep no.yaml {closed}").returncode, 2)

    def test_a_sweep_goes_on_where_its_words_go_nowhere(self):
        self.sweep_file()
        program = f"--program {os.environ['UPMEM_DES']}"
        done = self.shell(f"$SCRIPTS/sweep sweep.yaml {program} | true; echo ${{PIPESTATUS[0]}}")
        self.assertEqual((done.stdout, done.stderr), ("0\n", ""))
        done = self.shell(f"$SCRIPTS/sweep sweep.yaml {program} -o full >/dev/full; echo $?")
        self.assertEqual((done.stdout, done.stderr), ("0\n", "sweep: standard output: cannot be written\n"))
        self.assertEqual(len(self.rows("full")), 6)

    def test_warnings_are_errors(self):
        """No script uses what Python is about to drop."""
        for name in HELP:
            done = self.shell(f"/usr/bin/python3 -B -W error -X utf8 $SCRIPTS/{name} --help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2]}\n")
        program = f"--program {os.environ['UPMEM_DES']}"
        done = self.shell(f"/usr/bin/python3 -B -W error $SCRIPTS/sweep sweep.yaml -q {program}")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
