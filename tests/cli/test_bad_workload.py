"""Models and traces that cannot be used, through `run`: one line, exit code 2, nothing written."""

import gzip
import json
import mmap
import os
import re

from program import GOLDEN, MODEL, SANITIZED, CliTest, messages, run, start

HEADER = {"format": "upmem-des-trace", "version": 1, "model": "tiny", "dtype": "bfloat16", "batch": 2, "source": "test"}
TRACE_SCENARIO = "name: traced\nworkload: {{ trace: {name}{more} }}\nmapping: {{ default: PIM-AI-4chip }}\n"


def layer(seq, /, name="lm_head", **changes):
    event = {"seq": seq, "kind": "layer", "type": "Linear", "name": name, "id": 1, "phase": "prefill", "step": 0,
             "input_shape": [2, 3, 8], "weight_shape": [8, 5], "output_shape": [2, 3, 5], **changes}
    return {key: value for key, value in event.items() if value is not ...}


def function(seq, type_, shape, **changes):
    return layer(seq, kind="function", type=type_, name=type_, id=None, weight_shape=None, input_shape=shape,
                 output_shape=shape, **changes)


def lines(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects)


class TraceTest(CliTest):
    def traced(self, text, name="t.jsonl", more=""):
        self.write(name, text)
        return self.write("s.yaml", TRACE_SCENARIO.format(name=name, more=more))

    def bad(self, text, *saying, name="t.jsonl", more=""):
        with self.subTest(text=text[:300]):
            for cost_model in ("roofline", "reference"):
                self.run_refused(self.traced(text, name, more), "--cost-model", cost_model, saying=saying)


class ChangingTrace(TraceTest):
    """A trace that changes while it is simulated: the log, which nobody reads, holds the program up."""

    EVENTS = 4_000

    def simulated(self, change, saying):
        trace = self.folder / "t.jsonl"
        scenario = self.traced(lines(HEADER, *(layer(i, step=i, phase="decode" if i else "prefill")
                                               for i in range(self.EVENTS))))
        written = [self.folder / name for name in ("r.json", "r.csv", "t.paje", "t.perfetto")]
        inputs = re.search("inputs ([0-9a-f]{32})", self.good("check", scenario)).group(1)
        with self.subTest(saying=saying), \
                start("run", scenario, "--print-log", "--json", written[0], "--csv", written[1], "--paje", written[2],
                      "--perfetto", written[3], "--expect-inputs", inputs) as process:
            self.assertTrue(process.stdout.read(1))
            change(trace)
            err = messages(process.communicate()[1])
            if not saying:
                self.assertEqual((process.returncode, err), (0, ""))
                return
            self.assertEqual(process.returncode, 2)
            self.check_messages(err, ["error"])
            self.check_words(err, saying)
            for path in written:
                self.assertFalse(path.exists(), path)

    def test_it_fails(self):
        def in_place(trace):
            with open(trace, "r+b") as file:
                file.seek(-40, os.SEEK_END)
                file.write(b"1")

        def by_mapping(trace):
            with open(trace, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
                mapped[-100:-99] = b"?"

        def append(trace):
            with open(trace, "ab") as file:
                file.write(b"\n")

        for change in (in_place, by_mapping, append, lambda trace: os.truncate(trace, trace.stat().st_size - 200),
                       lambda trace: os.truncate(trace, 10)):
            self.simulated(change, "t.jsonl: its contents have changed since they were checked; expected a file that "
                                   "stays as it is until the run ends")

    def test_what_takes_its_name_is_another_file(self):
        def replace(trace):
            other = self.write("other", "not a trace")
            os.rename(other, trace)
        self.simulated(replace, "")


class ManyNames(TraceTest):
    """A result that is written can be read; memory has a bound."""

    def named(self, count):
        return self.traced(lines(HEADER, *(layer(i, name=f"layer_{i}", id=i) for i in range(count))))

    def test_up_to_the_limit_report_reads_what_run_wrote(self):
        target = self.folder / "r.json"
        self.run_limited("run", self.named(50_000), "-q", "--json", target)
        self.run_limited("report", target)

    def test_beyond_it_nothing_runs(self):
        for count in (50_001, 200_000):
            scenario = self.named(count)
            err = self.run_limited("run", scenario, "--json", self.folder / "r.json", code=2)
            self.check_words(err, f"{scenario}:2: events of more than 50000 kinds, each with a type and a name of its "
                                  "own; expected those of one network")
            self.assertFalse((self.folder / "r.json").exists())

    def run_limited(self, *arguments, code=0):
        """Runs within 768 MiB of memory that is really used."""
        with start(*arguments) as process:
            err = messages(process.stderr.read())
            process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, code, err)
        if not SANITIZED:
            self.assertLess(used.ru_maxrss, 768 * 1024)
        return err


class Files(TraceTest):
    def test_missing_and_empty(self):
        self.run_refused(self.scenario, "--set", "workload.model=none.json", saying=("workload.model", "no such file"))
        self.run_refused(self.small(workload="{ trace: none.jsonl }"), saying=("workload.trace", "no such file"))
        self.run_refused(self.scenario, "--set", f"workload.model={self.folder}", saying="folder")
        self.run_refused(self.small(workload=f"{{ trace: {self.folder} }}"), saying="folder")
        self.bad("", "t.jsonl", "empty")
        self.bad("", "t.jsonl.gz", name="t.jsonl.gz")
        self.write("model.json", "")
        self.run_refused(self.scenario, saying=("model.json", "empty"))

    def test_a_trace_is_a_regular_file(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for trace, saying in ((pipe, "pipe: a pipe; expected a trace file"),
                              ("/dev/zero", "/dev/zero: a device; expected a trace file")):
            self.run_refused(self.small(workload=f"{{ trace: {trace} }}"), saying=saying)
            for option in ((), ("--report-layers",)):
                self.refused("trace", "show", trace, *option, saying=saying)

    def test_a_cut_model(self):
        text = json.dumps(MODEL)
        for length in range(1, len(text), 9):
            self.write("model.json", text[:length])
            self.run_refused(self.scenario, saying="model.json")

    def test_a_cut_gzip_file(self):
        packed = (GOLDEN / "tiny_gqa_kv2_window4" / "trace.jsonl.gz").read_bytes()
        for length in (1, 5, 11, len(packed) // 2, len(packed) - 9, len(packed) - 1):
            self.bad(packed[:length], "t.jsonl.gz", name="t.jsonl.gz")
        broken = bytearray(packed)
        broken[len(packed) // 2] ^= 0xff
        self.bad(bytes(broken), "t.jsonl.gz", name="t.jsonl.gz")

    def test_a_cut_line(self):
        text = lines(HEADER, layer(0))
        self.bad(text[:-10], "t.jsonl:2")
        self.bad(text[:40], "t.jsonl:1")
        self.bad(gzip.compress(text[:-10].encode()), "t.jsonl.gz:2", name="t.jsonl.gz")

    def test_a_header_alone_is_no_workload_or_an_empty_one(self):
        outcome = run("run", self.traced(lines(HEADER)), "-q", "--json", "/dev/stdout")
        self.assertIn(outcome.code, (0, 2))
        self.assertNotIn("nan", outcome.out.lower())

    def test_headers(self):
        self.bad(lines(layer(0)), "t.jsonl:1")
        for change in ({"format": "other"}, {"version": 2}, {"dtype": "int3"}, {"batch": 0}, {"batch": -1},
                       {"batch": "2"}, {"surprise": 1}):
            self.bad(lines({**HEADER, **change}, layer(0)), "t.jsonl:1", *change)

    def test_the_batch_is_the_trace_s(self):
        text = lines(HEADER, layer(0))
        self.assertEqual(self.result(self.traced(text, more=", batch: 2"))["batch"], 2)
        self.bad(text, "s.yaml:2: workload.batch", "3 rows", "2", more=", batch: 3")

    def test_what_only_a_model_has(self):
        for key in ("prompt_tokens: 3", "output_tokens: 3", "attention: sdpa", "logits: all", "sampling: true"):
            self.bad(lines(HEADER, layer(0)), "workload." + key.split(":")[0], "does not go with a trace",
                     more=", " + key)


class Events(TraceTest):
    def test_a_good_one(self):
        self.assertEqual(self.result(self.traced(lines(HEADER, layer(0), layer(1, x_note="ours"))))["events"], 2)

    def test_order(self):
        self.bad(lines(HEADER, layer(1)), "t.jsonl:2", "seq", "expected 0")
        self.bad(lines(HEADER, layer(0), layer(0)), "t.jsonl:3", "seq", "expected 1")
        self.bad(lines(HEADER, layer(0, phase="decode", step=2), layer(1, phase="decode", step=1)), "t.jsonl:3", "step")
        self.bad(lines(HEADER, layer(0, phase="decode")), "phase")

    def test_shapes(self):
        for change in ({"weight_shape": [8]}, {"weight_shape": None}, {"weight_shape": [8, 5, 1]}, {"input_shape": []},
                       {"input_shape": [2, 3, 7]}, {"output_shape": [2, 3, 6]}, {"input_shape": [2, -3, 8]},
                       {"input_shape": [2, 3.5, 8]}, {"input_shape": "all"}, {"weight_shape": [0, 5]},
                       {"input_shape": [1] * 100 + [8]}):
            self.bad(lines(HEADER, layer(0, **change)), "t.jsonl:2", *change)
        self.bad(lines(HEADER, function(0, "scaled_dot_product_attention", [8])), "t.jsonl:2", "wrong shape rank")
        self.bad(lines(HEADER, function(0, "matmul", [])), "t.jsonl:2", "wrong shape rank")

    def test_claimed_sizes(self):
        for size in (2147483648, 10**15, 10**30):
            self.bad(lines(HEADER, layer(0, input_shape=[2, size, 8], output_shape=[2, size, 5])), "t.jsonl:2",
                     "input_shape")
            self.bad(lines(HEADER, layer(0, weight_shape=[8, size], output_shape=[2, 3, size])), "t.jsonl:2", "_shape")

    def test_fields(self):
        for change in ({"kind": "lair"}, {"phase": "warmup"}, {"name": ""}, {"type": 3}, {"surprise": 1}, {"id": -1},
                       {"name": ...}, {"seq": ...}, {"duration_ns": -1}, {"deps": [0]}, {"kv_length": -1}):
            self.bad(lines(HEADER, layer(0, **change)), "t.jsonl:2", *change)
        self.bad(lines(HEADER) + "[1]\n", "t.jsonl:2")
        self.bad(lines(HEADER) + "\n" + lines(layer(0)), "t.jsonl:2")
        self.bad(lines(HEADER) + '{"seq":0,"seq":0}\n', "t.jsonl:2", "seq")

    def test_operators_without_a_rule(self):
        self.bad(lines(HEADER, layer(0), function(1, "matmlu", [2, 3])), "'matmlu'", "event 1")
        scenario = self.traced(lines(HEADER, layer(0, type="Linaer")))
        self.run_refused(scenario, saying=("'Linaer'", "did you mean 'Linear'?"))
        # The published formulas take any layer that they do not name for a plain one.
        self.assertEqual(self.result(scenario, "--cost-model", "reference")["events"], 1)

    def test_messages_are_one_line_whatever_the_names_hold(self):
        nasty = "a\nupmem-des: error: b\x1b[31m\x07\x7f\r"
        self.bad(lines(HEADER, function(0, nasty, [2, 3])), "a\\u000aupmem-des")
        self.bad(lines({**HEADER, "dtype": nasty}, layer(0)), "dtype")
        self.bad(lines(HEADER, layer(0, **{nasty: 1})), "a\\u000aupmem-des")
        scenario = self.traced(lines({**HEADER, "model": nasty}, layer(0, name=nasty[:12])))
        for output in (run("run", scenario, "--print-log", "--print-log-summary").out,
                       run("trace", "show", self.folder / "t.jsonl").out):
            self.assertNotRegex(output, r"[\x00-\x09\x0b-\x1f\x7f]")
            self.assertIn("a\\u000aupmem-des", output)
        outcome = run("run", scenario, "--set", "workload.last_layer=a\\nupmem-dse", "-q", "--strict")
        self.assertEqual(outcome.code, 2)
        self.check_messages(outcome.err, ["error"])


class Models(CliTest):
    def bad(self, *saying, **changes):
        with self.subTest(changes=changes):
            self.write("model.json", json.dumps({k: v for k, v in {**MODEL, **changes}.items() if v is not ...}))
            self.run_refused(self.scenario, saying=("model.json", *saying))

    def test_numbers(self):
        for key in ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
                    "num_key_value_heads"):
            for value in (0, -1, 1.5, "64", 10**30, [1]):
                self.bad(key, **{key: value})

    def test_missing_and_unknown(self):
        self.bad("hidden_size", hidden_size=...)
        self.bad("model_type", model_type=...)
        self.bad("model_type", "did you mean 'llama'?", model_type="lama")
        self.bad(num_attention_heads=5)
        self.bad(num_key_value_heads=3)

    def test_text_that_is_no_configuration(self):
        for text in ("[]", "3", "{", '{"model_type": NaN}', "hello", "\0", "{}", "[" * 100000):
            self.write("model.json", text)
            self.run_refused(self.scenario, saying="model.json")
