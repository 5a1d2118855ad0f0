"""What the module answers in Python's own process is what the program says."""

import gzip
import json
import subprocess
import unittest

from module import HAS_PROFILER, PROGRAM, ROOT, ModuleTest, upmem_des


def program(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, text=True, stdout=subprocess.PIPE).stdout


class Catalogue(ModuleTest):
    def test_architectures(self):
        profiles = upmem_des.architectures()
        listed = [line.split()[0] for line in program("arch", "list").splitlines()[3:]]
        self.assertEqual(listed, [profile["name"] for profile in profiles])
        chips = {profile["name"]: profile for profile in profiles}["PIM_AI_4chip"]
        self.assertEqual(409.6e9, chips["memory_Bps"])
        self.assertFalse({profile["name"]: profile for profile in profiles}["H100_80GB_SXM"]["ideal"])

    def test_further_profiles_replace(self):
        before = upmem_des.architectures()
        source = (ROOT / "architectures").glob("*.yaml")
        text = next(text for text in (path.read_text(encoding="utf-8") for path in source) if "PIM_AI_1chip" in text)
        (self.folder / "mine.yaml").write_text(text, encoding="utf-8")
        self.assertEqual(before, upmem_des.architectures("mine.yaml"))
        self.assertEqual(before, upmem_des.architectures([self.folder / "mine.yaml"]))
        self.fails(upmem_des.ScenarioError, "no.yaml: no such file", upmem_des.architectures, ["no.yaml"])

    def test_platforms(self):
        machines = upmem_des.platforms()
        listed = [line.split()[0] for line in program("platform", "list").splitlines()[2:]]
        self.assertEqual(listed, [machine["name"] for machine in machines])
        server = {machine["name"]: machine for machine in machines}["pim_ai_server.yaml"]
        self.assertEqual(24, server["devices"]["dimm"][0])

    def test_models(self):
        config = ROOT / "scenarios/models/llama-2-7b.json"
        for options, arguments in (({}, []), ({"dtype": "int8"}, ["--dtype", "int8"]),
                                   ({"weight_dtype": "int4", "kv_dtype": "float16"},
                                    ["--weight-dtype", "int4", "--kv-dtype", "float16"])):
            program("model", "show", config, "--json", "m.json", *arguments)
            said = json.loads((self.folder / "m.json").read_text(encoding="utf-8"))
            self.assertEqual(said, upmem_des.model(config, **options))
        # 32 layers of 4 · 4096² + 3 · 4096 · 11008 and 2 · 4096, two tables of 32000 · 4096, a norm of 4096.
        self.assertEqual(32 * (4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096) + 2 * 32000 * 4096 + 4096,
                         upmem_des.model("models/llama-2-7b.json")["parameters"])
        self.fails(upmem_des.ScenarioError, "no.json: no such file", upmem_des.model, "no.json")
        with self.assertRaisesRegex(upmem_des.ScenarioError, "^dtype: unknown value 'int9'; expected one of .*int8"):
            upmem_des.model(config, "int9")


HEADER = {"format": "upmem-des-trace", "version": 1, "model": "m", "dtype": "float32", "batch": 2, "source": "by hand"}
EVENTS = [
    {"seq": 0, "kind": "layer", "type": "Linear", "name": "fc", "path": "a.fc", "id": 0, "phase": "prefill", "step": 0,
     "input_shape": [2, 3], "weight_shape": [3, 4], "output_shape": [2, 4], "start_ns": 0, "duration_ns": 5,
     "op": "product bias"},
    {"seq": 1, "kind": "function", "type": "softmax", "name": "return", "id": None, "phase": "prefill", "step": 0,
     "input_shape": [2, 4], "weight_shape": None, "output_shape": [2, 4], "deps": [0]},
]


class Traces(ModuleTest):
    def write(self, path, events=EVENTS):
        text = "".join(json.dumps(line) + "\n" for line in (HEADER, *events))
        with (gzip.open if path.endswith(".gz") else open)(path, "wt", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_columns_are_the_events(self):
        for path in ("t.jsonl", "t.jsonl.gz"):
            trace = upmem_des.trace(self.write(path))
            self.assertEqual({"model": "m", "dtype": "float32", "batch": 2, "source": "by hand"}, trace.header)
            self.assertEqual(2, len(trace))
            self.assertEqual({
                "seq": [0, 1], "kind": ["layer", "function"], "type": ["Linear", "softmax"], "name": ["fc", "return"],
                "path": ["a.fc", None], "id": [0, None], "phase": ["prefill", "prefill"], "step": [0, 0],
                "input_shape": [(2, 3), (2, 4)], "weight_shape": [(3, 4), None], "output_shape": [(2, 4), (2, 4)],
                "start_ns": [0.0, None], "duration_ns": [5.0, None], "deps": [None, (0,)],
                "op": ["product bias", None]}, trace.columns)

    def test_columns_are_a_table(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("no pandas; Debian's package is python3-pandas")
        table = upmem_des.trace(self.write("t.jsonl")).table()
        self.assertIsInstance(table, pandas.DataFrame)
        self.assertEqual("softmax", table.loc[1, "type"])
        self.assertEqual(5.0, table["duration_ns"].sum())

    def test_a_derived_trace_has_what_the_model_has(self):
        program("trace", "--model", ROOT / "scenarios/models/llama-2-7b.json", "--prompt-tokens", 64, "--output-tokens", 2,
                "-o", "llama.jsonl.gz")
        trace = upmem_des.trace("llama.jsonl.gz")
        # Linear layers: 7 in each of 32, and the head; in two passes.
        self.assertEqual(2 * (7 * 32 + 1), trace.columns["type"].count("Linear"))

    def test_bad_lines_are_named(self):
        bad = [EVENTS[0], {**EVENTS[1], "seq": 7}]
        with self.assertRaisesRegex(upmem_des.ScenarioError, r"^t\.jsonl:3: seq: "):
            upmem_des.trace(self.write("t.jsonl", bad))
        with self.assertRaisesRegex(upmem_des.ScenarioError, r"^no\.jsonl: "):
            upmem_des.trace("no.jsonl")


class Networks(ModuleTest):
    def setUp(self):
        super().setUp()
        try:
            import torch
        except ImportError:
            self.skipTest("no PyTorch; Debian's package is python3-torch")
        torch.manual_seed(0)
        self.torch = torch
        self.net = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4)).eval()

    def test_a_capture_is_simulated(self):
        with self.torch.no_grad(), upmem_des.capture(self.net, "net.jsonl.gz"):
            self.net(self.torch.zeros(3, 8))
        trace = upmem_des.trace("net.jsonl.gz")
        self.assertEqual(["Linear", "ReLU", "Linear"], trace.columns["type"])
        self.assertEqual([(3, 8), (3, 16), (3, 16)], trace.columns["input_shape"])
        result = upmem_des.run({"workload": {"trace": "net.jsonl.gz"}, "mapping": {"default": "PIM-AI-4chip"}})
        self.assertEqual(3, result.data["events"])
        # 2 · 3 rows · (8 · 16 + 16 · 4) and the biases' and the activation's few.
        linear = sum(row["flop"] for row in result.rows("operators") if row["type"] == "Linear")
        self.assertGreaterEqual(linear, 2 * 3 * (8 * 16 + 16 * 4))
        self.assertLess(linear, 1.1 * 2 * 3 * (8 * 16 + 16 * 4))

    @unittest.skipUnless(HAS_PROFILER, "built without the profiler")
    def test_a_profile_has_its_trace(self):
        self.torch.jit.script(self.net).save("net.pt")
        profile = upmem_des.profile_torchscript("net.pt", "3x8", warmup=1, repeat=2, threads=1)
        self.assertEqual(2 * ["Linear", "ReLU", "Linear"], profile.trace.columns["type"])
        self.assertEqual(2, profile.data["forward_passes"])
        self.assertGreater(profile.time_s, 0)
        self.assertGreater(min(profile.trace.columns["duration_ns"]), 0)
        with self.assertRaises(upmem_des.ScenarioError):
            upmem_des.profile_torchscript("net.pt", "3x9")
        upmem_des.profile_torchscript("net.pt", ["3x8"], "kept.jsonl")
        self.assertEqual(3, len(upmem_des.trace("kept.jsonl")))


if __name__ == "__main__":
    unittest.main()
