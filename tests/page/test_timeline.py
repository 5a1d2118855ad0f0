"""The page's timeline: what it shows, who chose that, and how it moves."""

import hashlib
import json
import os
import subprocess
import time

from page_support import ROOT, PageTest, crafted_result, crafted_timeline, page_data
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select


class Timeline(PageTest):
    def show_timeline(self, result=None, **options):
        result = result or crafted_result()
        timeline = crafted_timeline(result, **options)
        self.show(page_data([("run", result)], timeline))
        return timeline

    def gantt(self, phase="decode"):
        return self.script("""return [...document.querySelectorAll('figure.chart')].find((one) =>
            one.querySelector('figcaption').firstChild.textContent === `What runs when: ${arguments[0]}`)""", phase)

    def over_time(self):
        """Cells of the table of use and power: phase, from, to, compute, memory, mean, least and most power."""
        return self.script("""const figure = [...document.querySelectorAll('figure.chart')].find((one) =>
              one.textContent.startsWith('Use and power over time'));
            return [...figure.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) =>
              cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value)))""")

    def picture(self):
        pixels = self.script("return arguments[0].querySelector('canvas').toDataURL()", self.gantt())
        return hashlib.sha256(pixels.encode()).hexdigest()

    def test_window(self):
        self.show_timeline()
        for phase, steps in (("prefill", "0 to 3 (0 s to "), ("decode", "4 to 7 (")):
            text = self.gantt(phase).text
            self.assertIn(f"Shown is a part of {phase}: steps {steps}", text)
            self.assertIn(", 30 activities). This page chose it by itself; --timeline-window chooses another.", text)
        self.show_timeline(chosen_by="user")
        self.assertIn(", 30 activities). It was chosen with --timeline-window.", self.gantt().text)
        self.show_timeline(whole=True)
        self.assertIn("Shown is all of prefill: 30 activities.", self.gantt("prefill").text)
        self.assertIn("Shown is all of decode: 30 activities.", self.gantt().text)

    def test_none(self):
        self.show(page_data([("run", crafted_result())]))
        self.assertIn("This page has no timeline: it was made from saved results.", self.text())
        self.assertEqual(0, self.script("return document.querySelectorAll('canvas').length"))

    def test_no_activities(self):
        result = crafted_result()
        timeline = crafted_timeline(result)
        timeline["parts"] = []
        self.show(page_data([("run", result)], timeline))
        self.assertIn("No activity is in the window that was chosen with --timeline-window.", self.text())

    def test_table_of_activities(self):
        timeline = self.show_timeline()
        self.open_details()
        for part in timeline["parts"]:
            rows = self.script("""return [...arguments[0].querySelectorAll('tbody tr')].map((row) =>
                [...row.children].map((cell) => cell.dataset.value ?? cell.textContent))""", self.gantt(part["phase"]))
            self.assertEqual(30, len(rows))
            for row, (stream, start, length, label, which, step, flop, size, energy, bound) in zip(rows, part["activities"]):
                self.assertEqual([part["labels"][label], part["streams"][stream]["name"], part["classes"][which]], row[:3])
                self.assertEqual([step, start, length, flop, size, energy], [float(cell) for cell in row[3:9]])
                self.assertEqual(["compute", "memory", "overhead", "transfer"][bound], row[9])

    def test_use_and_power(self):
        over_time = self.show_timeline()["over_time"]
        devices, machine, edges = over_time["devices"], over_time["machine"], over_time["edges_s"]
        self.open_details()
        rows = self.over_time()
        self.assertEqual(24, len(rows))
        for bin, (phase, start, end, compute, memory, *power) in enumerate(rows):
            self.assertEqual("prefill" if bin < 12 else "decode", phase)
            self.assertEqual([edges[bin], edges[bin + 1]], [start, end])
            self.assertAlmostEqual((devices[1]["compute"][bin] + devices[2]["compute"][bin]) / 2, compute, delta=1e-12)
            self.assertAlmostEqual((devices[1]["memory"][bin] + devices[2]["memory"][bin]) / 2, memory, delta=1e-12)
            self.assertEqual([machine[key][bin] for key in ("power_W", "least_W", "most_W")], power)
        before = self.script("return [...document.querySelectorAll('.plot svg')].at(-1).outerHTML")
        choice = Select(self.browser.find_element(By.CSS_SELECTOR, "select"))
        choice.select_by_visible_text("dimm[1]")
        keys = ("compute", "memory", "power_W", "least_W", "most_W")
        self.assertEqual([list(row) for row in zip(*(devices[2][key] for key in keys))], [row[3:] for row in self.over_time()])
        self.assertNotEqual(before, self.script("return [...document.querySelectorAll('.plot svg')].at(-1).outerHTML"))

        choice.select_by_visible_text("links")
        self.assertEqual(devices[3]["power_W"], [row[5] for row in self.over_time()])

    def test_devices_shown_as_one(self):
        result = crafted_result()
        timeline = crafted_timeline(result)
        timeline["over_time"]["devices"][2]["name"] = "dimm[1..3]"
        self.show(page_data([("run", result)], timeline))
        self.open_details()
        _, single, three, _ = timeline["over_time"]["devices"]
        self.assertAlmostEqual((single["compute"][0] + 3 * three["compute"][0]) / 4, self.over_time()[0][3], delta=1e-12)

    def idle(self, result, *names):
        for name in names:
            result["devices"][name]["busy_s"].update(compute=0, mem_transfer=0, kv_load=0)

    def machine_choice(self):
        return self.script("return document.querySelector('select option').textContent")

    def use_note(self):
        return self.script("""return [...document.querySelectorAll('figure.chart')].find((one) =>
            one.textContent.startsWith('Use and power over time')).querySelector('.note').textContent""")

    def test_idle_accelerators_do_not_count(self):
        """The whole machine's use is that of accelerators with work in the run, of a group those among its members."""
        result = crafted_result(devices=("HOST", "dimm[0]", "dimm[1]", "dimm[2]", "dimm[3]"))
        self.idle(result, "dimm[1]", "dimm[3]")
        timeline = crafted_timeline(result)
        _, zero, one, two, three, _ = timeline["over_time"]["devices"]
        for row in (one, three):
            row["compute"] = [0] * len(row["compute"])
        self.show(page_data([("run", result)], timeline))
        self.open_details()
        for bin, row in enumerate(self.over_time()):
            self.assertAlmostEqual((zero["compute"][bin] + two["compute"][bin]) / 2, row[3], delta=1e-12)
        self.assertEqual("whole machine: mean use of accelerators that have work, power of all", self.machine_choice())
        self.assertIn("Its use is the mean of the accelerators that have work in the run (2 of 4). ", self.use_note())

        timeline["over_time"]["devices"] = [timeline["over_time"]["devices"][0], {**zero, "name": "dimm[0..3]"}]
        self.show(page_data([("run", result)], timeline))
        self.open_details()
        for bin, row in enumerate(self.over_time()):
            self.assertAlmostEqual(4 * zero["compute"][bin] / 2, row[3], delta=1e-12)

    def test_host_alone_has_work(self):
        result = crafted_result()
        self.idle(result, "dimm[0]", "dimm[1]")
        timeline = crafted_timeline(result)
        self.show(page_data([("run", result)], timeline))
        self.open_details()
        self.assertEqual(timeline["over_time"]["devices"][0]["compute"], [row[3] for row in self.over_time()])
        self.assertEqual("whole machine: use of HOST, power of all", self.machine_choice())
        self.idle(result, "HOST")
        self.show(page_data([("run", result)], timeline))
        self.assertNotIn("NaN", self.script("return document.getElementById('page').textContent"))

    def test_use_of_a_run_with_idle_devices(self):
        """12 of 24 DIMMs work: the mean over time is what they do, as the summary's share of those that are busy."""
        result = self.page_of_run("machines/llama-2-70b_24-dimms.yaml", "--set", "mapping.default=dimm[0..11]")["results"][0]["result"]
        self.assertIn("(12 of 24)", self.use_note())
        busy = [device["busy_s"]["compute"] for name, device in result["devices"].items() if name != "HOST"]
        self.assertEqual(12, sum(1 for one in busy if one > 0))
        mean = sum((row[2] - row[1]) * row[3] for row in self.over_time()) / result["time_s"]
        self.assertAlmostEqual(sum(busy) / 12 / result["time_s"], mean, delta=1e-6 * mean)

    def test_both_phases_are_legible(self):
        """However little of the time a phase takes, it has a quarter of the chart and a chart of its own of activities."""
        for share in (0.01, 0.99, 1e-6):
            result = crafted_result()
            for phase, part in (("prefill", share), ("decode", 1 - share)):
                result["phases"][phase]["time_s"] = result["time_s"] * part
            for width in (1280, 390):
                self.show(page_data([("run", result)], crafted_timeline(result)), width=width)
                lines = self.script("""
                    const figure = [...document.querySelectorAll('figure.chart')].find((one) =>
                      one.textContent.startsWith('Use and power over time'));
                    const stairs = [...figure.querySelectorAll('svg path')].filter((one) => one.getAttribute('fill') === 'none')
                      .map((one) => one.getBoundingClientRect()).filter(({width, height}) => width > 30 && height > 30);
                    return [figure.querySelector('.plot').clientWidth, stairs.map(({left, right}) => [left, right])]""")
                plot, stairs = lines
                columns = sorted({(round(left), round(right)) for left, right in stairs})
                self.assertGreaterEqual(len(columns), 2, columns)
                first = [one for one in columns if one[0] < columns[0][0] + 20]
                second = [one for one in columns if one not in first]
                for column in (first, second):
                    self.assertTrue(column)
                    self.assertGreater(max(right - left for left, right in column), 0.18 * plot, (share, width))
                self.assertGreater(min(left for left, _ in second), max(right for _, right in first))
                self.check_drawn(f"{share} at {width}")
                self.assertTrue(self.gantt("prefill") and self.gantt("decode"))

    def page_of_run(self, scenario, *words):
        page = f"{self.folder.name}/run.html"
        subprocess.run([os.environ["UPMEM_DES"], "run", str(ROOT / "scenarios" / scenario), "-q", "--html", page, *words],
                       check=True, timeout=300)
        self.look_at(page)
        self.open_details()
        return json.loads(self.script("return document.getElementById('page-data').textContent"))

    def test_the_highest_power_is_the_peak(self):
        for words in (["llama-2-7b_4chip.yaml"], ["llama-2-7b_mixed.yaml"], ["machines/llama-2-70b_24-dimms.yaml"],
                      ["llama-2-7b_4chip.yaml", "--set", "workload.output_tokens=700"]):
            with self.subTest(words):
                result = self.page_of_run(*words)["results"][0]["result"]
                rows = self.over_time()
                for phase, numbers in result["phases"].items():
                    shown = max(row[7] for row in rows if row[0] == phase)
                    self.assertAlmostEqual(numbers["peak_power_W"], shown, delta=1e-9 * shown, msg=phase)
                mean = sum((row[2] - row[1]) * row[5] for row in rows) / result["time_s"]
                self.assertAlmostEqual(result["power_W"], mean, delta=1e-6 * mean)

    def test_equal_steps_look_equal(self):
        """700 steps that differ in little but the length of the cache: means neither jump up and down nor do peaks vary."""
        self.page_of_run("llama-2-7b_4chip.yaml", "--set", "workload.output_tokens=700")
        rows = [row for row in self.over_time() if row[0] == "decode"]
        self.assertGreater(len(rows), 80)
        for key in (5, 6, 7):
            values = [row[key] for row in rows]
            steps = [later - earlier for earlier, later in zip(values, values[1:])]
            turns = sum(1 for one, other in zip(steps, steps[1:]) if one * other < -1e-12 * max(values) ** 2)
            self.assertLess(turns, 4, values)

    def test_of_a_run(self):
        scenario = "machines/llama-2-70b_24-dimms.yaml"
        for words, text in (([], "This page chose it by itself"), (["--timeline-window", "step=1"], "It was chosen with --timeline-window.")):
            timeline = self.page_of_run(scenario, *words)["timeline"]
            self.assertEqual(["decode"] if words else ["prefill", "decode"], [part["phase"] for part in timeline["parts"]])
            for part in timeline["parts"]:
                self.assertIn(text, self.gantt(part["phase"]).text)
                rows = self.script("return arguments[0].querySelectorAll('tbody tr').length", self.gantt(part["phase"]))
                self.assertEqual(len(part["activities"]), rows)
                self.assertEqual(part["window"]["activities"], rows)
            self.assertNotIn("NaN", self.script("return document.getElementById('page').textContent"))

    def test_zoom_by_buttons_and_keys(self):
        self.show_timeline()
        whole = self.picture()
        buttons = {one.get_attribute("aria-label"): one for one in self.gantt().find_elements(By.CSS_SELECTOR, ".buttons button")}
        self.assertEqual({"Earlier", "Later", "Zoom in", "Zoom out", "Whole window"}, set(buttons))
        seen = {whole}
        for name in ("Zoom in", "Later", "Earlier", "Zoom out"):
            buttons[name].click()
            time.sleep(0.2)
            seen.add(self.picture())
        self.assertGreaterEqual(len(seen), 3)
        plot = self.gantt().find_element(By.CSS_SELECTOR, ".plot")
        for keys in ("+", Keys.ARROW_RIGHT, "+", "-"):
            plot.send_keys(keys)
            time.sleep(0.2)
            self.assertNotEqual(whole, self.picture())
        self.script("document.activeElement.blur()")
        buttons["Whole window"].click()
        self.script("document.activeElement.blur()")
        time.sleep(0.3)
        self.assertEqual(whole, self.picture())

    def test_tooltip(self):
        self.show_timeline(activities=30)
        plot = self.gantt().find_element(By.CSS_SELECTOR, ".plot")
        self.script("arguments[0].scrollIntoView({block: 'center'})", plot)
        canvas = plot.find_element(By.TAG_NAME, "canvas")
        width = canvas.size["width"]
        # The first bar of dimm[0], the second row, begins at the left edge of the area.
        ActionChains(self.browser).move_to_element_with_offset(canvas, -width // 2 + 200, -canvas.size["height"] // 2 + 33 + 42).perform()
        time.sleep(0.4)
        text = self.script("return arguments[0].querySelector('.tip')?.textContent ?? ''", plot)
        for word in ("q_proj", "dimm[0]", "linear", "step", "start", "duration", "flop", "bytes", "energy", "bound by"):
            self.assertIn(word, text)

    def test_thousands_of_activities_move_fast(self):
        self.show_timeline(activities=6000)
        took = self.browser.execute_async_script("""
            const done = arguments[0];
            const buttons = [...document.querySelectorAll('.buttons button')];
            const start = performance.now();
            let left = 10;
            const next = () => {
              if (left === 0) { done(performance.now() - start); return; }
              left -= 1;
              buttons[left % 2 === 0 ? 2 : 3].click();
              requestAnimationFrame(() => requestAnimationFrame(next));
            };
            next();""")
        print(f"a step of a zoom with 6000 activities: {took / 10:.0f} ms")
        self.assertLess(took, 10_000)
