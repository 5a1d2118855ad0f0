"""The reports on calls: layers, functions, log and its summary, of a simulation and of a trace with measured times."""

import gzip
import json
import re
import subprocess

from program import GOLDEN, MIXTRAL, PROGRAM, SCENARIOS, SHIPPED, CliTest, messages, read_trace, run

OPTIONS = ("--print-log", "--print-log-summary", "--report-layers", "--report-functions")
UNITS = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9, "ps": 1e-12, "fs": 1e-15}

HEADER = {"format": "upmem-des-trace", "version": 1, "model": "by hand", "dtype": "float32", "batch": 1}


def event(seq, name, duration_ns=None, step=0, shape=(4, 2), kind="function", **others):
    """A line of a trace: `kind` layer or function, output like the input."""
    line = {"seq": seq, "kind": kind, "type": others.pop("type", name), "name": name, "id": others.pop("id", None),
            "phase": "decode" if step else "prefill", "step": step, "input_shape": list(shape),
            "weight_shape": [1, 1] if kind == "layer" else None, "output_shape": list(shape), **others}
    if duration_ns is not None:
        line.update(start_ns=seq * 10000, duration_ns=duration_ns)
    return line


# Prefill 4 µs and decode 6 µs; layer 1 ("body.act") 3 + 1 + 2 µs, layer 0 0.5 µs; functions 0.5 and 3 µs.
MEASURED = (
    event(0, "act", 3000, kind="layer", type="ReLU", id=1, path="body.act"),
    event(1, "norm", 500, kind="layer", type="BatchNorm", id=0),
    event(2, "softmax", 500),
    event(3, "act", 1000, 1, (1, 2), kind="layer", type="ReLU", id=1, path="body.act"),
    event(4, "add", 3000, 1, (1, 2)),
    event(5, "act", 2000, 2, (1, 2), kind="layer", type="ReLU", id=1, path="body.act"),
)
LAYERS = """\
layers in creation order, times measured on the CPU
  id  name        type       input      weight  output     calls     mean  in prefill  in decode    total  share
                                                                       µs          µs         µs       µs      %
  --------------------------------------------------------------------------------------------------------------
   0  norm        BatchNorm  [4, 2]     [1, 1]  [4, 2]         1  0.50000     0.50000          -  0.50000    5.0
   1  body.act    ReLU       [1..4, 2]  [1, 1]  [1..4, 2]      3   2.0000      3.0000     1.5000   6.0000   60.0
  --------------------------------------------------------------------------------------------------------------
      all layers                                               4                                   6.5000   65.0
"""
FUNCTIONS = """\
functions by type and name, times measured on the CPU
  type           name     input   output  calls     mean  in prefill  in decode    total  share
                                                      µs          µs         µs       µs      %
  ---------------------------------------------------------------------------------------------
  add            add      [1, 2]  [1, 2]      1   3.0000           -     3.0000   3.0000   30.0
  softmax        softmax  [4, 2]  [4, 2]      1  0.50000     0.50000          -  0.50000    5.0
  ---------------------------------------------------------------------------------------------
  all functions                               2                                   3.5000   35.0
"""
SUMMARY = """\
events by type and name, times measured on the CPU

prefill
  type       name     count     time  share     mean
                                  µs      %       µs
  --------------------------------------------------
  ReLU       act          1   3.0000   75.0   3.0000
  BatchNorm  norm         1  0.50000   12.5  0.50000
  softmax    softmax      1  0.50000   12.5  0.50000

decode
  type  name  count    time  share    mean
                         µs      %      µs
  ----------------------------------------
  ReLU  act       2  3.0000   50.0  1.5000
  add   add       1  3.0000   50.0  3.0000
"""


class Table:
    """A table of layers or functions, read back: cells by column, times in seconds."""

    def __init__(self, text):
        self.title, names, units, _, *rows = text.splitlines()
        *rows, rule, last = rows
        assert set(rule.strip()) == {"-"}, text
        self.columns = re.split(r" {2,}", names.strip())
        mean_unit, _, _, total_unit, percent = units.split()
        assert percent == "%"
        self.scales = {"mean": UNITS[mean_unit], "total": UNITS[total_unit]}
        self.rows = [dict(zip(self.columns, re.split(r" {2,}", row.strip()))) for row in rows]
        count, total, share = last.split()[-3:]
        self.calls = int(count)
        if total != "-":
            self.total_s, self.share = float(total) * self.scales["total"], float(share)

    def seconds(self, row, column):
        return float(row[column]) * self.scales[column]


class Simulated(CliTest):
    def tables(self, *arguments):
        layers = Table(self.good("run", *arguments, "-q", "--report-layers").removesuffix("\n"))
        functions = Table(self.good("run", *arguments, "-q", "--report-functions").removesuffix("\n"))
        return layers, functions

    def test_they_add_up_to_the_run(self):
        self.write("model.json", json.dumps(MIXTRAL))
        cases = [(self.scenario,), (self.scenario, "--set", "simulation.segments=false"),
                 (self.scenario, "--cost-model", "reference"), (self.scenario, "--set", "workload.sampling=true"),
                 (SCENARIOS / "llama-2-7b_mixed.yaml",)]
        for case in cases:
            with self.subTest(case=case):
                self.check_sums(self.result(*case), *self.tables(*case))

    def check_sums(self, result, layers, functions):
        lines = result["event_classes"]
        self.assertEqual(layers.calls + functions.calls, result["events"])
        for table, kind in ((layers, "layer"), (functions, "function")):
            self.assertIn("simulated", table.title)
            self.assertEqual(sum(int(row["calls"]) for row in table.rows), table.calls)
            self.assertEqual(table.calls, sum(line["count"] for line in lines if line["kind"] == kind))
            self.close(sum(table.seconds(row, "total") for row in table.rows), table.total_s, 1e-4, kind)
            for row in table.rows:
                self.assertIn(row["device"], result["devices"])
                self.close(table.seconds(row, "mean") * int(row["calls"]), table.seconds(row, "total"), 2e-4, row)
        # The transfer that ends the run is no call's.
        final_s = sum(line["time_s"] for line in lines if (line["kind"], line["name"]) == ("communication", "result"))
        self.close(layers.total_s + functions.total_s, result["time_s"] - final_s, 1e-4)
        self.close(layers.share + functions.share, 100, 1.1e-3)

    def test_layers_are_the_model_s(self):
        layers, functions = self.tables(self.scenario, "--set", "workload.detail=layers")
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", 6, "--output-tokens", 3,
                  "--batch", 2, "-o", self.folder / "t.jsonl")
        events = read_trace(self.folder / "t.jsonl")[1]
        expected = {line["id"]: line for line in events if line["kind"] == "layer"}
        self.assertEqual([int(row["id"]) for row in layers.rows], sorted(expected))
        for row in layers.rows:
            line = expected[int(row["id"])]
            self.assertEqual((row["name"], row["type"], row["calls"]), (line["path"], line["type"], "3"))
            self.assertEqual(row["weight"], str(line["weight_shape"]))
        self.assertEqual(layers.rows[0]["input"], "[2, 1..6]")
        # Two layers in each of three passes, over 6, 7 and 8 rows; 4 heads of width 16.
        row, = functions.rows
        self.assertEqual((row["type"], row["name"], row["input"], row["output"], row["calls"]),
                         ("scaled_dot_product_attention", "attn_output", "[2, 4, 6..8, 16]", "[2, 4, 1..6, 16]", "6"))

    def test_devices(self):
        scenario = self.small(mapping="\n  default: PIM-AI-4chip\n  lm_head: H100,t")
        layers, functions = self.tables(scenario, "--set", "workload.detail=layers")
        self.assertEqual({row["device"] for row in layers.rows if row["name"] != "lm_head"}, {"PIM_AI_4chip"})
        self.assertEqual([row["device"] for row in layers.rows if row["name"] == "lm_head"], ["H100"])
        self.assertEqual([row["device"] for row in functions.rows], ["PIM_AI_4chip"])

    def test_times_are_the_log_s(self):
        layers = ("--set", "workload.detail=layers")
        _, functions = self.tables(self.scenario, *layers)
        log = self.good("run", self.scenario, *layers, "-q", "--print-log")
        durations = [float(line.split()[1]) for line in log.splitlines() if " scaled_dot_product_attention " in line]
        self.close(functions.total_s, sum(durations), 1e-4)

    def test_several_reports_of_one_run(self):
        apart = [self.good("run", self.scenario, "-q", option) for option in OPTIONS]
        self.assertEqual(self.good("run", self.scenario, "-q", *OPTIONS), "".join(apart))
        self.assertEqual(self.good("run", self.scenario, *reversed(OPTIONS)),
                         "".join(apart) + self.good("run", self.scenario), "the summary follows")

    def test_the_output_says_that_it_is_simulated(self):
        for option in OPTIONS[1:]:
            self.assertIn("simulated", self.good("run", self.scenario, "-q", option))
        self.assertRegex(self.good("run", self.scenario), r"\A[^\n]+\nsimulated: model, bfloat16, batch 2, cost model ")

    def test_every_shipped_scenario(self):
        for scenario in SHIPPED:
            with self.subTest(scenario=scenario.name):
                layers, functions = self.tables(scenario)
                self.assertEqual(layers.calls + functions.calls, self.result(scenario)["events"])

    def test_measured_times_of_a_trace_are_not_shown(self):
        trace = self.write("t.jsonl", "".join(json.dumps(line) + "\n" for line in (HEADER, *MEASURED[:1])))
        scenario = self.write("traced.yaml", f"workload:\n  trace: {trace}\nmapping:\n  default: PIM-AI-4chip\n")
        layers = self.good("run", scenario, "-q", "--report-layers")
        self.assertIn("simulated", layers)
        self.assertNotIn("3.0000", layers)
        self.assertEqual(self.good("run", scenario, "-q", "--report-functions"),
                         "functions by type and name: none\n\n")


class Traced(CliTest):
    def trace(self, *events, name="t.jsonl"):
        text = "".join(json.dumps(line) + "\n" for line in (HEADER, *events))
        return self.write(name, gzip.compress(text.encode()) if name.endswith(".gz") else text)

    def show(self, *arguments):
        return self.good("trace", "show", *arguments)

    def test_each(self):
        for name in ("t.jsonl", "t.jsonl.gz"):
            trace = self.trace(*MEASURED, name=name)
            self.assertEqual(self.show(trace, "--report-layers"), LAYERS)
            self.assertEqual(self.show("--report-functions", trace), FUNCTIONS)
            self.assertEqual(self.show(trace, "--print-log-summary"), SUMMARY)

    def test_log(self):
        lines = self.show(self.trace(*MEASURED), "--print-log").splitlines()
        self.assertEqual(len(lines), 7)
        self.assertEqual(re.split(r" {2,}", lines[0].strip()),
                         ["start s", "duration s", "phase", "step type", "name", "input -> output"])
        self.assertEqual(lines[4].split(), ["0.000030000000", "1.000000e-06", "decode", "1", "ReLU", "body.act",
                                            "[1,", "2]", "->", "[1,", "2]"])

    def test_all_at_once(self):
        trace = self.trace(*MEASURED)
        log = self.show(trace, "--print-log")
        self.assertEqual(self.show(trace, *reversed(OPTIONS)), "\n".join((log, SUMMARY, LAYERS, FUNCTIONS)))

    def test_without_an_option_it_is_the_summary(self):
        self.check_words(self.show(self.trace(*MEASURED)), ("by hand", "measured time", "smallest input"))

    def test_without_times(self):
        trace = self.trace(event(0, "act", kind="layer", type="ReLU", id=7))
        self.assertEqual(self.show(trace, "--report-layers"), """\
layers in creation order, no call has a time
  id  name        type  input   weight  output  calls  mean  in prefill  in decode  total  share
                                                          s           s          s      s      %
  ----------------------------------------------------------------------------------------------
   7  act         ReLU  [4, 2]  [1, 1]  [4, 2]      1     -           -          -      -      -
  ----------------------------------------------------------------------------------------------
      all layers                                    1                                   -      -
""")
        self.assertEqual(self.show(trace, "--report-functions"), "functions by type and name: none\n")
        self.assertRegex(self.show(trace, "--print-log"), r"\n +- +- prefill +0 ReLU +act +\[4, 2\] -> \[4, 2\]\n\Z")
        self.assertIn("no call has a time", self.show(trace, "--print-log-summary"))

    def test_some_times(self):
        trace = self.trace(MEASURED[0], event(1, "act", kind="layer", type="ReLU", id=1))
        text = self.show(trace, "--report-layers")
        self.assertIn("times measured on the CPU; 1 of 2 calls without a time\n", text)
        self.assertRegex(text, r"\n +1 +body\.act +ReLU .* 2 +3\.0000 +3\.0000 +- +3\.0000 +100\.0\n")

    def test_times_of_any_size(self):
        for duration in (0, 1e-300, 1e20):
            trace = self.trace(event(0, "act", duration, kind="layer", type="ReLU", id=0), event(1, "add", duration))
            for option in OPTIONS:
                self.assertNotRegex(self.show(trace, option), r"(?i)\b(nan|inf)")

    def test_recorded_traces(self):
        trace = min(GOLDEN.rglob("*.jsonl.gz"), key=lambda path: path.stat().st_size)
        events = read_trace(trace)[1]
        layers = Table(self.show(trace, "--report-layers"))
        expected = [line for line in events if line["kind"] == "layer"]
        self.assertEqual([int(row["calls"]) for row in layers.rows],
                         [sum(line["id"] == at for line in expected)
                          for at in sorted({line["id"] for line in expected})])

    def test_bad_traces(self):
        whole = self.trace(*MEASURED).read_bytes()
        self.write("t.jsonl", whole[:-30])
        for option in OPTIONS[1:]:
            self.refused("trace", "show", self.folder / "t.jsonl", option, saying="t.jsonl:7: ")
            self.refused("trace", "show", self.folder / "none.jsonl", option, saying="no such file")
        outcome = run("trace", "show", self.folder / "t.jsonl", "--print-log")
        self.assertEqual(outcome.code, 2)
        self.check_messages(outcome.err, ["error"])
        self.assertEqual(outcome.out.count("\n"), 6, "what came before is shown: the header and five events")

    def test_a_full_disk(self):
        for option in OPTIONS:
            command = [PROGRAM, "trace", "show", self.trace(*MEASURED), option]
            with open("/dev/full", "wb") as full:
                done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2)
            self.check_messages(messages(done.stderr), ["error"])

    def test_only_show_reports(self):
        for option in OPTIONS:
            self.refused("trace", "--model", self.folder / "model.json", option, saying=option)
            self.refused("trace", "show", option, saying="FILE")
        self.refused("trace", "show", self.trace(*MEASURED), "--report-layer", saying="did you mean '--report-layers'?")
        self.refused("run", self.scenario, "--report-function", saying="did you mean '--report-functions'?")
