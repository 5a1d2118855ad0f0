"""The summary of a page is what `run` prints, and the comparison has it side by side."""

import json
import os
import re
import subprocess

from page_support import ROOT, PageTest, crafted_result, fill_page, page_data, run_result

IDEAL = "All devices are ideal: they reach their peaks; see docs/accuracy.md."


def with_times(result, prefill_s, decode_s, what_if=None):
    """That takes so long; what_if: {what: (prefill, decode)}, in s, with twice as much of it."""
    result["time_s"] = prefill_s + decode_s
    for phase, time_s in (("prefill", prefill_s), ("decode", decode_s)):
        result["phases"][phase]["time_s"] = time_s
    if what_if:
        result["what_if"] = [{"what": what, "factor": 2, "time_s": sum(times), "phases": dict(zip(("prefill", "decode"), times))}
                             for what, times in what_if.items()]
    return result


class Summary(PageTest):
    def text(self):
        return self.script("return document.getElementById('page').textContent")

    def facts(self, within="header"):
        return dict(self.script("""return [...document.querySelectorAll(`${arguments[0]} .facts div`)].map((one) =>
            [one.querySelector('dt').textContent, one.querySelector('dd').textContent])""", within))

    def tiles(self):
        names = self.script("return [...document.querySelectorAll('.tiles dt')].map((one) => one.textContent)")
        return dict(zip(names, self.cells(".tiles dd")))

    def rows(self, table):
        """{first cell: [texts of the others]}; of the same first cells the last."""
        return {row[0]: row[1:] for row in self.script("""
            return [...document.querySelectorAll(`${arguments[0]} tbody tr`)].map((row) =>
              [...row.children].map((cell) => cell.textContent))""", table)}

    def test_tiles(self):
        result = crafted_result()
        self.show(page_data([("by hand", result)]))
        tiles = self.tiles()
        self.assertEqual({"Time": "/time_s", "Time to first token (TTFT)": "/time_to_first_token_s",
                          "Time per output token (TPOT)": "/time_per_output_token_s",
                          "Decode rate": "/phases/decode/tokens_per_s", "Energy": "/energy_J",
                          "Energy per token of decode": "/phases/decode/energy_per_token_J",
                          "Energy per token, prefill included": "/energy_per_generated_token_J", "Power": "/power_W"},
                         {name: cell["pointer"] for name, cell in tiles.items()})
        self.assertAlmostEqual(float(tiles["Power"]["text"].split()[0]), result["power_W"], delta=1e-3 * result["power_W"])

    def test_what_is_not_known_is_a_dash(self):
        result = crafted_result(decode=False)
        result["run"].update(prompt_tokens=None, output_tokens=None)
        self.show(page_data([("no decode", result)]))
        dashes = {name for name, cell in self.tiles().items() if cell["text"].strip() == "–"}
        self.assertEqual({"Time per output token (TPOT)", "Decode rate", "Energy per token of decode"}, dashes)
        rows = self.rows("table.summary")
        for name in ("Time per output token (TPOT)", "per token of decode"):
            self.assertEqual("–", rows[name][2])
        facts = self.facts()
        self.assertEqual(["–", "–"], [facts["Prompt tokens"], facts["Output tokens"]])

    def test_times_from_1000_s_on_are_seconds(self):
        result = with_times(crafted_result(), 1207.34, 20000)
        result["time_to_first_token_s"] = 1207.34
        self.show(page_data([("long", result)]))
        self.assertEqual("1207 s", self.tiles()["Time to first token (TTFT)"]["text"])
        self.assertEqual(["21207", "1207.3", "20000", "s"], self.rows("table.summary")["Time"])
        self.assertEqual([], self.script("""return [...document.querySelectorAll('.unit, td')].filter((one) =>
            one.textContent.trim() === 'ks').map((one) => one.outerHTML)"""))

    def test_what_faster_parts_would_gain(self):
        what_if = {"memory": (2, 4), "arithmetic": (1.5, 8.04), "links": (1.99, 8)}
        result = with_times(crafted_result(), 2, 8, what_if)
        self.show(page_data([("by hand", result)]))
        rows = self.rows("table.summary")
        self.assertEqual(["", "arithmetic", "memory bandwidth", ""], rows["Bound by"])
        self.assertEqual(["-40.0", "0.0", "-50.0", "%"], rows["time with two times the memory bandwidth"])
        self.assertEqual(["-4.6", "-25.0", "+0.5", "%"], rows["time with two times the arithmetic"])
        self.assertEqual(["-0.1", "-0.5", "0.0", "%"], rows["time with two times the links"])

        # Without decode the transfer of the result is left for it.
        other = with_times(crafted_result(decode=False, seed=2), 2.9, 0.1, {"memory": (2.85, 0.1)})
        self.show(page_data([("A", result), ("B", other), ("nobody asked", crafted_result(seed=3))]))
        table = self.script("""return [...document.querySelectorAll('#comparison table.bounds tbody tr')].map((row) =>
            [...row.children].map((cell) => cell.textContent))""")
        self.assertEqual([["Bound by, prefill", "", "arithmetic", "launches and latencies", "–"],
                          ["Bound by, decode", "", "memory bandwidth", "–", "–"],
                          ["Time with two times the memory bandwidth", "%", "-40.0", "-1.7", "–"],
                          ["prefill", "%", "0.0", "-1.7", "–"], ["decode", "%", "-50.0", "–", "–"],
                          ["Time with two times the arithmetic", "%", "-4.6", "–", "–"],
                          ["prefill", "%", "-25.0", "–", "–"], ["decode", "%", "+0.5", "–", "–"]], table[:8])
        self.assertEqual(11, len(table))

    def test_what_was_run(self):
        result = crafted_result()
        result.update(weight_dtype="int4", all_devices_ideal=True,
                      unknown_operators={"handling": "skip", "events": 3, "types": ["Fancy", "Other"]})
        result["run"].update(prompt_tokens=[512, 512, 512, 64], output_tokens=17)
        self.show(page_data([("a file", result)]))
        facts = self.facts()
        self.assertEqual({"Scenario": "A run by hand", "Data type": "int8, weights int4", "Prompt tokens": "512 × 3, 64",
                          "Output tokens": "17", "Without a rule": "3 events of Fancy, Other; left out"},
                         {name: facts.get(name) for name in ("Scenario", "Data type", "Prompt tokens", "Output tokens", "Without a rule")})
        self.assertIn(IDEAL, self.text())
        result["all_devices_ideal"] = False
        self.show(page_data([("A run by hand", result)]))
        self.assertNotIn("Scenario", self.facts())
        self.assertNotIn(IDEAL, self.text())

    def test_capacities_that_are_not_known(self):
        result = crafted_result(devices=("HOST", "dimm[0]", "dimm[1]", "card"))
        for name, capacity, total, architecture in (("HOST", None, 0, "HOST"), ("dimm[0]", None, 5, "PIM"), ("dimm[1]", None, 6, "PIM"),
                                                    ("card", 16e9, 7, "CARD")):
            result["devices"][name]["architecture"] = architecture
            result["devices"][name]["memory_bytes"].update(capacity=capacity, total=total)
        self.show(page_data([("run", result)]))
        self.assertIn("No capacity_GB is known of PIM: whether this fits was not checked.", self.text())
        for device in result["devices"].values():
            device["memory_bytes"]["capacity"] = 16e9
        self.show(page_data([("run", result)]))
        self.assertNotIn("capacity_GB", self.text())

    def test_comparison_says_what_is_compared(self):
        results = [crafted_result(seed=seed) for seed in (1, 2, 3)]
        results[0].update(scenario="Chip (workload.batch=2)", all_devices_ideal=True)
        results[1].update(scenario="Chip (workload.batch=4, simulation.schedule=dataflow)", all_devices_ideal=False)
        results[1]["run"].update(prompt_tokens=[8, 9], output_tokens=2)
        del results[2]["run"]
        self.show(page_data([(name, result) for name, result in zip("abc", results)]))
        head, *rows = self.script("""return [...document.querySelector('#comparison table.texts').rows].map((row) =>
            [...row.cells].map((cell) => cell.textContent))""")
        shown = [{name: row[head.index(name)] for name in ("scenario", "prompt tokens", "output tokens", "all devices ideal")}
                 for row in rows]
        self.assertEqual([dict(zip(shown[0], one)) for one in (
            ("Chip (workload.batch=2)", "64", "4", "yes"),
            ("Chip (workload.batch=4, simulation.schedule=dataflow)", "8, 9", "2", "no"),
            ("A run by hand", "–", "–", "–"))], shown)
        self.assertEqual("Chip (workload.batch=2)", self.facts("#result-0")["Scenario"])
        self.assertEqual([True, False, False], [IDEAL in self.script(
            "return document.getElementById(`result-${arguments[0]}`).textContent", index) for index in range(3)])
        pointers = [cell["pointer"] for cell in self.cells("#comparison table.comparison [data-pointer]")]
        for pointer in ("/time_to_first_token_s", "/time_per_output_token_s", "/phases/decode/energy_per_token_J",
                        "/energy_per_generated_token_J"):
            self.assertEqual(3, pointers.count(pointer), pointer)

    def test_of_a_run(self):
        """Lines of the summary that `run` prints have the same numbers on the page."""
        scenario = ROOT / "scenarios/machines/llama-2-70b_24-dimms.yaml"
        page = f"{self.folder.name}/run.html"
        printed = subprocess.run([os.environ["UPMEM_DES"], "run", str(scenario), "--what-if", "--html", page], check=True,
                                 timeout=300, capture_output=True, text=True).stdout
        self.look_at(page)
        rows = {name.lower(): row for name, row in self.rows("table.summary").items()}
        lines = ("time", "share of the time", "time to first token (TTFT)", "time per output token (TPOT)", "generated tokens",
                 "tokens/s", "energy", "memory", "compute", "per token of decode", "per token, prefill included", "power", "peak",
                 "bound by", "time with two times the memory bandwidth", "time with two times the arithmetic",
                 "time with two times the links")
        for name in lines:
            (first, *_) = re.findall(rf"^ *{re.escape(name)}  +(.*)$", printed, re.MULTILINE)
            self.assertEqual(re.split("  +", first.strip()), [cell for cell in rows[name.lower()] if cell], name)
        self.assertIn(IDEAL.lower().rstrip("."), printed)
        self.assertIn(IDEAL, self.text())
        facts = self.facts()
        self.assertEqual(["64", "4"], [facts["Prompt tokens"], facts["Output tokens"]])

    def test_of_compared_runs(self):
        files = [run_result("llama-2-7b_4chip.yaml", self.folder.name, "workload.output_tokens=4", f"workload.batch={batch}")
                 .rename(f"{self.folder.name}/{batch}.json") for batch in (1, 2)]
        self.look_at(fill_page(f"{self.folder.name}/two.html", "-", *((file.stem, file) for file in files)))
        for file in files:
            self.assertIn(json.loads(file.read_text())["scenario"],
                          self.script("return document.querySelector('#comparison table.texts').textContent"))
        self.assertIn("workload.batch=2", self.script("return document.getElementById('comparison').textContent"))
