"""Runs tasks on other machines, over ssh, with GNU parallel.

The hosts share no files with this machine: program and inputs lie there at the same paths, results come back as text
(frames.py). --expect-inputs, which every task has, makes sure that a host's inputs are the same; a host that refuses a
task for this is not asked again as long as there are others."""

import math
import os
import re
import shutil
import sys
import tempfile
import time
from collections import deque
from itertools import islice
from pathlib import Path

from basics.counted import counted
from basics.script_name import script_name
from sweeping.engines.batches import estimated_time_s
from sweeping.engines.child import started
from sweeping.engines.frames import FrameReader, length_in_script, script
from sweeping.engines.hosts import PARALLEL, read_hosts, require_ssh, usable_hosts, write_hosts
from sweeping.engines.slurm_commands import output_of
from sweeping.errors import SweepError
from sweeping.screen import plain
from sweeping.tasks import error_message, write_error

TICK_S = 0.2
CHUNK_BYTES = 1 << 20
# What comes back of them lies in a file until all have: some 40 KB each.
MOST_AT_ONCE = 10_000
# An ssh connection takes some tenths of a second. What a connection runs has to fit into an argument.
BATCH_S = 5
BATCH_CHARACTERS = 20_000
BATCHES_PER_SLOT = 3
# The coordinator has checked all points: a host that takes one for bad input, or cannot start the program, differs.
HOST_DIFFERS = (2, 126, 127)


def prepare(options, program, folder):
    """Throws SweepError where there is no GNU parallel, no ssh, or none of the hosts can run the program."""
    yield from require_gnu_parallel()
    hosts = read_hosts(options.hosts)
    require_ssh(hosts)
    with tempfile.TemporaryDirectory(prefix="upmem-des-hosts-") as place:
        yield from usable_hosts(hosts, options.jobs, program, folder, Path(place))


def run(tasks, context):
    """Runs tasks on the hosts of --hosts. Yields at least every quarter of a second. Closed before its
    end, it ends the runs that are going on."""
    hosts = read_hosts(context.options.hosts)
    folder = context.folder / "spool" / "parallel"
    folder.mkdir(parents=True, exist_ok=True)
    runs = Runs(tasks, context, hosts, folder)
    runs.recover()
    try:
        yield from runs.rounds()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def require_gnu_parallel():
    """moreutils has another program of the same name. Yields while it thinks."""
    try:
        said = yield from output_of(["parallel", "--version"])
    except (OSError, SweepError):
        said = ""
    if not said.startswith("GNU parallel"):
        raise SweepError("--hosts: there is no GNU parallel; expected Debian's package parallel, or another GNU "
                         "parallel on the PATH")


class Runs:
    """Tasks that are to run, and what is known of hosts."""

    def __init__(self, tasks, context, hosts, folder):
        self.pending = {task.digest: task for task in tasks}
        self.refused = {}     # by digest: what a host that differs said of it
        self.differing = {}   # by login: the first thing that it refused
        self.unusable = set()
        self.context, self.hosts, self.folder = context, hosts, folder
        self.output, self.errors = folder / "output", folder / "errors"
        self.complaints = deque(maxlen=20)

    def rounds(self):
        """Runs all tasks, some thousands at a time, and again those that were lost, as long as that helps."""
        while self.pending:
            usable = yield from self.ask_hosts()
            same = [host for host in usable if host.login not in self.differing]
            before = len(self.pending), len(self.differing)
            yield from self.run_on(same or usable)
            if all(host.login in self.differing for host in usable):
                self.give_refused_up()
            if (len(self.pending), len(self.differing)) == before:
                said = f": {self.complaints[-1]}" if self.complaints else ""
                raise SweepError(f"--hosts: {counted(before[0], 'point')} came back from no host{said}")
            yield

    def ask_hosts(self):
        task = next(iter(self.pending.values()))
        usable, others = yield from usable_hosts(self.hosts, self.context.options.jobs, task.command[0],
                                                 task.working_folder, self.folder)
        for host, reason in others.items():
            if host not in self.unusable:
                self.unusable.add(host)
                warn(f"{host.name} is left out: {reason}")
        return usable

    def run_on(self, hosts):
        """Hands pending tasks to GNU parallel and takes in what comes back."""
        hosts_file, lines_file = self.folder / "hosts", self.folder / "lines"
        write_hosts(hosts_file, hosts)
        slots = sum(host.jobs for host in hosts)
        tasks = list(islice(self.pending.values(), MOST_AT_ONCE))
        lines_file.write_text("".join(script(batch) + "\0" for batch in batches(tasks, slots)),
                              encoding="utf-8", errors="surrogateescape")
        command = [*PARALLEL, "--null", "--line-buffer", "--tagstring", "{#}", "--sshloginfile", hosts_file]
        reader = FrameReader()
        with lines_file.open("rb") as lines, self.output.open("w+b") as out, self.errors.open("w+b") as err, \
                started(command, lines, out, err) as process, \
                self.output.open("rb") as results, self.errors.open("rb") as complaints:
            has_ended = False
            while not has_ended:
                has_ended = process.poll() is not None
                while data := results.read(CHUNK_BYTES):
                    self.take_all(reader.feed(data))
                self.take_complaints(complaints.read())
                remaining = [host for host in hosts if host.login not in self.differing]
                if remaining and len(remaining) < len(hosts):
                    hosts = remaining
                    write_hosts(hosts_file, hosts)
                yield
                time.sleep(0 if has_ended else TICK_S)

    def recover(self):
        """Takes the results that were printed before an earlier sweep was killed, and that it has not seen."""
        try:
            with self.output.open("rb") as results:
                reader = FrameReader()
                while data := results.read(CHUNK_BYTES):
                    self.take_all(frame for frame in reader.feed(data) if frame.is_result())
        except FileNotFoundError:
            pass

    def take_all(self, frames):
        for frame in frames:
            self.take(frame)

    def take(self, frame):
        task = self.pending.get(frame.digest)
        if task is None:
            return
        if frame.is_result():
            write_result(task, frame.result)
        elif frame.code in HOST_DIFFERS:
            name = frame.login.split()[-1] if frame.login else "a host"
            self.refused[frame.digest] = (frame.code, f"{name}: {error_message(frame.code, frame.message)}")
            if frame.login not in self.differing:
                self.differing[frame.login] = frame.digest
                warn(f"{name} differs, others are preferred: {error_message(frame.code, frame.message)}")
            return
        elif frame.code > 0:
            write_error(task.error_path, frame.code, frame.message)
        else:
            return
        del self.pending[frame.digest]

    def take_complaints(self, data):
        """Lines of GNU parallel, and those of ssh behind a tag; ssh ends its own with a carriage return."""
        for line in re.split("[\r\n]+", data.decode("utf-8", "replace")):
            if text := line.partition("\t")[2 if "\t" in line else 0].strip():
                self.complaints.append(text)

    def give_refused_up(self):
        for digest, (code, message) in self.refused.items():
            if task := self.pending.pop(digest, None):
                write_error(task.error_path, code, f"upmem-des: error: {message}")


def batches(tasks, slots):
    """Tasks in their order, cut where a batch would take too long, too many characters, or so many points that slots
    would stand idle at the end."""
    most_tasks = math.ceil(len(tasks) / (BATCHES_PER_SLOT * slots))
    empty = len(script([]))
    batch, time_s, characters = [], 0.0, empty
    for task in tasks:
        length = length_in_script(task)
        if batch and (len(batch) == most_tasks or time_s >= BATCH_S or characters + length > BATCH_CHARACTERS):
            yield batch
            batch, time_s, characters = [], 0.0, empty
        batch.append(task)
        time_s += estimated_time_s(task)
        characters += length
    if batch:
        yield batch


def write_result(task, text):
    aside = f"{task.json_path}.aside"
    with open(aside, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(aside, task.json_path)


def warn(message):
    print(plain(f"{script_name()}: warning: --hosts: {message}"), file=sys.stderr, flush=True)
