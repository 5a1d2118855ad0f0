"""upmem-des model show: counts as text and as JSON; models of all families run; what is stored how."""

import json

from program import SCENARIOS, CliTest

MODELS = SCENARIOS / "models"


class Show(CliTest):
    def counts(self, model, *options):
        return json.loads(self.good("model", "show", model, *options, "--json", "-"))

    def test_text(self):
        text = self.good("model", "show", MODELS / "gpt-oss-20b.json")
        self.assertRegex(text, r"(?m)^gpt-oss-20b \(gpt_oss, 24 layers\)$")
        self.assertRegex(text, r"(?m)^parameters +20,914,757,184$")
        self.assertRegex(text, r"(?m)^active for a token +4,187,440,704$")
        self.assertRegex(text, r"(?m)^  mxfp4 +10,152,345,600  B, 4.25 bits each$")
        self.assertRegex(text, r"(?m)^KV cache of a token +49,152  B$")
        self.assertRegex(text, r"(?m)^  beyond all windows +24,576  B$")

    def test_json(self):
        counts = self.counts(MODELS / "qwen3-next-80b-a3b.json")
        self.assertEqual({key: counts[key] for key in (
            "parameters", "active_parameters", "weights_B", "kv_B_per_token", "kv_B_per_token_beyond_window",
            "state_B_per_sequence", "decode_linear_flop_per_token")}, {
                "parameters": 79674391296, "active_parameters": 3874929408, "weights_B": 159348782592,
                "kv_B_per_token": 24576, "kv_B_per_token_beyond_window": 24576, "state_B_per_sequence": 40108032,
                "decode_linear_flop_per_token": 7124746240})
        self.assertEqual(sum(part["parameters"] for part in counts["parts"]), counts["parameters"])

    def test_formats(self):
        model = MODELS / "qwen3-0.6b.json"
        plain, narrow = self.counts(model), self.counts(model, "--weight-dtype", "int4-g128", "--kv-dtype", "fp8")
        own = 151936 * 1024 + 28 * (2 * 1024 + 2 * 128) + 1024
        self.assertEqual(narrow["weights_B"], 2 * own + (596049920 - own) * (4 + 20 / 128) / 8)
        self.assertEqual(narrow["kv_B_per_token"], plain["kv_B_per_token"] / 2)
        self.assertEqual(sorted(narrow["weights_B_by_format"]), ["bfloat16", "int4-g128"])

    def test_text_config(self):
        inner = json.loads((MODELS / "gemma-3-1b.json").read_text())
        path = self.folder / "multi.json"
        path.write_text(json.dumps({"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"],
                                    "text_config": inner, "vision_config": {"hidden_size": 8}}))
        scenario = self.folder / "s.yaml"
        scenario.write_text(f"workload: {{model: {path}, prompt_tokens: 3, output_tokens: 2}}\n"
                            "mapping: {default: H100}\n")
        self.warned("run", scenario, saying=("text_config is read: the text model of a 'gemma3'", "is not simulated"))
        self.assertEqual(self.counts(path)["parameters"], 999885952)
        self.assertIn("text_config is read: the text model of a 'gemma3'", self.good("model", "show", path))

    def test_file_and_errors(self):
        out = self.folder / "counts.json"
        self.assertEqual(self.good("model", "show", MODELS / "gpt2.json", "--json", out), "")
        self.assertEqual(json.loads(out.read_text())["parameters"], 124439808)
        self.refused("model", saying="show")
        self.refused("model", "show", saying="CONFIG")
        self.refused("model", "show", self.folder / "none.json", saying="none.json")
        self.refused("model", "show", MODELS / "gpt2.json", "--weight-dtype", "fp9", saying="did you mean 'fp8'?")
        path = self.folder / "unknown.json"
        path.write_text('{"model_type": "qwen4"}')
        self.refused("model", "show", path, saying="'qwen4' is not supported")


class Trace(CliTest):
    def test_the_trace_of_a_model_runs_as_the_model_does(self):
        """Windows by layer, latent rows, states, encoders, tables of their own, heads, ends of passes: all is said."""
        trace, scenario = (self.folder / name for name in ("t.jsonl", "s.yaml"))

        def numbers(workload):
            scenario.write_text(f"workload: {{{workload}}}\nmapping: {{default: H100}}\n"
                                "simulation: {allow_overflow: true}\n")
            found = self.allowed(scenario)
            for key in ("scenario", "inputs", "workload"):
                found.pop(key, None)
            return found

        for path in sorted(MODELS.glob("*.json")):
            with self.subTest(path.stem):
                self.good("trace", "--model", path, "--prompt-tokens", "9", "--output-tokens", "3", "--batch", "2",
                          "-o", trace)
                of_model = numbers(f"model: {path}, prompt_tokens: 9, output_tokens: 3, batch: 2, logits: all, "
                                   "routing: round_robin, detail: layers")
                self.assertEqual(of_model["forward_passes"], 3)
                self.assertGreater(of_model["phases"]["decode"]["time_s"], 0)
                self.same_numbers(numbers(f"trace: {trace}"), of_model, 1e-12)


class Run(CliTest):
    def test_every_shipped_model_is_shared_by_devices(self):
        for path in sorted(MODELS.glob("*.json")):
            with self.subTest(path.stem):
                scenario = self.folder / "s.yaml"
                scenario.write_text(f"workload: {{model: {path}, prompt_tokens: 9, output_tokens: 2, batch: 2}}\n"
                                    "platform: gpu_server.yaml\nmapping: {default: gpu}\n"
                                    "simulation: {allow_overflow: true, schedule: dataflow}\n")
                self.assertEqual(self.allowed(scenario)["forward_passes"], 2)

    def test_unknown_operators(self):
        event = {"seq": 0, "kind": "layer", "type": "Mystery", "name": "m", "id": 0, "phase": "prefill", "step": 0,
                 "input_shape": [2, 3], "weight_shape": [1, 1], "output_shape": [2, 5]}
        (self.folder / "t.jsonl").write_text(
            '{"format":"upmem-des-trace","version":1,"dtype":"bfloat16","batch":1}\n' + json.dumps(event) + "\n")
        scenario = self.folder / "s.yaml"
        base = "workload: {trace: t.jsonl, last_layer: m}\nmapping: {default: H200}\n"
        scenario.write_text(base)
        self.refused("run", scenario, saying="no rule for operator 'Mystery'")
        times = {}
        for handling in ("memory", "skip"):
            scenario.write_text(base + f"simulation: {{unknown_operators: {handling}}}\n")
            result = self.result(scenario)
            self.assertEqual(result["unknown_operators"], {"handling": handling, "events": 1, "types": ["Mystery"]})
            self.assertIn("without a rule: 1 event of Mystery; ", self.good("run", scenario))
            times[handling] = result["time_s"]
        # 32 bytes at 2860 GB/s.
        self.close(32 / 2860e9, times["memory"] - times["skip"], 1e-6)

    def test_no_mapping_is_said(self):
        scenario = self.folder / "s.yaml"
        scenario.write_text(f"workload: {{model: {MODELS / 'gpt2.json'}, prompt_tokens: 4, output_tokens: 1}}\n")
        self.warned("run", scenario, saying="mapping: none, so everything runs on HOST; expected the devices")
        self.refused("run", scenario, "--strict", saying="mapping: none")

    def test_a_prompt_beyond_the_model_s_positions_is_said(self):
        scenario = self.folder / "s.yaml"
        scenario.write_text(f"workload: {{model: {MODELS / 'opt-125m.json'}, prompt_tokens: 2049, output_tokens: 1}}\n"
                            "mapping: {default: H200}\n")
        self.warned("run", scenario, saying="workload.prompt_tokens: 2049; the model was made for 2048 positions "
                                            "(max_position_embeddings)")
