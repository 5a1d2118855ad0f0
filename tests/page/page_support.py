"""Pages, made of results by hand or of runs, and a browser to look at them."""

import html
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ["host_to_device", "device_to_host", "device_to_device", "main_mem", "compute", "active", "idle"]
BUSY = ["host_to_device", "device_to_host", "device_to_device", "compute", "mem_transfer", "kv_load"]
DIRECTIONS = PARTS[:3]
USES = ["compute", "memory", "overhead", "communication", "waiting"]
CLASSES = ["linear", "attention", "normalization", "activation", "embedding", "convolution", "other", "transfer"]


def with_total(numbers):
    return {**numbers, "total": sum(numbers.values())}


def crafted_result(devices=("HOST", "dimm[0]", "dimm[1]"), layers=4, scale=1.0, decode=True, seed=1):
    """A result whose numbers are all different; `scale` 0 makes every one of them 0."""
    source = random.Random(seed)
    draw = lambda low=0.01, high=1.0: scale * source.uniform(low, high)
    spread = lambda names: {name: draw() for name in names}
    phases = {}
    for phase in ("prefill", "decode"):
        some = decode or phase == "prefill"
        number = draw if some else (lambda *_: 0.0)
        phases[phase] = {
            "time_s": number(), "events": 7 if some else 0, "energy_J": with_total({part: number() for part in PARTS}),
            "busy_s": {part: number() for part in BUSY}, "moved_bytes": {way: number() * 1e6 for way in DIRECTIONS},
            "power_W": number(1, 9), "peak_power_W": number(9, 20),
        }
    phases["decode"].update({"tokens": 3 if decode else 0, "tokens_per_s": draw(1, 99) if decode else None,
                             "energy_per_token_J": draw() if decode else None})
    utilisation = [*DIRECTIONS, "compute", "memory"]

    def spent(phase):
        """Parts that add up to the phase's time."""
        weights = [source.uniform(0.1, 1) for _ in USES]
        return {use: phases[phase]["time_s"] * weight / sum(weights) for use, weight in zip(USES, weights)}

    machines = {
        name: {"events": 5, "architecture": "HOST" if name == "HOST" else "PIM", "energy_J": with_total(spread(PARTS)),
               "peak_power_W": draw(9, 20),
               "busy_s": spread(BUSY), "moved_bytes": spread(DIRECTIONS), "utilisation": spread(utilisation),
               "phases": {phase: {"energy_J": with_total(spread(PARTS)), "time_s": spent(phase)} for phase in phases},
               "memory_bytes": {**with_total({part: draw() * 1e9 for part in ("weights", "kv_cache", "activations")}),
                                "capacity": 16e9 * scale if index % 2 else None}}
        for index, name in enumerate(devices)}
    by_phase = lambda: (lambda one, two: {"prefill": one, "decode": two, "total": one + two})(draw(), draw())
    links = {f"{name}.host_to_device": {"kind": "host_to_device", "device": name, "bandwidth_Bps": draw() * 1e9,
                                        "energy_J": by_phase(), "moved_bytes": by_phase(), "utilisation": draw()}
             for name in devices if name != "HOST"}
    classes, operators = [], []
    for phase in ("prefill", "decode") if decode else ("prefill",):
        for index in range(layers):
            common = {"phase": phase, "kind": "layer", "type": "Linear", "name": f"layer_{index}", "count": index + 1}
            classes.append({**common, "time_s": draw(), "energy_J": with_total(spread(PARTS)), "busy_s": spread(BUSY),
                            "moved_bytes": spread(DIRECTIONS), "flop": draw() * 1e12, "memory_bytes": draw() * 1e10})
            operators.append({**common, "architecture": "PIM", "class": CLASSES[index % 3], "time_s": draw(),
                              "compute_s": draw(), "memory_s": draw(), "flop": draw() * 1e12, "energy_J": draw(),
                              "memory_bytes": draw() * 1e10 if index < 3 else 0})
    return {"format": "upmem-des-result", "version": 1, "scenario": "A run by hand", "model": "tiny",
            "cost_model": "roofline", "schedule": "dataflow", "dtype": "int8", "batch": 1,
            "time_s": sum(phase["time_s"] for phase in phases.values()),
            "energy_J": sum(phase["energy_J"]["total"] for phase in phases.values()), "power_W": draw(1, 9),
            "peak_power_W": max(phase["peak_power_W"] for phase in phases.values()), "events": 14, "forward_passes": 4, "generated_tokens": 4 if decode else 1,
            "time_to_first_token_s": phases["prefill"]["time_s"],
            "time_per_output_token_s": phases["decode"]["time_s"] / 3 if decode else None,
            "energy_per_generated_token_J": draw(), "phases": phases,
            "run": {"program": "0.2.0", "inputs": None, "prompt_tokens": 64, "output_tokens": 4 if decode else 1, "mapping": {},
                    "settings": {}},
            "devices": machines,
            "links": links, "event_classes": classes,
            "architectures": {"HOST": {"devices": 1, "flops_per_s": 0, "memory_Bps": 0},
                              "PIM": {"devices": len(devices) - 1, "flops_per_s": 2e13 * scale, "memory_Bps": 4e11 * scale}},
            "operators": operators}


def crafted_timeline(result, activities=60, bins=24, whole=False, chosen_by="page"):
    """
    A stream for each device and one for the transfers to it; of each phase the first quarter in equal activities, half
    of them each, and equal bins.
    """
    names = list(result["devices"])
    streams = [{"name": name, "device": name, "kind": "compute"} for name in names]
    streams += [{"name": f"HOST to {name}", "device": name, "kind": "transfer"} for name in names if name != "HOST"]
    labels = ["q_proj", "attention", "norm", "q_proj: input"]
    timed = [phase for phase in ("prefill", "decode") if phase == "prefill" or result["phases"]["decode"]["events"] > 0]
    parts, edges, start = [], [], 0.0
    for number, phase in enumerate(timed):
        length = result["phases"][phase]["time_s"]
        end = length * (1 if whole else 0.25)
        each = activities // len(timed) // len(streams)
        pieces = []
        for at in range(each):
            for index, stream in enumerate(streams):
                which = 3 if stream["kind"] == "transfer" else at % 3
                pieces.append([index, start + at * end / each, 0.8 * end / each, which, 7 if which == 3 else which,
                               4 * number + at % 4, 0 if which == 3 else 1e9 + at, 1e6 + at, 1e-3 * (at + 1),
                               3 if which == 3 else at % 3])
        text = f"all of {phase}" if whole else f"steps {4 * number} to {4 * number + 3}"
        parts.append({"phase": phase, "streams": streams, "labels": labels, "classes": CLASSES, "activities": pieces,
                      "window": {"text": text, "whole": whole, "start_s": start, "end_s": start + end,
                                 "activities": len(pieces)}})
        count = bins // len(timed)
        edges += [start + length * bin / count for bin in range(count)]
        start += length
    use = lambda shift: [(bin * 7 + shift) % 10 / 10 for bin in range(len(edges))]
    power = lambda shift: {"power_W": use(shift), "least_W": [mean / 2 for mean in use(shift)],
                           "most_W": [mean + 1 for mean in use(shift)]}
    return {"chosen_by": chosen_by, "parts": parts,
            "over_time": {"edges_s": [*edges, start] if start > 0 else [],
                          "phases": [{"phase": phase, "bins": bins // len(timed)} for phase in timed] if start > 0 else [],
                          "machine": power(2), "devices": [
                *({"name": name, "compute": use(index), "memory": use(index + 3), **power(index + 5)}
                  for index, name in enumerate(names)), {"name": "links", **power(9)}]}}


def page_data(results, timeline=None):
    return {"format": "upmem-des-page", "version": 1, "program": "upmem-des 0.2.0",
            "results": [{"label": label, "result": result} for label, result in results], "timeline": timeline}


def run_result(scenario, folder, *settings):
    """The file of a run's result."""
    path = pathlib.Path(folder) / (pathlib.Path(scenario).stem + ".json")
    words = [word for setting in settings for word in ("--set", setting)]
    subprocess.run([os.environ["UPMEM_DES"], "run", str(ROOT / "scenarios" / scenario), "-q", "--json", str(path), *words],
                   check=True, timeout=300)
    return path


def fill_page(path, timeline, *results):
    """The program's own page of result files: (label, file), …; timeline: a file or "-"."""
    words = [str(word) for result in results for word in result]
    subprocess.run([os.environ["PAGE_FILLER"], str(path), str(timeline), *words], check=True, timeout=60)
    return path


def at(result, pointer):
    """The value of a result that a JSON pointer names."""
    value = result
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def leaves(value, path):
    if isinstance(value, dict):
        return [leaf for key, one in value.items() for leaf in leaves(one, f"{path}/{key}")]
    return [path]


class PageTest(unittest.TestCase):
    """A browser for all tests of a class; every test leaves its console empty, and nothing was loaded but the page."""

    @classmethod
    def setUpClass(cls):
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = "localhost"  # where the driver is
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        options = Options()
        options.binary_location = os.environ["CHROMIUM"]
        for option in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                       "--window-size=1400,1000", f"--user-data-dir={cls.folder.name}/profile"):
            options.add_argument(option)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        cls.browser = webdriver.Chrome(options=options, service=Service(os.environ["CHROMEDRIVER"]))
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.set_script_timeout(20)

    def setUp(self):
        self.pages = 0
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        self.browser.get_log("performance")

    def tearDown(self):
        self.assertEqual([], self.browser.get_log("browser"))
        messages = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        urls = {message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"}
        # What is saved as a file is the page's own.
        self.assertEqual([], [url for url in urls if not url.startswith(("file:", "data:", "blob:"))])
        urls = {url for url in urls if url.startswith("file:")}
        self.assertLessEqual(len(urls), self.pages)

    def look_at(self, path, width=1280, dark=False, media=""):
        """Opens a page, and waits until its charts are drawn."""
        self.pages += 1
        command = self.browser.execute_cdp_cmd
        command("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        command("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
        self.browser.get(pathlib.Path(path).as_uri())
        self.browser.execute_async_script("""
            const done = arguments[0];
            const look = () => document.querySelectorAll('.plot').length ===
              document.querySelectorAll('.plot svg, .plot canvas').length ? done() : setTimeout(look, 20);
            requestAnimationFrame(() => requestAnimationFrame(look));""")

    def show(self, data, **options):
        """Puts data into the page's template, and opens it."""
        template = (pathlib.Path(os.environ["PAGE_TEMPLATE"])).read_text()
        head, rest = template.split("@@UPMEM_DES_TITLE@@")
        body, tail = rest.split("@@UPMEM_DES_DATA@@")
        path = pathlib.Path(self.folder.name) / "page.html"
        path.write_text(head + html.escape(data["results"][0]["label"]) + body +
                        json.dumps(data).replace("<", "\\u003c") + tail)
        self.look_at(path, **options)
        return data

    def script(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def text(self):
        return self.script("return document.body.textContent")

    def close(self, expected, shown, where):
        self.assertLessEqual(abs(expected - shown), 1e-12 * abs(expected), where)

    def check_pointers(self, results):
        """Every cell that names a number of the JSON has it. Gives what is named."""
        cells = self.cells("[data-pointer]")
        for cell in cells:
            index = int(cell["measure"][3:]) if (cell["measure"] or "").startswith("of:") else cell["result"]
            expected = at(results[index], cell["pointer"])
            if expected is None:
                self.assertIsNone(cell["value"], cell)
                self.assertEqual("–", cell["text"].strip(), cell)
            else:
                self.close(expected, float(cell["value"]), cell)
        return {(cell["result"], cell["pointer"]) for cell in cells}

    def open_details(self):
        self.script("for (const one of document.querySelectorAll('main details')) one.open = true")
        self.browser.execute_async_script("setTimeout(arguments[0], 100)")

    def titles(self):
        return self.script("return [...document.querySelectorAll('figcaption :is(h3, h4)')].map((one) => one.textContent)")

    def cells(self, selector):
        """[{result, pointer, measure, value, text}] of cells with a number."""
        return self.script("""
            return [...document.querySelectorAll(arguments[0])].map((cell) => ({
              result: Number(cell.closest('[data-result]')?.dataset.result ?? -1), pointer: cell.dataset.pointer ?? null,
              measure: cell.dataset.measure ?? null, text: cell.textContent,
              value: cell.dataset.value === undefined ? null : cell.dataset.value}))""", selector)

    def check_drawn(self, where):
        """No chart is empty, and no text of one reaches beyond its edges."""
        plots = self.script("""
            return [...document.querySelectorAll('.plot')].map((plot) => {
              const canvas = plot.querySelector('canvas');
              const name = plot.closest('figure').querySelector('figcaption').firstChild.textContent;
              if (canvas) {
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                const colours = new Set();
                for (let at = 0; at < pixels.length; at += 4) colours.add(pixels[at] * 65536 + pixels[at + 1] * 256 + pixels[at + 2]);
                return {name, marks: colours.size, outside: []};
              }
              const box = plot.getBoundingClientRect();
              const texts = [...plot.querySelectorAll('svg text')];
              const marks = [...plot.querySelectorAll('svg path')].filter((one) => {
                const fill = one.getAttribute('fill');
                const size = one.getBBox();
                return (fill && fill !== 'none' && size.width > 0 && size.height > 0) || size.width > 200;
              });
              const outside = texts.filter((one) => {
                const edge = one.getBoundingClientRect();
                return edge.left < box.left - 1 || edge.right > box.right + 1 || edge.top < box.top - 1 || edge.bottom > box.bottom + 1;
              }).map((one) => one.textContent);
              return {name, marks: texts.length > 2 ? marks.length : 0, outside};
            })""")
        self.assertGreater(len(plots), 0)
        for plot in plots:
            self.assertGreater(plot["marks"], 3, f"{where}: {plot}")
            self.assertEqual([], plot["outside"], f"{where}: {plot['name']}")

    def check_width(self, width, where):
        self.assertEqual(width, self.script("return document.scrollingElement.scrollWidth"), where)
        self.assertEqual(0, self.script("window.scrollTo(500, 0); return window.scrollX"), where)

    def check_text(self):
        text = self.script("return document.getElementById('page').textContent")
        for word in ("NaN", "undefined", "Infinity", "[object"):
            self.assertNotIn(word, text)

    def each_width(self, data, **options):
        for width in (1280, 390):
            self.show(data, width=width, **options)
            self.check_drawn(width)
            self.check_width(width, width)
            self.open_details()
            self.check_width(width, f"{width} with the tables")
            self.check_text()

    def check_contrast(self):
        worst = self.script("""
            const parts = (text) => text.match(/[0-9.]+/g).map(Number);
            const light = (text) => parts(text).slice(0, 3).map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92
              : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            const ground = (one) => {
              while (one && (parts(getComputedStyle(one).backgroundColor)[3] ?? 1) === 0) one = one.parentElement;
              return getComputedStyle(one ?? document.body).backgroundColor;
            };
            const found = [];
            for (const one of document.querySelectorAll('body *')) {
              if (![...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
              if (one.closest('script, style, svg, .skip')) continue;
              const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
              found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.outerHTML.slice(0, 80)]);
            }
            for (const one of document.querySelectorAll('svg text')) {
              const [a, b] = [light(getComputedStyle(one).fill), light(getComputedStyle(document.body).backgroundColor)];
              found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.textContent]);
            }
            return found.sort((a, b) => a[0] - b[0])[0]""")
        self.assertGreaterEqual(worst[0], 4.5, worst)
