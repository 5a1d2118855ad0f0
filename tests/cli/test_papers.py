"""Published figures of memories that compute, beside what the scenarios of scenarios/papers give: docs/papers.md."""

import csv
import re
import unittest
from typing import NamedTuple

from program import SCENARIOS, CliTest, parse_json, run

PAPERS = SCENARIOS / "papers"
MOST = 0.15  # of the published figure


class Row(NamedTuple):
    scenario: str
    figure: str
    published: float
    measure: str  # a key of measures()


ROWS = [
    Row("gpt-175b_8-a100.yaml", "ms per token", 31.03, "ms_per_token"),
    Row("gpt-175b_attacc.yaml", "ms per token", 17.08, "ms_per_token"),
    Row("llama-65b_8-h100.yaml", "ms per token", 18.95, "ms_per_token"),
    Row("llama-65b_8-h100.yaml", "fully connected, ms", 6.17, "linear_ms"),
    Row("llama-65b_8-h100.yaml", "attention, ms", 4.04, "attention_ms"),
    Row("llama-65b_8-h100.yaml", "communication, ms", 6.90, "communication_ms"),
    Row("llama-2-70b_cent-tp.yaml", "tokens/s", 102.4, "tokens_per_s"),
    Row("llama-2-70b_cent-pp.yaml", "tokens/s", 1296, "tokens_per_s"),
    Row("llama-2-7b_cent-pp.yaml", "tokens/s", 2851, "tokens_per_s"),
    Row("gemv_geniepim.yaml", "1 row, us", 82.6, "rows_1_us"),
    Row("gemv_geniepim.yaml", "8 rows, us", 8 * 82.6, "rows_8_us"),
    Row("gemv_geniepim.yaml", "32 rows, us", 32 * 82.6, "rows_32_us"),
    Row("gemv_hbm_pim.yaml", "4096 of 2048, us", 6.970, "gemv_4096x2048_us"),
    Row("gemv_hbm_pim.yaml", "4096 of 4096, us", 13.166, "gemv_4096x4096_us"),
    Row("gemv_hbm_pim.yaml", "8192 of 4096, us", 26.337, "gemv_8192x4096_us"),
    Row("gemv_hbm_pim.yaml", "4096 of 8192, us", 26.312, "gemv_4096x8192_us"),
    Row("gemv_aim.yaml", "1024 of 1024, us", 4.640, "gemv_1024x1024_us"),
    Row("gemv_aim.yaml", "4096 of 1024, us", 18.368, "gemv_4096x1024_us"),
    Row("gemv_neupims.yaml", "2048 of 512, us", 15.212, "gemv_2048x512_us"),
    Row("gemv_neupims.yaml", "1024 of 4096, us", 62.197, "gemv_1024x4096_us"),
    Row("gemv_neupims.yaml", "4096 of 4096, us", 249.397, "gemv_4096x4096_us"),
    # 2^26 products at 1.91 million and additions at 4.91 million a second on each of 128 DPUs
    Row("gemv_upmem.yaml", "8192 of 8192, us", 2**26 / 128 * (1 / 1.91 + 1 / 4.91), "gemv_8192x8192_us"),
]


class Papers(CliTest):
    found = {}  # by scenario; both tests look at all

    def all_measures(self):
        for scenario in {row.scenario for row in ROWS} - set(self.found):
            self.found[scenario] = self.measures(scenario)
        return self.found

    def measures(self, scenario):
        """What a run gives, by the names that ROWS has."""
        json_file, csv_file = self.folder / "o.json", self.folder / "o.csv"
        outcome = run("run", PAPERS / scenario, "-q", "--json", json_file, "--csv", csv_file)
        self.assertEqual(outcome.code, 0, outcome.err)
        result = parse_json(json_file.read_text())
        with open(csv_file, newline="") as file:
            rows = list(csv.DictReader(file))
        found = {f"{row['name']}_us": float(row["time_s"]) * 1e6
                 for row in rows if row["name"].startswith(("rows_", "gemv_"))}
        steps = result["forward_passes"] - 1
        if steps < 1:
            return found
        found["ms_per_token"] = result["time_per_output_token_s"] * 1e3
        found["tokens_per_s"] = result["phases"]["decode"]["tokens_per_s"]
        for name, wanted in (("linear_ms", lambda row: row["type"] == "Linear" and row["name"] != "lm_head"),
                             ("attention_ms", lambda row: row["name"] == "attn_output"),
                             ("communication_ms", lambda row: row["name"] == "all-reduce")):
            found[name] = sum(float(row["time_s"]) for row in rows
                              if row["phase"] == "decode" and wanted(row)) / steps * 1e3
        return found

    def test_published_figures(self):
        found = self.all_measures()
        for row in ROWS:
            with self.subTest(scenario=row.scenario, figure=row.figure):
                ours = found[row.scenario][row.measure]
                self.assertLess(abs(ours / row.published - 1), MOST, f"{ours} for {row.published}")

    def test_every_scenario_is_held_to_a_figure(self):
        self.assertEqual({path.name for path in PAPERS.glob("*.yaml")}, {row.scenario for row in ROWS})

    def test_the_page_shows_what_runs_give(self):
        """Every row of docs/papers.md with one of the scenarios: published, ours, error."""
        text = (SCENARIOS.parent / "docs" / "papers.md").read_text()
        shown = {}
        for line in text.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) == 5 and re.fullmatch(r"`.*\.yaml`", cells[0]):
                shown[cells[0].strip("`"), cells[1]] = cells[2:]
        self.assertEqual(set(shown), {(row.scenario, row.figure) for row in ROWS})
        found = self.all_measures()
        for row in ROWS:
            published, ours, error = shown[row.scenario, row.figure]
            with self.subTest(scenario=row.scenario, figure=row.figure):
                value = found[row.scenario][row.measure]
                self.close(row.published, float(published), 1e-3, "published")
                self.close(value, float(ours), 2e-3, "ours")
                self.assertAlmostEqual(100 * (value / row.published - 1), float(error.rstrip(" %")), delta=0.06)


if __name__ == "__main__":
    unittest.main()
