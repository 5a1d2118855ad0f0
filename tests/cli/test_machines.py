"""Machines of many devices from outside: the shipped scenarios, switches, capacities, and what is refused."""

import json
import re
import shlex

from program import MIXTRAL, SCENARIOS, CliTest, device_yaml, run

MACHINES = sorted((SCENARIOS / "machines").glob("*.yaml"))
PLATFORM = """\
name: four devices on two channels
links:
  - {name: channel, count: 2, bw_GBs: 20, pj_per_bit: 5, latency_ns: 100}
devices:
  - {name: dev, architecture: Mine, count: 4, under: channel, capacity_GB: 1}
"""


def near(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


class Shipped(CliTest):
    def test_there_are_some(self):
        self.assertEqual(11, len(MACHINES))

    def test_what_dry_run_prints_gives_the_same_bytes(self):
        for scenario in MACHINES:
            with self.subTest(scenario.name):
                text = self.good("run", scenario, "--dry-run")
                again = self.write("again.yaml", text)
                self.assertEqual(text, self.good("run", again, "--dry-run"))
                self.assertEqual(self.outputs(scenario), self.outputs(again))

    def outputs(self, scenario):
        files = {kind: self.folder / f"out.{kind}" for kind in ("json", "csv")}
        text = self.good("run", scenario, "--print-log", *(f"--{kind}={path}" for kind, path in files.items()))
        return (text, *(path.read_bytes() for path in files.values()))

    def test_links_that_cost_nothing_make_every_machine_faster(self):
        for scenario in MACHINES:
            with self.subTest(scenario.name):
                real = self.result(scenario)
                ideal = self.result(scenario, "--set", "simulation.ideal_links=true")
                self.assertLess(ideal["time_s"], real["time_s"])
                self.assertLess(ideal["energy_J"], real["energy_J"])

    def test_dataflow_is_not_slower_on_links_that_cost_nothing(self):
        for scenario in MACHINES:
            with self.subTest(scenario.name):
                settings = ["--set", "simulation.ideal_links=true", "--set", "simulation.microbatches=1",
                            "--set", "simulation.interleave=1"]
                times = {}
                for schedule in ("sequential", "dataflow"):
                    result = self.result(scenario, *settings, "--set", f"simulation.schedule={schedule}")
                    times[schedule] = result
                self.assertLessEqual(times["dataflow"]["time_s"], times["sequential"]["time_s"] * (1 + 1e-12))
                self.assertTrue(near(times["dataflow"]["energy_J"], times["sequential"]["energy_J"]))

    def test_the_numbers_of_the_documentation(self):
        """Every row of docs/machines.md with a scenario in it shows what that run prints."""
        text = (SCENARIOS.parent / "docs" / "machines.md").read_text()
        number = r" *([\d.]+)(?: ms| J)? \|"
        rows = re.findall(rf"^\| [^|`]*`([\w.-]+\.yaml[^`]*)` \|{number}{number}{number}{number}$", text, re.MULTILINE)
        self.assertEqual(37, len(rows))
        for arguments, *expected in rows:
            with self.subTest(arguments):
                name, *options = shlex.split(arguments)
                result = self.result(SCENARIOS / "machines" / name, *options)
                shown = (result["phases"]["prefill"]["time_s"] * 1e3, result["phases"]["decode"]["time_s"] * 1e3,
                         result["phases"]["decode"]["tokens_per_s"], result["energy_J"])
                for text, actual in zip(expected, shown):
                    digits = len(text.partition(".")[2])
                    self.assertLessEqual(abs(float(text) - actual), 0.51 * 10 ** -digits, (text, actual))


    def test_parallel_gives_the_bytes_of_its_long_form(self):
        scenario = SCENARIOS / "machines" / "llama-2-13b_parallel.yaml"
        half, other = ("{devices: 'gpu[%s]', replicas: 2}" % devices for devices in ("0..3", "4..7"))
        long_form = self.write("long.yaml", re.sub(
            "^parallel:.*$", f"mapping: {{embed_tokens: {half}, rotary_emb: {half}, "
            f"layers: {{0..19: {half}, 20..39: {other}}}, norm: {other}, lm_head: {other}}}",
            scenario.read_text(), flags=re.MULTILINE))
        self.assertIn("replicas", long_form.read_text())
        outputs = [json.loads(self.good("run", path, "-q", "--json", "/dev/stdout")) for path in (scenario, long_form)]
        for output in outputs:
            output.pop("run")
        self.assertEqual(*(json.dumps(output) for output in outputs))


class Machine(CliTest):
    def setUp(self):
        super().setUp()
        self.write("devices.yaml", device_yaml())
        self.write("machine.yaml", PLATFORM)

    def machine(self, mapping, simulation="{schedule: dataflow}", **changes):
        text = self.small(mapping=mapping, **changes).read_text()
        return self.write("machine_scenario.yaml", text + f"platform: machine.yaml\narchitectures: [devices.yaml]\n"
                                                          f"simulation: {simulation}\n")

    def test_every_placement_runs(self):
        self.write("mixtral.json", json.dumps(MIXTRAL))
        mixtral = "{model: mixtral.json, prompt_tokens: 6, output_tokens: 3, batch: 2}"
        for mapping, workload in (("{default: dev}", None), ("{default: 'dev[1..3]'}", None),
                                  ("{default: {devices: dev, split: replicas}}", None),
                                  ("{default: 'dev[0]', layers: {0: 'dev[1]', 1: 'dev[2..3]'}}", None),
                                  ("{prefill: {default: 'dev[0]'}, decode: {default: 'dev[1..2]'}}", None),
                                  ("{default: 'dev[3]', experts: 'dev[0..2]'}", mixtral)):
            for schedule in ("sequential", "dataflow"):
                with self.subTest(f"{mapping} {schedule}"):
                    changes = {} if workload is None else {"workload": workload}
                    result = self.result(self.machine(mapping, f"{{schedule: {schedule}}}", **changes))
                    self.assertGreater(result["time_s"], 0)
                    self.assertEqual(result["schedule"], schedule)
                    self.assertEqual(result["forward_passes"], 3)

    def test_parts_have_to_divide_the_batch(self):
        for option in ("microbatches", "interleave"):
            with self.subTest(option):
                scenario = self.machine("{default: dev}", f"{{schedule: dataflow, {option}: 3}}")
                self.refused("run", scenario, saying=("machine_scenario.yaml:", f"simulation.{option}",
                                                      "3 do not divide the batch of 2 rows; expected a divisor of it"))

    def test_a_split_by_experts_needs_events_of_experts(self):
        scenario = self.machine("{default: {devices: dev, split: experts}}")
        self.refused("run", scenario, saying=("('embed_tokens')", "mapped by experts, but belongs to none",
                                              "expected another split"))

    def test_what_does_not_fit_is_refused_and_may_be_allowed(self):
        self.write("machine.yaml", PLATFORM.replace("capacity_GB: 1}", "capacity_GB: 0.0001}"))
        scenario = self.machine("{default: 'dev[0]'}")
        self.refused("run", scenario, code=1, saying=("capacity: dev[0] needs ", "more than its capacity_GB of 0.0001",
                                                      "weights ", "simulation.allow_overflow: true"))
        self.refused("run", scenario, "--dry-run", code=1, saying="capacity: dev[0] needs ")
        result = self.allowed(scenario, "--set", "simulation.allow_overflow=true")
        memory = result["devices"]["dev[0]"]["memory_bytes"]
        self.assertEqual(memory["capacity"], 1e5)
        self.assertGreater(memory["total"], 1e5)
        self.assertEqual(memory["total"], memory["weights"] + memory["kv_cache"] + memory["activations"])

    def test_several_devices_that_are_too_small_are_all_named(self):
        self.write("machine.yaml", PLATFORM.replace("capacity_GB: 1}", "capacity_GB: 0.0001}"))
        self.refused("run", self.machine("{default: dev}"), code=1, saying="(4 devices are too small: dev)")

    def test_a_network_makes_devices_talk_to_each_other(self):
        by_host = self.result(self.machine("{default: dev}"))
        self.write("machine.yaml", PLATFORM + "networks:\n  - {name: net, between: dev, topology: switch, bw_GBs: 50}\n")
        direct = self.result(self.folder / "machine_scenario.yaml")
        moved = [sum(phase["moved_bytes"]["device_to_device"] for phase in result["phases"].values())
                 for result in (by_host, direct)]
        self.assertEqual(moved[0], 0)
        self.assertGreater(moved[1], 0)
        self.assertLess(direct["time_s"], by_host["time_s"])

    def test_reference_is_for_plain_runs(self):
        for simulation, word in (("{cost_model: reference, schedule: dataflow}", "simulation.schedule"),
                                 ("{cost_model: reference, ideal_links: true}", "simulation.ideal_links"),
                                 ("{cost_model: reference}", "mapping.default")):
            with self.subTest(simulation):
                self.refused("run", self.machine("{default: dev}", simulation),
                             saying=(word, "does not go with cost model reference", "expected"))

    def test_reports_on_machines(self):
        scenario = self.machine("{default: dev}")
        text = self.good("run", scenario, "--print-log-summary", "--report-layers", "--report-functions", "--print-log")
        for word in ("dev", "channel", "schedule dataflow", "lm_head", "KV cache"):
            self.assertIn(word, text)

    def test_a_trace_with_dependencies_gives_what_its_model_gives(self):
        scenario = self.machine("{default: dev}")
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", "6", "--output-tokens", "3",
                  "--batch", "2", "--logits", "last", "-o", self.folder / "t.jsonl")
        of_model = self.result(scenario, "--set", "workload.detail=layers")
        text = scenario.read_text().replace("workload:\n  model: model.json\n  prompt_tokens: 6\n  output_tokens: 3\n",
                                            "workload:\n  trace: t.jsonl\n")
        of_trace = self.result(self.write("of_trace.yaml", text))
        self.same_numbers(of_model, of_trace, 1e-12)

    def test_a_dependency_on_a_later_event_is_refused(self):
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", "6", "--output-tokens", "3",
                  "--batch", "2", "-o", self.folder / "t.jsonl")
        lines = (self.folder / "t.jsonl").read_text().replace('"deps":[0]', '"deps":[9]', 1)
        self.write("t.jsonl", lines)
        text = self.machine("{default: dev}").read_text().replace(
            "workload:\n  model: model.json\n  prompt_tokens: 6\n  output_tokens: 3\n", "workload:\n  trace: t.jsonl\n")
        outcome = run("run", self.write("of_trace.yaml", text))
        self.assertEqual((outcome.code, outcome.out), (2, ""))
        self.check_words(outcome.err, ("t.jsonl:", "deps: 9 in event"))
