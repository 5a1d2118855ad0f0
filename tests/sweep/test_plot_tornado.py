"""`scripts/plot tornado`: what a cost depends on."""

import copy
import json

from plots import PlotTest

SWING = {"input": "gpu.price_usd", "low": 20000, "high": 40000, "at_low": 1.5, "at_high": 3, "stated": True}
COST = {"per": {"million_tokens": {"usd": {"low": 1.5, "mid": 2, "high": 3}}},
        "dependence": [{"unit": "million_tokens", "part": "usd",
                        "inputs": [SWING, {**SWING, "input": "years", "low": 2.4, "high": 3.6, "at_low": 2.5, "at_high": 1.75,
                                           "stated": False}]}]}


class Tornado(PlotTest):
    def draw(self, cost, *options):
        self.write("r.json", json.dumps({"cost": cost}))
        return self.plot("tornado", "r.json", *options)

    def test_a_bar_for_each_end_of_each_input(self):
        self.assertEqual((0, "", ""), self.draw(COST))
        svg = (self.folder / "r-tornado.svg").read_text()
        for text in ("gpu.price_usd: 20,000 to 40,000", "years *: 2.4 to 3.6", "cost of a million tokens (USD)",
                     "What the cost of a million tokens depends on", 'id="low-0"', 'id="high-0"', 'id="low-1"', 'id="high-1"'):
            self.assertIn(text, svg)
        self.assertTrue((self.folder / "r-tornado.png").read_bytes().startswith(b"\x89PNG"))

    def test_what_is_wrong_is_a_line_and_nothing_is_written(self):
        bent = copy.deepcopy(COST)
        bent["dependence"][0]["inputs"][0]["at_low"] = "cheap"
        for cost, options, saying in (
                (None, (), "r.json: says nothing of cost; expected the result of a scenario with a section cost"),
                (bent, (), "r.json: cost: not as upmem-des writes it; expected a result of upmem-des run --json"),
                (COST, ("--of", "g_CO2_per_million_tokens"),
                 "argument --of: r.json does not say what 'g_CO2_per_million_tokens' depends on; expected one of "
                 "usd_per_million_tokens")):
            with self.subTest(saying):
                self.assertEqual((2, "", f"plot: {saying}\n"), self.draw(cost, *options))
                self.assertFalse((self.folder / "r-tornado.svg").exists())
        self.write("r.json", "{")
        self.assertEqual((2, "", "plot: r.json: no JSON; expected a result of upmem-des run --json\n"),
                         self.plot("tornado", "r.json"))
