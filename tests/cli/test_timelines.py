"""What all timelines have in common: options, windows, whole files, bounded memory, equal with and without segments."""

import json
import math
import os
import resource
import shutil
import signal
import subprocess
import time
import unittest

import program
from program import CliTest, GOLDEN, PROJECT, SCENARIOS, SHIPPED

KINDS = {"--paje": "run.paje", "--perfetto": "run.json", "--simgrid-trace": "simgrid.paje"}
if program.HAS_PAGE:
    KINDS["--html"] = "run.html"
OURS = ("--paje", "--perfetto")
DUMP = shutil.which("pj_dump")


class Options(CliTest):
    def all_kinds(self):
        return [part for option, name in KINDS.items() for part in (option, self.folder / name)]

    def test_all_at_once(self):
        before = set(self.files())
        self.good("run", self.scenario, "-q", *self.all_kinds())
        self.assertEqual(set(self.files()) - before, {self.folder / name for name in KINDS.values()})
        for name in KINDS.values():
            self.assertGreater((self.folder / name).stat().st_size, 500, name)

    def test_a_timeline_changes_no_number(self):
        for scenario in (self.scenario, SCENARIOS / "machines" / "llama-2-7b_gpu-and-pim.yaml"):
            changes = ["--set", "workload.prompt_tokens=8", "--set", "workload.output_tokens=3"]
            without = self.result(scenario, *changes)
            within = self.result(scenario, *changes, *self.all_kinds())
            self.same_numbers(without, within, 1e-9)

    def test_windows_that_are_none(self):
        for window, problem in {
            "step=x": "'x' is no step", "steps=2..1": "runs backwards", "steps=1": "is no range", "": "",
            "time=1..2s": "'1' is no time", "time=2s..1s": "runs backwards", "stop=1": "unknown key 'stop'", "3": "'3'",
        }.items():
            if window:
                self.run_refused(self.scenario, "--paje", self.folder / "a.paje", "--timeline-window", window,
                                 saying=["--timeline-window: ", problem,
                                         "expected step=3, steps=0..2 or time=1ms..2.5ms"])

    def test_a_window_needs_something_to_cut(self):
        self.run_refused(self.scenario, "--timeline-window", "step=1",
                         saying="--timeline-window: there is no timeline to cut; expected --html, --perfetto or --paje")

    def test_a_window_with_nothing_in_it(self):
        said = "--timeline-window: nothing happens in step 7, so that the timeline is empty"
        arguments = ("run", self.scenario, "-q", "--paje", self.folder / "a.paje", "--timeline-window", "step=7")
        self.assertEqual(self.good(*arguments), "")
        self.warned("run", self.scenario, "--perfetto", self.folder / "b.json", "--timeline-window", "step=7",
                    saying=said)
        self.refused("run", self.scenario, "--strict", "--paje", self.folder / "c.paje", "--timeline-window", "step=7",
                     saying=said)

    def test_files_that_cannot_be_written(self):
        for option in KINDS:
            self.run_refused(self.scenario, option, self.folder / "no" / "such", saying="no such folder")
            self.run_refused(self.scenario, option, self.folder, saying="a folder; expected a file to write")
            self.run_refused(self.scenario, option, self.scenario, saying="is read by this command")

    def test_a_full_disk(self):
        for option in KINDS:
            self.refused("run", self.scenario, option, "/dev/full", saying="/dev/full: cannot be written")

    def test_one_file_for_two(self):
        self.run_refused(self.scenario, "--paje", self.folder / "a", "--perfetto", self.folder / "a",
                         saying="is named twice")

    @unittest.skipIf(program.HAS_PAGE, "this program has the page")
    def test_a_program_without_the_page(self):
        for arguments in (("run", self.scenario), ("report", self.scenario)):
            self.refused(*arguments, "--html", self.folder / "page.html",
                         saying="this program was built without the page (UPMEM_DES_PAGE)")

    def test_to_a_pipe(self):
        out = self.good("run", self.scenario, "-q", "--paje", "/dev/stdout")
        self.assertEqual(out, self.good("run", self.scenario, "-q", "--paje", "/dev/stdout"))
        self.assertTrue(out.startswith("%"))


class Segments(CliTest):
    def slices(self, scenario, segments):
        """Begin and length of every slice and value, in order, by its track and name."""
        written = self.folder / "run.json"
        self.good("run", scenario, "-q", "--set", f"simulation.segments={segments}", "--perfetto", written,
                  "--timeline-window", "steps=0..3")
        found = {}
        for event in json.loads(written.read_text())["traceEvents"]:
            if event["ph"] == "X":
                key = (event["pid"], event.get("tid"), event["name"])
                found.setdefault(key, []).append((event["ts"], event["dur"]))
        return {key: sorted(times) for key, times in found.items()}

    def test_timelines_are_equal_with_and_without(self):
        for scenario in SHIPPED:
            whole, pieces = self.slices(scenario, "true"), self.slices(scenario, "false")
            self.assertEqual({key: len(times) for key, times in whole.items()},
                             {key: len(times) for key, times in pieces.items()}, scenario)
            self.assertGreater(len(whole), 5)
            for key, times in whole.items():
                for one, other in zip(times, pieces[key]):
                    for expected, actual in zip(one, other):
                        # Files have ten digits of a microsecond.
                        self.assertTrue(math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-6),
                                        f"{scenario} {key}: {one} {other}")


class Windows(CliTest):
    def slices(self, window=None):
        cut = ["--timeline-window", window] if window else []
        self.good("run", self.scenario, "-q", "--perfetto", self.folder / "w.json", *cut)
        events = json.loads((self.folder / "w.json").read_text())["traceEvents"]
        return [(e["name"], e["ts"], e["dur"], e["args"]["step"]) for e in events
                if e["ph"] == "X" and "step" in e["args"]]

    def test_steps_are_cut_from_the_whole(self):
        whole = self.slices()
        self.assertEqual({step for *_, step in whole} - {-1}, {0, 1, 2})
        for window, steps in {"step=0": {0}, "step=2": {2}, "steps=0..1": {0, 1}, "steps=1..99": {1, 2}}.items():
            self.assertEqual(self.slices(window), [one for one in whole if one[3] in steps], window)

    def test_times_are_cut_from_the_whole(self):
        whole = self.slices()
        middle_us = whole[len(whole) // 2][1] + 0.0005
        before = self.slices(f"time=0..{middle_us:.4f}us")
        after = self.slices(f"time={middle_us:.4f}us..10s")
        self.assertEqual(before + after, whole)
        self.assertGreater(len(before), 10)
        self.assertGreater(len(after), 10)


class Golden(CliTest):
    def test_a_tiny_scenario(self):
        folder = GOLDEN / "timelines"
        for option, name in {"--paje": "tiny.paje", "--perfetto": "tiny.perfetto.json"}.items():
            written = self.folder / name
            self.good("run", folder / "tiny.yaml", "-q", option, written)
            self.assertEqual(written.read_text(), (folder / name).read_text(), name)


class Killed(CliTest):
    def long_run(self):
        kinds = [part for option, name in KINDS.items() for part in (option, self.folder / name)]
        return program.start("run", SCENARIOS / "llama-2-7b_4chip.yaml", "-q", "--set", "workload.output_tokens=20000",
                             "--json", self.folder / "run.result.json", *kinds)

    def test_a_run_that_is_killed_leaves_nothing(self):
        before = self.files()
        for how in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
            process = self.long_run()
            time.sleep(1.5)
            self.assertIsNone(process.poll(), "the run was over before it could be killed")
            process.send_signal(how)
            process.communicate()
            self.assertNotEqual(process.returncode, 0)
            self.assertEqual(self.files(), before, how)

    def test_old_files_stay(self):
        old = self.write("run.paje", "old")
        process = self.long_run()
        time.sleep(1)
        process.kill()
        process.communicate()
        self.assertEqual(old.read_text(), "old")


class Bounded(CliTest):
    @program.unless_sanitized
    def test_memory_does_not_grow_with_the_run(self):
        def most_KiB(tokens):
            """Of a child of a child, so that it is not the most of all children so far."""
            measure = ("import os,resource,subprocess,sys;"
                       "subprocess.run(sys.argv[1:],check=True);"
                       "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
            return int(subprocess.run(
                ["/usr/bin/python3", "-c", measure, program.PROGRAM, "run", str(SCENARIOS / "llama-2-7b_4chip.yaml"),
                 "-q", "--set", f"workload.output_tokens={tokens}",
                 *[part for option in KINDS if option != "--simgrid-trace" for part in (option, "/dev/null")]],
                check=True, capture_output=True).stdout)
        few, many = most_KiB(200), most_KiB(800)
        self.assertLess(many, few + 4096)


@unittest.skipIf(DUMP is None, "pj_dump is not installed")
class SimGridTrace(CliTest):
    def test_pj_dump_reads_it(self):
        for scenario in (self.scenario, SCENARIOS / "machines" / "llama-2-7b_gpu-and-pim.yaml"):
            self.good("run", scenario, "-q", "--set", "workload.prompt_tokens=8", "--set", "workload.output_tokens=2",
                      "--simgrid-trace", self.folder / "s.paje")
            done = subprocess.run([DUMP, self.folder / "s.paje"], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("bandwidth_used", done.stdout)
            self.assertIn("speed_used", done.stdout)


if __name__ == "__main__":
    unittest.main()
