"""Holds the JSON schemas to the files that come with the program, and to files that the program refuses.

    schema_test.py PROJECT_FOLDER

Needs Debian's python3-jsonschema and python3-yaml; ends with 77 (skipped) without them.
"""

import copy
import json
import pathlib
import sys
import unittest

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

project = pathlib.Path(sys.argv.pop(1))


def validator(path):
    schema = json.loads((project / path).read_text())
    checker = jsonschema.validators.validator_for(schema)
    checker.check_schema(schema)
    return checker(schema)


def changed(document, path, value):
    """A copy of the document with the value at the path; None takes the key away."""
    document = copy.deepcopy(document)
    *way, last = path.split(".")
    part = document
    for key in way:
        part = part.setdefault(key, {})
    if value is None:
        del part[last]
    else:
        part[last] = value
    return document


class SchemaCase(unittest.TestCase):
    def accept(self, schema, document):
        errors = [f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in schema.iter_errors(document)]
        self.assertEqual(errors, [])

    def reject(self, schema, document):
        self.assertFalse(schema.is_valid(document), document)

    def accept_files(self, schema, files, at_least):
        self.assertGreaterEqual(len(files), at_least)
        for file in files:
            with self.subTest(file=str(file)):
                self.accept(schema, yaml.safe_load(file.read_text()))


class ArchitectureSchema(SchemaCase):
    schema = validator("architectures/architecture.schema.json")
    good = {
        "DEV": {
            "host_to_device_bw_GBs": 12.8,
            "host_to_device_pj_per_bit": 80,
            "device_to_host_bw_GBs": 51.2,
            "device_to_host_pj_per_bit": 20,
            "mem_bw_GBs": 409.6,
            "mem_pj_per_bit": 0.95,
            "tflops": 20,
            "pj_per_tflop": 0.4e12,
        }
    }

    def test_shipped_files(self):
        self.accept_files(self.schema, sorted((project / "architectures").glob("*.yaml")), 6)
        self.accept_files(self.schema, [project / "tests/golden/extra_architectures.yaml"], 1)
        # Others in that folder are platforms.
        profiles = sorted((project / "scenarios/papers/machines").glob("*.yaml"))
        self.accept_files(self.schema, [file for file in profiles if "\ndevices:" not in "\n" + file.read_text()], 3)

    def test_good(self):
        self.accept(self.schema, self.good)
        for key in ("tflops_int4", "softmax_ns_per_element", "SiLU_ns_per_element", "RMSNorm_ns_per_element",
                    "compute_efficiency", "mem_efficiency", "launch_overhead_ns", "capacity_GB", "idle_W", "active_W", "power_limit_W",
                    "link_latency_ns"):
            self.accept(self.schema, changed(self.good, f"DEV.{key}", 0.5))
        for note in ("The PCIe card.", "n" * 1000):
            self.accept(self.schema, changed(self.good, "DEV.note", note))
        for key in ("host_to_device_pj_per_bit", "mem_pj_per_bit", "pj_per_tflop", "idle_W", "active_W", "launch_overhead_ns"):
            self.accept(self.schema, changed(self.good, f"DEV.{key}", 0))

    def test_bad(self):
        self.reject(self.schema, {})
        self.reject(self.schema, None)
        self.reject(self.schema, ["DEV"])
        for name in ("PIM-AI", "4chip", "_x", "a b", "", "x" * 101):
            self.reject(self.schema, {name: self.good["DEV"]})
        for profile in (None, 5, [], {}):
            self.reject(self.schema, {"DEV": profile})
        for key in self.good["DEV"]:
            without = changed(self.good, f"DEV.{key}", None)
            (self.accept if "pj_per" in key else self.reject)(self.schema, without)
            for value in (-1, "12.8", [1], {}, True, 1e19):
                self.reject(self.schema, changed(self.good, f"DEV.{key}", value))
        for key in ("host_to_device_bw_GBs", "device_to_host_bw_GBs", "mem_bw_GBs", "tflops", "tflops_int4",
                    "softmax_ns_per_element", "compute_efficiency", "mem_efficiency", "capacity_GB"):
            self.reject(self.schema, changed(self.good, f"DEV.{key}", 0))
        self.reject(self.schema, changed(self.good, "DEV.compute_efficiency", 1.01))
        self.reject(self.schema, changed(self.good, "DEV.mem_efficiency", 80))
        self.reject(self.schema, changed(self.good, "DEV.colour", "red"))
        for note in ("", "n" * 1001, ["a"], {}, True):
            self.reject(self.schema, changed(self.good, "DEV.note", note))

    def test_pim(self):
        full = {"rows_per_weight_pass": 1, "banks": 128, "cache_banks": 16, "bank_per_output": True, "row_bytes": 2048, "row_open_ns": 30, "row_open_pj": 0,
                "input_bw_GBs": 8, "input_copies": 4, "output_bw_GBs": 16, "in_banks": ["linear", "attention"],
                "controller": {"tflops": 0.5, "bw_GBs": 64, "pj_per_bit": 4, "serial": True}}
        self.accept(self.schema, changed(self.good, "DEV.pim", full))
        self.accept(self.schema, changed(self.good, "DEV.pim", {"banks": 1}))
        for key in full:
            for value in (-1, "many", not isinstance(full[key], bool) or 1, [5], 1e19, {}):
                self.reject(self.schema, changed(self.good, "DEV.pim", {**full, key: value}))
        for key in ("rows_per_weight_pass", "banks", "row_bytes", "input_bw_GBs", "input_copies", "output_bw_GBs"):
            self.reject(self.schema, changed(self.good, "DEV.pim", {**full, key: 0}))
        for bad in ({}, 5, {"row_open_ns": 3}, {"row_open_pj": 3}, {"input_copies": 3}, {"in_banks": []}, {"cache_banks": 2},
                    {"bank_per_output": True},
                    {"in_banks": ["softmax"]}, {"in_banks": ["linear", "linear"]}, {"controller": {}}, {"bank": 1}):
            self.reject(self.schema, changed(self.good, "DEV.pim", bad))
        self.reject(self.schema, changed(changed(self.good, "DEV.pim", full), "DEV.efficiency", {}))


class ScenarioSchema(SchemaCase):
    schema = validator("scenarios/scenario.schema.json")
    model = {
        "name": "a name",
        "workload": {"model": "m.json", "prompt_tokens": 64, "output_tokens": 16},
        "mapping": {"default": "PIM-AI-4chip", "lm_head": "PIM-AI-4chip,t"},
        "moe": {"end": "w2", "experts_per_token": 2},
        "architectures": ["mine.yaml"],
        "simulation": {"cost_model": "roofline"},
    }
    trace = {"workload": {"trace": "t.jsonl.gz"}}

    def test_shipped_files(self):
        self.accept_files(self.schema, sorted((project / "scenarios").glob("*.yaml")), 10)
        self.accept_files(self.schema, sorted((project / "scenarios/machines").glob("*.yaml")), 5)
        self.accept_files(self.schema, sorted((project / "scenarios/papers").glob("*.yaml")), 7)
        self.accept_files(self.schema, sorted((project / "scenarios/reference").glob("*.yaml")), 2)
        self.accept_files(self.schema, sorted((project / "scenarios/serving").glob("*.yaml")), 8)

    def test_golden_cases(self):
        self.accept_files(self.schema, sorted((project / "tests/golden").glob("*/scenario.yaml")), 96)

    def test_good(self):
        self.accept(self.schema, self.model)
        self.accept(self.schema, self.trace)
        for path, value in (("workload.batch", 4), ("workload.dtype", "int4"), ("workload.kv_dtype", "float16"),
                            ("workload.last_layer", "head"), ("simulation.schedule", "sequential"),
                            ("simulation.segments", False), ("simulation.num_key_value_heads", 8),
                            ("simulation.sliding_window", 4096), ("mapping.q_proj", "HOST")):
            self.accept(self.schema, changed(self.model, path, value))
            self.accept(self.schema, changed(self.trace, path, value))
        for path, value in (("workload.prompt_tokens", [512, 64]), ("workload.attention", "eager"), ("workload.logits", "last"), ("workload.sampling", True),
                            ("workload.routing", "uniform_random"), ("workload.routing_seed", 0),
                            ("workload.call_empty_experts", False), ("workload.detail", "kernels")):
            self.accept(self.schema, changed(self.model, path, value))
            self.reject(self.schema, changed(self.trace, path, value))

    def test_requests(self):
        made_up = {"arrivals": {"process": "poisson", "rate": 10}, "count": 300, "prompt_tokens": 512,
                   "output_tokens": {"lognormal": {"median": 512, "sigma": 0.8}}}
        good = {"workload": {"model": "m.json", "requests": made_up}}
        self.accept(self.schema, good)
        for path, value in (("arrivals", {"process": "gamma", "rate": 1, "cv": 2}), ("arrivals", {"process": "burst", "size": 3}),
                            ("arrivals", {"process": "closed_loop", "users": 3, "think_s": 2, "think_cv": 1}),
                            ("arrivals", {"process": "stages", "stages": [{"rate": 0, "duration_s": 3}]}),
                            ("arrivals", {"process": "sessions", "rate": 1, "turns": 3, "gap_s": 1}),
                            ("prompt_tokens", {"fixed": 3}), ("prompt_tokens", {"uniform": {"min": 1, "max": 3}}),
                            ("prompt_tokens", {"normal": {"mean": 5, "sd": 1, "max": 9}}),
                            ("prompt_tokens", {"lognormal": {"mean": 5, "cv": 1}}), ("prompt_tokens", {"empirical": "f.csv"}),
                            ("prefix", {"groups": 9, "tokens": 100, "choice": "round_robin"}), ("seed", 1)):
            self.accept(self.schema, changed(good, f"workload.requests.{path}", value))
        for path, value in (("arrivals", {"process": "poisson"}), ("arrivals", {"process": "poisson", "rate": 0}),
                            ("arrivals", {"process": "poisson", "rate": 1, "cv": 1}), ("arrivals", {"process": "poison", "rate": 1}),
                            ("arrivals", {"process": "sessions", "turns": 3}), ("arrivals", {"process": "burst", "size": 0}),
                            ("arrivals", {"process": "sessions", "rate": 1, "users": 1, "turns": 3}), ("arrivals", None),
                            ("prompt_tokens", 0), ("prompt_tokens", {}), ("prompt_tokens", None), ("prompt_tokens", {"lognormal": {"median": 5}}),
                            ("prompt_tokens", {"lognormal": {"median": 5, "sigma": 1, "cv": 1}}), ("count", 0), ("duration_s", 3),
                            ("prefix", {"groups": 0, "tokens": 1}), ("trace", "f.csv"), ("sed", 1)):
            self.reject(self.schema, changed(good, f"workload.requests.{path}", value))
        for key in ("prompt_tokens", "output_tokens", "batch"):
            self.reject(self.schema, changed(good, f"workload.{key}", 3))
        self.reject(self.schema, changed(good, "workload.profile", True))
        self.reject(self.schema, changed(self.trace, "workload.requests", made_up))
        times = {"file": "f.csv", "use": "times"}
        lengths = {"file": "f.csv", "use": "lengths", "scale": 0.5}
        sizes = {"prompt_tokens": 3, "output_tokens": 3}
        for requests in ({"trace": "f.csv"}, {"trace": {"file": "f.csv", "limit": 3}}, {"trace": times, **sizes},
                         {"trace": lengths, "arrivals": made_up["arrivals"], "count": 3}):
            self.accept(self.schema, {"workload": {"model": "m.json", "requests": requests}})
        for requests in ({}, {"trace": "f.csv", **sizes}, {"trace": times}, {"trace": lengths}, {"trace": {"use": "times"}},
                         {"trace": times, **sizes, "arrivals": made_up["arrivals"]}):
            self.reject(self.schema, {"workload": {"model": "m.json", "requests": requests}})

    def test_serving(self):
        good = {"workload": {"model": "m.json", "requests": {"trace": "f.csv"}}, "serving": {}}
        self.accept(self.schema, good)
        truths = ("chunked_prefill", "reserve_full_prompt", "reserve_max_len", "order_by_total", "async", "prefix_caching")
        counts = ("max_num_batched_tokens", "max_num_seqs", "max_model_len", "block_tokens", "kv_blocks", "replicas")
        for key in truths:
            self.accept(self.schema, changed(good, f"serving.{key}", False))
            self.reject(self.schema, changed(good, f"serving.{key}", 1))
        for key in counts:
            self.accept(self.schema, changed(good, f"serving.{key}", 8))
            for value in (0, -1, 1.5, "8", True, 10**12):
                self.reject(self.schema, changed(good, f"serving.{key}", value))
        for key, values, bad in (("scheduler", ("vllm_v1", "static", "mine"), ("", 5)), ("kv_blocks", ("auto",), ("all",)),
                                 ("long_prefill_threshold", (0, 512), (-1,)), ("batch_timeout_s", (0, 0.5), (-1, 2e9)),
                                 ("memory_utilization", (0.5, 1), (0, 1.1)), ("reserve_GB", (0, 2.5), (-1,)),
                                 ("watermark", (0, 0.01), (-0.1, 1)), ("request_overhead_ms", (0, 2), (-1,)),
                                 ("router", ("least_tokens", {"policy": "prefix_aware", "weights": [2, 1, 0]},
                                             {"policy": "session_affinity", "session_limit": 8, "signal_delay_s": 0.1, "seed": 3}),
                                  ("least", {}, {"policy": "random", "weights": [1, 1]}, {"policy": "random", "sed": 1}, 5)),
                                 ("slo", ({"ttft_s": 1}, {"tpot_s": 0.05, "e2e_s": 3}), ({}, {"ttft_s": 0}, {"ttft": 1})),
                                 ("speculative",
                                  ({"method": "ngram", "tokens": 3, "acceptance": 0.5, "draft_us": 2.5},
                                   {"method": "heads", "tokens": 2, "acceptance": [1, 0], "layers": 2, "seed": 4},
                                   {"method": "draft_model", "tokens": 256, "acceptance": 0, "model": "d.json",
                                    "mapping": "gpu[1]"}),
                                  ({}, 3, {"method": "ngram", "tokens": 3}, {"method": "ngram", "acceptance": 1},
                                   {"method": "ngrams", "tokens": 3, "acceptance": 0.5},
                                   {"method": "ngram", "tokens": 0, "acceptance": 0.5},
                                   {"method": "ngram", "tokens": 257, "acceptance": 0.5},
                                   {"method": "ngram", "tokens": 3, "acceptance": 1.5},
                                   {"method": "ngram", "tokens": 3, "acceptance": [-1]},
                                   {"method": "heads", "tokens": 3, "acceptance": 0.5, "layers": 0})),
                                 ("replica", (), (2,))):
            for value in values:
                self.accept(self.schema, changed(good, f"serving.{key}", value))
            for value in bad:
                self.reject(self.schema, changed(good, f"serving.{key}", value))
        self.accept(self.schema, {**good, "serving": {"kv_blocks": "auto", "memory_utilization": 0.5}})
        self.reject(self.schema, {**good, "serving": {"kv_blocks": 8, "memory_utilization": 0.5}})
        self.reject(self.schema, {**self.model, "serving": {}})

    def test_bad(self):
        self.reject(self.schema, None)
        self.reject(self.schema, {})
        self.reject(self.schema, {"workload": {}})
        self.reject(self.schema, changed(self.model, "workload", None))
        self.reject(self.schema, changed(self.model, "workload.trace", "t.jsonl"))
        self.reject(self.schema, changed(self.model, "workload.prompt_tokens", None))
        self.reject(self.schema, changed(self.model, "workload.output_tokens", None))
        self.reject(self.schema, changed(self.trace, "workload.prompt_tokens", 64))
        for count in ("workload.prompt_tokens", "workload.output_tokens", "workload.batch",
                      "moe.experts_per_token", "simulation.num_key_value_heads", "simulation.sliding_window"):
            for value in (0, -1, 1.5, "64", True, 10**12):
                self.reject(self.schema, changed(self.model, count, value))
            if count != "workload.prompt_tokens":
                self.reject(self.schema, changed(self.model, count, [64]))
        for prompts in ([], [64, 0], [64, "8"], [[64]], [10**12]):
            self.reject(self.schema, changed(self.model, "workload.prompt_tokens", prompts))
        for choice in ("dtype", "kv_dtype", "attention", "logits", "routing", "detail"):
            self.reject(self.schema, changed(self.model, f"workload.{choice}", "wrong"))
        for truth in ("workload.sampling", "workload.call_empty_experts", "simulation.segments"):
            self.reject(self.schema, changed(self.model, truth, 1))
            self.reject(self.schema, changed(self.model, truth, "yes"))
        self.reject(self.schema, changed(self.model, "simulation.schedule", "parallel"))
        self.reject(self.schema, changed(self.model, "moe.end", None))
        self.reject(self.schema, changed(self.model, "moe.experts_per_token", None))
        self.reject(self.schema, changed(self.model, "architectures", "mine.yaml"))
        for value in ({"H100": {"mem_bw_GBs": 1}}, {"files": ["mine.yaml"], "PIM-AI-4chip": {}}, {}):
            self.accept(self.schema, changed(self.model, "architectures", value))
        for value in ({"H100": 5}, {"files": "mine.yaml"}, {"H100": None}, {"files": [""]}, None):
            self.reject(self.schema, {**self.model, "architectures": value})
        self.reject(self.schema, changed(self.model, "name", ""))
        for value in ("", ",t", 5, None, ["HOST"], "4chip", "PIM AI"):
            self.reject(self.schema, {**self.model, "mapping": {"q_proj": value}})
        self.reject(self.schema, changed(self.model, "mapping.default", "PIM-AI-4chip,t"))
        for path in ("colour", "workload.colour", "moe.colour", "simulation.colour"):
            self.reject(self.schema, changed(self.model, path, "red"))

    def mapped(self, mapping):
        return {**self.model, "mapping": mapping}

    def test_places(self):
        good = ("dimm", "dimm[3]", "dimm[0..7]", "PIM-AI-4chip[0]", "gpu+dimm[0..7]", "gpu + HOST", "HOST",
                {"devices": "dimm"}, {"devices": "dimm[3]+gpu", "split": "tensor"}, {"devices": "x", "split": "experts"},
                {"devices": "x", "split": "replicas"})
        flagged = ("dimm[3],t", "gpu+dimm,tm", {"devices": "x", "flags": "mt"},
                   {"devices": "x", "split": "tensor", "flags": "t"})
        bad = ("", ",t", "dimm[", "dimm[a]", "dimm[0..]", "dimm[-1]", "dimm+", "+dimm", "4chip", 5, None, ["HOST"], True,
               {}, {"device": "x"}, {"devices": "x,t"}, {"devices": ""}, {"devices": ["x"]}, {"devices": None},
               {"devices": "x", "split": "columns"}, {"devices": "x", "split": None}, {"devices": "x", "flags": "x"},
               {"devices": "x", "flags": ""}, {"devices": "x", "flags": ["t"]}, {"devices": "x", "colour": "red"},
               {"split": "tensor"})
        for place, holds in [(place, True) for place in good + flagged] + [(place, False) for place in bad]:
            check = self.accept if holds else self.reject
            for mapping in ({"norm": place}, {"experts": place}, {"layers": {"0..3": place}}):
                check(self.schema, self.mapped(mapping))
                check(self.schema, self.mapped({"prefill": mapping}))
                check(self.schema, self.mapped({"decode": mapping}))
        for mapping in ({"default": place} for place in good):
            self.accept(self.schema, self.mapped(mapping))
            self.accept(self.schema, self.mapped({"decode": mapping}))
        for mapping in ({"default": place} for place in flagged + bad):
            self.reject(self.schema, self.mapped(mapping))
            self.reject(self.schema, self.mapped({"decode": mapping}))

    def test_layers_and_phases(self):
        for key in ("0", "7", "0..0", "16..31", "0..1000000", "1000000"):
            self.accept(self.schema, self.mapped({"layers": {key: "dimm"}}))
        for key in ("", "a", "0-3", "0..", "..3", "0...3", "1000001", "0..1000001", "01", "-1", "1.5", "0..3..5", " 1"):
            self.reject(self.schema, self.mapped({"layers": {key: "dimm"}}))
        for mapping in ({"prefill": {}}, {"layers": {}}, {"prefill": {"default": "gpu"}, "decode": {"layers": {"0": "gpu"}}}):
            self.accept(self.schema, self.mapped(mapping))
        for mapping in ({"prefill": None}, {"decode": "gpu"}, {"layers": None}, {"layers": "gpu"}, {"layers": ["0..3"]},
                        {"prefill": {"decode": {}}}, {"decode": {"decode": "gpu"}}, {"decode": ["gpu"]}):
            self.reject(self.schema, self.mapped(mapping))
        ranges = {str(i): "dimm" for i in range(1024)}
        self.accept(self.schema, self.mapped({"layers": ranges}))
        self.reject(self.schema, self.mapped({"layers": {**ranges, "2000": "dimm"}}))

    def test_platform(self):
        self.accept(self.schema, changed(self.model, "platform", "p.yaml"))
        for value in ("", 5, ["p.yaml"], {"name": "p"}):
            self.reject(self.schema, changed(self.model, "platform", value))

    def test_offload(self):
        for value in ("HOST", "pool[0..3]", {"to": "HOST"}, {"to": "pool", "share": 0.5}, {"to": "pool", "share": 1}):
            for key in ("weights", "kv_cache"):
                self.accept(self.schema, {**self.model, "offload": {key: value}})
        for value in ("", 5, None, ["HOST"], {}, {"share": 0.5}, {"to": ""}, {"to": "HOST", "share": 0},
                      {"to": "HOST", "share": -1}, {"to": "HOST", "share": 1.1}, {"to": "HOST", "share": "1"},
                      {"to": "HOST", "colour": "red"}):
            self.reject(self.schema, {**self.model, "offload": {"weights": value}})
        for value in ({}, "HOST", None, {"weight": "HOST"}):
            self.reject(self.schema, {**self.model, "offload": value})

    def test_schedules(self):
        dataflow = changed(self.model, "simulation.schedule", "dataflow")
        for key, values in (("chunks", (2, 1024)), ("microbatches", (2, 4096)), ("interleave", (2, 4096)),
                            ("prefetch_weights", (True, {"buffer_MB": 0.5}))):
            for value in values:
                self.accept(self.schema, changed(dataflow, f"simulation.{key}", value))
                self.reject(self.schema, changed(self.model, f"simulation.{key}", value))
        for key, value in (("chunks", 1), ("microbatches", 1), ("interleave", 1), ("prefetch_weights", False)):
            self.accept(self.schema, changed(self.model, f"simulation.{key}", value))
        for key, most in (("chunks", 1024), ("microbatches", 4096), ("interleave", 4096)):
            for value in (0, -1, 1.5, "2", True, most + 1):
                self.reject(self.schema, changed(dataflow, f"simulation.{key}", value))
        interleaved = changed(dataflow, "simulation.interleave", 2)
        for key, used, unused in (("chunks", 2, 1), ("microbatches", 2, 1), ("prefetch_weights", True, False)):
            self.reject(self.schema, changed(interleaved, f"simulation.{key}", used))
            self.accept(self.schema, changed(interleaved, f"simulation.{key}", unused))
        for key in ("allow_overflow", "ideal_links", "ideal_devices"):
            for value in (True, False):
                self.accept(self.schema, changed(self.model, f"simulation.{key}", value))
            self.reject(self.schema, changed(self.model, f"simulation.{key}", 1))
        for value in ("yes", 8, {}, {"buffer_MB": 0}, {"buffer_MB": -1}, {"buffer_MB": "8"}, {"buffer_MB": 1e10},
                      {"buffer_MB": 8, "buffer": 8}, [8]):
            self.reject(self.schema, changed(dataflow, "simulation.prefetch_weights", value))

    def test_work_of_the_host(self):
        reference = changed(self.model, "simulation.cost_model", "reference")
        for key in ("step_overhead_us", "per_sequence_overhead_us"):
            for value in (0, 0.5, 150, 1e9):
                self.accept(self.schema, changed(self.model, f"simulation.{key}", value))
                self.accept(self.schema, changed(self.trace, f"simulation.{key}", value))
            for value in (-1, 1.1e9, "8", True, [8]):
                self.reject(self.schema, changed(self.model, f"simulation.{key}", value))
            self.accept(self.schema, changed(reference, f"simulation.{key}", 0))
            self.reject(self.schema, changed(reference, f"simulation.{key}", 2))

    def test_kernels_are_of_models_that_are_described(self):
        for detail in ("layers", "kernels"):
            model = changed(self.model, "workload.detail", detail)
            self.accept(self.schema, model)
            self.accept(self.schema, changed(model, "workload.profile", False))
            self.reject(self.schema, changed(model, "workload.profile", True))
        reference = changed(self.model, "simulation.cost_model", "reference")
        self.accept(self.schema, changed(reference, "workload.detail", "layers"))
        self.reject(self.schema, changed(reference, "workload.detail", "kernels"))

    def test_the_published_model_places_each_layer_on_one_device(self):
        reference = changed(self.model, "simulation.cost_model", "reference")
        self.accept(self.schema, reference)
        for mapping in ({"default": "dimm", "norm": "dimm[3],t", "prefill": {}}, {"norm": {"devices": "dimm[3]"}}):
            self.accept(self.schema, {**reference, "mapping": mapping})
        for mapping in ({"experts": "dimm"}, {"layers": {"0": "dimm"}}, {"decode": {"norm": "dimm"}}):
            self.accept(self.schema, self.mapped(mapping))
            self.reject(self.schema, {**reference, "mapping": mapping})
        self.reject(self.schema, changed(reference, "simulation.schedule", "dataflow"))

    def test_flags(self):
        """The published tool read the flags as a regular expression does; roofline takes t and m only."""
        for flags in ("t", "m", "tm", "mt"):
            self.accept(self.schema, changed(self.model, "mapping.q_proj", f"HOST,{flags}"))
        reference = changed(self.model, "simulation.cost_model", "reference")
        for flags in ("x", "t,m", " t"):
            self.reject(self.schema, changed(self.model, "mapping.q_proj", f"HOST,{flags}"))
            self.accept(self.schema, changed(reference, "mapping.q_proj", f"HOST,{flags}"))


if __name__ == "__main__":
    unittest.main()
