"""The page of requests that were served: its numbers are those of the JSON, and it is whole whatever there was to serve."""

import copy
import json
import os
import re
import subprocess

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from page_support import ROOT, PageTest, at, leaves, page_data

HOSTILE = "</script><script>alert(1)</script> <img src=x onerror=alert(2)> 日本語 & 'single'"
SUMMARY = ["Requests within objectives", "Energy by use", "Energy by part"]
CURVES = ["Time to first token", "Time per output token", "Time end to end", "Time in the queue"]
OTHERS = ["Where requests spend their time", "Where devices spend their time", "Requests, cache, steps and power"]


class Served(PageTest):
    served = {}  # by scenario and settings: results are the same every time

    def result(self, name, *settings):
        key = (name, *settings)
        if key not in self.served:
            file = f"{self.folder.name}/result.json"
            words = [word for setting in settings for word in ("--set", setting)]
            subprocess.run([os.environ["UPMEM_DES"], "run", str(ROOT / "scenarios/serving" / f"{name}.yaml"), "-q", "--json",
                            file, *words], check=True, timeout=120, stderr=subprocess.DEVNULL)
            with open(file, encoding="utf-8") as text:
                self.served[key] = json.load(text)
        return copy.deepcopy(self.served[key])

    def one_gpu(self, *settings):
        return self.result("one_gpu", "workload.requests.count=150", *settings)

    def eight(self):
        return self.result("replicas_router", "workload.requests.count=400")

    def apart(self):
        return self.result("gpu_prefill_pim_decode", "workload.requests.count=20")

    def text(self):
        return self.script("return document.getElementById('page').textContent")

    def check_all_are_shown(self, result, shown):
        serving = result["serving"]
        wanted = ["/power_W", "/peak_power_W"]
        for key in ("makespan_s", "throughput", "ttft_s", "tpot_s", "itl_s", "e2e_s", "queue_s"):
            wanted += [one for one in leaves(serving[key], f"/serving/{key}") if not one.endswith("/count")]
        wanted += [f"/serving/requests/{key}" for key in ("submitted", "completed", "rejected")]
        wanted += [f"/serving/kv/{key}" for key in ("blocks", "hit_tokens", "preemptions", "recomputed_tokens")]
        wanted += [f"/serving/steps/{key}" for key in ("count", "mean_running", "mean_tokens")]
        wanted += [f"/serving/energy/{key}" for key in ("total_J", "idle_J", "requests_J", "prompts_J", "total_per_request_J",
                                                        "total_per_output_token_J")]
        if serving["goodput"]:
            wanted += ["/serving/goodput/share", "/serving/goodput/requests_per_s"]
            wanted += [f"/serving/goodput/each/{key}" for key, value in serving["goodput"]["each"].items() if value is not None]
        if "tier" in serving["kv"]:
            wanted += [f"/serving/kv/tier/{key}" for key in ("blocks", "hit_tokens", "stored_bytes", "fetched_bytes", "store_J",
                                                             "fetch_J", "evicted_blocks", "fetch_s/p99")]
        if "speculation" in serving:
            wanted += [f"/serving/speculation/{key}" for key in ("drafted_tokens", "acceptance", "mean_accepted_length",
                                                                 "draft_time_share", "draft_J")]
        for index in range(len(serving["instances"])):
            wanted += [f"/serving/instances/{index}/{key}" for key in ("requests", "steps", "busy_s", "kv_blocks", "peak_kv_blocks")]
        for key in ("ttft_s", "tpot_s", "e2e_s", "queue_s"):
            wanted += [f"/serving/curves/{key}/{place}" for place in range(len(serving["curves"][key]))]
        parts = [part for part in ("queue_s", "prefill_s", "transfer_s", "decode_s") if serving["waits"]["mean"][part] > 0]
        wanted += [f"/serving/waits/mean/{part}" for part in parts]
        for index in range(len(serving["waits"]["by_e2e"])):
            wanted += [f"/serving/waits/by_e2e/{index}/{part}" for part in (*parts, "requests")]
        if "transfers" in serving:
            wanted += ["/serving/transfers/count", "/serving/transfers/bytes", "/serving/transfers/energy_J"]
        for bin in range(len(serving["course"]["all"]["tokens"])):
            wanted += [f"/serving/course/all/{gauge}/{part}/{bin}" for gauge in ("running", "waiting", "kv_blocks")
                       for part in ("mean", "most")]
            wanted += [f"/serving/course/all/{key}/{bin}" for key in ("power_W", "peak_power_W", "tokens", "prompt_tokens", "steps",
                                                                      "mean_step_tokens", "most_step_tokens")]
        for name, device in result["devices"].items():
            wanted.append(f"/devices/{name}/energy_J/total")
            if name != "HOST":
                wanted += leaves(device["time_s"], f"/devices/{name}/time_s")
        self.assertEqual([], [pointer for pointer in wanted if (0, pointer) not in shown])

    def check_measures(self, result):
        """Numbers that the page computes."""
        serving, seen = result["serving"], set()
        waits = [serving["waits"]["mean"], *serving["waits"]["by_e2e"]]
        for cell in self.cells("[data-measure]"):
            what, of = cell["measure"].split(":", 1)
            if cell["value"] is None:
                continue
            if what == "waits":
                expected = sum(waits[int(of)][part] for part in ("queue_s", "prefill_s", "transfer_s", "decode_s"))
            elif what == "sum":
                expected = sum(device["energy_J"][of] for device in result["devices"].values())
            else:
                one = serving["instances"][int(of)] if what in ("busy", "peak") else None
                expected = {"tier": lambda: serving["kv"]["tier"][of] / serving["kv"]["tier"]["blocks"],
                            "kv": lambda: serving["kv"][of] / serving["kv"]["blocks"],
                            "energy": lambda: serving["energy"]["requests_J"] - serving["energy"]["prompts_J"],
                            "busy": lambda: one["busy_s"] / serving["makespan_s"],
                            "peak": lambda: one["peak_kv_blocks"] / one["kv_blocks"],
                            "works": lambda: result["devices"][of]["time_s"]["works"] / result["time_s"]}[what]()
            self.close(expected, float(cell["value"]), cell)
            seen.add(what)
        self.assertEqual({"waits", "sum", "kv", "energy", "busy", "peak", "works"}, seen - {"tier"})

    def test_numbers(self):
        for result, instances in ((self.one_gpu(), 1), (self.eight(), 8), (self.apart(), 5),
                                  (self.result("speculative_llama", "workload.requests.count=30"), 1),
                                  (self.result("chat_cache_tier", "workload.requests.count=300"), 1)):
            self.assertEqual(instances, len(result["serving"]["instances"]))
            self.show(page_data([("a run", result)]))
            self.open_details()
            self.check_all_are_shown(result, self.check_pointers([result]))
            self.check_measures(result)
            self.check_text()
            wanted = (SUMMARY if result["serving"]["goodput"] else SUMMARY[1:]) + CURVES + OTHERS
            self.assertEqual(wanted, self.titles())

    def test_summary_text(self):
        """What is printed, times its unit, is the number."""
        result = self.one_gpu()
        self.show(page_data([("a run", result)]))
        rows = self.script("""return [...document.querySelectorAll('table.summary tbody tr')].map((row) =>
            [...row.children].map((cell) => [cell.textContent, cell.dataset.value ?? null]))""")
        self.assertEqual(5, len(rows))
        for _, *cells, (unit, _) in rows:
            factor = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]
            for text, value in cells:
                self.assertAlmostEqual(float(text) * factor, float(value), delta=6e-5 * float(value))

    def test_what_bounds_it_and_what_was_run(self):
        result = self.one_gpu()
        serving = result["serving"]
        serving["ttft_s"]["mean"], serving["tpot_s"]["mean"] = 0.04, 0.01
        serving["throughput"]["output_tokens_per_s"] = 100
        serving["what_if"] = [{"what": "memory", "factor": 2, "ttft_s": 0.0396, "tpot_s": 0.005, "output_tokens_per_s": 150},
                              {"what": "links", "factor": 2, "ttft_s": 0.04, "tpot_s": None, "output_tokens_per_s": 99}]
        result["all_devices_ideal"] = True
        self.show(page_data([("a file", result)]))
        rows = self.script("""return [...document.querySelectorAll('table.bounds tbody tr')].map((row) =>
            [...row.children].map((cell) => cell.textContent))""")
        self.assertEqual([["with two times the memory bandwidth", "-1.0", "-50.0", "+50.0", "%"],
                          ["with two times the links", "0.0", "–", "-1.0", "%"]], rows[1:])
        self.assertEqual(["Bound by", "launches and waiting"], rows[0][:2])
        about = self.script("return document.querySelector('header').textContent")
        self.assertIn(f"Scenario{result['scenario']}Model", about)
        self.assertIn("All devices are ideal: they reach their peaks; see docs/accuracy.md.", about)
        del serving["what_if"]
        result["all_devices_ideal"] = False
        self.show(page_data([("one", result), ("two", result)]))
        self.assertEqual(0, self.script("return document.querySelectorAll('table.bounds').length"))
        self.assertNotIn("All devices are ideal", self.text())
        self.assertEqual([result["scenario"]] * 2, self.script("""return [...document.querySelectorAll(
            '#comparison table.texts tbody tr')].map((row) => row.cells[2].textContent)"""))

    def test_sizes_and_colours(self):
        for name, result in (("one", self.one_gpu()), ("eight", self.eight()), ("apart", self.apart())):
            self.each_width(page_data([(f"a run of {name}", result)]))
            self.show(page_data([("dark", result)]), dark=True)
            self.check_drawn("dark")
            self.check_contrast()
            self.show(page_data([("light", result)]))
            self.check_contrast()

    def test_objectives_are_lines(self):
        result = self.one_gpu()
        slo = result["serving"]["goodput"]["slo"]
        self.show(page_data([("a run", result)]))
        texts = lambda title: self.script("""return [...document.querySelectorAll('figure')].find((one) =>
            one.querySelector('figcaption').textContent.startsWith(arguments[0])).querySelector('.plot').textContent""", title)
        self.assertIn("objective  20 ms", texts("Time per output token"))
        self.assertEqual(0.02, slo["tpot_s"])
        self.assertNotIn("objective", texts("Time end to end"))
        for key, title in (("ttft_s", "Time to first token"), ("e2e_s", "Time end to end")):
            self.assertIn("p50", texts(title))
            self.assertIn("p99", texts(title))
        self.assertIn(f"{100 * result['serving']['goodput']['each']['ttft_s']:.1f} % within the objective of 500 ms.", self.text())

    def test_an_instance_is_chosen(self):
        result = self.eight()
        self.show(page_data([("a run", result)]))
        self.open_details()
        table = lambda: self.script("""return [...document.querySelectorAll('table.course tbody tr')].map((row) =>
            [...row.querySelectorAll('[data-pointer]')].map((cell) => [cell.dataset.pointer, cell.dataset.value]))""")
        self.assertTrue(table()[0][0][0].startswith("/serving/course/all/"))
        picture = lambda: self.script("return [...document.querySelectorAll('.plot svg')].at(-1).outerHTML")
        before = picture()
        Select(self.browser.find_element(By.CSS_SELECTOR, "select")).select_by_visible_text("instance 3")
        rows = table()
        self.assertEqual(len(result["serving"]["course"]["all"]["tokens"]), len(rows))
        for row in rows:
            for pointer, value in row:
                self.assertTrue(pointer.startswith("/serving/course/instances/3/"), pointer)
                self.close(at(result, pointer), float(value), pointer)
        self.assertNotEqual(before, picture())

    def test_one_instance_has_no_choice(self):
        self.show(page_data([("a run", self.one_gpu())]))
        self.assertEqual(0, self.script("return document.querySelectorAll('select').length"))

    def test_one_request(self):
        result = self.one_gpu("workload.requests.count=1", "workload.requests.output_tokens=1")
        self.assertEqual(1, result["serving"]["requests"]["completed"])
        self.each_width(page_data([("one request", result)]))
        self.open_details()
        self.check_pointers([result])
        # A single token has no time after it.
        self.assertEqual([one for one in CURVES if one != "Time per output token"],
                         [one for one in self.titles() if one.startswith("Time ")])

    def test_all_refused(self):
        result = self.one_gpu("serving.max_model_len=2", "workload.requests.count=7")
        self.assertEqual((0, 7), tuple(result["serving"]["requests"][key] for key in ("completed", "rejected")))
        data = page_data([("nothing", result)])
        for width in (1280, 390):
            self.show(data, width=width)
            self.open_details()
            self.check_width(width, width)
            self.check_text()
        self.check_pointers([result])
        self.assertIn("7 of 7 requests were refused, since they can never be served.", self.text())
        self.assertIn("No request was completed: there are no latencies to show.", self.text())
        self.assertEqual(SUMMARY[1:] + OTHERS[1:], self.titles())

    def test_overload_is_named(self):
        result = self.one_gpu()
        self.show(page_data([("a run", result)]))
        self.assertNotIn("Overloaded", self.text())
        result["serving"]["saturated"] = True
        self.show(page_data([("a run", result)]))
        self.assertIn("Overloaded: more and more requests wait in the second half", self.text())

    def test_parts_of_equal_length_of_earlier_programs(self):
        result = self.one_gpu()
        course = result["serving"]["course"]
        del result["peak_power_W"], course["edges_s"], course["all"]["peak_power_W"]
        course["bin_s"] = course["end_s"] / len(course["all"]["tokens"])
        self.show(page_data([("earlier", result)]))
        self.open_details()
        self.check_text()
        self.check_pointers([result])
        starts = self.script("""return [...document.querySelectorAll('table.course tbody tr')].map((row) =>
            Number(row.querySelectorAll('th, td')[1].dataset.value))""")
        for bin, end_s in enumerate(starts, 1):
            self.close(bin * course["bin_s"], end_s, bin)

    def test_results_of_earlier_programs(self):
        result = self.one_gpu()
        for key in ("waits", "curves", "course"):
            del result["serving"][key]
        del result["serving"]["goodput"]["each"], result["serving"]["energy"]["prompts_J"]
        for device in result["devices"].values():
            del device["time_s"]
        for results in ([("earlier", result)], [("earlier", result), ("later", self.one_gpu())]):
            self.show(page_data(results))
            self.open_details()
            self.check_text()
            self.check_pointers([one for _, one in results])
        self.assertIn("This result is of an earlier program", self.text())

    def test_side_by_side(self):
        results = [self.one_gpu(), self.eight(), self.one_gpu("serving.max_num_seqs=2")]
        data = page_data([(f"run number {index}, which has a name", one) for index, one in enumerate(results)])
        self.each_width(data)
        self.open_details()
        self.check_pointers(results)
        rows = self.script("""return [...document.querySelectorAll('table.comparison tbody tr')].map((row) =>
            [...row.querySelectorAll('td.number')].map((cell) => [cell.dataset.pointer ?? null, cell.dataset.value]))""")
        self.assertEqual(29, len(rows))
        for row in rows:
            pointer = row[0][0]
            base, second, third = (at(result, pointer) for result in results)
            for expected, (_, shown) in zip([base, second, second / base if base else None, third, third / base if base else None], row):
                if expected is None:
                    self.assertIsNone(shown)
                else:
                    self.close(expected, float(shown), pointer)
        self.assertEqual(CURVES, self.titles()[:4])

    def test_through_the_program(self):
        page, file = f"{self.folder.name}/run.html", f"{self.folder.name}/run.json"
        scenario = str(ROOT / "scenarios/serving/one_gpu.yaml")
        words = ["--set", "workload.requests.count=60", "--set", f"name={json.dumps(HOSTILE)}"]
        subprocess.run([os.environ["UPMEM_DES"], "run", scenario, "-q", "--html", page, "--json", file, *words], check=True, timeout=60)
        self.assertLess(os.path.getsize(page), 1_000_000)
        self.look_at(page)
        self.open_details()
        with open(file, encoding="utf-8") as text:
            result = json.load(text)
        self.check_pointers([result])
        self.assertEqual(f"{HOSTILE} (workload.requests.count=60)", self.script("return document.querySelector('h1').textContent"))
        self.assertEqual(2, self.script("return document.scripts.length"))
        subprocess.run([os.environ["UPMEM_DES"], "report", "-q", file, file, "--html", page], check=True, timeout=60)
        self.look_at(page)
        self.assertTrue(re.search(r"\b2 results compared", self.text()))

    def test_headings_and_keyboard(self):
        for results in ([("one", self.eight())], [("one", self.one_gpu()), ("two", self.eight())]):
            self.show(page_data(results))
            levels = self.script("return [...document.querySelectorAll('h1, h2, h3, h4, h5')].map((one) => Number(one.tagName[1]))")
            self.assertEqual((1, 1), (levels[0], levels.count(1)))
            for before, after in zip(levels, levels[1:]):
                self.assertLessEqual(after, before + 1, levels)
            self.assertEqual([], self.script("""return [...document.querySelectorAll('button, select, .table, .plot')]
                .filter((one) => !one.matches('[aria-label]') && !one.labels?.length).map((one) => one.outerHTML.slice(0, 90))"""))

    def test_tooltips(self):
        self.show(page_data([("a run", self.one_gpu())]))
        for title, words in (("Time to first token", ["at most", "share of requests"]),
                             ("Where requests spend their time", ["end to end", "queue"]),
                             ("Requests, cache", ["running", "KV blocks", "steps", "power"])):
            text = self.browser.execute_async_script("""
                const done = arguments[1];
                const figure = [...document.querySelectorAll('figure')].find((one) =>
                  one.querySelector('figcaption').textContent.startsWith(arguments[0]));
                const plot = figure.querySelector('.plot');
                plot.scrollIntoView({block: 'center'});
                const box = plot.getBoundingClientRect();
                const target = plot.querySelector('svg').parentElement;
                for (const kind of ['mousemove', 'mousemove']) target.dispatchEvent(new MouseEvent(kind,
                  {bubbles: true, clientX: box.left + box.width * 0.45, clientY: box.top + 110}));
                setTimeout(() => done(plot.querySelector('.tip')?.textContent ?? ''), 300);""", title)
            for word in words:
                self.assertIn(word, text, title)
