"""What a result's parts have to sum to: devices and links to phases and the total, events' formulas to what SimGrid's
energy plugins integrate."""

import csv
import json
import re

from program import MIXTRAL, PROJECT, SCENARIOS, SHIPPED, CliTest

DEVICES = PROJECT / "tests" / "unit" / "architecture" / "devices.csv"
SCENARIO = PROJECT / "scenarios" / "reference" / "llama-2-7b_4chip.yaml"
LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head")


def figures():
    """Joules of a byte to and from each device."""
    with open(DEVICES, encoding="utf-8", newline="") as file:
        return {row["name"]: {"host_to_device": float(row["host_to_device_pj_per_bit"]) * 8e-12,
                              "device_to_host": float(row["device_to_host_pj_per_bit"]) * 8e-12}
                for row in csv.DictReader(file)}


PHASES = ("prefill", "decode")
DIRECTIONS = ("host_to_device", "device_to_host", "device_to_device")
MACHINES = sorted((SCENARIOS / "machines").glob("*.yaml"))


class Parts(CliTest):
    """Laws that hold for every result, whatever the machine and the schedule."""

    def near(self, expected, actual, what, scale=None):
        self.assertLessEqual(abs(actual - expected), 1e-9 * (abs(expected) if scale is None else scale), what)

    def check(self, result):
        total_J = result["energy_J"]
        devices, links = result["devices"], result["links"]
        unowned = [link for link in links.values() if link["device"] is None]
        self.near(total_J, sum(result["phases"][phase]["energy_J"]["total"] for phase in PHASES), "phases")
        self.near(result["time_s"], sum(result["phases"][phase]["time_s"] for phase in PHASES), "time")
        self.near(total_J, sum(device["energy_J"]["total"] for device in devices.values()) +
                  sum(link["energy_J"]["total"] for link in unowned), "devices and links")
        for phase in PHASES:
            self.check_phase(result, phase, total_J)
        for name, device in devices.items():
            self.check_device(name, device, result)
        for name, link in links.items():
            self.near(link["energy_J"]["total"], sum(link["energy_J"][phase] for phase in PHASES), name)
            self.near(link["moved_bytes"]["total"], sum(link["moved_bytes"][phase] for phase in PHASES), name)
            self.assertLessEqual(link["utilisation"], 1 + 1e-9, name)
            self.assertIn(link["kind"], DIRECTIONS, name)

    def check_phase(self, result, phase, total_J):
        energy = result["phases"][phase]["energy_J"]
        self.near(energy["total"], sum(value for part, value in energy.items() if part != "total"), phase)
        unowned = [link for link in result["links"].values() if link["device"] is None]
        for part in energy:
            of_links = sum(link["energy_J"][phase] for link in unowned if part in (link["kind"], "total"))
            of_devices = sum(device["phases"][phase]["energy_J"][part] for device in result["devices"].values())
            # A part can be a small difference of two large readings.
            self.near(energy[part], of_devices + of_links, (phase, part), total_J)

    def check_device(self, name, device, result):
        for part, value in device["energy_J"].items():
            self.near(value, sum(device["phases"][phase]["energy_J"][part] for phase in PHASES), (name, part))
        for direction in DIRECTIONS:
            owned = sum(link["energy_J"]["total"] for link in result["links"].values()
                        if link["device"] == name and link["kind"] == direction)
            self.near(owned, device["energy_J"][direction], (name, direction), result["energy_J"])
        busy, most_s = device["busy_s"], result["time_s"] * (1 + 1e-9)
        self.assertLessEqual(busy["compute"], most_s, name)
        self.assertLessEqual(busy["mem_transfer"] + busy["kv_load"], most_s, name)
        for direction in DIRECTIONS:
            self.assertLessEqual(busy[direction], most_s, (name, direction))
        memory = device["memory_bytes"]
        parts = memory["weights"] + memory["kv_cache"] + memory["activations"] + memory.get("streams", 0)
        self.assertEqual(memory["total"], parts, name)

    def test_shipped_scenarios(self):
        for scenario in SHIPPED:
            with self.subTest(scenario=scenario.name):
                self.check(self.result(scenario))

    def test_machines(self):
        self.assertNotEqual(MACHINES, [])
        for scenario in MACHINES:
            with self.subTest(scenario=scenario.name):
                self.check(self.result(scenario))

    def test_links_that_devices_share(self):
        """The board's one link draws energy and belongs to no device; its broadcasts cross it once."""
        text = f"platform: {PROJECT / 'platforms' / 'cxl_board_bc.yaml'}\n" + self.scenario.read_text()
        for mapping in ("pim[0..3]", "pim[2]", "{ prefill: { default: 'pim[0..3]' }, decode: { default: 'pim[4]' } }"):
            for schedule in ("sequential", "dataflow"):
                mapped = mapping if mapping.startswith("{") else f"{{ default: '{mapping}' }}"
                scenario = self.write("shared.yaml", re.sub(r"(?s)mapping:.*", f"mapping: {mapped}\n", text))
                with self.subTest(mapping=mapping, schedule=schedule):
                    result = self.result(scenario, "--set", f"simulation.schedule={schedule}")
                    self.check(result)
                    shared = result["links"]["cxl.host_to_device"]
                    self.assertIsNone(shared["device"])
                    self.assertGreater(shared["energy_J"]["total"], 0)
                    self.near(shared["moved_bytes"]["total"] * 8 * 50e-12, shared["energy_J"]["total"], "50 pJ/bit")

    def test_small_runs(self):
        self.write("mixtral.json", json.dumps(MIXTRAL))
        for options in ((), ("--cost-model", "reference"), ("--set", "workload.attention=eager"),
                        ("--set", "workload.output_tokens=1"), ("--set", "mapping={}"),
                        ("--set", "workload.model=mixtral.json"), ("--set", "simulation.segments=false")):
            with self.subTest(options=options):
                self.check(self.result(self.scenario, *options, cwd=self.folder))


class Conservation(CliTest):
    # A long prefill makes the clock coarse for the short transfers and steps that come after it.
    SIZES = ("--set", "workload.prompt_tokens=1000", "--set", "workload.output_tokens=4")

    def check(self, name, links, segments, mapping):
        result = self.result(SCENARIO, *self.SIZES, "--set", f"simulation.segments={segments}", "--set",
                             f"mapping={{ {mapping} }}")
        for phase, measured in result["phases"].items():
            classes = [events for events in result["event_classes"] if events["phase"] == phase]
            for part in ("host_to_device", "main_mem", "compute"):
                self.near(sum(events["energy_J"][part] for events in classes), measured["energy_J"][part],
                          (name, segments, phase, part))
        for part in ("host_to_device", "device_to_host"):
            moved = sum(device["moved_bytes"][part] * links[other][part]
                        for other, device in result["devices"].items() if other != "HOST")
            self.near(moved, sum(phase["energy_J"][part] for phase in result["phases"].values()), (name, segments, part))

    def near(self, expected, actual, what):
        self.assertLessEqual(abs(actual - expected), 1e-9 * abs(expected), what)

    def test_every_device(self):
        links = figures()
        self.assertEqual(len(links), 29)
        for name in links:
            for segments in ("true", "false"):
                with self.subTest(device=name, segments=segments):
                    self.check(name, links, segments, ", ".join(f"{layer}: {name}" for layer in LAYERS))
                    self.check(name, links, segments,
                               f"q_proj: '{name},t', o_proj: 'PIM-AI-1chip,t', up_proj: '{name},t', lm_head: '{name},t'")
