"""`trace`: deriving one from a model, and summarising one."""

import gzip
import json
import re

from program import GOLDEN, MIXTRAL, MODEL, SCENARIO, CliTest, parse_json, read_trace, run

SIZES = ("--prompt-tokens", 6, "--output-tokens", 3, "--batch", 2)


class Generate(CliTest):
    def trace(self, *options, model="model.json", name="t.jsonl"):
        path = self.folder / name
        self.assertEqual(self.good("trace", "--model", self.folder / model, *SIZES, *options, "-o", path), "")
        return read_trace(path)

    def names(self, *options, **places):
        return [event["name"] for event in self.trace(*options, **places)[1]]

    def test_header_and_events(self):
        header, events = self.trace("--dtype", "int8")
        self.assertEqual((header["format"], header["version"]), ("upmem-des-trace", 1))
        self.assertEqual((header["model"], header["dtype"], header["batch"]), ("model", "int8", 2))
        self.assertEqual([event["seq"] for event in events], list(range(len(events))))
        self.assertEqual({event["step"] for event in events}, {0, 1, 2})
        self.assertEqual({event["input_shape"][0] for event in events}, {2})

    def test_standard_output_and_gzip_hold_the_same(self):
        self.trace()
        plain = (self.folder / "t.jsonl").read_text()
        for output in ((), ("-o", "-"), ("--output=-",), ("-o", "/dev/stdout")):
            self.assertEqual(self.good("trace", "--model", self.folder / "model.json", *SIZES, *output), plain)
        self.trace(name="t.jsonl.gz")
        self.assertEqual(gzip.decompress((self.folder / "t.jsonl.gz").read_bytes()).decode(), plain)
        self.trace(name="same.jsonl.gz")
        self.assertEqual((self.folder / "same.jsonl.gz").read_bytes(), (self.folder / "t.jsonl.gz").read_bytes())

    def test_logits_of_the_last_position(self):
        def rows(*options):
            return [e["input_shape"][1] for e in self.trace(*options)[1] if e["name"] == "lm_head"]
        self.assertEqual(rows(), [6, 1, 1])
        self.assertEqual(rows("--logits", "all"), [6, 1, 1])
        self.assertEqual(rows("--logits", "last"), [1, 1, 1])

    def test_attention(self):
        def functions(*options):
            return [e["type"] for e in self.trace(*options)[1] if e["kind"] == "function"][:3]
        self.assertEqual(functions(), ["scaled_dot_product_attention"] * 3)
        self.assertEqual(functions("--attention", "eager"), ["matmul", "softmax", "matmul"])

    def test_sampling(self):
        plain, sampled = self.names(), self.trace("--sampling")[1]
        softmax = [event for event in sampled if event["type"] == "softmax"]
        self.assertEqual(len(sampled), len(plain) + 3)
        self.assertEqual([event["input_shape"] for event in softmax], [[2, MODEL["vocab_size"]]] * 3)

    def test_experts(self):
        self.write("moe.json", json.dumps(MIXTRAL))
        def calls(*options):
            events = self.trace(*options, model="moe.json")[1]
            return [(e["step"], e["input_shape"][0]) for e in events if e["name"] == "w1"]
        passes, layers, experts, chosen = 3, MODEL["num_hidden_layers"], 4, 2
        self.assertEqual(len(calls()), passes * layers * experts)
        rows = [count for step, count in calls() if step == 0]
        self.assertEqual(sum(rows), 2 * 6 * chosen * layers)
        self.assertTrue(all(rows for _, rows in calls("--skip-empty-experts")))
        random = [calls("--routing", "uniform_random", "--routing-seed", seed) for seed in (1, 1, 2)]
        self.assertEqual(random[0], random[1])
        self.assertNotEqual(random[0], random[2])
        self.assertEqual(sum(count for step, count in random[0] if step == 0), sum(rows))

    def test_paths_and_dependencies(self):
        lines = [f"{e['seq']} {e.get('path', e['name'])} {e.get('deps', [])}" for e in self.trace("--sampling")[1]]
        self.assertEqual(lines[:16], [
            "0 model.embed_tokens []", "1 model.rotary_emb [0]", "2 model.layers.0.input_layernorm [0]",
            "3 model.layers.0.self_attn.q_proj [2]", "4 model.layers.0.self_attn.k_proj [2]",
            "5 model.layers.0.self_attn.v_proj [2]", "6 attn_output [3, 4, 5]",
            "7 model.layers.0.self_attn.o_proj [6]", "8 model.layers.0.post_attention_layernorm [7]",
            "9 model.layers.0.mlp.gate_proj [8]", "10 model.layers.0.mlp.act_fn [9]",
            "11 model.layers.0.mlp.up_proj [8]", "12 model.layers.0.mlp.down_proj [10, 11]",
            "13 model.layers.1.input_layernorm [12]", "14 model.layers.1.self_attn.q_proj [13]",
            "15 model.layers.1.self_attn.k_proj [13]"])
        # 2 + 2 · 11 events of the layers, norm, lm_head and probs; then the next pass.
        self.assertEqual(lines[24:29], ["24 model.norm [23]", "25 lm_head [24]", "26 probs [25]",
                                        "27 model.embed_tokens [26]", "28 model.rotary_emb [27]"])

    def test_a_model_of_too_many_layers_and_experts(self):
        self.write("moe.json", json.dumps({**MIXTRAL, "num_hidden_layers": 10000, "num_local_experts": 10000}))
        self.refused("trace", "--model", self.folder / "moe.json", *SIZES,
                     saying="model: 400120000 calls in its layers and their experts; expected at most 500000")

    def test_experts_of_events(self):
        self.write("moe.json", json.dumps(MIXTRAL))
        events = self.trace(model="moe.json")[1]
        first = [(e["path"], e["experts"]) for e in events if e["name"] == "w2" and e["step"] == 0]
        self.assertEqual(first, [(f"model.layers.{layer}.block_sparse_moe.experts.{expert}.w2", [expert])
                                 for layer in (0, 1) for expert in (0, 1, 2, 3)])
        ends = [e["seq"] for e in events if e["name"] == "w2" and e["step"] == 0]
        second_norm = [e["deps"] for e in events if e.get("path") == "model.layers.1.input_layernorm"][0]
        self.assertEqual((second_norm, [e["deps"] for e in events if e["name"] == "norm"][0]), (ends[:4], ends[4:]))

    def test_a_written_trace_runs_like_the_model(self):
        for name, options, keys in (
                ("t.jsonl", (), "  logits: all\n"), ("t.jsonl.gz", ("--dtype", "int8"), "  dtype: int8\n  logits: all\n"),
                ("t.jsonl", ("--attention", "eager", "--logits", "last", "--sampling"),
                 "  attention: eager\n  logits: last\n  sampling: true\n")):
            for cost_model in ("roofline", "reference"):
                with self.subTest(options=options, cost_model=cost_model):
                    self.trace(*options, name=name)
                    of_model = self.write("m.yaml", SCENARIO.replace("  batch: 2\n", "  batch: 2\n  detail: layers\n" + keys))
                    of_trace = self.write("t.yaml", re.sub(r"  model: (.*\n  ){3}batch: 2\n", f"  trace: {name}\n",
                                                           SCENARIO))
                    self.assertIn("trace:", of_trace.read_text())
                    ours, theirs = (self.result(one, "--cost-model", cost_model) for one in (of_model, of_trace))
                    self.same_numbers(ours, theirs, 1e-12)

    def test_bad_options(self):
        model = self.folder / "model.json"
        for option, value, meant in (("--attention", "eagre", "eager"), ("--logits", "lats", "last"),
                                     ("--routing", "roundrobin", "round_robin"), ("--dtype", "bfloat", "bfloat16")):
            with self.subTest(option=option):
                self.refused("trace", "--model", model, option, value, saying=(option, f"did you mean '{meant}'?"))
        self.refused("trace", "--model", model, "--prompt-tokens", 200000000, saying="--prompt-tokens")
        self.refused("trace", "--model", model, "--batch", 1000000, "--prompt-tokens", 100000000, saying="bounds")
        self.refused("trace", "--model", self.folder / "none.json", saying="no such file")

    def test_outputs_that_cannot_be_written(self):
        for output in (self.folder, self.folder / "none" / "t.jsonl", "/dev/full", ""):
            with self.subTest(output=output):
                self.refused("trace", "--model", self.folder / "model.json", "-o", output)


class Show(CliTest):
    def check(self, path):
        header, events = read_trace(path)
        text = self.good("trace", "show", path)
        prefill = sum(event["phase"] == "prefill" for event in events)
        self.assertRegex(text, rf"(?m)^model +{header['model']}$")
        self.assertRegex(text, rf"(?m)^events +{len(events)} \({prefill} prefill, {len(events) - prefill} decode\)$")
        self.assertRegex(text, rf"(?m)^forward passes +{max(event['step'] for event in events) + 1}$")
        self.assertRegex(text, rf"(?m)^layers +{len({e['id'] for e in events if e['kind'] == 'layer'})}$")
        for kind, type_ in {(event["kind"], event["type"]) for event in events}:
            of_type = [event for event in events if (event["kind"], event["type"]) == (kind, type_)]
            first = sum(event["phase"] == "prefill" for event in of_type)
            self.assertRegex(text, rf"(?m)^{type_} +{kind} +{first} +{len(of_type) - first} +{len(of_type)}$")
        for name, type_ in {(event["name"], event["type"]) for event in events}:
            count = sum((event["name"], event["type"]) == (name, type_) for event in events)
            self.assertRegex(text, rf"(?m)^{name} +{type_} +{count} ")

    def test_counts_of_plain_and_packed(self):
        for name in ("t.jsonl", "t.jsonl.gz"):
            self.good("trace", "--model", self.folder / "model.json", *SIZES, "-o", self.folder / name)
            self.check(self.folder / name)

    def test_counts_of_golden_traces(self):
        for case in ("tiny_gqa_kv2_window4", "tiny_eager_mapped", "mixtral_m_w1_w3_skip_empty"):
            self.check(GOLDEN / case / "trace.jsonl.gz")

    def test_shapes(self):
        self.good("trace", "--model", self.folder / "model.json", *SIZES, "-o", self.folder / "t.jsonl")
        self.assertRegex(self.good("trace", "show", self.folder / "t.jsonl"),
                         r"lm_head +Linear +3 +\[2, 1, 64\] +\[2, 6, 64\] +\[64, 500\]")

    def test_what_is_no_trace(self):
        for name, text, word in (("empty.jsonl", "", "empty"), ("model.json", json.dumps(MODEL), ""),
                                 ("t.jsonl.gz", b"\x1f\x8b\x08\x00", ""), ("text.jsonl", "hello\n", "")):
            with self.subTest(name=name):
                self.refused("trace", "show", self.write(name, text), saying=(name, word))
        self.refused("trace", "show", self.folder, saying="folder")
        self.refused("trace", "show", self.folder / "none.jsonl", saying="no such file")


class GoldenStreams(CliTest):
    """What the program derives from each published case's model is that case's trace."""

    def test_all(self):
        cases = sorted(GOLDEN.glob("*/model.json"))
        self.assertEqual(len(cases), 87)
        for case in cases:
            with self.subTest(case=case.parent.name):
                self.check(parse_json(case.read_text()), *read_trace(case.parent / "trace.jsonl.gz"))

    def check(self, case, header, events):
        moe = case["config"]["model_type"] == "mixtral"
        model = self.write(f"{header['model']}.json", json.dumps(case["config"]))
        options = [f"--{key.replace('_', '-')}={case[key]}"
                   for key in ("prompt_tokens", "output_tokens", "batch", "attention")]
        options += ["--sampling"] * case["sampling"] + ["--skip-empty-experts"] * (not case["call_empty_experts"])
        outcome = run("trace", "--model", model, *options, "--dtype", header["dtype"], "-o", self.folder / "t.jsonl.gz")
        self.assertEqual(outcome, (0, "", ""))
        our_header, our_events = read_trace(self.folder / "t.jsonl.gz")
        for key in ("format", "version", "model", "dtype", "batch"):
            self.assertEqual(our_header[key], header[key])
        self.assertEqual(len(our_events), len(events))
        for ours, theirs in zip(our_events, events):
            theirs.pop("map_key", None)
            # The published tool's traces have neither.
            self.assertEqual(ours["kind"] == "layer", ours.pop("path", None) is not None)
            self.assertEqual(ours["seq"] > 0, ours.pop("deps", None) is not None)
            self.assertEqual(ours["name"] in ("w1", "w2", "w3") or ours["name"] == "return" and moe,
                             ours.pop("experts", None) is not None)
            self.assertEqual(ours, theirs)
