"""--point-timeout: a point that takes too long is ended, with all that it has started, and has failed."""

import time

from sweeps import PROGRAM, SweepTest, is_there

SAID = "took longer than 1 s (--point-timeout)"


def living(log):
    """Which of the processes in a file are there."""
    return [pid for pid in log.read_text().split() if is_there(pid)]


class Slow:
    """For tests of each engine."""

    def make_slow_sweep(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, 4]}\n")
        self.log = self.folder / "children"

    def program_that_takes_long(self):
        """For batch 2 it starts a child and waits for it; neither heeds SIGTERM."""
        return self.executable("slow", f"""\
case "$1 $*" in "run "*batch=2*) [ -e {self.folder}/mended ] || {{
trap '' TERM; sh -c 'trap "" TERM; sleep 60; sleep 60' & echo $! $$ >>{self.log}; wait; }};; esac
exec {PROGRAM} "$@\"""")

    def check_timeout(self, *arguments, words=("sweep.yaml", "-o", "out")):
        """`words`: those that the engine's own tests do not add."""
        program = self.program_that_takes_long()
        began = time.monotonic()
        outcome = self.sweep(*words, "--point-timeout", 1, *arguments, program=program)
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual((outcome.code, outcome.err), (1, f"sweep: point 1 failed (workload.batch=2): {SAID}\n"))
        self.assertEqual([(row["status"], row["error"]) for row in self.rows("out")],
                         [("ok", ""), ("failed", SAID), ("ok", "")])
        self.assertEqual(living(self.log), [])
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         [".lock", "results.csv", "results.sqlite"])
        self.write("mended", "")
        self.assertIn("3 points, 2 done already, 1 to run\n",
                      self.swept(*words, "--point-timeout", 60, *arguments, program=program))


class PointTimeout(SweepTest, Slow):
    def test_here(self):
        self.make_slow_sweep()
        self.check_timeout("-j", 2)

    def test_bad_times(self):
        self.sweep_file()
        for text in ("0", "-1", "1.5", "x", "10000001", "", "9" * 3000):
            self.check_refused(self.sweep("sweep.yaml", f"--point-timeout={text}"), "argument --point-timeout: "
                               f"'{text}'; expected whole seconds from 1 to 10000000 (see 'sweep --help')")
