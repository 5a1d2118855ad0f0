"""What the engines for other machines are made of: batches, frames of text, Slurm's notation."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import types
import unittest
import unittest.mock
from dataclasses import replace
from pathlib import Path

from sweeps import is_there

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from sweeping.engines.batches import in_turn, wanted_count  # noqa: E402
from sweeping.engines.frames import Frame, FrameReader, script  # noqa: E402
from sweeping.engines.gnu_parallel import BATCH_CHARACTERS, Runs, batches  # noqa: E402
from sweeping.engines.slurm_array import check_options  # noqa: E402
from sweeping.engines.slurm_commands import indexes_of  # noqa: E402
from sweeping.errors import SweepError  # noqa: E402
from sweeping.shell import OTHER_PROGRAM  # noqa: E402
from sweeping.tasks import Context, Task  # noqa: E402


def task(number, command=("true",), events=0):
    return Task(f"{number:032x}-0123456789abcdef", [*command, "--json", "/spool/1.json"], "/spool/1.json",
                "/spool/1.error", events, "/")


class Batches(unittest.TestCase):
    def test_in_turn(self):
        self.assertEqual(in_turn([0, 1, 2, 3, 4, 5, 6], 3), [[0, 3, 6], [1, 4], [2, 5]])
        self.assertEqual(in_turn([0, 1], 3), [[0], [1]])

    def test_how_many(self):
        """0.05 s to start and a million events a second: 100 points of 950 000 events take 100 s."""
        tasks = [task(i, events=950_000) for i in range(100)]
        self.assertEqual(wanted_count(tasks, 30), 4)
        self.assertEqual(wanted_count(tasks, 30, least=7), 7)
        self.assertEqual(wanted_count(tasks, 0.1), 100)
        self.assertEqual(wanted_count(tasks[:3], 30, least=7), 3)

    def test_for_connections(self):
        """Short points: three batches for each of two slots. Long ones: none takes more than 5 s before its last
        point."""
        self.assertEqual([len(batch) for batch in batches([task(i) for i in range(12)], 2)], [2] * 6)
        self.assertEqual([len(batch) for batch in batches([task(i, events=2_950_000) for i in range(8)], 1)], [2] * 4)

    def test_for_arguments(self):
        """What a connection runs stays below the limit, unless one point alone is longer."""
        tasks = [task(i, ["true", "x" * (BATCH_CHARACTERS // 3)]) for i in range(30)]
        tasks.append(task(30, ["true", "x" * (2 * BATCH_CHARACTERS)]))
        found = list(batches(tasks, 1))
        self.assertEqual([each for batch in found for each in batch], tasks)
        self.assertEqual([len(batch) for batch in found], [2] * 15 + [1])
        for batch in found[:-1]:
            self.assertLessEqual(len(script(batch)), BATCH_CHARACTERS)


class Frames(unittest.TestCase):
    def test_there_and_back(self):
        """Through a real shell: results, exit codes, messages, and odd characters."""
        odd = "a 'b' \"c\" $HOME `id` \\ * {} %s é"
        tasks = [task(0, ["sh", "-c", f'printf "%s\\n" "$1" >"$3"', "sh", odd]),
                 task(1, ["sh", "-c", 'echo oops >&2; echo "$1" >&2; exit 3', "sh", odd]),
                 task(2, ["/nowhere/upmem-des"]),
                 task(3, ["sh", "-c", "kill -9 $$"]),
                 task(4, ["sh", "-c", 'printf "{}" >"$2"; echo on standard output', "sh"]),
                 task(5, ["sh", "-c", 'cat >"$2"', "sh"])]
        ran = subprocess.run(["sh", "-c", script(tasks)], input=b"of the batch", capture_output=True, check=True,
                             env={"PARALLEL_SSHLOGIN": "ssh -p 7 me@there", "PATH": "/usr/bin:/bin"})
        tagged = b"".join(b"1\t" + line + b"\n" for line in ran.stdout.split(b"\n")[:-1])
        frames = list(FrameReader().feed(tagged))
        self.assertEqual([(frame.digest, frame.code) for frame in frames],
                         list(zip([each.digest for each in tasks], [0, 3, 127, 137, 0, 0])))
        self.assertEqual({frame.login for frame in frames}, {"ssh -p 7 me@there"})
        self.assertEqual([frame.result for frame in frames], [odd + "\n", "", "", "", "{}", ""])
        self.assertEqual(frames[0].message, "")
        self.assertEqual(frames[1].message, f"oops\n{odd}")
        self.assertIn("/nowhere/upmem-des", frames[2].message)

    def test_another_program_and_a_time_limit(self):
        """A host that has another program gives no result; nor does a point that takes too long, or the next one's."""
        digest = hashlib.sha256(Path("/bin/sh").read_bytes()).hexdigest()[:16]
        tasks = [replace(task(number, ["/bin/sh", "-c", f'{first}; echo {{}} >"$2"', "sh"]), program_digest=given,
                         time_limit_s=limit)
                 for number, first, given, limit in ((0, "true", "0" * 16, None), (1, "sleep 60", digest, 1),
                                                     (2, "true", digest, 1))]
        ran = subprocess.run(["sh", "-c", script(tasks)], stdin=subprocess.DEVNULL, capture_output=True, check=True)
        frames = list(FrameReader().feed(b"".join(b"1\t" + line + b"\n" for line in ran.stdout.split(b"\n")[:-1])))
        self.assertEqual([(frame.code, frame.result.strip(), frame.message) for frame in frames], [
            (2, "", f"upmem-des: error: /bin/sh: {OTHER_PROGRAM}"),
            (124, "", "upmem-des: error: took longer than 1 s (--point-timeout)"), (0, "{}", "")])

    def test_runs_with_a_time_limit_end_with_their_shell(self):
        """GNU parallel ends process groups; a run is none of the shell's, and ends with it all the same."""
        with tempfile.TemporaryDirectory(prefix="upmem-des-parts-") as name:
            log = Path(name) / "pid"
            long = replace(task(0, ["/bin/sh", "-c", f"sleep 60 & echo $! $$ >{log}.new; mv {log}.new {log}; wait"]),
                           time_limit_s=60)
            for number in (signal.SIGHUP, signal.SIGTERM):
                with subprocess.Popen(["sh", "-c", script([long])], stdout=subprocess.DEVNULL,
                                      start_new_session=True) as process:
                    while not log.exists():
                        time.sleep(0.01)
                    os.killpg(process.pid, number)
                until = time.monotonic() + 60
                while any(map(is_there, log.read_text().split())):
                    self.assertLess(time.monotonic(), until)
                    time.sleep(0.02)
                log.unlink()

    def test_a_connection_that_is_gone(self):
        """Nothing is started where nobody reads any more."""
        with tempfile.TemporaryDirectory(prefix="upmem-des-parts-") as name:
            started = Path(name) / "started"
            reader, writer = os.pipe()
            os.close(reader)
            ran = subprocess.run(["sh", "-c", script([task(0, ["touch", str(started)])])], stdout=writer, check=False)
            os.close(writer)
            self.assertEqual(ran.returncode, -signal.SIGPIPE)
            self.assertFalse(started.exists())

    def test_whole_results_only(self):
        self.assertTrue(Frame("d", 0, "h", '{"a": 1}\n', "").is_result())
        for code, text in ((0, '{"a": 1'), (0, ""), (0, "1"), (1, "{}")):
            self.assertFalse(Frame("d", code, "h", text, "").is_result(), text)

    @staticmethod
    def lines_of(tag, number):
        digest = f"{number:032x}"
        return [f"{tag}\t{line}\n" for line in
                ("", f"upmem-des-sweep begin {digest}", f'{{"n": {number}, "m":', "\t1.5}", "",
                 f"upmem-des-sweep said {digest} 0 host", "", f"upmem-des-sweep end {digest}")]

    def test_mixed_and_cut_anywhere(self):
        """Lines of five connections in any order, in pieces of any size: all frames are found, whole."""
        dice = random.Random(1)
        for _ in range(200):
            queues = [[line for number in range(3) for line in self.lines_of(tag, 10 * tag + number)]
                      for tag in range(5)]
            text = ""
            while any(queues):
                text += dice.choice([queue for queue in queues if queue]).pop(0)
            reader, found, data = FrameReader(), [], text.encode()
            while data:
                size = dice.randint(1, 40)
                found += reader.feed(data[:size])
                data = data[size:]
            self.assertEqual(sorted(int(frame.digest, 16) for frame in found),
                             sorted(10 * tag + number for tag in range(5) for number in range(3)))
            for frame in found:
                self.assertEqual(frame.result, f'{{"n": {int(frame.digest, 16)}, "m":\n\t1.5}}\n')

    def test_lines_that_are_lost(self):
        """A connection that breaks, or a line that another's ran into: no frame is put together of what is left, and
        those after it are found."""
        lines = self.lines_of(1, 7) + self.lines_of(1, 8)
        for lost in range(8):
            found = list(FrameReader().feed("".join(lines[:lost] + lines[lost + 1:]).encode()))
            numbers = [int(frame.digest, 16) for frame in found]
            self.assertIn(8, numbers, lost)
            if lost in (1, 2, 3, 5, 7):
                self.assertFalse(any(frame.is_result() for frame in found if int(frame.digest, 16) == 7), lost)
        for end in range(8):
            found = list(FrameReader().feed("".join(lines[:end] + lines).encode()))
            self.assertEqual([int(frame.digest, 16) for frame in found], [7, 8], end)
            self.assertEqual(found[0].result, '{"n": 7, "m":\n\t1.5}\n', end)

    def test_what_is_no_frame(self):
        junk = ("welcome\n", "1\tLast login: yesterday\n", "1\tupmem-des-sweep end 00\n", "1\tupmem-des-sweep\n",
                "1\tupmem-des-sweep said 00 0 host\n", "\n", "1\tupmem-des-sweep begin\n")
        text = "".join(junk) + "".join(self.lines_of(1, 7))
        self.assertEqual([int(frame.digest, 16) for frame in FrameReader().feed(text.encode())], [7])


class Recovered(unittest.TestCase):
    def test_what_a_killed_sweep_left(self):
        """Whole results in GNU parallel's output are taken; refusals, half frames and what is not wanted are not."""
        with tempfile.TemporaryDirectory(prefix="upmem-des-parts-") as name:
            folder = Path(name)
            tasks = [Task(f"{number:032x}", ["true"], f"{folder}/{number}.json", f"{folder}/{number}.error", 0, "/")
                     for number in (7, 8, 9)]
            refused = [line.replace(" 0 host", " 2 host") for line in Frames.lines_of(2, 8)]
            lines = Frames.lines_of(1, 7) + refused + Frames.lines_of(3, 6) + Frames.lines_of(4, 9)[:-1]
            (folder / "output").write_text("".join(lines))
            runs = Runs(tasks, Context(folder, 1, None), [], folder)
            runs.recover()
            self.assertEqual(sorted(path.name for path in folder.iterdir()), ["7.json", "output"])
            self.assertEqual((folder / "7.json").read_text(), '{"n": 7, "m":\n\t1.5}\n')
            self.assertEqual(list(runs.pending), [task.digest for task in tasks[1:]])
            self.assertEqual((runs.refused, runs.differing), ({}, {}))


class Slurm(unittest.TestCase):
    def test_indexes(self):
        for text, expected in (("3", [3]), ("0-2", [0, 1, 2]), ("0-1,5%4", [0, 1, 5]), ("N/A", []), ("", [])):
            self.assertEqual(list(indexes_of(text)), expected, text)

    def test_a_job_that_has_to_wait_is_no_error(self):
        """What Slurm says of jobs that it keeps, and of such that it refuses; its list of errors has both."""
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}"):
            def says(text):
                sbatch = Path(folder) / "sbatch"
                sbatch.write_text(f"#!/bin/sh\necho 'sbatch: error: Batch job submission failed: {text}' >&2\nexit 1\n")
                sbatch.chmod(0o755)
                list(check_options(types.SimpleNamespace(slurm_options="--exclusive")))

            for text in ("Requested nodes are busy", "Required node not available (down, drained or reserved)",
                         "Requested partition configuration not available now", "Licenses currently unavailable"):
                with self.subTest(text):
                    says(text)
            for text in ("Requested node configuration is not available", "Invalid partition name specified",
                         "Required partition not available (inactive or drain)"):
                with self.subTest(text), self.assertRaises(SweepError) as raised:
                    says(text)
                self.assertEqual(str(raised.exception), f"--slurm: sbatch: Batch job submission failed: {text}")


if __name__ == "__main__":
    unittest.main()
