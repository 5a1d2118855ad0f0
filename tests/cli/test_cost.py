"""What runs cost: worked from the result's own time and energy, what is missing, and the two ways through the simulator."""

import csv
import io
import unittest

from program import GOLDEN, CliTest, device_yaml

COST = """\
cost:
  years: 4
  utilisation: 0.5
  operation_share: 0.1
  pue: 1.2
  electricity_usd_per_kWh: 0.1
  carbon_g_per_kWh: 300
  host: {price_usd: 500, embodied_kg: 100}
  devices: {PIM_AI_4chip: {price_usd: [800, 1200], embodied_kg: 50}}
"""
SERVED = """\
name: served
workload:
  model: model.json
  requests: {arrivals: {process: poisson, rate: 100}, count: 40, prompt_tokens: 30, output_tokens: 5}
serving: {kv_blocks: 99, max_model_len: 99, slo: {ttft_s: 1}}
mapping: {default: PIM-AI-4chip}
"""


class Cost(CliTest):
    def costed(self, cost=COST, name="costed.yaml"):
        return self.write(name, self.scenario.read_text() + cost)

    def test_without_the_section_nothing_is_said(self):
        self.assertNotIn("cost", self.result(self.scenario))
        self.assertNotIn("cost at", self.good("run", self.scenario))
        plain, costed = self.result(self.scenario), self.result(self.costed())
        costed.pop("cost")
        self.assertNotEqual(plain.pop("run")["inputs"], costed.pop("run")["inputs"])
        self.assertEqual(plain | {"scenario": ""}, costed | {"scenario": ""})

    def test_a_batch_by_hand(self):
        result = self.result(self.costed())
        cost = result["cost"]
        self.assertEqual(cost["missing"], [])
        self.assertEqual(cost["machine_usd"], {"low": 1300, "mid": 1500, "high": 1700})
        per = cost["per"]
        # Two sequences of 6 tokens, 3 forward passes: 2 requests, 12 + 6 tokens. Nothing is drawn when it is idle.
        hours = result["time_s"] / 3600 / 0.5
        kwh = 1.2 * result["energy_J"] / 3.6e6
        for unit, count in (("request", 2), ("million_tokens", 18e-6)):
            mid = {part: value["mid"] if value else None for part, value in per[unit].items()}
            self.close(1500 / (4 * 8766) * hours / count, mid["capital_usd"], 1e-9)
            self.close(0.1 * 1500 / (4 * 8766) * hours / count, mid["operation_usd"], 1e-9)
            self.close(kwh / count, mid["kWh"], 1e-9)
            self.close(0.1 * kwh / count, mid["energy_usd"], 1e-9)
            self.close(mid["capital_usd"] + mid["energy_usd"] + mid["operation_usd"], mid["usd"], 1e-9)
            self.close(300 * kwh / count, mid["energy_g_CO2"], 1e-9)
            self.close(150e3 / (4 * 8766) * hours / count, mid["embodied_g_CO2"], 1e-9)
            self.assertIsNone(mid["rent_usd"])
            self.close(1300 / (4 * 8766) * hours / count, per[unit]["capital_usd"]["low"], 1e-9)
        prefill = result["phases"]["prefill"]
        self.close(1.2 * prefill["energy_J"]["total"] / 3.6e6 / 12e-6, per["million_prompt_tokens"]["kWh"]["mid"], 1e-9)
        self.close(1500 / (4 * 8766) * prefill["time_s"] / 3600 / 0.5 / 12e-6,
                   per["million_prompt_tokens"]["capital_usd"]["mid"], 1e-9)
        self.close(1500 / (2 / result["time_s"]), per["query_per_second"]["capital_usd"]["mid"], 1e-9)

    def test_both_ways_through_the_simulator(self):
        scenario = self.costed()
        self.same_numbers(self.result(scenario)["cost"],
                          self.result(scenario, "--set", "simulation.segments=false")["cost"], 1e-9)

    def test_served_requests(self):
        scenario = self.write("served.yaml", SERVED + COST)
        result = self.result(scenario)
        served, cost = result["serving"], result["cost"]
        self.close(served["throughput"]["requests_per_s"], cost["requests_per_s"], 1e-9)
        kwh = 1.2 * result["power_W"] * served["makespan_s"] / 3.6e6 / 40
        self.close(kwh, cost["per"]["request"]["kWh"]["mid"], 1e-9)
        self.close(1500 / (4 * 8766) * served["makespan_s"] / 3600 / 0.5 / 40,
                   cost["per"]["request"]["capital_usd"]["mid"], 1e-9)
        per = {unit: cost["per"][unit]["usd"]["mid"] for unit in cost["per"]}
        self.close(per["million_tokens"] * 35, per["million_prompt_tokens"] * 30 + per["million_output_tokens"] * 5, 1e-9)
        # All meet one second; with an objective that half of them meet, those pay for all.
        self.close(per["request"], cost["goodput"]["per"]["request"]["usd"]["mid"], 1e-12)
        tight = self.result(scenario, "--set", f"serving.slo.ttft_s={served['ttft_s']['p50']}")
        share = tight["serving"]["goodput"]["share"]
        self.assertTrue(0 < share < 1)
        self.close(per["request"], tight["cost"]["goodput"]["per"]["request"]["usd"]["mid"] * share, 1e-9)
        none = self.result(scenario, "--set", "serving.slo.ttft_s=1e-9")["cost"]
        self.assertIsNone(none["goodput"]["per"])
        self.assertEqual(none["missing"], ["at the goodput: not said: no request met the objectives"])

    def test_two_replicas_beside_one_host(self):
        scenario = self.write("served.yaml", SERVED + COST)
        cost = self.result(scenario, "--set", "serving.replicas=2")["cost"]
        self.assertEqual(cost["machine_usd"], {"low": 2100, "mid": 2500, "high": 2900})

    def test_what_is_missing_is_said_and_never_0(self):
        scenario = self.costed("cost: {years: 3, devices: {PIM-AI-4chip: {price_usd: 5}}}\n")
        cost = self.result(scenario)["cost"]
        self.assertEqual(cost["missing"], ["capital: not said: 'HOST' has no price_usd",
                                           "energy in USD: not said: cost.electricity_usd_per_kWh is not given",
                                           "operation: not said: cost.operation_share is not given; it is not in the total",
                                           "carbon: not said: cost.carbon_g_per_kWh is not given",
                                           "embodied carbon: not said: 'HOST' has no embodied_kg, 'PIM_AI_4chip' has no "
                                           "embodied_kg"])
        for unit, parts in cost["per"].items():
            for part, value in parts.items():
                (self.assertIsNotNone if part == "kWh" else self.assertIsNone)(value, (unit, part))
        text = self.good("run", scenario)
        for line in cost["missing"]:
            self.assertIn(f"\n{line}\n", text)

    def test_a_trace_does_not_say_how_long_prompts_are(self):
        scenario = self.write("t.yaml", f"workload: {{trace: {GOLDEN / 'llama7b_4chip_64_16_1_bfloat16' / 'trace.jsonl.gz'}}}\n"
                                        "mapping: {default: PIM-AI-4chip}\n" + COST)
        cost = self.result(scenario)["cost"]
        self.assertEqual(cost["missing"], ["prompt tokens: not said: the workload does not say how many"])
        self.assertIsNone(cost["per"]["million_tokens"]["usd"])
        self.assertIsNotNone(cost["per"]["million_output_tokens"]["usd"])

    def test_platform_and_profile_prices(self):
        self.write("archs.yaml", device_yaml("DEV", capacity_GB=8, cost="{memory_usd_per_GB: 2, embodied_kg: 9}"))
        self.write("machine.yaml", "host: {power_share: 0.25, cost: {price_usd: 400}}\n"
                                   "links: [{name: bus, count: 2, bw_GBs: 10, cost: {price_usd: 7}}]\n"
                                   "devices: [{name: d, architecture: DEV, count: 4, under: bus}]\n"
                                   "networks: [{name: ring, between: d, topology: ring, bw_GBs: 1, cost: {price_usd: 30}}]\n")
        scenario = self.write("s.yaml", "platform: machine.yaml\narchitectures: [archs.yaml]\n"
                                        "workload: {model: model.json, prompt_tokens: 6, output_tokens: 3}\n"
                                        "mapping: {default: 'd[0]'}\ncost: {years: 3}\n")
        machine = lambda *options: self.result(scenario, *options)["cost"]["machine_usd"]["mid"]  # noqa: E731
        # A quarter of 400, two links, four devices of 8 GB, one network.
        self.assertEqual(machine(), 100 + 2 * 7 + 4 * 16 + 30)
        self.assertEqual(machine("--set", "platform.devices.d.cost={price_usd: 50}"), 100 + 14 + 200 + 30)
        self.assertEqual(machine("--set", "cost.devices={d: {price_usd: 60}}"), 100 + 14 + 240 + 30)
        self.assertEqual(machine("--set", "platform.cost={price_usd: 999}"), 999)
        self.assertEqual(machine("--set", "cost.machine={price_usd: 1000}"), 1000)
        text = self.good("arch", "show", "DEV", "--extra-archs", self.folder / "archs.yaml")
        self.assertRegex(text, r"\n  cost +2  memory_usd_per_GB\n +9  embodied_kg\n")
        self.write("shipped.yaml", (self.folder / "machine.yaml").read_text().replace("architecture: DEV", "architecture: H100, "
                                                                                      "cost: {price_usd: [10, 30]}"))
        text = self.good("platform", "show", self.folder / "shipped.yaml")
        self.assertRegex(text, r"\ncost +count +USD each +kg CO2 each\n-+\nHOST +0.25 +400 +-\nd +4 +20 +-\nbus +2 +7 +-\n"
                               r"ring +1 +30 +-\n")

    def test_bad_sections(self):
        for cost, saying in (("{devices: {H100: {price_usd: 5}}}", "cost.devices.H100: the machine has no such devices; "
                                                                   "expected one of PIM_AI_4chip"),
                             ("{pue: 0}", "cost.pue: '0'; expected a number from 1 to 100"),
                             ("{host: {price_usd: 0}}", "cost.host.price_usd: '0'; expected a number above 0, or free"),
                             ("{host: {price: 10}}", "cost.host.price: an amount without its currency; expected price_usd"),
                             ("{carbon: 10}", "cost.carbon: unknown key")):
            self.run_refused(self.costed(f"cost: {cost}\n"), saying=saying)
        self.run_refused(self.scenario, "--cost-csv", self.folder / "c.csv",
                         saying="--cost-csv: the scenario says nothing of cost; expected a section cost")

    def test_csv_has_the_jsons_numbers(self):
        scenario = self.costed()
        per = self.result(scenario)["cost"]["per"]
        rows = list(csv.DictReader(io.StringIO(self.good("run", scenario, "-q", "--cost-csv", "/dev/stdout"))))
        self.assertEqual({(row["unit"], row["part"]) for row in rows},
                         {(unit, part) for unit, parts in per.items() for part, value in parts.items() if value})
        for row in rows:
            for end in ("low", "mid", "high"):
                self.assertEqual(float(row[end]), per[row["unit"]][row["part"]][end])

    def test_results_are_read_back(self):
        path = self.folder / "r.json"
        for scenario in (self.costed(), self.write("served.yaml", SERVED + COST)):
            text = self.good("run", scenario, "--json", path)
            self.assertEqual(self.good("report", path), text)

    def test_dry_run_writes_the_section(self):
        text = self.good("run", self.costed(), "--dry-run")
        again = self.write("again.yaml", text)
        self.assertEqual(self.good("run", again, "--dry-run"), text)
        self.assertEqual(self.result(again)["cost"], self.result(self.costed())["cost"])

    def test_digests_know_prices(self):
        digest = lambda scenario: self.good("check", scenario).split()  # noqa: E731
        self.assertNotEqual(digest(self.costed()), digest(self.costed(COST.replace("800", "801"))))


