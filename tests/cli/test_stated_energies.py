"""Devices that state no energies: times are the same, and nothing is said of energy, power and what follows from them."""

import csv
import io
import json
import re

from program import CliTest, device_yaml, needs_page

from test_cost import COST, SERVED

KEYS = ("host_to_device_pj_per_bit", "device_to_host_pj_per_bit", "mem_pj_per_bit", "pj_per_tflop")
LINE = ("energy is not stated: Mine has no mem_pj_per_bit, pj_per_tflop; "
        "nor are power, energy per token, and what energy costs and emits")
MACHINE = """\
devices:
  - { name: a, architecture: Other }
  - { name: b, architecture: Mine }
networks:
  - { name: wire, between: [a, b], topology: mesh, bw_GBs: 10, pj_per_bit: 1 }
"""
ENERGY_WORDS = re.compile(r"(_J|_W|_J_per_byte|_energy_J|kWh|g_CO2|energy_usd)$")


def of_energy(value, path=""):
    """All values of a JSON result whose key is an energy or a power, or what energy costs, and all below it."""
    if isinstance(value, dict):
        for key, item in value.items():
            at = f"{path}.{key}"
            if ENERGY_WORDS.search(key) and key != "idle_W":
                yield from leaves(item, at)
            else:
                yield from of_energy(item, at)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from of_energy(item, f"{path}.{i}")


def leaves(value, path):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path, value
    else:
        for key, item in items:
            yield from leaves(item, f"{path}.{key}")


class StatedEnergies(CliTest):
    def setUp(self):
        super().setUp()
        self.whole = self.write("whole.yaml", device_yaml("Mine", idle_W=3, active_W=2) + device_yaml("Other"))
        self.bare = self.write("bare.yaml", device_yaml("Mine", mem_pj_per_bit=None, pj_per_tflop=None, idle_W=3, active_W=2) +
                               device_yaml("Other"))
        self.on_mine = self.small(mapping="{ default: Mine, lm_head: 'Mine,t' }")

    def both(self, scenario, *arguments):
        """With all energies, and without."""
        return [self.result(scenario, "--extra-archs", devices, *arguments) for devices in (self.whole, self.bare)]

    def check_nothing_is_said(self, result, but=()):
        said = {path: value for path, value in of_energy(result) if value is not None and not path.startswith(tuple(but))}
        self.assertEqual(said, {})
        self.assertEqual(result["energy_not_stated"],
                         [{"architecture": "Mine", "missing": ["mem_pj_per_bit", "pj_per_tflop"]}])

    def check_same_times(self, whole, bare):
        for result in (whole, bare):
            for key in ("run", "scenario", "energy_not_stated", "cost"):
                result.pop(key, None)
        rest = [{path: value for path, value in leaves(result, "")} for result in (whole, bare)]
        energies = dict(of_energy(bare))
        self.assertEqual({p: v for p, v in rest[0].items() if p not in energies},
                         {p: v for p, v in rest[1].items() if p not in energies})

    def test_times_are_the_same_and_energies_are_null(self):
        for more in ((), ("--set", "simulation.schedule=dataflow"), ("--set", "simulation.segments=false"),
                     ("--set", "simulation.cost_model=reference")):
            with self.subTest(more=more):
                whole, bare = self.both(self.on_mine, *more)
                self.assertGreater(whole["energy_J"], 0)
                self.check_nothing_is_said(bare, but=(".devices.HOST.", ".links."))
                self.assertIsNotNone(bare["devices"]["HOST"]["energy_J"]["total"])
                self.check_same_times(whole, bare)

    def test_each_of_the_four_is_missed(self):
        for key in KEYS:
            self.write("bare.yaml", device_yaml("Mine", **{key: None}))
            result = self.result(self.on_mine, "--extra-archs", self.bare)
            self.assertEqual((result["energy_J"], result["energy_not_stated"]),
                             (None, [{"architecture": "Mine", "missing": [key]}]))
        self.write("bare.yaml", device_yaml("Mine", **dict.fromkeys(KEYS, 0)))
        result = self.result(self.on_mine, "--extra-archs", self.bare)
        self.assertEqual((result["energy_J"], "energy_not_stated" in result), (0, False), "0 is stated")

    def test_the_summary_says_so_in_one_line(self):
        text = self.good("run", self.on_mine, "--extra-archs", self.bare)
        self.assertEqual(text.count(LINE), 1)
        for label in ("energy", "  per token of decode", "  per token, prefill included", "power"):
            self.assertRegex(text, rf"(?m)^{label} +not stated")
        self.assertNotIn("nan", text)
        self.assertRegex(text, r"(?m)^Mine .* not stated +not stated")
        self.assertNotIn("not stated", self.good("run", self.on_mine, "--extra-archs", self.whole))

    def test_csv_and_logs(self):
        path = self.folder / "classes.csv"
        out = self.good("run", self.on_mine, "--extra-archs", self.bare, "-q", "--csv", path, "--print-log", "--print-log-summary")
        for row in csv.DictReader(io.StringIO(path.read_text())):
            self.assertEqual({value for key, value in row.items() if key.endswith("_J")}, {"not stated"})
        self.assertIn("not stated", out)
        self.assertNotIn("nan", out)

    def test_a_result_reads_back(self):
        path = self.folder / "bare.json"
        printed = self.good("run", self.on_mine, "--extra-archs", self.bare, "--json", path)
        self.assertEqual(self.good("report", path), printed)

    def test_comparisons(self):
        names = ("whole.json", "bare.json")
        for name, devices in zip(names, (self.whole, self.bare)):
            self.good("run", self.on_mine, "--extra-archs", devices, "-q", "--json", self.folder / name)
        for order in (names, names[::-1]):
            text = self.good("report", *order, cwd=self.folder)
            self.assertRegex(text, r"(?m)^energy .*not stated")
            self.assertRegex(text, r"(?m)^power .*not stated")
            self.assertNotIn("nan", text)
            self.assertEqual(text.count("bare: " + LINE), 1)

    def test_machines_that_mix_devices(self):
        machine = self.write("machine.yaml", MACHINE)
        scenario = self.small(mapping="{ default: a, lm_head: b }")
        whole, bare = self.both(scenario, "--set", f"platform={machine}")
        for key in ("energy_J", "power_W", "peak_power_W"):
            self.assertGreater(whole[key], 0)
            self.assertIsNone(bare[key])
        self.assertEqual(whole["devices"]["a"]["energy_J"], bare["devices"]["a"]["energy_J"])
        self.assertEqual(set(bare["devices"]["b"]["energy_J"].values()), {None})
        self.assertIsNone(bare["phases"]["decode"]["energy_J"]["total"])
        self.assertEqual({use["architecture"] for use in bare["operators"] if use["energy_J"] is None}, {"Mine"})
        self.assertTrue(any(use["energy_J"] for use in bare["operators"] if use["architecture"] == "Other"))

    def test_a_platform_can_state_them(self):
        machine = self.write("machine.yaml", MACHINE.replace("b, architecture: Mine", "b, architecture: Mine, mem_pj_per_bit: 1"))
        result = self.result(self.small(mapping="{ default: b }"), "--extra-archs", self.bare, "--set", f"platform={machine}")
        self.assertEqual(result["energy_not_stated"], [{"architecture": "Mine", "missing": ["pj_per_tflop"]}])
        self.write("machine.yaml", MACHINE.replace("b, architecture: Mine",
                                                   "b, architecture: Mine, mem_pj_per_bit: 1, pj_per_tflop: 4.0e+11"))
        whole, bare = self.both(self.small(mapping="{ default: b }"), "--set", f"platform={machine}")
        self.assertEqual(whole["energy_J"], bare["energy_J"])

    def test_cost_says_capital_and_not_energy(self):
        costed = self.write("costed.yaml", self.on_mine.read_text() + COST.replace("PIM_AI_4chip", "Mine"))
        whole, bare = self.both(costed)
        amounts = {part: [result["cost"]["per"]["million_tokens"][part] for result in (whole, bare)]
                   for part in ("usd", "capital_usd", "energy_usd", "kWh", "g_CO2", "energy_g_CO2", "embodied_g_CO2")}
        for part in ("capital_usd", "embodied_g_CO2"):
            self.assertEqual(*amounts.pop(part))
        self.assertEqual([without for _, without in amounts.values()], [None] * len(amounts))
        self.assertIsNone(bare["cost"]["power_W"])
        self.assertIn("energy: not said, nor what it costs and emits: there are devices that do not state theirs",
                      bare["cost"]["missing"])
        text = self.good("run", costed, "--extra-archs", self.bare)
        self.check_words(text, ("power while busy not stated, 3 W idle", "energy: not said"))
        self.assertNotIn("nan", text)

    def test_served_requests(self):
        served = self.write("served.yaml", SERVED.replace("PIM-AI-4chip", "Mine"))
        whole, bare = self.both(served)
        self.assertGreater(whole["serving"]["energy"]["total_J"], 0)
        self.check_nothing_is_said(bare, but=(".devices.HOST.", ".links."))
        self.check_same_times(whole, bare)
        rows, series = self.folder / "rows.csv", self.folder / "series.csv"
        path = self.folder / "served.json"
        text = self.good("run", served, "--extra-archs", self.bare, "--requests-csv", rows, "--series-csv", series, "--json", path)
        self.assertEqual(text.count(LINE), 1)
        self.assertRegex(text, r"(?m)^energy +J? +not stated")
        self.assertNotIn("nan", text)
        self.assertEqual({row["energy_J"] for row in csv.DictReader(io.StringIO(rows.read_text()))}, {"not stated"})
        self.assertEqual({row["power_W"] for row in csv.DictReader(io.StringIO(series.read_text()))}, {"not stated"})
        self.assertEqual(self.good("report", path), text)
        both = self.good("report", path, path)
        self.assertRegex(both, r"(?m)^energy +J? +not stated")
        self.assertEqual(both.count("served: " + LINE), 1)

    def test_timelines(self):
        perfetto, paje = self.folder / "t.json", self.folder / "t.paje"
        self.good("run", self.on_mine, "--extra-archs", self.bare, "-q", "--perfetto", perfetto, "--paje", paje)
        events = json.loads(perfetto.read_text())["traceEvents"]
        energies = [event for event in events if "energy_J" in event.get("args", {})]
        self.assertTrue(any(event["ph"] == "X" for event in events))
        work = [event for event in energies if "flop" in event["args"]]
        self.assertEqual(work, [])
        self.assertEqual([event["name"] for event in events if event["ph"] == "C" and "power" in event["name"] and
                          event["name"].startswith("Mine power")], [])
        text = paje.read_text()
        self.assertNotIn("% Energy double", text)
        self.assertNotIn("nan", text)
        self.good("run", self.on_mine, "--extra-archs", self.whole, "-q", "--paje", paje)
        self.assertIn("% Energy double", paje.read_text())
        served = self.write("served.yaml", SERVED.replace("PIM-AI-4chip", "Mine"))
        self.good("run", served, "--extra-archs", self.bare, "-q", "--perfetto", perfetto, "--paje", paje)
        requests = [event["args"] for event in json.loads(perfetto.read_text())["traceEvents"]
                    if "energy_J" in event.get("args", {})]
        self.assertEqual({args["energy_J"] for args in requests}, {None})

    @needs_page
    def test_the_page_has_null_alone(self):
        page = self.folder / "page.html"
        self.good("run", self.on_mine, "--extra-archs", self.bare, "-q", "--html", page)
        self.assertNotRegex(page.read_text(), r"[:,\[ ]-?nan\b")
        self.assertIn('"energy_not_stated"', page.read_text())

    def test_a_power_limit_needs_energies(self):
        self.write("bare.yaml", device_yaml("Mine", mem_pj_per_bit=None, power_limit_W=50))
        self.refused("run", self.on_mine, "--extra-archs", self.bare,
                     saying="Mine.power_limit_W: a power limit beside energies that are not stated; "
                            "expected mem_pj_per_bit and pj_per_tflop, too, or no power_limit_W")
        self.write("bare.yaml", device_yaml("Mine", host_to_device_pj_per_bit=None, power_limit_W=50))
        self.good("run", self.on_mine, "--extra-archs", self.bare, "-q")

    def test_whether_they_are_stated_is_a_part_of_the_inputs(self):
        nothing = self.write("zero.yaml", device_yaml("Mine", mem_pj_per_bit=0, pj_per_tflop=0, idle_W=3, active_W=2))
        digests = {self.result(self.on_mine, "--extra-archs", devices)["run"]["inputs"]
                   for devices in (self.whole, self.bare, nothing)}
        self.assertEqual(len(digests), 3)

    def test_what_is_shown_of_the_device(self):
        sheet = self.good("arch", "show", "Mine", "--extra-archs", self.bare)
        self.assertEqual(len(re.findall(r"(?m)^ +not stated +pJ/", sheet)), 2)
        self.assertRegex(self.good("arch", "list", "--extra-archs", self.bare), r"(?m)^Mine +10 +20 +5 +30 +100 +- +4 +- +- +assumed$")
        machine = self.write("machine.yaml", MACHINE)
        self.assertRegex(self.good("platform", "show", machine, "--extra-archs", self.bare), r"(?m)^b +1 +Mine +4 +- +- +100 +- +- ")
