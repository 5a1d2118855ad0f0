"""`run`: the shipped scenarios, the published numbers, and the options that change a run."""

import json

import yaml

from program import GOLDEN, MODEL, SCENARIOS, SHIPPED, CliTest, device_yaml, numbers, parse_json, run

PARTS = ("host_to_device", "device_to_host", "main_mem", "compute", "active", "idle")
BUSY = ("host_to_device", "device_to_host", "compute", "mem_transfer", "kv_load")


def without_names(result):
    return {key: value for key, value in result.items() if key not in ("scenario", "model", "cost_model")}


class Kernels(CliTest):
    """A model's events as an engine's kernels, and what the host does before each step."""

    SCENARIO = SCENARIOS / "llama-2-7b_h100.yaml"

    def lines(self, *settings):
        options = [option for setting in settings for option in ("--set", setting)]
        result = self.result(self.SCENARIO, *options)
        return result, {(line["type"], line["name"], line["phase"]): line for line in result["event_classes"]}

    def test_take_the_place_of_layers(self):
        layers, before = self.lines("workload.detail=layers")
        kernels, after = self.lines("workload.detail=kernels")
        passes = layers["forward_passes"]
        self.assertEqual(kernels["forward_passes"], passes)
        for name in ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj"):
            self.assertEqual(before["Linear", name, "decode"]["count"], 32 * (passes - 1))
            self.assertNotIn(("Linear", name, "decode"), after)
        for of_type, name, count in (("Linear", "qkv_proj", 32), ("Linear", "gate_up_proj", 32),
                                     ("rotary_embedding", "rotary", 32), ("reshape_and_cache", "cache_write", 32),
                                     ("act_and_mul", "act_and_mul", 32), ("sampler", "sampler", 1)):
            self.assertEqual(after[of_type, name, "decode"]["count"], count * (passes - 1))
        for device, held in layers["devices"].items():
            for what in ("weights", "kv_cache"):
                self.close(held["memory_bytes"][what], kernels["devices"][device]["memory_bytes"][what], 1e-12)

    def test_layers_that_a_mapping_names_stay(self):
        device = yaml.safe_load(self.SCENARIO.read_text())["mapping"]["default"]
        _, lines = self.lines("workload.detail=kernels", f"mapping.k_proj={device}")
        self.assertIn(("Linear", "k_proj", "decode"), lines)
        self.assertNotIn(("Linear", "qkv_proj", "decode"), lines)
        self.assertIn(("Linear", "gate_up_proj", "decode"), lines)

    def test_the_host_has_a_line_of_its_own(self):
        without, _ = self.lines()
        result, lines = self.lines("simulation.step_overhead_us=100", "simulation.per_sequence_overhead_us=10")
        batch, passes = result["batch"], result["forward_passes"]
        self.close(result["time_s"], without["time_s"] + passes * (100 + 10 * batch) * 1e-6, 1e-9)
        line = lines["host", "step overhead", "decode"]
        self.assertEqual(line["count"], passes - 1)
        self.close(line["time_s"], (passes - 1) * (100 + 10 * batch) * 1e-6, 1e-9)
        self.close(result["devices"]["HOST"]["busy_s"]["compute"], passes * (100 + 10 * batch) * 1e-6, 1e-9)

    def test_dry_run_says_which(self):
        for detail in ("layers", "kernels"):
            text = self.good("run", self.SCENARIO, "--dry-run", "--set", f"workload.detail={detail}",
                             "--set", "simulation.step_overhead_us=1.5")
            self.check_words(text, (f"detail: {detail}", "step_overhead_us: 1.5"))


class Shipped(CliTest):
    def each(self, check):
        self.assertGreaterEqual(len(SHIPPED), 12)
        for scenario in SHIPPED:
            with self.subTest(scenario=scenario.name):
                check(scenario)

    def test_runs_without_a_word_on_standard_error(self):
        def check(scenario):
            text = self.good("run", scenario)
            self.check_words(text, (yaml.safe_load(scenario.read_text())["name"], "tokens/s", "prefill", "decode"))
            self.assertNotRegex(text, r"(?i)\b(nan|inf)\b")
        self.each(check)

    def test_json_adds_up(self):
        self.each(lambda scenario: self.check_sums(self.result(scenario), yaml.safe_load(scenario.read_text())))

    def check_sums(self, result, scenario):
        workload, phases = scenario["workload"], result["phases"].values()
        self.assertEqual((result["format"], result["version"]), ("upmem-des-result", 1))
        self.assertEqual(result["scenario"], scenario["name"])
        self.assertEqual(result["dtype"], workload["dtype"])
        self.assertEqual(result["forward_passes"], workload["output_tokens"])
        self.assertEqual(result["generated_tokens"], workload["output_tokens"] * workload["batch"])
        self.close(result["time_s"], sum(phase["time_s"] for phase in phases), 1e-12)
        self.close(result["energy_J"], sum(phase["energy_J"]["total"] for phase in phases), 1e-12)
        self.close(result["energy_J"], sum(device["energy_J"]["total"] for device in result["devices"].values()), 1e-12)
        for part in (*phases, *result["devices"].values(), *result["event_classes"]):
            energy = part["energy_J"]
            self.close(energy["total"], sum(energy[name] for name in PARTS), 1e-12)
        for name in PARTS:
            self.close(sum(phase["energy_J"][name] for phase in phases),
                       sum(device["energy_J"][name] for device in result["devices"].values()), 1e-9, name)
        for name in BUSY:
            self.close(sum(phase["busy_s"][name] for phase in phases),
                       sum(device["busy_s"][name] for device in result["devices"].values()), 1e-9, name)
        for device in result["devices"].values():
            busy = device["busy_s"]
            for seconds in (*busy.values(), busy["mem_transfer"] + busy["kv_load"]):
                self.assertLessEqual(seconds, result["time_s"] * (1 + 1e-9))
        for phase, sums in result["phases"].items():
            lines = [line for line in result["event_classes"] if line["phase"] == phase]
            for name in BUSY:
                self.close(sums["busy_s"][name], sum(line["busy_s"][name] for line in lines), 1e-9, name)
            for name in set(PARTS) - {"active", "idle"}:
                self.close(sums["energy_J"][name], sum(line["energy_J"][name] for line in lines), 1e-9, name)
        events = [result["events"], sum(phase["events"] for phase in phases),
                  sum(device["events"] for device in result["devices"].values()),
                  sum(line["count"] for line in result["event_classes"] if line["kind"] != "communication")]
        self.assertEqual(len(set(events)), 1, events)
        for where, value in numbers(result).items():
            self.assertGreaterEqual(value, 0, where)

    def test_segments_change_nothing(self):
        self.each(lambda scenario: self.same_numbers(
            self.result(scenario), self.result(scenario, "--set", "simulation.segments=false"), 1e-9))

    def test_both_cost_models_run(self):
        def check(scenario):
            for model in ("reference", "roofline"):
                self.assertEqual(self.result(scenario, "--cost-model", model)["cost_model"], model)
        self.each(check)


class Published(CliTest):
    """The reference scenarios give the published tool's numbers."""

    def check(self, scenario, case):
        expected = parse_json((GOLDEN / case / "expected.json").read_text())
        actual = numbers(self.result(SCENARIOS / "reference" / scenario))
        for where, value in numbers(expected).items():
            self.close(value, actual[where], 1e-9, where)

    def test_4chip(self):
        self.check("llama-2-7b_4chip.yaml", "llama7b_4chip_64_16_1_bfloat16")

    def test_mixed(self):
        self.check("llama-2-7b_mixed.yaml", "llama7b_mixed_64_16_1_bfloat16")

    def test_a_golden_trace(self):
        case = GOLDEN / "mistral7b_4chip_kv8_w128"
        result = numbers(parse_json(run("run", case / "scenario.yaml", "-q", "--json", "/dev/stdout").out))
        for where, value in numbers(parse_json((case / "expected.json").read_text())).items():
            self.close(value, result[where], 1e-9, where)


class Options(CliTest):
    def dry_run(self, *arguments):
        return yaml.safe_load(self.good("run", self.scenario, "--dry-run", *arguments))

    def test_set_changes_any_key(self):
        self.assertEqual(self.result(self.scenario, "--set", "workload.batch=8")["batch"], 8)
        changed = self.dry_run("--set", "name=other", "--set=workload.prompt_tokens=9", "--set",
                               "mapping.q_proj=H100,t", "--set", "moe={end: q_proj, experts_per_token: 2}")
        self.assertEqual((changed["name"], changed["workload"]["prompt_tokens"]), ("other", 9))
        self.assertEqual(changed["mapping"]["q_proj"], "H100,t")
        self.assertEqual(changed["moe"], {"end": "q_proj", "experts_per_token": 2})

    def test_the_last_setting_wins(self):
        self.assertEqual(self.dry_run("--set", "workload.batch=8", "--set", "workload.batch=3")["workload"]["batch"], 3)
        self.assertEqual(self.dry_run("--dtype", "int8", "--set", "workload.dtype=int4")["workload"]["dtype"], "int8")

    def test_options_stand_for_keys(self):
        for option, value, section, key in (
                ("--cost-model", "reference", "simulation", "cost_model"), ("--dtype", "int8", "workload", "dtype"),
                ("--num-key-value-heads", 4, "simulation", "num_key_value_heads"),
                ("--sliding-window", 3, "simulation", "sliding_window")):
            with self.subTest(option=option):
                by_option = self.dry_run(option, value)
                self.assertEqual(by_option[section][key], value)
                self.assertEqual(by_option, self.dry_run("--set", f"{section}.{key}={value}"))
                by_option = without_names(self.result(self.scenario, option, value))
                self.assertNotEqual(by_option, without_names(self.result(self.scenario)))

    def test_bytes_follow_the_data_type(self):
        moved = {dtype: self.result(self.scenario, "--dtype", dtype)["phases"]["decode"]["energy_J"]["main_mem"]
                 for dtype in ("int4", "int8", "float16", "bfloat16", "float32")}
        self.assertEqual(moved["float16"], moved["bfloat16"])
        self.assertTrue(moved["int4"] < moved["int8"] < moved["float16"] < moved["float32"], moved)

    def test_key_value_heads_and_window_size_the_cache(self):
        def cache(*arguments):
            return self.result(self.scenario, *arguments)["phases"]["decode"]["busy_s"]["kv_load"]
        self.close(cache("--num-key-value-heads", 4), 2 * cache("--num-key-value-heads", 2), 1e-12)
        self.close(cache("--num-key-value-heads", 2), cache(), 1e-12, "the model's own")
        # 7 and 8 rows in the two decode passes; the window leaves 3 of each
        self.close(cache("--sliding-window", 3), cache() * 6 / 15, 1e-12)

    def test_extra_devices(self):
        ours = self.write("ours.yaml", device_yaml("Mine"))
        theirs = self.write("theirs.yaml", device_yaml("Mine", tflops=8) + device_yaml("Other"))
        on_ours = self.small(mapping="{ default: Mine }")
        self.refused("run", on_ours, saying=("mapping.default", "unknown device 'Mine'"))
        result = self.result(on_ours, "--extra-archs", ours)
        self.assertEqual(list(result["devices"]), ["HOST", "Mine"])
        faster = self.result(on_ours, "--extra-archs", ours, "--extra-archs", theirs)
        compute = [one["devices"]["Mine"]["busy_s"]["compute"] for one in (result, faster)]
        self.close(compute[0], 2 * compute[1], 1e-9, "the later file replaces")
        written = self.write("written.yaml", on_ours.read_text() + "architectures: [ours.yaml]\n")
        changed = self.result(on_ours, "--extra-archs", ours)
        self.assertEqual((changed["scenario"], changed["run"]["settings"]),
                         ("small (architectures=ours.yaml)", {"architectures": "ours.yaml"}))
        changed["run"]["settings"] = {}
        self.assertEqual(self.result(written), changed | {"scenario": "small"})

    def test_the_same_command_gives_the_same_bytes(self):
        self.assertEqual(*(self.good("run", self.scenario, "-q", "--json", "/dev/stdout") for _ in range(2)))
        self.assertEqual(*(self.good("run", self.scenario, "--print-log", "--print-log-summary") for _ in range(2)))

    def test_a_mixture_of_experts_routes_the_same_way_each_time(self):
        self.write("model.json", json.dumps({**MODEL, "model_type": "mixtral", "num_local_experts": 4,
                                             "num_experts_per_tok": 2}))
        def with_seed(seed):
            return self.good("run", self.scenario, "-q", "--json", "/dev/stdout", "--set",
                             "workload.routing=uniform_random", "--set", f"workload.routing_seed={seed}")
        self.assertEqual(with_seed(1), with_seed(1))
        self.assertNotEqual(with_seed(1), with_seed(2))

    def test_quiet_and_verbose(self):
        self.assertEqual(self.good("run", self.scenario, "-q"), "")
        self.assertEqual(self.good("-q", "run", self.scenario), "")
        talkative = run("run", self.scenario, "-v")
        self.assertEqual(talkative.out, self.good("run", self.scenario))
        self.assertRegex(talkative.err, r"^(upmem-des: debug: [^\n]+\n)+$")


class IdealDevices(CliTest):
    SAID = "all devices are ideal: they reach their peaks; see docs/accuracy.md"

    def check(self, expected, *options, scenario=None):
        scenario = scenario or self.scenario
        text = self.good("run", scenario, *options)
        self.assertEqual(text.splitlines().count(self.SAID), 1 if expected else 0, options)
        result = self.result(scenario, *options)
        self.assertEqual(result.get("all_devices_ideal"), expected, options)
        return result

    def test_published_devices_are_ideal_and_those_with_efficiencies_are_not(self):
        ideal = self.check(True)
        changes = {"compute_efficiency": 0.001, "mem_efficiency": 0.9, "launch_overhead_ns": 1,
                   "efficiency": "{product: {bfloat16: {t0_us: 5}}}"}
        for key, value in changes.items():
            with self.subTest(key):
                archs = self.write("a.yaml", device_yaml("PIM_AI_4chip") + device_yaml("PIM_AI_1chip", **{key: value}))
                options = ("--extra-archs", archs)
                real = self.check(False, *options, scenario=self.small(mapping="{default: PIM-AI-1chip}"))
                # simulation.ideal_devices takes all of them away.
                made_ideal = self.check(True, *options, "--set", "simulation.ideal_devices=true",
                                        scenario=self.small(mapping="{default: PIM-AI-1chip}"))
                archs.write_text(device_yaml("PIM_AI_1chip"))
                plain = self.check(True, *options, scenario=self.small(mapping="{default: PIM-AI-1chip}"))
                self.assertLess(made_ideal["time_s"], real["time_s"])
                self.close(plain["time_s"], made_ideal["time_s"], 1e-12)
        self.assertGreater(ideal["time_s"], 0)

    def test_all_of_them_have_to_be(self):
        archs = self.write("a.yaml", device_yaml("SLOW", mem_efficiency=0.5))
        mixed = self.small(mapping="{default: PIM-AI-4chip, lm_head: SLOW}")
        self.check(False, "--extra-archs", archs, scenario=mixed)

    def test_the_host_counts_where_it_is_alone(self):
        on_host = self.small(mapping="{default: HOST}")
        self.check(False, scenario=on_host)
        archs = self.write("a.yaml", device_yaml("HOST"))
        self.check(True, "--extra-archs", archs, scenario=on_host)

    def test_reference_does_not_say_it(self):
        self.check(None, "--set", "simulation.cost_model=reference")
