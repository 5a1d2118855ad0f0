"""`profile`, and scenarios whose network is profiled first. What needs libtorch is left out of builds without it."""

import gzip
import json
import os
import pickle
import random
import re
import shutil
import subprocess
import unittest
import zipfile
from pathlib import Path

from program import PROGRAM, PROJECT, CliTest, environment, parse_json, read_trace, run, unless_sanitized

DATA = PROJECT / "tests" / "data"
# One model of each family that can be run.
RUNNABLE = ["tiny_llama", "tiny_mistral", "tiny_mixtral", "tiny_qwen2", "tiny_qwen3", "tiny_qwen3_moe", "tiny_gemma3",
            "tiny_gpt2", "tiny_deepseek_v3"]
needs_profiler = unittest.skipUnless(os.environ.get("UPMEM_DES_HAS_PROFILER") == "1", "built without the profiler")
needs_text_prompts = unittest.skipUnless(os.environ.get("UPMEM_DES_HAS_TEXT_PROMPTS") == "1",
                                         "built without SentencePiece")
NETWORK = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(8, 20)
        self.act = nn.ReLU()
        self.head = nn.Sequential(nn.Linear(20, 5))

    def forward(self, x):
        return torch.softmax(self.head(self.act(self.fc1(x))), -1)

class Talk(nn.Module):
    def forward(self, x):
        print("hello from the network")
        return x + 1

class Steal(nn.Module):
    def forward(self, x):
        torch.save(x, "stolen")
        return x + 1

torch.jit.script(Steal()).save("steal.pt")
torch.jit.script(Net()).save("net.pt")
torch.jit.script(Talk()).save("talk.pt")
"""
NAMES = ["fc1", "act", "0", "softmax"]


class ProfileTest(CliTest):
    """Networks are made once, by Debian's Python."""

    networks = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.networks = Path(subprocess.check_output(["mktemp", "-d", "-t", "upmem-des-net-XXXXXX"], text=True).strip())
        cls.addClassCleanup(shutil.rmtree, cls.networks, ignore_errors=True)
        (cls.networks / "make.py").write_text(NETWORK)  # scripting reads the source
        made = subprocess.run(["/usr/bin/python3", "make.py"], cwd=cls.networks, capture_output=True, text=True)
        if made.returncode != 0:
            if "No module named 'torch'" not in made.stderr:
                raise AssertionError(made.stderr)
            raise unittest.SkipTest("Debian's python3-torch is missing")

    def setUp(self):
        super().setUp()
        for file in self.networks.iterdir():
            shutil.copy(file, self.folder)
        self.net = self.folder / "net.pt"


class Usage(CliTest):
    """What is found before any process is started."""

    def usage(self, *arguments, saying):
        self.refused("profile", *arguments, saying=(saying, "(see 'upmem-des profile --help')"))

    def test_one_network(self):
        self.usage(saying="needs --torchscript FILE, --exported FILE or --model DIR")
        self.usage("--torchscript", "a.pt", "--model", "b", saying="has both --torchscript and --model; expected one of them")

    def test_options_of_the_other_way_in(self):
        for option in ("--prompt-tokens=1", "--output-tokens=1", "--batch=1", "--dtype=float32", "--attention=sdpa",
                       "--logits=all", "--sampling", "--routing=round_robin", "--routing-seed=1",
                       "--skip-empty-experts", "--temperature=1", "--top-k=1", "--top-p=1", "--prompt=hi",
                       "--prompt-ids=f"):
            self.usage("--torchscript", "a.pt", option, saying=f"{option.split('=')[0]} does not go with --torchscript; "
                                                              "expected it with --model only")
        for option in ("--input=1x3", "--repeat=2"):
            self.usage("--model", "b", option, saying=f"{option.split('=')[0]} does not go with --model; "
                                                      "expected it with --torchscript or --exported only")
        self.usage("--model", "b", "--operator-library=x", saying="--operator-library does not go with --model; expected it "
                                                                  "with --torchscript only")

    def test_options_that_exclude_each_other(self):
        self.usage("--model", "b", "--prompt", "x", "--prompt-ids", "y",
                   saying="has both --prompt and --prompt-ids; expected one of them")
        for prompt in ("--prompt", "--prompt-ids"):
            for option in ("--batch", "--prompt-tokens"):
                self.usage("--model", "b", prompt, "x", option, 2, saying=f"{option} does not go with {prompt}, which "
                                                                          "says so itself; expected one of them")
        for option in ("--temperature", "--top-k", "--top-p"):
            self.usage("--model", "b", option, 1, saying=f"{option} does not go with the most likely token; expected it "
                                                         "with --sampling only")
        self.usage("--model", "b", "--prompt", "", saying="--prompt: an empty text; expected some words")
        for output in ("-", "/dev/stdout"):
            self.usage("--model", "b", "-o", output, "--print-log",
                       saying="a report beside the trace on standard output; expected -o FILE")

    def test_values(self):
        counts = {"--repeat": 1, "--warmup": 0, "--seed": 0}
        for option, least in counts.items():
            for bad in (least - 1, "many", 1.5, 10**10):
                self.usage("--torchscript", "a.pt", f"{option}={bad}",
                           saying=f"{option}: '{bad}'; expected a whole number from {least} to 1000000000")
        for bad in (0, 1025, -1):
            self.usage("--model", "b", f"--threads={bad}",
                       saying=f"--threads: '{bad}'; expected a whole number from 1 to 1024")
        for option, most, bads in (("--temperature", 1000, (0, -1, "nan", "inf", "hot", 1001)),
                                   ("--top-p", 1, (0, 1.5, "nan", ""))):
            for bad in bads:
                self.usage("--model", "b", "--sampling", f"{option}={bad}", saying=option)
        self.usage("--model", "b", "--sampling", "--top-p=1.5",
                   saying="--top-p: '1.5'; expected a number above 0 and at most 1")

    def test_names(self):
        self.refused("profile", "--model", DATA / "tiny_llama", "--dtype", "flaot32",
                     saying="--dtype: unknown value 'flaot32'; expected one of float32, bfloat16, float16; did you mean "
                            "'float32'?")
        self.refused("profile", "--model", DATA / "tiny_llama", "--dtype", "int8",
                     saying="--dtype: unknown value 'int8'; expected one of float32, bfloat16, float16")
        self.refused("profile", "--torchscript", self.scenario, "--input", "1x3:in64",
                     saying=("--input: '1x3:in64': unknown type 'in64'", "did you mean 'int64'?"))

    def test_files(self):
        self.refused("profile", "--torchscript", self.folder / "none.pt", saying="none.pt: no such file")
        self.refused("profile", "--torchscript", self.folder, saying="a folder; expected a TorchScript file")
        self.refused("profile", "--model", self.folder / "none", saying="none: no such file")
        self.refused("profile", "--model", self.folder, saying="a folder; expected a Hugging Face config.json")
        self.refused("profile", "--model", DATA / "tiny_llama", "--prompt-ids", self.folder / "none.txt",
                     saying="none.txt: no such file")

    def test_outputs(self):
        network = self.write("net.pt", "")
        self.refused("profile", "--torchscript", network, "-o", network, saying="is read by this command")
        self.refused("profile", "--torchscript", network, "--json", network, saying="is read by this command")
        self.refused("profile", "--torchscript", network, "-o", self.folder / "x", "--json", self.folder / "x",
                     saying="is named twice")
        self.refused("profile", "--torchscript", network, "-o", self.folder / "none" / "x", saying="no such folder")
        self.refused("profile", "--model", DATA / "tiny_llama", "-o", DATA / "tiny_llama" / "config.json",
                     saying="is read by this command")

    def test_without_the_profiler(self):
        network = self.write("net.pt", "")
        program = self.folder / "upmem-des-profiler"
        self.refused("profile", "--torchscript", network, env=environment(UPMEM_DES_PROFILER=str(program)),
                     saying=f"UPMEM_DES_PROFILER: {program} is no file")
        self.refused("profile", "--torchscript", network, env=environment(UPMEM_DES_PROFILER="/bin/false"), code=1,
                     saying=f"{network}: the profiler ended without an answer, exit code 1")

    def test_scenarios_are_checked_before_they_are_profiled(self):
        self.write("net.pt", "")
        scenario = self.write("s.yaml", "workload: { torchscript: net.pt }\nmapping: { default: PIM-AI-4chp }\n")
        program = environment(UPMEM_DES_PROFILER="/bin/false")
        for options in ((), ("--dry-run",)):
            self.refused("run", scenario, *options, env=program, saying=("s.yaml:2: mapping.default", "PIM_AI_4chip"))
            self.refused("run", scenario, *options, "--set", "mapping.default=H100", "--cost-model", "roofing",
                         env=program, saying="unknown cost model 'roofing'")
        text = self.good("run", scenario, "--dry-run", "--set", "mapping.default=H100", env=program)
        self.check_words(text, (f"torchscript: {self.folder}/net.pt", "repeat: 1", "sim_compute: false"))
        self.refused("run", scenario, "--set", "mapping.default=H100", env=program, code=1,
                     saying="the profiler ended without an answer")


@needs_profiler
class TorchScript(ProfileTest):
    def profile(self, *options, **more):
        return self.good("profile", "--torchscript", self.net, "--input", "2x8", *options, **more)

    def test_trace_and_summary(self):
        text = self.profile("--repeat", 3, "-o", self.folder / "t.jsonl", "--json", self.folder / "m.json")
        header, events = read_trace(self.folder / "t.jsonl")
        self.assertEqual((header["model"], header["dtype"], header["batch"]), ("net", "float32", 2))
        self.assertEqual([event["name"] for event in events], 3 * NAMES)
        self.assertEqual([event["step"] for event in events], [0] * 4 + [1] * 4 + [2] * 4)
        self.assertEqual(events[2]["path"], "head.0")
        self.check_words(text, ("12 events in 3 forward passes", "forward passes", "passes/s"))
        measured = parse_json((self.folder / "m.json").read_text())
        self.assertEqual(measured["format"], "upmem-des-profile")

    def test_energy_is_told_or_why_not(self):
        self.check_words(self.profile(env=environment(UPMEM_DES_POWERCAP="/none")),
                         "no CPU energy: /none: no such folder")
        zone = self.folder / "powercap" / "intel-rapl:0"
        zone.mkdir(parents=True)
        for name, text in (("name", "package-0"), ("energy_uj", "1000"), ("max_energy_range_uj", "1000000")):
            (zone / name).write_text(text + "\n")
        text = self.profile(env=environment(UPMEM_DES_POWERCAP=str(zone.parent)))
        self.assertRegex(text, r"(?m)^CPU energy +0 ")

    def test_standard_output_holds_the_trace_alone(self):
        for output in ("-", "/dev/stdout"):
            lines = self.profile("-o", output).splitlines()
            self.assertEqual(json.loads(lines[0])["format"], "upmem-des-trace")
            self.assertEqual([json.loads(line)["name"] for line in lines[1:]], NAMES)

    def test_gzip(self):
        self.profile("-o", self.folder / "t.jsonl.gz")
        self.assertEqual(len(gzip.decompress((self.folder / "t.jsonl.gz").read_bytes()).splitlines()), 5)

    def test_reports(self):
        text = self.profile("-q", "--report-layers", "--report-functions", "--print-log", "--print-log-summary")
        self.check_words(text, ("head.0", "softmax", "times measured on the CPU"))
        self.assertNotIn("passes/s", text)
        self.assertEqual(self.profile("-q"), "")

    def test_nothing_is_left_behind(self):
        folder = self.folder / "tmp"
        folder.mkdir()
        self.profile(env=environment(TMPDIR=str(folder)))
        self.assertEqual(list(folder.iterdir()), [])
        self.refused("profile", "--torchscript", self.net, env=environment(TMPDIR=str(self.folder / "none")),
                     saying="TMPDIR names the folder for them")

    def test_what_the_network_does_not_take(self):
        self.refused("profile", "--torchscript", self.net, "--input", "2x9", "-o", self.folder / "t.jsonl",
                     saying=("net.pt", "'fc1'", "2x9"))
        self.refused("profile", "--torchscript", self.write("text.pt", "hello"), saying="text.pt")

    def test_what_the_network_prints_is_no_result(self):
        outcome = run("profile", "--torchscript", self.folder / "talk.pt", "--input", "2", "-o", "-")
        self.assertEqual(outcome.code, 0, outcome.err)
        self.assertNotIn("hello", outcome.out)


@needs_profiler
class BadScripts(ProfileTest):
    """One line, exit code 2, whatever the file is."""

    def refused_file(self, file, *saying):
        self.refused("profile", "--torchscript", file, "--input", "2x8", saying=(f"{file}: ", *saying))

    def changed(self, name, change):
        """net.pt with the bytes of its records changed, and checksums that are right."""
        path = self.folder / name
        with zipfile.ZipFile(self.net) as old, zipfile.ZipFile(path, "w") as new:
            for record in old.namelist():
                new.writestr(record, change(record, old.read(record)))
        return path

    def test_cut(self):
        whole = self.net.read_bytes()
        for length in (1, 3, 4, 100, len(whole) // 2, len(whole) - 100, len(whole) - 1):
            self.refused_file(self.write("cut.pt", whole[:length]),
                              "; expected a module that torch.jit.save() has written")

    def test_other_files(self):
        self.refused_file(self.write("empty.pt", ""), "an empty file")
        self.refused_file(self.write("pickle.pt", pickle.dumps({"weight": [1.0]})), "a Python pickle")
        with zipfile.ZipFile(self.folder / "other.pt", "w") as archive:
            archive.writestr("docs/readme.txt", "hello")
        self.refused_file(self.folder / "other.pt", "a zip file that is no TorchScript")
        os.mkfifo(self.folder / "fifo.pt")
        self.refused_file(self.folder / "fifo.pt", "a pipe; expected a TorchScript file")

    def test_records_changed(self):
        """The same at every run: a byte of a record, or some of its bytes, changed to others."""
        words = random.Random(13)
        for i in range(30):
            def change(record, data):
                if not data or not record.endswith((".pkl", ".py")):
                    return data
                data = bytearray(data)
                for _ in range(words.randint(1, 3)):
                    data[words.randrange(len(data))] = words.randrange(256)
                return bytes(data)
            file = self.changed("changed.pt", change)
            with self.subTest(i=i):
                outcome = run("profile", "--torchscript", file, "--input", "2x8", "-q")
                self.assertIn(outcome.code, (0, 2), outcome.err)
                self.assertLessEqual(outcome.err.count("\n"), 1, outcome.err)
                self.assertNotIn("frame #", outcome.err)
                self.assertEqual(outcome.err == "", outcome.code == 0)

    @unless_sanitized
    def test_a_file_that_crashes_libtorch(self):
        deep = self.changed("deep.pt", lambda record, data: data.replace(b"return ", b"return " + b"(" * 1_000_000))
        self.refused_file(deep, "the profiler was ended by signal 11 (Segmentation fault) while libtorch read this file; "
                                "expected a module that torch.jit.save() has written")

    def test_operators_on_files(self):
        self.refused_file(self.folder / "steal.pt", "calls 'aten::save', which reads or writes files: refused; "
                                                    "expected a network that only computes")
        self.assertFalse((Path.cwd() / "stolen").exists())

    def test_files_of_torch_2(self):
        """Libtorch 1.13 says what helps; a newer one runs them."""
        for name in ("sdpa", "mha_scripted", "rmsnorm", "interpolate"):
            file = DATA / "torchscript" / f"{name}.pt"
            sizes = "2x3x4x4" if name == "interpolate" else "2x8x16"
            outcome = run("profile", "--torchscript", file, "--input", sizes, "-o", self.folder / "t.jsonl")
            with self.subTest(name=name):
                if outcome.code == 0:
                    self.assertGreater(len(read_trace(self.folder / "t.jsonl")[1]), 0)
                    continue
                self.assertEqual(outcome.code, 2, outcome.err)
                self.assertRegex(outcome.err, r"^upmem-des: [^\n]*saved by a newer torch \(2\.0 or later\): libtorch 1\.13\.\d has "
                                              r"no operator 'aten::\w+'; expected a file saved by torch 1\.13 or older, or "
                                              r"upmem-des built with a newer libtorch \(Debian 13 has 2\.6\)[^\n]*\n$")


@needs_profiler
class Simulated(ProfileTest):
    def scenario_of(self, workload, mapping="default: PIM-AI-4chip"):
        return self.write("s.yaml", f"name: s\nworkload: {{ {workload} }}\nmapping: {{ {mapping} }}\n")

    def test_straight_through_and_by_a_saved_trace(self):
        self.good("profile", "--torchscript", self.net, "--input", "2x8", "--repeat", 3, "-o", self.folder / "t.jsonl")
        ours = self.result(self.scenario_of("torchscript: net.pt, inputs: [2x8], repeat: 3"))
        theirs = self.result(self.scenario_of("trace: t.jsonl"))
        self.same_numbers(theirs, ours, 1e-12)
        self.assertEqual(ours["events"], 12)
        self.assertRegex(self.good("run", self.folder / "s.yaml"), r"12 events in 3 forward passes")

    def test_functions_after_the_last_layer_belong_to_their_pass(self):
        self.good("profile", "--torchscript", self.net, "--input", "2x8", "--repeat", 2, "-o", self.folder / "t.jsonl")
        lines = (self.folder / "t.jsonl").read_text().splitlines()
        self.assertEqual(json.loads(lines[0])["last_layer"], "head.0")
        phases = [json.loads(line)["phase"] for line in lines[1:]]
        for workload in ("trace: t.jsonl", "torchscript: net.pt, inputs: [2x8], repeat: 2"):
            result = self.result(self.scenario_of(workload))
            counts = {phase: sum(row["count"] for row in result["operators"] if row["phase"] == phase)
                      for phase in ("prefill", "decode")}
            self.assertEqual((counts["prefill"], counts["decode"]), (phases.count("prefill"), phases.count("decode")))
            self.assertEqual(result["forward_passes"], 2)

    def test_settings_and_comparison(self):
        scenario = self.scenario_of("torchscript: net.pt, inputs: [2x8]")
        self.assertEqual(self.result(scenario, "--set", "workload.repeat=2")["events"], 8)
        self.assertEqual(self.result(scenario, "--set", "workload.inputs=[7x8]")["batch"], 7)
        self.assertEqual(self.result(scenario, "--dtype", "int8")["dtype"], "int8")
        self.check_words(self.good("run", scenario, "--compare-with", "reference"), "ratio")
        self.refused("run", scenario, "--set", "workload.batch=3", saying=("workload.batch", "recorded with 2"))

    def test_nothing_is_left_behind(self):
        folder = self.folder / "tmp"
        folder.mkdir()
        scenario = self.scenario_of("torchscript: net.pt, inputs: [2x8]")
        for arguments in ((scenario,), (scenario, "--set", "workload.inputs=[2x9]")):
            run("run", *arguments, env=environment(TMPDIR=str(folder)))
            self.assertEqual(list(folder.iterdir()), [])

    def test_a_wrong_input(self):
        self.run_refused(self.scenario_of("torchscript: net.pt, inputs: [2x9]"), saying=("net.pt", "'fc1'"))

    def test_every_family_runs_as_it_is_described(self):
        for name in RUNNABLE:
            with self.subTest(name=name):
                sizes = "prompt_tokens: 5, output_tokens: 4, dtype: float32, logits: all, routing: round_robin"
                profiled = self.scenario_of(f"model: {DATA / name}, profile: true, {sizes}")
                ours = self.result(profiled)
                described = self.scenario_of(f"model: {DATA / name}, {sizes}, detail: layers")
                self.same_numbers(self.result(described), ours, 1e-9)

    def test_a_profiled_model_is_the_weight_free_one(self):
        for name in ("tiny_llama", "tiny_mistral", "tiny_mixtral"):
            for keys in ("", ", attention: eager, logits: last, batch: 2", ", sampling: true"):
                with self.subTest(name=name, keys=keys):
                    sizes = f"prompt_tokens: 5, output_tokens: 4, dtype: float32, routing: round_robin{keys}"
                    profiled = self.scenario_of(f"model: {DATA / name}, profile: true, {sizes}")
                    ours = self.result(profiled, "--cost-model", "reference")
                    described = self.scenario_of(f"model: {DATA / name}, {sizes}")
                    self.same_numbers(self.result(described, "--cost-model", "reference"), ours, 1e-9)


@needs_profiler
class Models(CliTest):
    SIZES = ("--prompt-tokens", 5, "--output-tokens", 4)

    def test_events_are_the_described_ones(self):
        for name in RUNNABLE:
            with self.subTest(name=name):
                model = ("--model", DATA / name, *self.SIZES, "--routing", "round_robin")
                self.good("profile", *model, "-o", self.folder / "ours.jsonl")
                self.good("trace", *model, "--dtype", "float32", "-o", self.folder / "theirs.jsonl")
                (_, ours), (_, theirs) = (read_trace(self.folder / f"{who}.jsonl") for who in ("ours", "theirs"))
                for event in ours:
                    for field in ("start_ns", "duration_ns"):
                        self.assertGreaterEqual(event.pop(field), 0)
                fields = theirs[0].keys()
                self.assertEqual([{key: event.get(key) for key in fields} for event in ours],
                                 [{key: event.get(key) for key in fields} for event in theirs])

    @needs_text_prompts
    def test_text(self):
        text = self.good("profile", "--model", DATA / "tiny_llama", "--prompt", "How to prepare coffee?",
                         "--output-tokens", 4, "-q")
        self.assertEqual(text.count("\n"), 1)
        text = self.good("profile", "--model", DATA / "tiny_mistral", *self.SIZES, "--batch", 2)
        self.assertRegex(text, r"(?m)^row 0: token ids( \d+){4}$")
        self.refused("profile", "--model", DATA / "tiny_mistral", "--prompt", "hi", saying="tokenizer.model")

    @needs_text_prompts
    def test_text_with_a_tokenizer_json(self):
        folder = self.folder / "m"
        shutil.copytree(DATA / "tiny_llama3", folder)
        trace = self.folder / "t.jsonl"
        prompt = ("profile", "--model", folder, "--prompt", "How long?", "--output-tokens", 4, "-q", "-o", trace)
        # Two of the model's 90 tokens.
        words = {"model": {"type": "WordLevel", "vocab": {"How": 7, "long?": 8}, "unk_token": "How"},
                 "pre_tokenizer": {"type": "WhitespaceSplit"}}
        (folder / "tokenizer.json").write_text(json.dumps(words))
        self.assertEqual(self.good(*prompt).count("\n"), 1)
        self.assertEqual(read_trace(trace)[1][0]["input_shape"], [1, 2])
        shutil.copy(DATA / "tokenizers/llama3.json", folder / "tokenizer.json")
        self.refused(*prompt, saying="tokenizer.json: gives the prompt the token")
        (folder / "tokenizer.json").write_text('{"model": {"type": "BPF"}}')
        self.refused(*prompt, saying="tokenizer.json:1: model.type: 'BPF' is not supported")

    def test_prompt_ids(self):
        ids = self.write("ids.txt", "1 2 3 4\n5 6 7 8\n")
        self.good("profile", "--model", DATA / "tiny_llama", "--prompt-ids", ids, "-o", self.folder / "t.jsonl")
        header, events = read_trace(self.folder / "t.jsonl")
        self.assertEqual(header["batch"], 2)
        self.assertEqual(events[0]["input_shape"], [2, 4])

    def test_sim_compute(self):
        text = self.good("profile", "--model", DATA / "tiny_mixtral", *self.SIZES, "--sim-compute", "--report-layers")
        self.check_words(text, "not computed")

    def test_seeds_are_repeatable(self):
        shutil.copytree(DATA / "tiny_mistral", self.folder / "m", ignore=shutil.ignore_patterns("*.safetensors"))
        def generated(seed):
            text = self.good("profile", "--model", self.folder / "m", *self.SIZES, "--seed", seed)
            return re.findall(r"(?m)^token ids.*$", text)
        self.assertEqual(generated(1), generated(1))
        self.assertEqual(len({tuple(generated(seed)) for seed in range(4)}), 4)


@needs_profiler
class BadModels(CliTest):
    """Files of a model's folder with some bytes changed or cut off: one line, or none of it matters."""

    def check(self, name, change, count):
        shutil.copytree(DATA / "tiny_llama", self.folder / "m")
        whole = (self.folder / "m" / name).read_bytes()
        for i in range(count):
            self.write(f"m/{name}", change(whole, i))
            with self.subTest(i=i):
                outcome = run("profile", "--model", self.folder / "m", "--prompt", "coffee", "--output-tokens", 1, "-q")
                self.assertIn(outcome.code, (0, 2), outcome.err)
                self.assertNotIn("frame #", outcome.err)
                self.check_messages(outcome.err, ["error"] if outcome.code == 2 else
                                    ["warning"] * outcome.err.count("\n"))

    @staticmethod
    def some_bytes(seed, most):
        words = random.Random(seed)

        def change(whole, _):
            data = bytearray(whole)
            for _ in range(words.randint(1, 4)):
                data[words.randrange(min(len(data), most))] = words.randrange(256)
            return bytes(data)
        return change

    @staticmethod
    def cut(whole, i):
        return whole[:len(whole) * i // 8]

    def test_config(self):
        self.check("config.json", self.some_bytes(1, 10**6), 12)

    def test_config_cut(self):
        self.check("config.json", self.cut, 8)

    def test_weights(self):
        self.check("model.safetensors", self.some_bytes(2, 4000), 12)

    def test_weights_cut(self):
        self.check("model.safetensors", self.cut, 8)

    def test_tokenizer(self):
        self.check("tokenizer.model", self.some_bytes(3, 10**6), 12)

    def test_tokenizer_cut(self):
        self.check("tokenizer.model", self.cut, 8)


class WithoutLibtorch(CliTest):
    """A run on a trace or a configuration must not pay for libtorch."""

    def test_the_program_does_not_link_it(self):
        libraries = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
        self.assertIn("libsimgrid", libraries)
        self.assertNotRegex(libraries, "libtorch|libc10")

    def test_a_run_loads_none(self):
        outcome = run("run", self.scenario, env=environment(LD_DEBUG="libs"))
        self.assertEqual(outcome.code, 0)
        self.assertIn("libsimgrid", outcome.err)
        self.assertNotRegex(outcome.err, r"libtorch|libc10")
