"""What a run costs, on the page: its numbers are those of the JSON, and what is not known is said, and never 0."""

import json
import re

from page_support import PageTest, page_data, run_result

TOTALS = ("usd", "kWh", "g_CO2")
COLUMNS = {"usd": "totalUSD", "capital_usd": "capitalUSD", "energy_usd": "energyUSD", "operation_usd": "operationUSD",
           "rent_usd": "rentUSD", "kWh": "energykWh", "g_CO2": "carbong CO₂", "energy_g_CO2": "of energyg CO₂",
           "embodied_g_CO2": "embodiedg CO₂"}
ROWS = {"million_tokens": "Per million tokens", "million_prompt_tokens": "of prompts", "million_output_tokens": "of outputs",
        "request": "Per request", "query_per_second": "Over the years, per request/s"}
PUBLISHED = "cost/pim_published.yaml"
FEW = ("workload.requests.count=20",)


class Cost(PageTest):
    def result(self, scenario, *settings):
        return json.loads(run_result(scenario, self.folder.name, *settings).read_text())

    def show_one(self, result, **options):
        self.show(page_data([("one", result)]), **options)
        self.open_details()

    def section(self):
        """The panel's text, its tables as {caption: [[cell, …], …]}, heads first, and the lines of its list."""
        return self.script("""
            const panel = [...document.querySelectorAll('section')].find((one) => one.firstChild.textContent === 'Cost');
            if (!panel) return null;
            const tables = Object.fromEntries([...panel.querySelectorAll('table')].map((one) => [
              one.querySelector('caption').textContent,
              [...one.rows].map((row) => [...row.cells].map((cell) => cell.textContent))]));
            return {text: panel.querySelector('p').textContent, tables,
                    lines: [...panel.querySelectorAll('li')].map((one) => one.textContent)};""")

    def check_rounded(self, expected, text):
        """Four digits, as the text has them."""
        self.assertLess(abs(float(text) - expected), 0.5001e-3 * abs(expected) + 1e-300, (text, expected))

    def check_amounts(self, per, rows):
        """A column for each part and a row for each unit that has something; "–" where one of them has not."""
        parts = [part for part in COLUMNS if any(per[unit][part] for unit in ROWS)]
        units = [unit for unit in ROWS if any(per[unit].values())]
        self.assertEqual(["", *(COLUMNS[part] for part in parts)], rows[0])
        self.assertEqual([ROWS[unit] for unit in units], [row[0] for row in rows[1:]])
        for unit, row in zip(units, rows[1:]):
            for part, text in zip(parts, row[1:]):
                if per[unit][part] is None:
                    self.assertEqual("–", text)
                else:
                    self.check_rounded(per[unit][part]["mid"], text)

    def check_ranges(self, per, rows):
        """Least, middle and most of what is known within bounds."""
        wanted = [(unit, part) for part in TOTALS for unit in ROWS if per[unit][part] and per[unit][part]["low"] < per[unit][part]["high"]]
        self.assertEqual([ROWS[unit] for unit, _ in wanted], [row[0] for row in rows[1:]])
        for (unit, part), row in zip(wanted, rows[1:]):
            self.assertEqual({"usd": "USD", "kWh": "kWh", "g_CO2": "g CO₂"}[part], row[1])
            for end, text in zip(("low", "mid", "high"), row[2:]):
                self.check_rounded(per[unit][part][end], text)

    def check_dependence(self, cost, rows):
        inputs, = (one["inputs"] for one in cost["dependence"] if (one["unit"], one["part"]) == ("million_tokens", "usd"))
        self.assertGreater(len(inputs), 5)
        self.assertEqual(len(inputs), len(rows) - 1)
        for one, row in zip(inputs, rows[1:]):
            self.assertEqual(one["input"] + ("" if one["stated"] else " (20 % to either side)"), row[0])
            for key, text in zip(("low", "high", "at_low", "at_high"), row[1:]):
                self.check_rounded(one[key], text)

    def check_conditions(self, cost, text):
        """The sentence above the tables has the machine's figures, each as "mid (low to high)" where it is a range."""
        hundred = {end: 100 * cost["utilisation"][end] for end in ("low", "mid", "high")}
        figures = [cost["requests_per_s"], cost["machine_usd"], cost["years"], hundred, cost["pue"], cost["power_W"], cost["idle_W"]]
        expected = []
        for figure in figures:
            if not isinstance(figure, dict):
                expected.append(figure)
            else:
                expected += [figure["mid"]] + ([figure["low"], figure["high"]] if figure["low"] < figure["high"] else [])
        shown = re.findall(r"\d[\d.]*(?:e[-+]?\d+)?", text.replace("requests/s", "").rstrip("."))
        self.assertEqual(len(expected), len(shown), (text, expected))
        for value, one in zip(expected, shown):
            self.assertLess(abs(float(one) - value), 0.6e-2 * abs(value) + 1e-300, (one, value))

    def check_all(self, result):
        cost, panel = result["cost"], self.section()
        tables = dict(panel["tables"])
        loads = [(cost["per"], "at the throughput simulated")]
        if cost["goodput"]:
            captions = [one for one in tables if one.startswith("Cost at the goodput, ")]
            self.assertEqual(1, len(captions))
            rate = captions[0].split()[4]
            self.assertLess(abs(float(rate) / cost["goodput"]["requests_per_s"] - 1), 0.6e-2, rate)
            loads.append((cost["goodput"]["per"], f"at the goodput, {rate} requests/s"))
        for per, load in loads:
            self.check_amounts(per, tables.pop(f"Cost {load}"))
            self.check_ranges(per, tables.pop(f"By the ranges of the inputs, {load}"))
        self.check_dependence(cost, tables.pop("What a million tokens costs depends on"))
        self.assertEqual({}, tables)
        self.check_conditions(cost, panel["text"])
        self.assertEqual(cost["missing"], panel["lines"])
        shown = {pointer for _, pointer in self.check_pointers([result])}
        wanted = [f"/cost/per/{unit}/{part}/mid" for unit in ROWS for part, value in cost["per"][unit].items() if value]
        self.assertGreater(len(wanted), 10)
        self.assertEqual([], [pointer for pointer in wanted if pointer not in shown])

    def test_batch(self):
        result = self.result(PUBLISHED)
        self.show_one(result)
        self.check_all(result)

    def test_rent(self):
        result = self.result(PUBLISHED, "cost.cloud_usd_per_hour=[20, 40]")
        self.show_one(result)
        self.check_amounts(result["cost"]["per"], self.section()["tables"]["Cost at the throughput simulated"])
        self.assertIn("rentUSD", self.section()["tables"]["Cost at the throughput simulated"][0])

    def test_served(self):
        result = self.result("cost/served_pim_published.yaml", *FEW)
        self.assertIsNotNone(result["cost"]["goodput"]["per"])
        self.show_one(result)
        self.check_all(result)

    def test_no_request_meets_the_objectives(self):
        result = self.result("cost/served_pim_published.yaml", *FEW, "serving.slo.ttft_s=1e-9")
        self.show_one(result)
        panel = self.section()
        self.assertEqual([], [one for one in panel["tables"] if "goodput" in one])
        self.assertEqual(["at the goodput: not said: no request met the objectives"], panel["lines"])

    def test_what_is_missing_is_said_and_never_0(self):
        result = self.result(PUBLISHED, "cost={years: 3, carbon_g_per_kWh: 400, devices: {PIM_AI_24dimm: {price_usd: 5}}}")
        self.assertEqual(["capital: not said: 'HOST' has no price_usd",
                          "energy in USD: not said: cost.electricity_usd_per_kWh is not given",
                          "operation: not said: cost.operation_share is not given; it is not in the total",
                          "embodied carbon: not said: 'HOST' has no embodied_kg, 'PIM_AI_24dimm' has no embodied_kg"],
                         result["cost"]["missing"])
        self.show_one(result)
        panel = self.section()
        self.assertEqual(result["cost"]["missing"], panel["lines"])
        table = panel["tables"].pop("Cost at the throughput simulated")
        self.assertEqual(["", "energykWh", "of energyg CO₂"], table[0])
        self.check_amounts(result["cost"]["per"], table)
        self.assertEqual({}, panel["tables"])
        self.assertNotIn("machine", panel["text"])
        for cell in (cell for row in table[1:] for cell in row[1:]):
            self.assertTrue(cell == "–" or float(cell) > 0, cell)

    def test_nobody_asked(self):
        self.show_one(self.result("llama-2-7b_4chip.yaml"))
        self.assertIsNone(self.section())

    def test_phone_and_desk(self):
        """Nothing reaches beyond the page; tables that are wider scroll in their boxes, and letters are large enough."""
        result = self.result("cost/served_pim_published.yaml", *FEW)
        for width in (1280, 390):
            for dark in (False, True):
                self.show_one(result, width=width, dark=dark)
                self.check_width(width, width)
                self.check_text()
                self.check_contrast()
                boxes = self.script("""
                    const panel = [...document.querySelectorAll('section')].find((one) => one.firstChild.textContent === 'Cost');
                    return [...panel.querySelectorAll('div.table')].map((box) => {
                      const edge = box.getBoundingClientRect(), style = getComputedStyle(box);
                      box.scrollLeft = 1e6;
                      const last = [...box.querySelectorAll('tr')].map((row) => row.lastChild.getBoundingClientRect().right);
                      const sizes = [...box.querySelectorAll('th, td')].map((cell) => parseFloat(getComputedStyle(cell).fontSize));
                      const broken = [...box.querySelectorAll('td')].filter((cell) => {
                        const range = document.createRange();
                        range.selectNodeContents(cell);
                        return new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1;
                      }).map((cell) => cell.textContent);
                      return {left: edge.left, right: edge.right, overflow: style.overflowX, last: Math.max(...last), broken,
                              least: Math.min(...sizes)};
                    })""")
                self.assertEqual(5, len(boxes))
                for box in boxes:
                    self.assertGreaterEqual(box["left"], 0)
                    self.assertLessEqual(box["right"], width)
                    self.assertEqual("auto", box["overflow"])
                    self.assertLessEqual(box["last"], box["right"] + 1, "the last column cannot be scrolled to")
                    self.assertGreaterEqual(box["least"], 11)
                    self.assertEqual([], box["broken"], "numbers in two lines")

    def test_several_results(self):
        results = [self.result(PUBLISHED), self.result("cost/dgx_published.yaml"),
                   self.result(PUBLISHED, "cost={years: 3, carbon_g_per_kWh: 400}")]
        self.show(page_data([(f"run {index}", result) for index, result in enumerate(results)]))
        rows = self.script("""return [...document.querySelectorAll('table.comparison tbody tr')].map((row) =>
            [...row.cells].map((cell) => cell.dataset?.value ?? cell.textContent))""")
        by_label = {row[0]: row[1:] for row in rows}
        for label, unit, path in (("Cost of a million tokens", "USD", ("million_tokens", "usd")),
                                  ("over the years, per request/s", "USD", ("query_per_second", "usd")),
                                  ("Energy of a million tokens", "kWh", ("million_tokens", "kWh")),
                                  ("Carbon of a million tokens", "g CO₂", ("million_tokens", "g_CO2"))):
            values = [result["cost"]["per"][path[0]][path[1]] for result in results]
            row = by_label[label]
            self.assertEqual(unit, row[0])
            self.close(values[0]["mid"], float(row[1]), label)
            self.close(values[1]["mid"], float(row[2]), label)
            self.close(values[1]["mid"] / values[0]["mid"], float(row[3]), label)
            if values[2] is None:
                self.assertEqual(["–", "–"], row[4:], label)
            else:
                self.close(values[2]["mid"], float(row[4]), label)
        self.assertNotIn("at the goodput", by_label)
