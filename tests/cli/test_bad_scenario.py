"""Scenarios and device files that cannot be used: one line, exit code 2, nothing written."""

import json

from program import MIXTRAL, SCENARIO, CliTest, device_yaml, run

NOT_COUNTS = ("0", "-1", "-0", "1.5", "1e3", ".inf", "-.inf", ".nan", "1e999", "99999999999999999999", "1000000001",
              "true", "'64'", "~", "", "[1]", "{a: 1}", "0x10", "1_000", "six")
NOT_RATES = ("0", "-1", ".inf", "-.inf", ".nan", "inf", "nan", "1e999", "1e300", "1e-300", "-1e-5", "true", "'10'", "~",
             "", "[1]", "{a: 1}", "fast", "12 GB/s", "0x10")


class Numbers(CliTest):
    def test_counts(self):
        for key in ("workload.prompt_tokens", "workload.output_tokens", "workload.batch",
                    "simulation.num_key_value_heads", "simulation.sliding_window", "simulation.chunks",
                    "simulation.microbatches", "simulation.interleave"):
            for value in NOT_COUNTS:
                with self.subTest(key=key, value=value):
                    self.run_refused(self.scenario, "--set", f"{key}={value}", saying=("--set", key, "expected"))

    def test_counts_in_the_file(self):
        for value in NOT_COUNTS:
            with self.subTest(value=value):
                scenario = self.write("s.yaml", SCENARIO.replace("output_tokens: 3", f"output_tokens: {value}"))
                self.run_refused(scenario, saying=(f"{scenario}:5: workload.output_tokens", "expected"))

    def test_absurd_but_possible_looking_counts(self):
        for settings in (["workload.prompt_tokens=1000000000"], ["workload.batch=1000000000"],
                         ["workload.output_tokens=1000000000"],
                         ["workload.prompt_tokens=100000000", "workload.batch=1000000"]):
            with self.subTest(settings=settings):
                options = [word for setting in settings for word in ("--set", setting)]
                self.run_refused(self.scenario, *options, saying="expected")

    def test_experts_per_token(self):
        self.write("model.json", json.dumps(MIXTRAL))
        for value in NOT_COUNTS:
            with self.subTest(value=value):
                self.run_refused(self.scenario, "--set", f"moe={{end: w2, experts_per_token: {value}}}",
                                 saying="moe.experts_per_token")

    def test_rates(self):
        for key in ("host_to_device_bw_GBs", "device_to_host_bw_GBs", "mem_bw_GBs", "tflops"):
            for value in NOT_RATES:
                with self.subTest(key=key, value=value):
                    devices = self.write("mine.yaml", device_yaml(**{key: value}))
                    self.run_refused(self.scenario, "--extra-archs", devices, saying=("mine.yaml:", f"Mine.{key}"))

    def test_energies_and_latencies_may_be_nothing_but_not_less(self):
        keys = ("mem_pj_per_bit", "pj_per_tflop", "host_to_device_pj_per_bit", "idle_W", "launch_overhead_ns",
                "link_latency_ns")
        for key in keys:
            for value in set(NOT_RATES) - {"0", "1e-300"}:
                with self.subTest(key=key, value=value):
                    devices = self.write("mine.yaml", device_yaml(**{key: value}))
                    self.run_refused(self.scenario, "--extra-archs", devices, saying=f"Mine.{key}")
        free = self.write("free.yaml", device_yaml(**dict.fromkeys(keys, 0)))
        self.result(self.small(mapping="{ default: Mine }"), "--extra-archs", free)

    def test_extreme_figures_that_are_allowed_give_numbers(self):
        for least in (1e-9, 1e-6, 1e9, 1e18):
            for most in (0, 1e-9, 1e18):
                for model in ("roofline", "reference"):
                    with self.subTest(rate=least, energy=most, model=model):
                        figures = {key: f"{most if 'pj' in key else least:.0e}" for key in (
                            "host_to_device_bw_GBs", "device_to_host_bw_GBs", "mem_bw_GBs", "tflops", "pj_per_tflop",
                            "mem_pj_per_bit", "host_to_device_pj_per_bit", "device_to_host_pj_per_bit")}
                        devices = self.write("mine.yaml", device_yaml(**figures))
                        result = self.result(self.small(mapping="{ default: Mine }"), "--extra-archs", devices,
                                             "--cost-model", model)
                        self.assertGreater(result["time_s"], 0)


class Structure(CliTest):
    def check(self, text, *saying):
        with self.subTest(text=text[:200]):
            self.run_refused(self.write("s.yaml", text), saying=("s.yaml", *saying))

    def test_files_that_are_no_scenario(self):
        self.run_refused(self.folder / "none.yaml", saying=("none.yaml", "no such file"))
        self.run_refused(self.folder, saying="folder")
        self.run_refused("", saying="")
        self.check("", "empty")
        self.check("# only a comment\n", "empty")
        self.check("just a text\n")
        self.check("- a\n- list\n")
        self.check("a: [1, 2\n")
        self.check("a: 'never closed\n")
        self.check("a: b: c\n")
        self.check("\t\tx: 1\n")
        self.check("a: \0\n")
        self.check("{" * 100000)
        self.check(SCENARIO + "---\n" + SCENARIO, "second document")

    def test_every_cut_of_a_scenario_fails_or_runs(self):
        for length in range(0, len(SCENARIO), 7):
            with self.subTest(length=length):
                outcome = run("run", self.write("s.yaml", SCENARIO[:length]), "-q")
                self.assertIn(outcome.code, (0, 2))
                if outcome.code:
                    self.check_messages(outcome.err, ["error"])

    def test_unknown_keys(self):
        self.check(SCENARIO + "mapings:\n  a: b\n", "mapings", "did you mean 'mapping'?")
        self.check(SCENARIO.replace("batch", "bacth"), "s.yaml:6: workload.bacth", "did you mean 'batch'?")
        self.check(SCENARIO + "simulation:\n  cost_modle: x\n", "did you mean 'cost_model'?")
        self.check(SCENARIO + "moe: {end: w2, experts_per_token: 2, start: w1}\n", "moe.start")

    def test_missing_keys(self):
        self.check(SCENARIO.replace("  prompt_tokens: 6\n", ""), "workload.prompt_tokens", "missing")
        self.check(SCENARIO.replace("  output_tokens: 3\n", ""), "workload.output_tokens", "missing")
        self.check(SCENARIO.replace("  model: model.json\n", ""), "neither a model nor a trace")
        self.check("name: x\n", "workload", "missing")
        self.check(SCENARIO + "moe: {end: w2}\n", "moe.experts_per_token", "missing")

    def test_duplicate_keys(self):
        self.check(SCENARIO + "name: again\n", "name", "duplicate key", "line 1")
        self.check(SCENARIO + "  lm_head: H100\n", "mapping.lm_head", "duplicate key")

    def test_wrong_types(self):
        for change in ("workload: 3", "workload: [1]", "mapping: 3", "mapping: [a]", "mapping: {q_proj: [H100]}",
                       "mapping: {q_proj: {a: b}}", "mapping: {layers: 3}", "mapping: {layers: {a: H100}}",
                       "mapping: {prefill: H100}", "mapping: {decode: {prefill: {}}}", "mapping: {experts: [H100]}",
                       "platform: [a]", "platform: {a: b}", "simulation: 3", "moe: 3", "architectures: mine.yaml",
                       "architectures: {a: b}", "name: [a]", "name: ''", "simulation: {segments: maybe}",
                       "simulation: {segments: 'true'}", "workload: {model: [a]}"):
            key, value = change.split(": ", 1)
            with self.subTest(change=change):
                self.run_refused(self.scenario, "--set", f"{key}={value}", saying=key)

    def test_settings_that_set_nothing(self):
        for setting in ("batch", "=3", "", "workload..batch=3", ".=3", "workload.batch.more=3", "workload.batch=[",
                        "workload.batch={", "wrokload.batch=3", ".".join("a" * 70) + "=1"):
            with self.subTest(setting=setting):
                self.run_refused(self.scenario, f"--set={setting}", saying="--set" if setting else "")

    def test_a_scenario_that_names_itself(self):
        self.check(SCENARIO.replace("model.json", "s.yaml"), "names itself")
        self.check(SCENARIO.replace("model: model.json", "trace: ./s.yaml"), "names itself")
        self.check(SCENARIO + "architectures: [s.yaml]\n", "names itself")

    def test_model_and_trace_together(self):
        self.check(SCENARIO.replace("  batch", "  trace: model.json\n  batch"), "both model and trace")

    def test_choices(self):
        for key, value, meant in (
                ("simulation.cost_model", "rofline", "roofline"), ("simulation.schedule", "sequentail", "sequential"),
                ("simulation.schedule", "datafow", "dataflow"),
                ("workload.dtype", "bfloat61", "bfloat16"), ("workload.kv_dtype", "flaot16", "float16"),
                ("workload.attention", "spda", "sdpa"), ("workload.logits", "lats", "last")):
            self.run_refused(self.scenario, "--set", f"{key}={value}", saying=(key, f"did you mean '{meant}'?"))
        self.run_refused(self.scenario, "--cost-model", "rofline", saying=("--cost-model", "did you mean 'roofline'?"))
        self.run_refused(self.scenario, "--dtype", "int3", saying=("--dtype", "expected one of", "did you mean 'int"))


class Names(CliTest):
    """What is mapped and what exists in the workload."""

    def test_a_name_that_never_occurs_is_a_warning(self):
        scenario = self.small(mapping="{ default: H100, q_prj: H100 }")
        layers = ("--set", "workload.detail=layers")
        outcome = self.warned("run", scenario, *layers, saying=("mapping.q_prj", "did you mean 'q_proj'?"))
        self.assertIn("tokens/s", outcome.out)
        self.run_refused(scenario, *layers, "--strict", saying=("mapping.q_prj", "did you mean 'q_proj'?"))
        self.assertEqual(run("run", scenario, *layers, "-q"), (0, "", ""))

    def test_a_last_layer_that_never_occurs_is_a_warning(self):
        setting = ("--set", "workload.last_layer=lm_haed")
        saying = ("workload.last_layer", "prefill", "did you mean 'lm_head'?")
        self.warned("run", self.scenario, *setting, saying=saying)
        self.run_refused(self.scenario, *setting, "--strict", saying=saying)

    def test_an_end_of_experts_that_never_occurs_is_a_warning(self):
        setting = ("--set", "moe={end: w3, experts_per_token: 2}")
        self.warned("run", self.scenario, *setting, saying=("moe.end", "'w3'"))
        self.run_refused(self.scenario, *setting, "--strict", saying="moe.end")

    def test_a_misspelt_key_of_a_model_is_a_warning(self):
        self.write("model.json", json.dumps({**MIXTRAL, "sliding_windw": 4}))
        saying = ("sliding_windw", "did you mean 'sliding_window'?")
        for arguments in (("run", self.scenario), ("trace", "--model", self.folder / "model.json")):
            self.warned(*arguments, saying=saying)
        self.run_refused(self.scenario, "--strict", saying=saying)

    def test_strict_passes_what_is_good(self):
        self.good("run", self.scenario, "--strict")

    def test_messages_are_one_line_whatever_the_names_hold(self):
        nasty = r'"a\nupmem-des: error: b\e[31m\x07\x7f\r"'
        self.run_refused(self.small(mapping=f"{{ q_proj: {nasty} }}"), saying="mapping.q_proj: unknown device")
        self.warned("run", self.small(mapping=f"{{ default: H100, {nasty}: H100 }}"), saying="mapping.a\\u000aupmem-des")
        self.run_refused(self.write("s.yaml", SCENARIO + f"{nasty}: 1\n"), saying="unknown key")
        self.run_refused(self.folder / "a\nb", saying="a\\u000ab")
        outcome = run("run", self.scenario, "--set", f"name={nasty}")
        self.assertEqual(outcome.out.splitlines()[0], r"a\u000aupmem-des: error: b\u001b[31m\u0007\u007f\u000d")
        self.run_refused(self.scenario, "--set", f"workload.model={nasty}", saying="no such file")
        self.run_refused(self.scenario, "--set", f"workload.dtype={nasty}", saying="workload.dtype")
        self.run_refused(self.scenario, "--set", f"workload.batch={nasty}", saying="workload.batch")
        self.warned("run", self.scenario, "--set", f"workload.last_layer={nasty}", saying="last_layer")
        self.refused("arch", "validate", self.write("d.yaml", f"{nasty}: {{}}\n"), saying="d.yaml")


class Devices(CliTest):
    def mapped(self, value, *saying):
        with self.subTest(value=value):
            self.run_refused(self.small(mapping=f"\n  q_proj: {value}"), saying=("mapping.q_proj", *saying))

    def test_mapping_values(self):
        self.mapped("H101", "changed.yaml:8", "unknown device 'H101'", "did you mean 'H100'?")
        self.mapped("PIM-AI-4chp,t", "did you mean 'PIM_AI_4chip'?")
        self.mapped("", "empty")
        self.mapped("''", "empty")
        self.mapped("~")
        self.mapped("',t'", "no device")
        self.mapped("H100,x", "unknown flag 'x'", "t (transfer point)")
        self.mapped("H100,t,m", "second comma")
        self.mapped("H100,m", "without a section moe")
        self.run_refused(self.small(mapping="{ default: 'H100,t' }"), saying=("mapping.default", "flags"))

    def test_several_devices(self):
        self.mapped("H100[1]", "without a platform there is one H100")
        self.mapped("PIM-AI-4chip+H100[0..3]", "without a platform there is one H100")
        self.mapped("PIM-AI-4chip+H101", "unknown device 'H101'")
        self.mapped("H100[", "is not part of a group")
        self.mapped("H100+", "is no list of devices")
        self.mapped("H100+H100", "a second time")
        self.mapped("HOST[0]", "HOST is one device")
        self.mapped("{devices: 'H100,t'}", "has a comma")
        self.mapped("{devices: H100, split: colums}", "unknown value 'colums'", "expected one of tensor")
        self.mapped("{device: H100}", "devices", "missing")
        self.result(self.small(mapping="\n  q_proj: H100[0],t\n  default: PIM-AI-4chip[0..0]"))

    def test_sections(self):
        def refused(mapping, *saying):
            with self.subTest(mapping=mapping):
                self.run_refused(self.small(mapping=mapping), saying=saying)
        refused("\n  layers:\n    3..1: H100", "changed.yaml:9: mapping.layers.3..1", "expected 1..3")
        refused("\n  layers:\n    0..3: H100\n    2: HOST", "mapping.layers.2", "common with 0..3 on line 9")
        refused("\n  layers:\n    0-3: H100", "mapping.layers.0-3", "not a range of layers")
        refused("\n  decode:\n    default: H101", "changed.yaml:9: mapping.decode.default", "did you mean 'H100'?")
        refused("\n  decode:\n    decode: {}", "mapping.decode.decode", "a phase within a phase")
        refused("\n  experts: H100,x", "mapping.experts", "unknown flag 'x'")
        refused("{ default: gpu[0] }", "changed.yaml:7", "a text with brackets needs quotes")

    def test_lines_that_nothing_is_looked_up_by_are_warnings(self):
        for mapping, saying in (("\n  layers: {2..5: H100}", ("mapping.layers.2..5", "the last layer is 1")),
                                ("\n  experts: H100", ("mapping.experts", "no event belongs to an expert")),
                                ("\n  decode: {q_prj: H100}", ("mapping.decode.q_prj", "did you mean 'q_proj'?"))):
            with self.subTest(mapping=mapping):
                scenario = self.small(mapping=mapping)
                layers = ("--set", "workload.detail=layers")
                self.warned("run", scenario, *layers, saying=saying)
                self.run_refused(scenario, *layers, "--strict", saying=saying)

    def test_the_published_model_places_each_layer_on_one_device(self):
        for mapping in ("{ default: H100+HOST }", "{ experts: H100 }", "{ layers: {0..1: H100} }",
                        "{ decode: {default: H100} }"):
            with self.subTest(mapping=mapping):
                self.run_refused(self.small(mapping=mapping), "--cost-model", "reference",
                                 saying=("changed.yaml:7: mapping.", "cost model reference", "roofline"))
        self.run_refused(self.scenario, "--cost-model", "reference", "--set", "simulation.schedule=dataflow",
                         saying=("simulation.schedule", "cost model reference", "expected sequential"))

    def test_what_needs_the_dataflow_schedule(self):
        for setting in ("prefetch_weights=true", "prefetch_weights={buffer_MB: 8}", "chunks=2", "microbatches=2",
                        "interleave=2"):
            with self.subTest(setting=setting):
                self.run_refused(self.scenario, "--set", f"simulation.{setting}",
                                 saying=("simulation." + setting.split("=")[0], "needs simulation.schedule: dataflow"))

    def test_what_does_not_go_with_interleave(self):
        for setting in ("prefetch_weights=true", "prefetch_weights={buffer_MB: 8}", "chunks=2", "microbatches=2"):
            with self.subTest(setting=setting):
                self.run_refused(self.scenario, "--set", "simulation.schedule=dataflow", "--set",
                                 "simulation.interleave=2", "--set", f"simulation.{setting}",
                                 saying=("simulation.interleave", "does not go with " + setting.split("=")[0]))

    def test_buffers_for_weights(self):
        for size in ("0", "-8", ".inf", ".nan", "1e400", "1e-9", "much", "true", "[8]", ""):
            with self.subTest(size=size):
                self.run_refused(self.scenario, "--set", "simulation.schedule=dataflow",
                                 "--set", f"simulation.prefetch_weights.buffer_MB={size}",
                                 saying=("simulation.prefetch_weights.buffer_MB: ",
                                         "expected a number from 1e-06 to 1000000000"))
        self.run_refused(self.scenario, "--set", "simulation.schedule=dataflow",
                         "--set", "simulation.prefetch_weights={buffer: 8}",
                         saying=("simulation.prefetch_weights", "buffer_MB"))

    def test_platforms(self):
        self.run_refused(self.scenario, "--set", "platform=none.yaml", saying="platform: no such file: none.yaml")
        self.run_refused(self.write("s.yaml", SCENARIO + "platform: s.yaml\n"), saying="names itself")
        self.run_refused(self.write("s.yaml", SCENARIO + "platform: model.json\n"), saying="model.json")
        platform = self.write("p.yaml", "")
        self.refused("run", self.write("s.yaml", SCENARIO + "platform: p.yaml\n"), "--json", platform,
                     saying=("p.yaml", "is read by this command"))

    def test_flags_that_the_published_tool_lets_pass_are_warnings_under_its_model(self):
        scenario = self.small(mapping="{ q_proj: 'H100,x' }")
        self.warned("run", scenario, "--cost-model", "reference", saying="unknown flag 'x'")

    def test_device_files(self):
        figures = device_yaml("Mine")
        for text, saying in (("", "empty"), (figures[:60], "missing"), ("- a\n", "no mapping"), ("Mine: 3\n", "Mine"),
                             (device_yaml("My-device"), "underscores"), (device_yaml("3x"), "not a device name"),
                             (figures + figures, "duplicate key"), (figures + "  colour: red\n", "unknown key"),
                             (device_yaml("Mine", tflops=None), "Mine.tflops: missing"),
                             (device_yaml("Mine", compute_efficiency=1.1), "compute_efficiency"),
                             (device_yaml("Mine", mem_efficiency=0), "mem_efficiency")):
            with self.subTest(text=text):
                devices = self.write("mine.yaml", text)
                self.run_refused(self.scenario, "--extra-archs", devices, saying=("mine.yaml", saying))
                self.run_refused(self.write("s.yaml", SCENARIO + "architectures: [mine.yaml]\n"), saying=saying)
        self.run_refused(self.scenario, "--extra-archs", self.folder / "none.yaml", saying="no such file")
        self.run_refused(self.write("s.yaml", SCENARIO + "architectures: [none.yaml]\n"), saying="no such file")
