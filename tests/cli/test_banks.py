"""Memories that compute in their banks, from outside: both ways through the simulator, and what they cannot do."""

import json
import unittest

from program import MIXTRAL, CliTest, device_yaml, parse_json, run

PIM = ("{rows_per_weight_pass: 1, banks: 64, cache_banks: 4, bank_per_output: true, row_bytes: 1024, row_open_ns: 40, "
       "row_open_pj: 900, input_bw_GBs: 8, input_copies: 4, output_bw_GBs: 16, in_banks: [linear, attention], "
       "controller: {tflops: 0.01, bw_GBs: 20, pj_per_bit: 5, serial: true}}")
PLATFORM = """\
devices:
  - {name: dimm, architecture: Banks, count: 4}
networks:
  - {name: bus, between: dimm, topology: ring, bw_GBs: 10, latency_ns: 100}
"""


class Banks(CliTest):
    def result(self, **settings):
        self.write("devices.yaml", device_yaml("Banks", pim=PIM))
        options = [option for key, value in settings.items()
                   for option in ("--set", f"{key.replace('__', '.')}={value}")]
        outcome = run("run", self.scenario, "--extra-archs", self.folder / "devices.yaml", *options,
                      "--json", self.folder / "o.json")
        self.assertEqual((outcome.code, outcome.err), (0, ""))
        return parse_json((self.folder / "o.json").read_text())

    def test_both_ways_agree(self):
        self.write("platform.yaml", PLATFORM)
        self.write("mixtral.json", json.dumps(MIXTRAL))
        alone = {"mapping": "{default: Banks}"}
        together = {"mapping": "{default: dimm}", "platform": self.folder / "platform.yaml",
                    "simulation__schedule": "dataflow"}
        for settings in (alone, together, {**together, "workload__model": self.folder / "mixtral.json"}):
            with self.subTest(**settings):
                self.same_numbers(self.result(**settings), self.result(**settings, simulation__segments="false"), 1e-9)

    def test_rows_share_no_weights(self):
        """A decode step of twice as many sequences takes twice the energy."""
        energy = [self.result(mapping="{default: Banks}", workload__batch=batch)["phases"]["decode"]["energy_J"]["total"]
                  for batch in (4, 8)]
        self.assertGreater(energy[1], 1.9 * energy[0])

    def test_what_nobody_computes(self):
        self.write("devices.yaml", device_yaml("Banks", pim="{in_banks: [linear, attention]}"))
        for command in ("check", "run"):
            outcome = run(command, self.scenario, "--extra-archs", self.folder / "devices.yaml",
                          "--set", "mapping={default: Banks}")
            self.assertEqual(outcome.code, 2)
            self.assertEqual(outcome.err, "upmem-des: error: the banks of Banks compute linear, attention, not embedding "
                             "(event 1, 'rotary_emb'); expected pim.controller in its profile, or another device in the "
                             "mapping\n")

    def test_reference_ignores_them(self):
        pim = self.result(mapping="{default: Banks}", simulation__cost_model="reference")
        self.write("plain.yaml", device_yaml("Banks"))
        outcome = run("run", self.scenario, "--extra-archs", self.folder / "plain.yaml", "--set",
                      "mapping={default: Banks}", "--set", "simulation.cost_model=reference",
                      "--json", self.folder / "plain.json")
        self.assertEqual(outcome.code, 0, outcome.err)
        self.same_numbers(parse_json((self.folder / "plain.json").read_text()), pim, 1e-15)


if __name__ == "__main__":
    unittest.main()
