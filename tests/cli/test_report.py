"""`report`: one result as `run` printed it, several side by side, and files that are no results."""

import gzip
import json
import os
import subprocess

from program import SCENARIOS, CliTest, messages, needs_page, unless_sanitized

EXPECTED = "expected a result, as `run --json` writes it"


class ReportTest(CliTest):
    def setUp(self):
        super().setUp()
        self.first = self.result_file("first.json")

    def result_file(self, name, *options):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        self.good("run", self.scenario, "-q", "--json", path, *options)
        return path

    def changed(self, **values):
        return self.write("changed.json", json.dumps({**json.loads(self.first.read_text()), **values}))


class OneResult(ReportTest):
    def test_is_the_summary_that_run_printed(self):
        for scenario in (self.scenario, *sorted(SCENARIOS.glob("machines/*.yaml"))):
            with self.subTest(scenario=scenario.name):
                file = self.folder / "r.json"
                printed = self.good("run", scenario, "--json", file)
                # What run says of itself, and not of the result.
                self.assertEqual(self.good("report", file), printed.split("\nwhat bounds so many events: --what-if ")[0])

    def test_of_a_pipe(self):
        line = '"$UPMEM_DES" run "$0" -q --what-if --json /dev/stdout | "$UPMEM_DES" report /dev/stdin'
        done = subprocess.run(["/bin/bash", "-c", line, str(self.scenario)], capture_output=True, check=False)
        self.assertEqual((done.returncode, messages(done.stderr)), (0, ""))
        self.assertEqual(done.stdout.decode(), self.good("run", self.scenario))

    def test_quiet_prints_nothing(self):
        self.assertEqual(self.good("report", "-q", self.first), "")
        self.assertEqual(self.good("report", "-q", self.first, self.first), "")

    def test_what_is_written_is_what_was_read(self):
        again = self.result_file("again.json")
        self.assertEqual(again.read_bytes(), self.first.read_bytes())


class Comparison(ReportTest):
    def test_is_that_of_compare_with(self):
        reference = self.result_file("reference.json", "--cost-model", "reference", "--set", "workload.logits=last")
        roofline = self.result_file("roofline.json")
        facts, table = self.good("report", roofline, reference).split("\n\n", 1)
        self.assertEqual(table, self.good("run", self.scenario, "-q", "--compare-with", "reference"))
        title = "small (workload.logits=last, simulation.cost_model=reference)"
        width = len(title)
        self.assertEqual(facts.splitlines(), [
            "all: model model, data type bfloat16, batch 2, schedule sequential, forward passes 3",
            f"#  result     {'scenario':{width}}  cost model  devices", "-" * (35 + width),
            f"1  roofline   {'small':{width}}  roofline    ideal", f"2  reference  {title}  reference   -"])

    def test_ratios_are_to_the_first(self):
        names = {"batch-4": 4, "batch-8": 8, "batch-16": 16}
        files = [self.result_file(f"{name}.json", "--set", f"workload.batch={n}") for name, n in names.items()]
        results = [json.loads(file.read_text()) for file in files]
        text = self.good("report", *files)
        self.assertRegex(text, r"(?m)^ +batch-4 +batch-8 +ratio +batch-16 +ratio$")
        for label, value in (("time", lambda result: result["time_s"]), ("power", lambda result: result["power_W"]),
                             ("energy", lambda result: result["energy_J"]),
                             ("tokens/s", lambda result: result["phases"]["decode"]["tokens_per_s"]),
                             ("prefill energy", lambda result: result["phases"]["prefill"]["energy_J"]["total"]),
                             ("TTFT", lambda result: result["time_to_first_token_s"]),
                             ("TPOT", lambda result: result["time_per_output_token_s"]),
                             ("per token of decode", lambda result: result["phases"]["decode"]["energy_per_token_J"]),
                             ("per token, prefill included", lambda result: result["energy_per_generated_token_J"])):
            base, *others = map(value, results)
            ratios = [f"{other / base:.4f}" for other in others]
            self.assertRegex(text, rf"(?m)^{label} .* {ratios[0]} .* {ratios[1]}$")

    def test_many_files_stay_within_120_columns(self):
        lines = self.good("report", *[self.first] * 64).splitlines()
        self.assertLessEqual(max(map(len, lines[1:])), 120, "but for what all have in common")
        self.assertEqual(sum(line.startswith("time ") for line in lines), 21, "63 others, three in each table")
        self.refused("report", *[self.first] * 65, saying="65 results; expected at most 64")

    def test_names_are_told_apart(self):
        other, long = self.result_file("x/first.json"), self.result_file("a-name-that-is-long.json")
        text = self.good("report", self.first, other, other, long)
        self.assertIn(f"{self.folder.name}/first", text)
        self.check_words(text, ("x/first", "x/first (2)", "4  a-name-that-is-long", "#4 a-name-that…"))

    def test_the_first_file_that_is_bad_is_told(self):
        self.refused("report", self.first, self.folder / "none.json", self.folder, saying="none.json: no such file")


class BadFiles(ReportTest):
    def refuse(self, file, saying, line=None):
        where = f"{file}:{line}" if line else file
        for arguments in ((file,), (self.first, file)):
            self.refused("report", *arguments, saying=(f"{where}: {saying}",))

    def test_that_are_no_files(self):
        self.refuse(self.folder / "none.json", "no such file")
        self.refuse(self.folder, f"a folder; {EXPECTED}")
        self.refuse("/dev/null", f"a device; {EXPECTED}")
        self.refuse("/dev/zero", f"a device; {EXPECTED}")
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        self.refuse(pipe, f"a pipe; {EXPECTED}")
        self.refused("report", "", saying="no such file")

    def test_that_are_no_results(self):
        whole = self.first.read_bytes()
        lines = whole.count(b"\n")
        too_large = whole.replace(b'"batch": 2', b'"batch": 1e400')
        for content, line, saying in ((b"", 1, f"empty; {EXPECTED}"),
                                      (whole[:-3], lines - 1, f"ends in the middle; {EXPECTED}"),
                                      (gzip.compress(whole), 1, f"compressed; {EXPECTED}"),
                                      (b"phase,kind\n", 1, f"not JSON at 'p'; {EXPECTED}"),
                                      (whole + whole, lines + 1, f"not JSON at '{{'; {EXPECTED}"),
                                      (too_large, too_large[:too_large.index(b"1e400")].count(b"\n") + 1,
                                       f"a number beyond 1.8e308; {EXPECTED}"),
                                      (b"[]", 1, "a list; expected an object"),
                                      (b"{}", None, "format: missing; expected a value"),
                                      (b"\x00\xff\n\x1b[31m", 1, f"not JSON at '\\u0000'; {EXPECTED}")):
            with self.subTest(saying=saying):
                self.refuse(self.write("bad.json", content), saying, line)

    def test_of_other_programs(self):
        self.refuse(self.changed(format="upmem-des-trace"), "format: not a result of this program", 1)
        self.refuse(self.changed(format="upmem-des-profile"), f"format: a measured run; {EXPECTED}", 1)
        self.refuse(self.changed(version=2), "version: unknown version; expected 1", 1)
        earlier = json.loads(self.first.read_text())
        del earlier["architectures"], earlier["operators"]
        self.refuse(self.write("earlier.json", json.dumps(earlier)),
                    'no "architectures" and "operators": a result of an earlier program; run the scenario again')

    def test_with_values_that_make_no_sense(self):
        count = "expected a whole number from 0 to 2^63 - 1"
        for values, saying in (({"batch": -1}, f"batch: -1; {count}"), ({"events": 1.5}, f"events: 1.5; {count}"),
                               ({"batch": 2**63}, f"batch: 9223372036854775808; {count}"),
                               ({"batch": 2**62}, "forward_passes: times the batch is more than 2^63 - 1 tokens"),
                               ({"time_s": "5\n\x1b[1m"},
                                "time_s: '5\\u000a\\u001b[1m'; expected a number from 0 to 1e100"),
                               ({"time_s": -0.5}, "time_s: -0.5; expected a number from 0 to 1e100"),
                               ({"time_s": 1e200}, "time_s: 1e+200; expected a number from 0 to 1e100"),
                               ({"time_s": 1e-320}, "power or tokens/s are beyond 1.8e308; expected a time to suit"),
                               ({"devices": []}, "devices: a list; expected an object"),
                               ({"operators": {}}, "operators: an object; expected a list"),
                               ({"dtype": "int9"}, "dtype: unknown dtype 'int9'; expected int4, int8")):
            with self.subTest(saying=saying):
                self.refuse(self.changed(**values), saying, None if saying.startswith("power") else 1)
        operators = json.loads(self.first.read_text())["operators"]
        self.refuse(self.changed(operators=[{**operators[0], "class": "liner"}]),
                    "operators[0].class: unknown class 'liner'; expected linear, attention, normalization, activation, "
                    "embedding, convolution, other; did you mean 'linear'?", 1)
        self.refuse(self.changed(operators=[{**operators[0], "architecture": "H100"}]),
                    "operators[0].architecture: no architecture 'H100' in \"architectures\"; expected one of ", 1)

    @unless_sanitized
    def test_that_are_huge_take_no_more_memory_than_there_is(self):
        few = ("/bin/bash", "-c", 'ulimit -v 400000; "$UPMEM_DES" report "$0"')
        file = self.write("wide.json", b"[" + b"[]," * 15_000_000 + b"[]]")
        done = subprocess.run([*few, str(file)], capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.check_messages(messages(done.stderr), ["error"])
        self.assertIn("out of memory", messages(done.stderr))


@needs_page
class Page(ReportTest):
    def test_targets_are_checked_first(self):
        page = self.folder / "page.html"
        self.assertEqual(self.good("report", self.first, "-q", "--html", page), "")
        self.assertIn("<html", page.read_text())
        page.unlink()
        bad = self.write("bad.json", "{}")
        self.refused("report", bad, "--html", self.folder / "none" / "p.html", saying="no such folder")
        self.refused("report", self.first, "--html", self.first, saying="is read by this command")
        self.refused("report", self.first, "--html", self.folder, saying="a folder")
        self.refused("report", bad, "--html", page, saying="format: missing")
        self.refused("report", self.first, "--html", "/dev/full", saying="No space left")

    def test_several_results(self):
        page = self.folder / "page.html"
        text = self.good("report", self.first, self.first, "--html", page)
        self.assertEqual(text, self.good("report", self.first, self.first))
        self.assertIn("first (2)", page.read_text())
