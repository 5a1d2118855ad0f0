"""The numbers on the page are those of the JSON."""

import json
import os
import re

from page_support import PARTS, PageTest, at, crafted_result, fill_page, leaves, page_data, run_result

PREFIXES = {"": 1, "f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


class Numbers(PageTest):
    def check_all_are_shown(self, result, shown):
        wanted = ["/time_s", "/energy_J", "/power_W", "/peak_power_W", "/events", "/forward_passes", "/generated_tokens",
                  "/time_to_first_token_s", "/time_per_output_token_s", "/energy_per_generated_token_J"]
        for phase in ("prefill", "decode"):
            numbers = result["phases"][phase]
            used = lambda key: [name for name in numbers[key] if name != "total" and
                                any(result["phases"][one][key][name] for one in result["phases"])]
            wanted += [f"/phases/{phase}/{key}" for key in numbers if not isinstance(numbers[key], dict)]
            wanted += [f"/phases/{phase}/energy_J/total"]
            wanted += [f"/phases/{phase}/{key}/{name}" for key in ("energy_J", "busy_s", "moved_bytes") for name in used(key)]
        for name, device in result["devices"].items():
            wanted += leaves(device["memory_bytes"], f"/devices/{name}/memory_bytes")
            wanted += [f"/devices/{name}/utilisation/{part}" for part in ("compute", "memory", "host_to_device", "device_to_host")]
            wanted += [f"/devices/{name}/phases/{phase}/time_s/{use}" for phase in ("prefill", "decode")
                       for use in ("compute", "memory", "communication", "waiting") if result["phases"][phase]["time_s"] > 0]
            wanted += [f"/devices/{name}/energy_J/total", f"/devices/{name}/peak_power_W", f"/devices/{name}/events"]
        for name, link in result["links"].items():
            wanted += [f"/links/{name}/bandwidth_Bps", f"/links/{name}/utilisation"]
            wanted += leaves({key: link[key] for key in ("energy_J", "moved_bytes")}, f"/links/{name}")
        for index in range(len(result["event_classes"])):
            wanted += [f"/event_classes/{index}/{key}" for key in ("count", "time_s", "energy_J/total")]
        for index in range(len(result["operators"])):
            wanted += [f"/operators/{index}/{key}" for key in ("count", "time_s", "flop", "memory_bytes", "energy_J")]
        self.assertEqual([], [pointer for pointer in wanted if (0, pointer) not in shown])

    def check_measures(self, result):
        """Numbers that the page computes."""
        decode = result["phases"]["decode"]
        measures = {"sum": 0, "share": 0, "token": 0, "intensity": 0, "rate": 0, "full": 0, "spent": 0, "first": 0}
        for cell in self.cells("[data-measure]"):
            what, of = cell["measure"].split(":", 1)
            if cell["value"] is None:
                continue
            shown = float(cell["value"])
            if what == "sum":
                self.close(sum(at(phase, f"/{of}") for phase in result["phases"].values()), shown, cell)
            elif what == "share":
                self.close(result["phases"][of]["time_s"] / result["time_s"], shown, cell)
            elif what == "token":
                self.close(decode["moved_bytes"][of] / decode["tokens"], shown, cell)
            elif what == "spent":
                phase, _ = of.split(":", 1)
                self.assertAlmostEqual(result["phases"][phase]["time_s"], shown, delta=1e-9 * shown)
            elif what == "first":
                self.assertEqual(result["generated_tokens"] - decode["tokens"], shown)
            elif what == "full":
                memory = result["devices"][of]["memory_bytes"]
                self.close(memory["total"] / memory["capacity"], shown, cell)
            else:
                one = result["operators"][int(of)]
                self.close(one["flop"] / one["memory_bytes" if what == "intensity" else "time_s"], shown, cell)
            measures[what] += 1
        self.assertGreater(min(measures.values()), 0, measures)

    def check_summary_text(self):
        """What is printed, times its unit, is the number."""
        rows = self.script("""return [...document.querySelectorAll('table.summary tbody tr')].map((row) =>
            [...row.children].map((cell) => [cell.textContent, cell.dataset.value ?? null]))""")
        checked = 0
        for row in rows:
            unit = row[-1][0]
            factor = 0.01 if unit == "%" else PREFIXES[re.sub("[sJWB]$", "", unit)]
            for text, value in row[1:-1]:
                if value is not None:
                    self.assertAlmostEqual(float(text) * factor, float(value), delta=6e-4 if unit == "%" else 6e-5 * abs(float(value)))
                    checked += 1
        self.assertGreater(checked, 30)

    def test_result_by_hand(self):
        result = crafted_result()
        self.show(page_data([("by hand", result)]))
        self.open_details()
        self.check_all_are_shown(result, self.check_pointers([result]))
        self.check_measures(result)
        self.check_summary_text()

    def test_names_with_slashes(self):
        result = crafted_result(devices=("HOST", "a/b~c[0]"))
        self.show(page_data([("by hand", result)]))
        self.open_details()
        self.assertIn((0, "/devices/a~1b~0c[0]/energy_J/total"), self.check_pointers([result]))

    def test_runs(self):
        for scenario in ("llama-2-7b_4chip.yaml", "machines/llama-2-70b_24-dimms.yaml"):
            with self.subTest(scenario):
                file = run_result(scenario, self.folder.name)
                result = json.loads(file.read_text())
                page = fill_page(f"{self.folder.name}/run.html", "-", (result["scenario"], file))
                self.assertLess(os.path.getsize(page), 1_200_000)
                self.look_at(page)
                self.open_details()
                self.check_all_are_shown(result, self.check_pointers([result]))
                self.check_summary_text()

    def test_results_of_earlier_programs(self):
        """They have no peak power, nor what is of tokens by name: nothing stands in its place."""
        result = crafted_result()
        for key in ("time_to_first_token_s", "time_per_output_token_s", "energy_per_generated_token_J", "run"):
            del result[key]
        for part in (result, *result["phases"].values(), *result["devices"].values()):
            del part["peak_power_W"]
        for results in ([("earlier", result)], [("earlier", result), ("too", result)]):
            self.show(page_data(results))
            self.open_details()
            heads = self.script("return [...document.querySelectorAll('th')].map((cell) => cell.textContent)")
            self.assertIn("Power", heads)
            self.assertEqual([], [head for head in heads if "peak" in head.lower() or "(T" in head or "included" in head])
            self.assertNotIn("(T", self.script("return document.querySelector('.tiles').textContent"))

    def test_layers_of_several_results(self):
        """Every layer of every result, the ratios to the first, and sums that are those of the results."""
        results = [crafted_result(seed=seed, layers=layers) for seed, layers in ((1, 14), (2, 20), (3, 3))]
        self.show(page_data([(f"run {seed}", result) for seed, result in enumerate(results)]))
        self.open_details()
        rows = {row[0]: row[1:] for row in self.script("""
            return [...document.querySelectorAll('table.layers tbody tr')].map((row) => [...row.children].map((cell) =>
              cell.matches('th') ? cell.textContent : cell.dataset.value === undefined ? null : Number(cell.dataset.value)))""")}
        times = [{f"layer_{index}": sum(one["time_s"] for one in result["event_classes"] if one["name"] == f"layer_{index}")
                  for index in range(layers)} for result, layers in zip(results, (14, 20, 3))]
        wholes = [sum(one["time_s"] for one in result["event_classes"]) for result in results]
        expected = {name: [one.get(name) for one in times] for name in times[1]}
        expected["all together"] = wholes
        expected["time that has passed"] = [result["time_s"] for result in results]
        for phase in ("prefill", "decode"):
            expected[f"in {phase}"] = [sum(one["time_s"] for one in result["event_classes"] if one["phase"] == phase)
                                       for result in results]
        self.assertEqual(set(expected), set(rows))
        for name, (first, second, third) in expected.items():
            over = lambda value: value / first if first and value else None
            for wanted, shown in zip([first, second, over(second), third, over(third)], rows[name]):
                if wanted is None:
                    self.assertIsNone(shown, name)
                else:
                    self.assertAlmostEqual(wanted, shown, delta=1e-12 * wanted, msg=name)
        columns = [0, 1, 3]
        for column, whole in zip(columns, wholes):
            of_layers = sum(row[column] or 0 for name, row in rows.items() if name.startswith("layer_"))
            self.assertAlmostEqual(whole, of_layers, delta=1e-9 * whole)
        texts = self.script("""return [...document.querySelectorAll('#comparison figure')].find((one) =>
            one.textContent.startsWith('Time by layer')).querySelector('svg').textContent""")
        self.assertIn("8 others", texts)

    def test_comparison(self):
        results = [crafted_result(seed=seed) for seed in (1, 2, 3)]
        self.show(page_data([(f"run {seed}", result) for seed, result in enumerate(results)]))
        self.open_details()
        rows = self.script("""return [...document.querySelectorAll('table.comparison tbody tr')].map((row) =>
            [...row.querySelectorAll('td.number')].map((cell) => [cell.dataset.pointer ?? null, cell.dataset.value]))""")
        self.assertEqual(17, len(rows))
        for row in rows:
            pointer = row[0][0]
            base, second, third = (at(result, pointer) for result in results)
            for expected, (_, shown) in zip([base, second, second / base, third, third / base], row):
                self.close(expected, float(shown), pointer)
        for cell in self.cells("#comparison figure [data-measure^='of:']"):
            if cell["pointer"].startswith("/parts/"):
                part = cell["pointer"].split("/")[2]
                self.assertIn(part, PARTS)
                expected = sum(phase["energy_J"][part] for phase in results[int(cell["measure"][3:])]["phases"].values())
            else:
                expected = at(results[int(cell["measure"][3:])], cell["pointer"])
            self.close(expected, float(cell["value"]), cell)
        shown = {(cell["result"], cell["pointer"]) for cell in self.cells("[data-result] [data-pointer]")}
        for index in range(3):
            self.assertIn((index, "/phases/decode/energy_J/total"), shown)
