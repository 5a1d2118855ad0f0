"""`scripts/capture_torch.py hf` with Hugging Face transformers: the Python that has them is UPMEM_DES_HF_PYTHON, or the
one that runs the tests."""

import importlib.util
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
import families  # noqa: E402
from program import CliTest, read_trace  # noqa: E402

COMMAND = Path(__file__).resolve().parents[2] / "scripts" / "capture_torch.py"
PYTHON = os.environ.get("UPMEM_DES_HF_PYTHON") or (sys.executable if importlib.util.find_spec("transformers") else "")
if not PYTHON:
    raise unittest.SkipTest("no Hugging Face transformers: UPMEM_DES_HF_PYTHON names no Python, and this one has none")

VERSIONS = json.loads(subprocess.run(
    [PYTHON, "-c", "import json, torch, transformers; print(json.dumps([[int(part) for part in version.split('.')[:2]] "
     "for version in (torch.__version__, transformers.__version__)]))"], capture_output=True, check=True).stdout)
OLD_TRANSFORMERS = VERSIONS[1] < [4, 48]
CURRENT_TRANSFORMERS = VERSIONS[1] >= [5, 0]
SDPA = VERSIONS[0] >= [2, 1]

SIZES = {"hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "vocab_size": 500}
# With as many experts chosen as there are, no weight decides which.
FAMILIES = {"llama": SIZES, "mistral": {**SIZES, "sliding_window": None},
            "mixtral": {**SIZES, "sliding_window": None, "num_local_experts": 3, "num_experts_per_tok": 3}}
RUN = ("--prompt-tokens", "5", "--output-tokens", "3", "--batch", "2")
SAME = ("seq", "kind", "type", "name", "id", "phase", "step", "input_shape", "weight_shape", "output_shape", "path",
        "deps")
SCENARIO = """\
name: compared
workload: {{ {workload} }}
mapping:
  default: PIM-AI-4chip
  LlamaRMSNorm: HOST
  lm_head: PIM-AI-4chip,t
simulation: {{ cost_model: reference }}
"""


class HuggingFace(CliTest):
    def setUp(self):
        super().setUp()
        self.model = self.folder / "tiny"
        self.model.mkdir()

    def config(self, family, **changes):
        config = {"model_type": family, **FAMILIES.get(family, {}), **changes}
        (self.model / "config.json").write_text(json.dumps(config))

    def command(self, *arguments):
        return subprocess.run([PYTHON, "-B", COMMAND, "hf", *map(str, arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, cwd=self.folder,
                              env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"})

    def capture(self, *arguments):
        done = self.command(self.model, *RUN, "-o", "captured.jsonl.gz", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^captured.jsonl.gz: \d+ events, 3 forward passes(; left out .*)?\n$")
        self.good("trace", "show", self.folder / "captured.jsonl.gz")
        return read_trace(self.folder / "captured.jsonl.gz")

    def fails(self, message, *arguments):
        before = self.files()
        done = self.command(*arguments, "-o", "captured.jsonl.gz")
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr.replace(str(self.folder), "FOLDER"), f"^capture_torch.py: error: {message}\n$")
        self.assertEqual(self.files(), before)

    def weight_free(self, *arguments):
        path = self.folder / "weight_free.jsonl"
        logits = "all" if OLD_TRANSFORMERS else "last"  # newer ones compute the logits that are looked at
        self.good("trace", "--model", self.model / "config.json", *RUN, "--logits", logits, *arguments, "-o", path)
        return read_trace(path)

    def simulated(self, workload):
        return self.result(self.write("compared.yaml", SCENARIO.format(workload=workload)))

    def check_same(self, *arguments):
        """The same header, events and simulation as those of the config alone."""
        captured, expected = self.capture(*arguments, "--trace-dtype=bfloat16"), self.weight_free(*arguments)
        for key in ("batch", "dtype", "num_key_value_heads", "sliding_window"):
            self.assertEqual(captured[0].get(key), expected[0].get(key), key)
        # Without the rotary embeddings that each layer of older versions has and does not call, ids are others.
        keys = [key for key in SAME if key != "id" or OLD_TRANSFORMERS]
        self.assertEqual([[event.get(key) for key in keys] for event in captured[1]],
                         [[event.get(key) for key in keys] for event in expected[1]])
        results = [self.simulated(f"trace: {trace}") for trace in ("captured.jsonl.gz", "weight_free.jsonl")]
        for result in results:
            for key in ("workload", "scenario", "source"):
                result.pop(key, None)
        self.assertGreater(results[0]["time_s"], 0)
        self.same_numbers(*results, 1e-9)

    def test_llama(self):
        self.config("llama")
        self.check_same("--attention=eager")

    def test_llama_sampled(self):
        self.config("llama")
        self.check_same("--attention=eager", "--sampling")

    def test_mistral(self):
        self.config("mistral")
        self.check_same("--attention=eager")

    @unittest.skipUnless(OLD_TRANSFORMERS, "newer transformers run all experts as one function")
    def test_mixtral(self):
        self.config("mixtral")
        self.check_same("--attention=eager")

    @unittest.skipUnless(OLD_TRANSFORMERS, "newer transformers run all experts as one function")
    def test_mixtral_routed(self):
        """Which experts get which rows is the weights' doing; every one of them is called."""
        self.config("mixtral", num_experts_per_tok=2)
        keys = ("type", "name", "id", "step", "weight_shape", "path", "deps")
        captured, expected = self.capture("--attention=eager")[1], self.weight_free("--attention=eager")[1]
        self.assertEqual([[e.get(key) for key in keys] for e in captured],
                         [[e.get(key) for key in keys] for e in expected])
        rows = [e["input_shape"][0] for e in captured if e["name"] == "w1" and e["step"] == 0]
        self.assertEqual((len(rows), sum(rows[:3]), sum(rows[3:])), (6, 20, 20))  # 2 layers; 2 · 5 tokens, 2 experts

    @unittest.skipUnless(SDPA, "PyTorch before 2.1 has no attention that transformers could use")
    def test_sdpa(self):
        self.config("llama")
        self.check_same("--attention=sdpa")
        self.config("mistral")
        self.check_same("--attention=sdpa")

    def test_own_names(self):
        self.config("mistral")
        events = self.capture("--own-names")[1]
        self.assertTrue(all("deps" in event for event in events[1:]), "by the flow of tensors")
        found = {(event["type"], event["name"]) for event in events}
        self.assertIn(("MistralRMSNorm", "input_layernorm"), found)
        self.assertIn(("MistralRotaryEmbedding", "rotary_emb"), found)
        self.assertFalse([kind for kind, _ in found if kind.startswith("Llama")])

    def test_another_family_with_weights(self):
        """GPT-2, saved and loaded: its products are Conv1D layers."""
        self.config("gpt2", n_embd=32, n_layer=1, n_head=4, vocab_size=100, n_positions=64)
        subprocess.run([PYTHON, "-c", "import sys, transformers as t; t.AutoModelForCausalLM.from_config("
                        "t.AutoConfig.from_pretrained(sys.argv[1])).save_pretrained(sys.argv[1])", self.model],
                       check=True, capture_output=True)
        header, events = self.capture("--dtype=bfloat16")
        self.assertEqual((header["model"], header["dtype"], header["batch"]), ("tiny", "bfloat16", 2))
        layers = {e["path"]: (e["type"], e["weight_shape"]) for e in events if e["kind"] == "layer"}
        self.assertEqual(layers["transformer.h.0.attn.c_attn"], ("Conv1D", [32, 96]))
        self.assertEqual(layers["transformer.h.0.mlp.c_fc"], ("Conv1D", [32, 128]))
        self.assertEqual(layers["lm_head"], ("Linear", [32, 100]))
        self.fails(r"the model cannot be run: IndexError: index out of range in self \(the last layer called was "
                   r"'transformer.wpe'\)", self.model, "--prompt-tokens=70")

    @unittest.skipUnless(CURRENT_TRANSFORMERS, "not all families are in transformers before 5")
    def test_all_families(self):
        """Each runs, holds the weights and the cache that its configuration tells, and says when a pass ends."""
        for family, config in families.FAMILIES.items():
            # Some have no other; latent attention and Falcon's are told differently in the two.
            ways = {"gemma2": ["eager"], "gpt_oss": ["eager"], "mamba": ["eager"], "mamba2": ["eager"],
                    "deepseek_v3": ["eager", "sdpa"], "falcon": ["eager", "sdpa"]}.get(family, ["sdpa"])
            for attention in ways:
                with self.subTest(family, attention=attention):
                    (self.model / "config.json").write_text(json.dumps({"model_type": family, **config}))
                    done = self.command(self.model, "--prompt-tokens", "12", "--output-tokens", "3", "--dtype",
                                        "bfloat16", "--attention", attention, "-o", "captured.jsonl")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.check_counts(family)

    def check_counts(self, family):
        scenario = self.write("s.yaml", "workload: {trace: captured.jsonl}\nmapping: {default: H100}\n")
        result = self.result(scenario)
        self.assertEqual((result["forward_passes"], result.get("unknown_operators")), (3, None))
        self.good("model", "show", self.model / "config.json", "--json", self.folder / "counts.json")
        counts = json.loads((self.folder / "counts.json").read_text())
        held = result["devices"]["H100"]["memory_bytes"]
        self.assertEqual(held["weights"], counts["weights_B"] - 2 * families.UNTOLD.get(family, 0))
        windowed, layers = families.WINDOWED.get(family, (0, 1))
        rows = (windowed * 8 + (layers - windowed) * 14) / layers
        self.assertEqual(held["kv_cache"], counts["kv_B_per_token"] * rows)

    @unittest.skipUnless(CURRENT_TRANSFORMERS, "caches are others before 5")
    def test_static_caches_padding_and_several_generations(self):
        """A static cache shows all its rows, of which those that are there count; rows of padding leave attention causal;
        each generation has a trace."""
        self.config("llama", max_position_embeddings=64)
        code = """
import sys, torch, transformers
sys.path.insert(0, sys.argv[1])
from capture_torch import capture
transformers.logging.set_verbosity_error()
model = transformers.AutoModelForCausalLM.from_config(transformers.AutoConfig.from_pretrained(sys.argv[2])).eval()
ids, mask = torch.randint(500, (2, 6)), torch.ones(2, 6, dtype=torch.long)
mask[1, :2] = 0
settings = dict(attention_mask=mask, max_new_tokens=3, min_new_tokens=3, do_sample=False, pad_token_id=0)
with torch.no_grad(), capture(model, "t.jsonl") as recorder:
    model.generate(ids, cache_implementation="static", max_length=None, **settings)
    model.generate(ids, **settings)
print(*recorder.paths)
"""
        done = subprocess.run([PYTHON, "-B", "-c", code, COMMAND.parent, self.model], cwd=self.folder, text=True,
                              capture_output=True, env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"})
        self.assertEqual((done.returncode, done.stdout), (0, "t.jsonl t-2.jsonl\n"), done.stderr)
        rows = []
        for path in ("t.jsonl", "t-2.jsonl"):
            events = [event for event in read_trace(self.folder / path)[1]
                      if event["type"] == "scaled_dot_product_attention"]
            self.assertEqual([event["phase"] for event in events], ["prefill"] * 2 + ["decode"] * 4)
            self.assertFalse([event for event in events if "causal" in event])
            rows.append([event.get("kv_length", event["input_shape"][2]) for event in events])
        self.assertEqual(rows, [[6, 6, 7, 7, 8, 8]] * 2)

    def test_bad_models(self):
        self.fails(r"\./none: no such folder", "./none")
        self.fails("no-such-model: cannot be loaded: [A-Za-z]+: .*", "no-such-model")  # not in the cache
        self.fails("FOLDER/tiny: cannot be loaded: [A-Za-z]+: .*config.json.*", self.model)
        (self.model / "config.json").write_text('{"model_type": "lama"}')
        self.fails("FOLDER/tiny: cannot be loaded: [A-Za-z]+: .*lama.*", self.model)
        (self.model / "config.json").write_text('{"model_type": ')
        self.fails("FOLDER/tiny: cannot be loaded: [A-Za-z]+: .*config.json.*", self.model)
        self.config("llama", num_attention_heads=0)
        self.fails("FOLDER/tiny: cannot be loaded: ZeroDivisionError: .*", self.model)
        self.config("llama")
        (self.model / "model.safetensors").write_bytes(b"\xff" * 100)
        self.fails("FOLDER/tiny: cannot be loaded: [A-Za-z]+: .*", self.model)


if __name__ == "__main__":
    unittest.main()
