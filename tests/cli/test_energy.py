"""The energy that boards draw: served tokens beside measurements, and the powers of devices and HOST by hand."""

import unittest

from program import PROJECT, SCENARIOS, CliTest, parse_json, run

ENERGY = SCENARIOS / "energy"
# Measured joules a token, prefill included, and how far from them docs/accuracy.md allows the scenarios to be.
SERVED = {"llama-3.1-8b_h100_batch8.yaml": (0.455, 0.15), "llama-3.1-8b_h100_batch691.yaml": (0.071, 0.25)}


ON_MACHINE = """\
name: small
platform: machine.yaml
workload: {model: model.json, prompt_tokens: 6, output_tokens: 3, batch: 2}
mapping: {default: DEV}
"""


def per_token(result):
    return result["energy_J"] / (result["forward_passes"] * result["batch"])


class Energy(CliTest):
    def test_served_tokens(self):
        documented = (PROJECT / "docs" / "accuracy.md").read_text()
        for name, (measured, share) in SERVED.items():
            with self.subTest(name):
                # That the activations of 691 prompts at once do not fit is a warning.
                outcome = run("run", ENERGY / name, "-q", "--json", "/dev/stdout")
                self.assertEqual(outcome.code, 0, outcome.err)
                energy = per_token(parse_json(outcome.out))
                self.assertLess(abs(energy / measured - 1), share, energy)
                row = f"| `{name}` | {measured} | {energy:.3f} | {100 * (energy / measured - 1):+.0f} |"
                self.assertTrue(row in documented, f"docs/accuracy.md lacks {row}")

    def test_both_ways_through_the_simulator(self):
        few = ("--set", "workload.output_tokens=4", "--set", "workload.prompt_tokens=32")
        for ahead in ("false", "true"):
            scenario = ENERGY / "llama-3.1-8b_h100_batch8.yaml"
            options = (*few, "--set", f"simulation.prefetch_weights={ahead}")
            self.same_numbers(self.result(scenario, *options),
                              self.result(scenario, *options, "--set", "simulation.segments=false"), 1e-9)

    def test_a_device_and_its_host(self):
        """One device without a pause: it has work but for what comes from HOST and goes back."""
        self.write("machine.yaml", "devices: [{name: DEV, architecture: PIM-AI-4chip, idle_W: 2, active_W: 5}]\n"
                                   "host: {idle_W: 80, active_W: 16, power_share: 0.125}\n")
        scenario = self.write("s.yaml", ON_MACHINE)
        result = self.result(scenario)
        host, device = result["devices"]["HOST"], result["devices"]["DEV"]
        self.close(10 * result["time_s"], host["energy_J"]["idle"], 1e-9)
        self.assertEqual(host["energy_J"]["active"], 0, "it has nothing to do")
        self.close(2 * result["time_s"], device["energy_J"]["idle"], 1e-9)
        moving = sum(phase["busy_s"][way] for phase in result["phases"].values()
                     for way in ("host_to_device", "device_to_host"))
        self.close(5 * (result["time_s"] - moving), device["energy_J"]["active"], 1e-6)
        self.close(result["energy_J"], sum(device["energy_J"]["total"] for device in result["devices"].values()), 1e-9)
        twice = self.result(scenario, "--set", "platform.host.power_share=0.25",
                            "--set", "platform.devices.DEV.active_W=10")
        self.close(2 * host["energy_J"]["idle"], twice["devices"]["HOST"]["energy_J"]["idle"], 1e-9)
        self.close(2 * device["energy_J"]["active"], twice["devices"]["DEV"]["energy_J"]["active"], 1e-9)

    def test_a_power_limit_slows_down(self):
        self.write("machine.yaml", "devices: [{name: DEV, architecture: PIM-AI-4chip, idle_W: 2, active_W: 5}]\n")
        scenario = self.write("s.yaml", ON_MACHINE)
        free = self.result(scenario)
        limited = self.result(scenario, "--set", "platform.devices.DEV.power_limit_W=7.5")
        self.assertGreater(limited["time_s"], free["time_s"])
        for part in ("main_mem", "compute"):
            self.close(free["devices"]["DEV"]["energy_J"][part], limited["devices"]["DEV"]["energy_J"][part], 1e-9)
        self.assertLessEqual(limited["devices"]["DEV"]["energy_J"]["total"], 7.5 * limited["time_s"] * (1 + 1e-9))
        self.assertEqual(self.result(scenario, "--set", "platform.devices.DEV.power_limit_W=1e18")["time_s"],
                         free["time_s"])
        reference = ("--set", "simulation.cost_model=reference")
        self.assertEqual(
            self.result(scenario, *reference, "--set", "platform.devices.DEV.power_limit_W=7.5")["time_s"],
            self.result(scenario, *reference)["time_s"], "reference knows no limit")


if __name__ == "__main__":
    unittest.main()
