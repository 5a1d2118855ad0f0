"""On every device what SimGrid's energy plugins integrate is what the formulas of the events sum to."""

import csv

from program import PROJECT, CliTest

DEVICES = PROJECT / "tests" / "unit" / "architecture" / "devices.csv"
SCENARIO = PROJECT / "scenarios" / "reference" / "llama-2-7b_4chip.yaml"
LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head")


def figures():
    """Joules of a byte to and from each device."""
    with open(DEVICES, encoding="utf-8", newline="") as file:
        return {row["name"]: {"host_to_device": float(row["host_to_device_pj_per_bit"]) * 8e-12,
                              "device_to_host": float(row["device_to_host_pj_per_bit"]) * 8e-12}
                for row in csv.DictReader(file)}


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
