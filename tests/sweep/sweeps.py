"""Runs scripts/sweep in a folder of its own, and reads what it leaves."""

import csv
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from program import (PROGRAM, PROJECT, SCENARIOS, CliTest, Outcome, device_yaml, environment,  # noqa: E402, F401
                     parse_json)

SCRIPT = PROJECT / "scripts" / "sweep"
WORKER = f"/usr/bin/python3 -B {Path(__file__).resolve().parent}/process_worker.py"
SWEEP = """\
base: small.yaml
grid:
  workload.batch: [1, 2, 4]
  workload.dtype: [int8, bfloat16]
"""


class Started(subprocess.Popen):
    """As a context: a test that has failed does not wait for its process."""

    def __exit__(self, error, *rest):
        if error is not None:
            self.kill()
        super().__exit__(error, *rest)


class SweepTest(CliTest):
    """Each test has a folder with the small scenario."""

    def sweep_file(self, text=SWEEP, name="sweep.yaml"):
        return self.write(name, text)

    def start(self, *arguments, program=PROGRAM, command=(SCRIPT,), **options):
        words = [] if program is None else ["--program", program]
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return Started([*command, *map(str, arguments), *map(str, words)], cwd=self.folder, **options)

    def sweep(self, *arguments, **options):
        with self.start(*arguments, **options) as process:
            out, err = process.communicate()
        return Outcome(process.returncode, out.decode(), err.decode())

    def swept(self, *arguments, **options):
        """A sweep that must succeed without a word on standard error. Returns what it says."""
        outcome = self.sweep(*arguments, **options)
        self.assertEqual((outcome.code, outcome.err), (0, ""), outcome.out)
        return outcome.out

    def check_refused(self, outcome, *lines):
        """Exit code 2, nothing on standard output, and these lines on standard error."""
        self.assertEqual((outcome.code, outcome.out), (2, ""), outcome.err)
        self.assertEqual(outcome.err, "".join(f"sweep: {line}\n" for line in lines))

    def rows(self, folder="sweep.results"):
        with open(self.folder / folder / "results.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def database(self, folder="sweep.results"):
        return sqlite3.connect(self.folder / folder / "results.sqlite", timeout=60)

    def query(self, query, folder="sweep.results"):
        with closing(self.database(folder)) as database:
            return database.execute(query).fetchall()

    def executable(self, name, body):
        """A shell script in place of the program: it is started for each run."""
        path = self.write(name, f'#!/bin/sh\n[ "$1" != work ] || exec {WORKER} "$0" "$@"\n{body}\n')
        path.chmod(0o755)
        return path

    def counting_program(self, name="counting", then=":"):
        """A program between sweep and upmem-des: started() tells which runs it was started for. `then`: shell commands
        before a run."""
        log = self.folder / "started.log"
        return self.executable(name, f'[ "$1" != run ] || {{ for last; do :; done; echo "$last" >>{log}; {then}; }}\n'
                               f'exec {PROGRAM} "$@"')

    def started(self):
        """The key of each run that was started, in order."""
        log = self.folder / "started.log"
        return [Path(line).stem for line in log.read_text().splitlines()] if log.exists() else []


def keys_in(folder):
    """The keys of all results that lie in a folder's spool or store, also while a sweep writes there."""
    spool = {path.stem for path in (folder / "spool").glob("*.json")}
    store = folder / "results.sqlite"
    if not store.exists():
        return spool
    with closing(sqlite3.connect(store, timeout=60)) as database:
        try:
            return spool | {key for key, in database.execute("SELECT key FROM runs WHERE status = 'ok'")}
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return spool


def children_of(process):
    """Of all its threads; none of one that has ended, also in between."""
    children = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children += map(int, path.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            pass
    return children


def is_there(process):
    """Running, and not only waiting for its parent to ask how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
