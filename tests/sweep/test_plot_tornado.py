"""`scripts/plot tornado`: what a cost depends on."""

import copy
import json
import math
import sys
import unittest

from plots import PlotTest
from sweeps import PROJECT

sys.path.insert(0, str(PROJECT / "scripts"))
from plotting.cost_dependence import ratio_swings  # noqa: E402

SWING = {"input": "gpu.price_usd", "low": 20000, "high": 40000, "at_low": 1.5, "at_high": 3, "stated": True}
COST = {"per": {"million_tokens": {"usd": {"low": 1.5, "mid": 2, "high": 3}}},
        "dependence": [{"unit": "million_tokens", "part": "usd",
                        "inputs": [SWING, {**SWING, "input": "years", "low": 2.4, "high": 3.6, "at_low": 2.5, "at_high": 1.75,
                                           "stated": False}]}]}


# A machine of 10 USD beside COST's 2: the conditions are `years` (alike), `pue` (not alike) and `utilisation` (of one alone).
BESIDE = {"per": {"million_tokens": {"usd": {"low": 8, "mid": 10, "high": 16}}},
          "dependence": [{"unit": "million_tokens", "part": "usd", "inputs": [
              {"input": "machine.price_usd", "low": 100, "high": 300, "at_low": 8, "at_high": 16, "stated": True},
              {"input": "years", "low": 2.4, "high": 3.6, "at_low": 12, "at_high": 9, "stated": False},
              {"input": "pue", "low": 1, "high": 2, "at_low": 9, "at_high": 12, "stated": True},
              {"input": "utilisation", "low": 0.5, "high": 0.9, "at_low": 12, "at_high": 9, "stated": True}]}]}


def with_pue(cost, low, high, at_low, at_high):
    result = copy.deepcopy(cost)
    result["dependence"][0]["inputs"].append({"input": "pue", "low": low, "high": high, "at_low": at_low, "at_high": at_high,
                                              "stated": True})
    return result


class Ratio(unittest.TestCase):
    def swings(self, cost, other):
        inputs = [one["dependence"][0]["inputs"] for one in (cost, other)]
        return {swing["input"]: (swing["at_low"], swing["at_high"])
                for swing in ratio_swings(2, inputs[0], 10, inputs[1], ("a", "b"))}

    def test_by_hand(self):
        self.assertEqual(self.swings(with_pue(COST, 1, 1.5, 1.8, 2.2), BESIDE), {
            "a: gpu.price_usd": (1.5 / 10, 3 / 10), "years": (2.5 / 12, 1.75 / 9), "b: machine.price_usd": (2 / 8, 2 / 16),
            "a: pue": (1.8 / 10, 2.2 / 10), "b: pue": (2 / 9, 2 / 12), "b: utilisation": (2 / 12, 2 / 9)})

    def test_conditions_that_are_alike_move_both(self):
        self.assertEqual(self.swings(with_pue(COST, 1, 2, 1.8, 2.2), BESIDE)["pue"], (1.8 / 9, 2.2 / 12))

    def test_what_moves_it_most_is_first(self):
        swings = ratio_swings(2, COST["dependence"][0]["inputs"], 10, BESIDE["dependence"][0]["inputs"], ("a", "b"))
        sizes = [abs(math.log(one["at_high"] / one["at_low"])) for one in swings]
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_beside_itself_nothing_shared_moves_it(self):
        inputs = COST["dependence"][0]["inputs"]
        self.assertEqual(["a: gpu.price_usd", "b: gpu.price_usd"],
                         [swing["input"] for swing in ratio_swings(2, inputs, 2, inputs, ("a", "b"))])


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

    def test_ratio_of_two(self):
        self.write("beside.json", json.dumps({"cost": BESIDE}))
        self.assertEqual((0, "", ""), self.draw(COST, "--against", "beside.json"))
        svg = (self.folder / "r-tornado.svg").read_text()
        for text in ("cost of a million tokens: r divided by beside", "What the ratio of cost of a million tokens depends on",
                     "r: gpu.price_usd: 20,000 to 40,000", "years *: 2.4 to 3.6", "beside: machine.price_usd: 100 to 300"):
            self.assertIn(text, svg)

    def test_no_ratio(self):
        nothing = copy.deepcopy(BESIDE)
        nothing["dependence"][0]["inputs"][0]["at_low"] = 0
        self.write("beside.json", json.dumps({"cost": nothing}))
        for other, saying in (
                ("beside.json", "argument --against: 'usd_per_million_tokens' of beside.json may be 0; expected a cost that "
                                "others can be divided by"),
                ("none.json", "none.json: no such file")):
            with self.subTest(other):
                self.assertEqual((2, "", f"plot: {saying}\n"), self.draw(COST, "--against", other))
                self.assertFalse((self.folder / "r-tornado.svg").exists())

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
