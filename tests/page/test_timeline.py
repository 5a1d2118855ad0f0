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

    def gantt(self):
        return self.browser.find_elements(By.CSS_SELECTOR, "figure.chart")[-1]

    def picture(self):
        pixels = self.script("return arguments[0].querySelector('canvas').toDataURL()", self.gantt())
        return hashlib.sha256(pixels.encode()).hexdigest()

    def test_window(self):
        self.show_timeline()
        self.assertIn("Shown is a part of the run: steps 0 to 3 (0 s to ", self.gantt().text)
        self.assertIn(", 60 activities). This page chose it by itself; --timeline-window chooses another.", self.gantt().text)
        self.show_timeline(chosen_by="user")
        self.assertIn(", 60 activities). It was chosen with --timeline-window.", self.gantt().text)
        self.show_timeline(whole=True)
        self.assertIn("Shown is the whole run: 60 activities.", self.gantt().text)

    def test_none(self):
        self.show(page_data([("run", crafted_result())]))
        self.assertIn("This page has no timeline: it was made from saved results.", self.text())
        self.assertEqual(0, self.script("return document.querySelectorAll('canvas').length"))

    def test_no_activities(self):
        result = crafted_result()
        timeline = crafted_timeline(result)
        timeline["activities"] = []
        timeline["window"]["activities"] = 0
        self.show(page_data([("run", result)], timeline))
        self.assertIn("0 activities", self.text())

    def test_table_of_activities(self):
        timeline = self.show_timeline()
        self.open_details()
        rows = self.script("""return [...arguments[0].querySelectorAll('tbody tr')].map((row) =>
            [...row.children].map((cell) => cell.dataset.value ?? cell.textContent))""", self.gantt())
        self.assertEqual(60, len(rows))
        for row, (stream, start, length, label, which, step, flop, size, energy, bound) in zip(rows, timeline["activities"]):
            self.assertEqual([timeline["labels"][label], timeline["streams"][stream]["name"], timeline["classes"][which]], row[:3])
            self.assertEqual([step, start, length, flop, size, energy], [float(cell) for cell in row[3:9]])
            self.assertEqual(["compute", "memory", "overhead", "transfer"][bound], row[9])

    def test_use_and_power(self):
        timeline = self.show_timeline()
        devices = timeline["over_time"]["devices"]
        numbers = lambda: self.script("""return [...[...document.querySelectorAll('figure.chart')].at(-2).querySelectorAll('tbody tr')]
            .map((row) => [...row.querySelectorAll('td')].slice(1).map((cell) => Number(cell.dataset.value)))""")
        self.open_details()
        for bin, row in enumerate(numbers()):
            self.assertAlmostEqual((devices[1]["compute"][bin] + devices[2]["compute"][bin]) / 2, row[0], delta=1e-12)
            self.assertAlmostEqual((devices[1]["memory"][bin] + devices[2]["memory"][bin]) / 2, row[1], delta=1e-12)
            self.assertAlmostEqual(sum(device["power_W"][bin] for device in devices), row[2], delta=1e-12)
        before = self.script("return [...document.querySelectorAll('.plot svg')].at(-1).outerHTML")
        choice = Select(self.browser.find_element(By.CSS_SELECTOR, "select"))
        choice.select_by_visible_text("dimm[1]")
        expected = [list(row) for row in zip(devices[2]["compute"], devices[2]["memory"], devices[2]["power_W"])]
        self.assertEqual(expected, numbers())
        self.assertNotEqual(before, self.script("return [...document.querySelectorAll('.plot svg')].at(-1).outerHTML"))

        choice.select_by_visible_text("links")
        self.assertEqual(devices[3]["power_W"], [row[2] for row in numbers()])

    def test_devices_shown_as_one(self):
        result = crafted_result()
        timeline = crafted_timeline(result)
        timeline["over_time"]["devices"][2]["name"] = "dimm[1..3]"
        self.show(page_data([("run", result)], timeline))
        self.open_details()
        shown = self.script("""return Number([...document.querySelectorAll('figure.chart')].at(-2)
            .querySelector('tbody tr').children[2].dataset.value)""")
        _, single, three, _ = timeline["over_time"]["devices"]
        self.assertAlmostEqual((single["compute"][0] + 3 * three["compute"][0]) / 4, shown, delta=1e-12)

    def test_of_a_run(self):
        page = f"{self.folder.name}/run.html"
        for words, text in (([], "This page chose it by itself"), (["--timeline-window", "step=1"], "It was chosen with --timeline-window.")):
            scenario = str(ROOT / "scenarios/machines/llama-2-70b_24-dimms.yaml")
            subprocess.run([os.environ["UPMEM_DES"], "run", scenario, "-q", "--html", page, *words], check=True, timeout=300)
            self.look_at(page)
            self.open_details()
            self.assertIn(text, self.gantt().text)
            self.assertNotIn("NaN", self.script("return document.getElementById('page').textContent"))
            data = json.loads(self.script("return document.getElementById('page-data').textContent"))
            rows = self.script("return arguments[0].querySelectorAll('tbody tr').length", self.gantt())
            self.assertEqual(len(data["timeline"]["activities"]), rows)
            self.assertEqual(data["timeline"]["window"]["activities"], rows)

    def test_zoom_by_buttons_and_keys(self):
        self.show_timeline()
        whole = self.picture()
        buttons = {one.get_attribute("aria-label"): one for one in self.gantt().find_elements(By.TAG_NAME, "button")}
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
        self.show_timeline(activities=15)
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
