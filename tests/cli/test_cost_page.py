"""The figures of docs/cost.md are those of its scenarios."""

import json
import re
import sys

from program import PROJECT, SCENARIOS, CliTest

sys.path.insert(0, str(PROJECT / "scripts"))
from plotting.cost_dependence import dependence, ratio_swings  # noqa: E402

PAGE = (PROJECT / "docs" / "cost.md").read_text(encoding="utf-8")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
MODELS = {"Llama-2-70B": "models/llama-2-70b.json", "Mixtral-8x7B": "models/mixtral-8x7b.json"}
SERVERS = ("dgx_published", "pim_published", "hgx_calibrated", "pim_with_losses")
PHONES = {"Apple A17 Pro": "A17Pro", "Snapdragon 8 Gen 3": "Snapdragon8gen3", "Dimensity 9300": "Dimensity9300",
          "one PIM-AI chip": "PIM-AI-1chip", "four PIM-AI chips": "PIM-AI-4chip"}
# Of the table of served requests: scenario and number of requests by name.
SERVED = {"DGX published": ("served_dgx_published", {"Llama-2-70B": 300, "Mixtral-8x7B": 2000}),
          "PIM-AI published": ("served_pim_published", {"Llama-2-70B": 300, "Mixtral-8x7B": 2000}),
          "DGX with losses": ("served_gpu", {"Llama-2-70B": 300, "Mixtral-8x7B": 2000}),
          # That of Mixtral-8x7B takes a minute and is left out.
          "PIM-AI with losses": ("served_pim", {"Llama-2-70B": 40})}
# Of the table of what moves the ratios, the names that inputs have there.
INPUTS = {"host of the DIMMs": "pim: HOST.price_usd", "DGX": "dgx: machine.price_usd",
          "throughput of the DIMMs": "pim: simulated throughput", "throughput of the DGX": "dgx: simulated throughput",
          "margin on the DIMMs": "pim: dimm.margin", "package and board of a DIMM": "pim: dimm.die.package_usd",
          "area of a die": "pim: dimm.die.area_mm2", "wafer": "pim: dimm.die.wafer_usd",
          "defects": "pim: dimm.die.defects_per_cm2", "test of a die": "pim: dimm.die.test_usd",
          "share of the time busy": "utilisation", "electricity": "electricity_usd_per_kWh",
          "power of the DIMMs": "pim: simulated power", "power of the DGX": "dgx: simulated power", "years": "years",
          "operation": "operation_share", "PUE": "pue"}
# Of the table of losses: what is set, by the names of the sweep's cases.
LOSSES = {case: f"{key}={value}" for case, key, value in
          re.findall(r"- \{case: ([^,]+), ([^:]+): ([^}]+)\}", (SCENARIOS / "cost" / "losses.yaml").read_text(encoding="utf-8"))}


def rows(first_cell, text=PAGE):
    """The cells of the text's table lines that begin so."""
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()
            if re.match(rf"\| {first_cell}", line)]


def number(text):
    return float(text.replace(",", ""))


class CostPage(CliTest):
    def run_of(self, scenario, *settings):
        path = self.folder / "result.json"
        options = [word for setting in settings for word in ("--set", setting)]
        self.good("run", SCENARIOS / "cost" / f"{scenario}.yaml", "-q", "--json", path, *options)
        return json.loads(path.read_text())

    def check_rounded(self, shown, value):
        """`shown` has as many digits as it shows."""
        digits = min(len(re.sub(r"\D", "", shown).lstrip("0")), 5)
        self.assertLess(abs(number(shown) - value) / value, 0.51 * 10 ** (1 - digits) + 1e-9, (shown, value))

    def test_servers(self):
        table = [row for name in MODELS for row in rows(rf"{name}, \d+ \|")]
        self.assertEqual(len(table), 7)
        for row in table:
            name, batch = row[0].split(", ")
            for scenario, cell in zip(SERVERS, (row[1], row[2], row[4], row[5])):
                with self.subTest(row[0], scenario=scenario):
                    result = self.run_of(scenario, f"workload.batch={batch}", f"workload.model={MODELS[name]}")
                    cost, first_s = cell.split("; ")
                    self.check_rounded(cost, result["cost"]["per"]["query_per_second"]["usd"]["mid"])
                    self.check_rounded(first_s.split()[0], result["time_to_first_token_s"])

    def test_readme(self):
        for name, scenario in zip(("DGX H100, published figures", "24 PIM-AI DIMMs, published figures",
                                   "DGX H100, fitted to measurements", "24 PIM-AI DIMMs, with losses"), SERVERS):
            with self.subTest(name):
                row, = rows(name, README)
                per = self.run_of(scenario)["cost"]["per"]["million_tokens"]
                for cell, part, ends in ((row[1], "usd", 3), (row[2], "kWh", 1), (row[3], "g_CO2", 3)):
                    shown = re.findall(r"[\d.]+", cell)
                    self.assertEqual(len(shown), ends)
                    for text, end in zip(shown, ("mid", "low", "high")):
                        self.check_rounded(text, per[part][end])

    def test_phones(self):
        for name, device in PHONES.items():
            row, = rows(name)
            for prompt, output, cells in ((64, 16, row[1:4]), (1000, 100, row[4:7])):
                with self.subTest(name, prompt=prompt):
                    result = self.run_of("phone", f"mapping.default={device}", f"workload.prompt_tokens={prompt}",
                                         f"workload.output_tokens={output}")
                    for cell, value in zip(cells, (result["phases"]["decode"]["energy_per_token_J"], result["energy_J"],
                                                   1 / result["time_s"])):
                        self.check_rounded(cell, value)

    def test_served_within_objectives(self):
        for machine, (scenario, requests) in SERVED.items():
            for model, count in requests.items():
                with self.subTest(machine, model=model):
                    row, = rows(f"{model}, {machine} ")
                    result = self.run_of(scenario, f"workload.model={MODELS[model]}", f"workload.requests.count={count}",
                                         f"workload.requests.arrivals.rate={row[1]}")
                    self.assertGreaterEqual(result["serving"]["goodput"]["share"], 0.99)
                    good = result["cost"]["goodput"]
                    self.check_rounded(row[2], good["requests_per_s"])
                    usd = good["per"]["million_tokens"]["usd"]
                    for shown, end in zip(re.findall(r"[\d.]+", row[3]), ("mid", "low", "high")):
                        self.check_rounded(shown, usd[end])

    def test_served_ratios(self):
        for model in MODELS:
            for how in ("published", "with losses"):
                gpu, pim = (rows(f"{model}, {name} {how} ")[0] for name in ("DGX", "PIM-AI"))
                self.assertLess(abs(float(gpu[3].split()[0]) / float(pim[3].split()[0]) / float(pim[4]) - 1), 0.02)

    def test_what_moves_the_ratios(self):
        columns = []
        for model in MODELS.values():
            for gpu, pim in (SERVERS[:2], SERVERS[2:]):
                found = []
                for name, scenario in (("dgx", gpu), ("pim", pim)):
                    path = self.folder / f"{name}.json"
                    path.write_text(json.dumps(self.run_of(scenario, f"workload.model={model}")))
                    found += dependence(path, "usd_per_query_per_second")[2:]
                swings = {one["input"].replace("PIM_AI_24dimm", "dimm"): one for one in ratio_swings(*found, ("dgx", "pim"))}
                self.assertEqual(set(swings), set(INPUTS.values()))
                columns.append((found[0] / found[2], swings))
        middle, = rows(r"the middle \|")
        for shown, (value, _) in zip(middle[1:], columns, strict=True):
            self.check_rounded(shown, value)
        for label, name in INPUTS.items():
            row, = rows(rf"{label}, [\da]")
            for shown, (_, swings) in zip(row[1:], columns, strict=True):
                for text, end in zip(shown.split(" to "), ("at_low", "at_high"), strict=True):
                    self.check_rounded(text, swings[name][end])

    def test_losses(self):
        self.assertEqual(len(LOSSES), 10)
        for label, setting in LOSSES.items():
            row, = rows(rf"{label} \|")
            for shown, model in zip(row[1:], MODELS.values(), strict=True):
                with self.subTest(label, model=model):
                    result = self.run_of("pim_with_losses", f"workload.model={model}", setting)
                    value = result["cost"]["per"]["query_per_second"]["usd"]["mid"]
                    self.assertLess(abs(number(shown) / value - 1), 0.51e-3 if value >= 1000 else 1e-3)
