"""scripts/plot_timeline: pictures of Paje timelines, and what it says of files that are none."""

import importlib.util
import re
import struct
import subprocess
import unittest

from program import PROJECT, SCENARIOS, CliTest, messages

SCRIPT = PROJECT / "scripts" / "plot_timeline"
HEADER = """\
%EventDef PajeDefineContainerType 0
% Alias string
% Type string
% Name string
%EndEventDef
%EventDef PajeDefineStateType 1
% Alias string
% Type string
% Name string
%EndEventDef
%EventDef PajeCreateContainer 2
% Time date
% Alias string
% Type string
% Container string
% Name string
%EndEventDef
%EventDef PajeDestroyContainer 3
% Time date
% Type string
% Name string
%EndEventDef
%EventDef PajePushState 4
% Time date
% Type string
% Container string
% Value string
%EndEventDef
%EventDef PajePopState 5
% Time date
% Type string
% Container string
%EndEventDef
0 m 0 machine
0 d m device
1 s d layer
2 0 root m 0 "a machine"
"""


def trace(devices, states, end=10):
    """`states`: (device, start, end, name), in order of time, one after the other."""
    lines = [f'2 0 d{i} d root "dev[{i}]"' for i in range(devices)]
    for device, start, stop, name in states:
        lines += [f'4 {start} s d{device} "{name}"', f"5 {stop} s d{device}"]
    return HEADER + "\n".join([*lines, *(f"3 {end} d d{i}" for i in range(devices)), f"3 {end} m root"]) + "\n"


@unittest.skipUnless(importlib.util.find_spec("matplotlib"), "python3-matplotlib is not installed")
class PlotTest(CliTest):
    def plot(self, *arguments):
        outcome = subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, cwd=self.folder, check=False,
                                 stdin=subprocess.DEVNULL)
        return outcome.returncode, outcome.stdout.decode(), messages(outcome.stderr)

    def picture(self, *arguments, prefix="timeline"):
        """The texts of the SVG; checks that both files are whole."""
        self.assertEqual((0, "", ""), self.plot(*arguments))
        png = (self.folder / f"{prefix}.png").read_bytes()
        self.assertEqual(b"\x89PNG\r\n\x1a\n", png[:8])
        self.assertGreater(struct.unpack(">I", png[16:20])[0], 1000, "pixels wide")
        svg = (self.folder / f"{prefix}.svg").read_text(encoding="utf-8")
        self.assertTrue(svg.rstrip().endswith("</svg>"))
        return re.findall(r"<text[^>]*>([^<]*)</text>", svg)

    def says(self, expected, *arguments):
        before = self.files()
        self.assertEqual((2, "", f"plot_timeline: {expected}\n"), self.plot(*arguments))
        self.assertEqual(before, self.files())


class Pictures(PlotTest):
    def test_of_a_run(self):
        self.good("run", self.scenario, "-q", "--paje", self.folder / "timeline.paje")
        texts = self.picture("timeline.paje")
        self.assertLessEqual({"small", "prefill", "decode", "PIM_AI_4chip", "HOST to PIM_AI_4chip", "linear",
                              "attention", "transfer"}, set(texts))
        self.assertTrue(any(re.fullmatch(r"time \((ns|µs|ms|s)\)", text) for text in texts), texts)

    def test_of_24_devices(self):
        self.good("run", SCENARIOS / "machines" / "llama-2-70b_24-dimms.yaml", "--set", "workload.prompt_tokens=4",
                  "--set", "workload.output_tokens=2", "-q", "--paje", self.folder / "timeline.paje",
                  "--timeline-window", "step=1")
        texts = self.picture("timeline.paje", "--title", "24 DIMMs, $1$ step")
        self.assertIn("24 DIMMs, $1$ step", texts)
        self.assertIn("streams that do the same are one row", texts)
        rows = [text for text in texts if "alike" in text and not text.startswith("HOST")]
        self.assertTrue(rows)
        self.assertLessEqual(len([text for text in texts if "dimm" in text]), 40)

    def test_goes_where_it_is_told(self):
        self.write("a.paje", trace(1, [(0, 0, 4, "first"), (0, 4, 10, "second")]))
        texts = self.picture("a.paje", "-o", "other", prefix="other")
        self.assertLessEqual({"a machine", "dev[0]", "first", "second", "time (s)"}, set(texts))
        self.assertEqual({"a.paje", "other.png", "other.svg"}, {path.name for path in self.files()} -
                         {"model.json", "small.yaml"})

    def test_shows_the_time_asked_for(self):
        self.write("timeline.paje", trace(1, [(0, 0, 4, "first"), (0, 4, 10, "second")]))
        self.assertNotIn("first", self.picture("timeline.paje", "--from", "5s"))
        self.assertNotIn("second", self.picture("timeline.paje", "--to", "3000 ms"))
        self.assertIn("time from 9 s on (ms)", self.picture("timeline.paje", "--from", "9s", "--to", "9.05s"))

    def test_many_short_states_are_drawn_together(self):
        states = [(0, i / 1000, (i + 1) / 1000, "a" if i % 3 else "b") for i in range(9000)]
        self.write("timeline.paje", trace(1, states))
        texts = self.picture("timeline.paje")
        self.assertIn("what is shorter than 10 ms is drawn together, in the colour of what takes most of it", texts)
        self.assertLess((self.folder / "timeline.svg").stat().st_size, 200_000)

    def test_what_is_too_much_is_counted(self):
        self.write("timeline.paje", trace(50, [(i, i / 6, (i + 1) / 6, "a") for i in range(50)]))
        texts = self.picture("timeline.paje")
        self.assertIn("10 more streams are not shown", texts)
        self.assertIn("dev[39]", texts)
        self.assertNotIn("dev[40]", texts)

    def test_the_same_trace_gives_the_same_bytes(self):
        self.write("timeline.paje", trace(2, [(0, 0, 4, "first"), (1, 4, 10, "second")]))
        pictures = []
        for _ in range(2):
            self.picture("timeline.paje")
            pictures.append([(self.folder / f"timeline.{kind}").read_bytes() for kind in ("png", "svg")])
        self.assertEqual(*pictures)


class BadInput(PlotTest):
    good_trace = trace(1, [(0, 0, 4, "first"), (0, 4, 10, "second")])

    def test_no_file(self):
        self.says("no.paje: no such file", "no.paje")
        self.write("run.paje", "")
        self.says("rum.paje: no such file; did you mean 'run.paje'?", "rum.paje")
        self.says(f"{self.folder}: Is a directory", self.folder)

    def test_no_trace(self):
        self.write("a.paje", "")
        self.says("a.paje: empty; expected a Paje trace", "a.paje")
        self.write("a.paje", "# only words\n")
        self.says("a.paje: no Paje trace: it defines no events", "a.paje")
        self.write("a.paje", '{"traceEvents": []}\n')
        self.says("a.paje: line 1: no Paje trace; expected %EventDef", "a.paje")
        self.write("a.paje", bytes(range(256)) * 10)
        code, out, err = self.plot("a.paje")
        self.assertEqual((2, ""), (code, out))
        self.assertRegex(err, r"\Aplot_timeline: a\.paje: line \d+: [^\x00-\x1f]+\n\Z")
        self.write("a.paje", b"a" * 3_000_000)
        self.says("a.paje: line 1: longer than any line of a Paje trace", "a.paje")
        self.write("a.paje", "%EventDef\n")
        self.says("a.paje: line 1: no definition of a Paje event", "a.paje")

    def test_no_states(self):
        self.write("a.paje", trace(1, []))
        self.says("a.paje: no states: nothing to draw", "a.paje")
        self.write("a.paje", self.good_trace)
        self.says("a.paje: no states between 20 s and 30 s", "a.paje", "--from", "20s", "--to", "30s")
        self.says("a.paje: nothing to draw between 3 s and 2 s", "a.paje", "--from", "3s", "--to", "2s")

    def test_a_trace_that_is_cut_off_anywhere(self):
        for end in range(len(HEADER), len(self.good_trace) - 2, 7):
            self.write("a.paje", self.good_trace[:end])
            with self.subTest(end=end):
                code, out, err = self.plot("a.paje")
                self.assertEqual((2, ""), (code, out))
                self.assertRegex(err, r"\Aplot_timeline: a\.paje: [^\x00-\x1f]+\n\Z")

    def test_events_that_do_not_fit(self):
        for line, problem in (("5 1 s d0", "a state of dev[0] ends that did not begin"),
                              ("4 -1 s d0 a", "the time runs backwards"),
                              ("4 nan s d0 a", "'nan' is no time"), ("9 1", "no event has the number '9'"),
                              ("4 1 s d9 a", "PajePushState has no 'd9' or names something that was not defined"),
                              ("4 1 s d0", "3 fields; expected 4 of PajePushState; is the file cut off?")):
            self.write("a.paje", HEADER + '2 0 d0 d root "dev[0]"\n' + line + "\n")
            self.says(f"a.paje: line {HEADER.count(chr(10)) + 2}: {problem}", "a.paje")
        self.write("a.paje", HEADER)
        self.says("a.paje: cut off: a machine does not end", "a.paje")

    def test_times_that_no_axis_can_show(self):
        self.write("t.paje", trace(1, [(0, 0, 1, "a")], end="1e308"))
        self.says("t.paje: line 41: '1e308' is no time", "t.paje")
        self.write("t.paje", trace(1, [(0, 0, 5e-324, "a")], end="5e-324"))
        self.says("t.paje: nothing to draw between 0 s and 4.94066e-324 s", "t.paje")

    def test_devices_with_odd_numbers(self):
        """Digits that are no numbers, and numbers of any length."""
        text = trace(3, [(0, 0, 1, "a"), (1, 1, 2, "a"), (2, 2, 3, "a")])
        for old, new in (("dev[0]", "dev²"), ("dev[1]", "dev" + "9" * 5000), ("dev[2]", "dev٣\x01")):
            text = text.replace(old, new)
        self.write("t.paje", text.replace('"device"', "route").replace(" m device", " m route"))
        self.assertEqual(self.plot("t.paje"), (0, "", ""))

    def test_output_that_is_the_trace(self):
        self.write("t.svg", trace(1, [(0, 0, 1, "a")]))
        self.says("t.svg: is what is to be drawn; expected another name with -o", "t.svg", "-o", "t")
        self.says("argument -o: '' ends in no name; expected the beginning of a file's name", "t.svg", "-o", "")

    def test_bad_options(self):
        self.write("a.paje", self.good_trace)
        self.says("argument --from: '5' is no time; expected a number with s, ms, us or ns", "a.paje", "--from", "5")
        self.says("argument --to: 'infs' is no time; expected a number with s, ms, us or ns", "a.paje", "--to", "infs")
        self.says("the following arguments are required: FILE")
        self.says("no/b.png: cannot be written: No such file or directory", "a.paje", "-o", "no/b")


if __name__ == "__main__":
    unittest.main()
