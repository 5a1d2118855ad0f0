"""The figures of docs/cost.md are those of its scenarios."""

import json
import re

from program import PROJECT, SCENARIOS, CliTest

PAGE = (PROJECT / "docs" / "cost.md").read_text(encoding="utf-8")
MODELS = {"Llama-2-70B": "models/llama-2-70b.json", "Mixtral-8x7B": "models/mixtral-8x7b.json"}
SERVERS = ("dgx_published", "pim_published", "hgx_calibrated", "pim_with_losses")
PHONES = {"Apple A17 Pro": "A17Pro", "Snapdragon 8 Gen 3": "Snapdragon8gen3", "Dimensity 9300": "Dimensity9300",
          "one PIM-AI chip": "PIM-AI-1chip", "four PIM-AI chips": "PIM-AI-4chip"}


def rows(first_cell):
    """The cells of the page's table lines that begin so."""
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in PAGE.splitlines()
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
