"""How the page looks: sizes, headings, colours, names of all sorts, and results with nothing in them."""

import json
import random
import re

from page_support import ROOT, PageTest, crafted_result, crafted_timeline, fill_page, page_data, run_result

CHARTS = ["Energy by part", "Time by resource", "Time by layer", "Roofline", "Where time goes in prefill",
          "Where time goes in decode", "Utilisation", "Memory held", "Use and power over time", "What runs when: prefill",
          "What runs when: decode"]
HOSTILE = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "\"quoted\" & 'single' `back`",
           "日本語 ümläut 🎉 {b|c} {{d}} ${e}", "very long " * 30 + "end", "unbroken" * 40]


def hostile_result():
    result = crafted_result(devices=("HOST", *HOSTILE), layers=len(HOSTILE))
    for one in result["event_classes"] + result["operators"]:
        one["name"] = HOSTILE[int(one["name"].split("_")[1])]
    result["model"], result["schedule"], result["cost_model"] = HOSTILE[0], HOSTILE[4], HOSTILE[5]
    result["architectures"] = {HOSTILE[1]: result["architectures"]["PIM"]}
    for one in result["operators"]:
        one["architecture"] = HOSTILE[1]
    return result


class Layout(PageTest):
    def test_one_result(self):
        result = crafted_result(layers=20)
        self.each_width(page_data([("one", result)], crafted_timeline(result)))
        self.assertEqual(CHARTS, self.titles())

    def test_three_results(self):
        results = [crafted_result(seed=seed, devices=("HOST", "dimm[0]")) for seed in (1, 2, 3)]
        results[1]["architectures"]["PIM"]["flops_per_s"] *= 9
        self.each_width(page_data([(f"run number {index}, which has a name", one) for index, one in enumerate(results)],
                                  crafted_timeline(results[0])))
        own = CHARTS[:8]
        self.assertEqual(["Time", "Energy by part", "Decode rate", "Power", "Time by layer, side by side", "Roofline", *CHARTS,
                          *own, *own], self.titles())

    def check_small(self, where):
        """Texts are 11 px at least, and tables are no wider than the box that they scroll in."""
        small = self.script("""return [...document.querySelectorAll('main *, header *')].filter((one) =>
              [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) && !one.closest('style'))
            .map((one) => [parseFloat(getComputedStyle(one).fontSize), one.textContent.slice(0, 40)])
            .filter(([size]) => size < 11)""")
        self.assertEqual([], small, where)
        boxes = self.script("""return [...document.querySelectorAll('.table, .plot, .exports, select, .controls')].map((one) => {
            const box = one.getBoundingClientRect();
            return [one.className, box.left, box.right, getComputedStyle(one).overflowX];})""")
        width = self.script("return document.documentElement.clientWidth")
        self.assertGreater(len(boxes), 10)
        for name, left, right, overflow in boxes:
            self.assertGreaterEqual(left, 0, (where, name))
            self.assertLessEqual(right, width, (where, name))
            if name == "table":
                self.assertEqual("auto", overflow)
        return boxes

    def test_at_390_px_nothing_is_small_or_cut(self):
        results = [crafted_result(layers=20, seed=seed, devices=("HOST", "a device with a long name", "dimm[0]"))
                   for seed in (1, 2)]
        for count in (1, 2):
            self.show(page_data([(f"run number {index}, which has a name", one) for index, one in
                                 enumerate(results[:count])], crafted_timeline(results[0])), width=390)
            self.open_details()
            self.check_small(count)
            self.check_width(390, count)
            self.assertGreater(self.script("""return [...document.querySelectorAll('.table')].filter((one) =>
                one.scrollWidth > one.clientWidth).length"""), 3)

    def roofline_texts(self):
        """Of each roofline: [[text, left, top, right, bottom], …] of all texts in it."""
        return self.script("""return [...document.querySelectorAll('figure.chart')].filter((one) =>
              one.textContent.startsWith('Roofline')).map((one) => [...one.querySelectorAll('svg text')].map((text) => {
                const box = text.getBoundingClientRect();
                return [text.textContent, box.left, box.top, box.right, box.bottom];}))""")

    def check_labels_apart(self, where):
        figures = self.roofline_texts()
        self.assertGreater(len(figures), 0, where)
        for texts in figures:
            for index, (text, left, top, right, bottom) in enumerate(texts):
                for other, other_left, other_top, other_right, other_bottom in texts[:index]:
                    apart = (right <= other_left + 0.5 or other_right <= left + 0.5 or bottom <= other_top + 0.5 or
                             other_bottom <= top + 0.5)
                    self.assertTrue(apart, f"{where}: “{text}” on “{other}”")
        return figures

    def test_roofline_labels_are_apart(self):
        """Also where points lie close together, and roofs on each other."""
        for layers, spread in ((14, 1e4), (30, 3), (30, 1.05)):
            result = crafted_result(layers=layers)
            source = random.Random(layers)
            for one in result["operators"]:
                one.update(flop=1e12 * spread ** source.random(), memory_bytes=1e10 * spread ** source.random(),
                           time_s=0.1 * spread ** source.random())
            for index in range(4):
                result["architectures"][f"PIM with a name {index}"] = dict(result["architectures"]["PIM"])
                result["operators"][index]["architecture"] = f"PIM with a name {index}"
            for width in (1280, 390):
                self.show(page_data([("run", result)]), width=width)
                (texts,) = self.check_labels_apart((layers, spread, width))
                named = [text for text, *_ in texts if text.startswith("layer_")]
                self.assertGreaterEqual(len(named), 3, texts)
                self.assertEqual(5, sum(1 for text, *_ in texts if text.startswith("PIM")))
                self.check_drawn((layers, spread, width))
            self.show(page_data([("run", result), ("other", crafted_result(layers=9, seed=2))]))
            self.check_labels_apart((layers, spread, "two"))

    def test_roofline_labels_tell_points_apart(self):
        """Those of one name by their phase or device; how many lie on one point is never cut."""
        result = crafted_result(layers=0)
        long = "post_attention_layernorm_of_a_block_whose_name_is_long"
        base = {"kind": "layer", "type": "Norm", "class": "normalization", "count": 1, "architecture": "PIM",
                "memory_bytes": 1e9, "compute_s": 0.1, "memory_s": 0.1, "energy_J": 0.1}
        place = lambda name, phase, flop, time_s=0.1, **other: {**base, "name": name, "phase": phase, "flop": flop,
                                                                "time_s": time_s, **other}
        result["architectures"]["GPU"] = {"devices": 1, "flops_per_s": 4e13, "memory_Bps": 9e11}
        result["operators"] = [
            *(place(name, phase, part * flop, 0.2 * part, memory_bytes=1e9 * part)
              for phase, flop in (("prefill", 1e10), ("decode", 1e12))
              for name, part in ((long, 1), ("second", 0.5), ("third", 0.25))),
            place("alone", "prefill", 1e11), place("either", "decode", 1e8), place("either", "decode", 1e7, architecture="GPU"),
            place("many", "decode", 3e8), place("many", "decode", 3e9)]
        for width, end in ((1280, " and 2 others"), (390, " + 2")):
            self.show(page_data([("run", result)]), width=width)
            (texts,) = self.check_labels_apart(width)
            texts = [text for text, *_ in texts]
            self.assertEqual(len(texts), len(set(texts)), texts)
            for phase in ("prefill", "decode"):
                found = [text for text in texts if text.endswith(f" ({phase}){end}")]
                self.assertEqual(1, len(found), texts)
                self.assertRegex(found[0], "^post_a.*….* ")
            self.check_drawn(width)
        self.show(page_data([("run", result)]))
        texts = {text for text, *_ in self.roofline_texts()[0]}
        self.assertLessEqual({"alone", "either (PIM)", "either (GPU)", "many (0.3 flop/byte)", "many (3 flop/byte)"}, texts)

    def test_roofline_labels_of_runs_are_apart(self):
        for scenario in ("llama-2-7b_mixed.yaml", "llama-2-7b_h100.yaml", "machines/llama-2-7b_gpu-and-pim.yaml"):
            file = run_result(scenario, self.folder.name)
            page = fill_page(f"{self.folder.name}/run.html", "-", ("run", file))
            for width in (1280, 390):
                self.look_at(page, width=width)
                for texts in self.check_labels_apart((scenario, width)):
                    names = [text for text, *_ in texts if re.match("[a-z]", text)]
                    self.assertEqual(len(names), len(set(names)), names)

    def test_dark(self):
        result = crafted_result()
        self.show(page_data([("one", result)], crafted_timeline(result)), dark=True)
        self.check_drawn("dark")
        self.assertEqual("rgb(20, 24, 29)", self.script("return getComputedStyle(document.body).backgroundColor"))
        self.check_contrast()

    def test_light(self):
        result = crafted_result()
        self.show(page_data([("one", result)], crafted_timeline(result)))
        self.check_contrast()
        patterns = self.script("""return [...document.querySelectorAll('figure')].slice(0, 3).map((one) =>
            one.querySelectorAll('svg pattern').length)""")
        self.assertGreater(min(patterns), 0, "bars need patterns, for those who see no colours")

    def test_classes_have_the_colours_of_all_pictures(self):
        ours = re.search(r"class_colours = \{(.*?)\}", (ROOT / "src/page/web/src/theme.js").read_text(), re.DOTALL).group(1)
        theirs = (ROOT / "src/timeline/operator_colour.cpp").read_text()
        expected = dict(re.findall(r'\{"(\w+)", "(#\w+)"', theirs))
        self.assertEqual(8, len(expected))
        self.assertEqual(expected, dict(re.findall(r"(\w+): '(#\w+)'", ours)))

    def test_headings_and_keyboard(self):
        results = [crafted_result(seed=seed) for seed in (1, 2)]
        for data in (page_data([("one", results[0])], crafted_timeline(results[0])),
                     page_data([("one", results[0]), ("two", results[1])])):
            self.show(data)
            self.assertEqual("en", self.script("return document.documentElement.lang"))
            levels = self.script("return [...document.querySelectorAll('h1, h2, h3, h4, h5')].map((one) => Number(one.tagName[1]))")
            self.assertEqual(1, levels[0])
            self.assertEqual(1, levels.count(1))
            for before, after in zip(levels, levels[1:]):
                self.assertLessEqual(after, before + 1, levels)
            self.assertEqual([], self.script("""return [...document.querySelectorAll('button, select, .table, .plot')]
                .filter((one) => !one.matches('[aria-label]') && !one.labels?.length).map((one) => one.outerHTML.slice(0, 90))"""))
            self.assertEqual([], self.script("""return [...document.querySelectorAll('figure')]
                .filter((one) => !one.querySelector('details')).map((one) => one.textContent)"""))

    def test_print(self):
        result = crafted_result()
        self.show(page_data([("one", result)], crafted_timeline(result)), width=800, dark=True, media="print")
        self.assertEqual("rgb(255, 255, 255)", self.script("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual("none", self.script("return getComputedStyle(document.querySelector('.controls')).display"))
        fills = self.script("return [...document.querySelectorAll('svg text')].map((one) => getComputedStyle(one).fill)")
        self.assertTrue(fills and all(max(int(part) for part in fill[4:-1].split(",")) < 128 for fill in fills), set(fills))

    def test_hostile_names(self):
        result = hostile_result()
        for label in HOSTILE:
            timeline = crafted_timeline(result)
            timeline["labels"] = HOSTILE[:4]
            self.each_width(page_data([(label, result)], timeline))
            self.assertEqual(2, self.script("return document.scripts.length"))
            self.assertEqual(0, self.script("return document.images.length"))
            self.assertEqual(label, self.script("return document.querySelector('h1').textContent"))
            self.assertIn(HOSTILE[0], self.text())
        self.show(page_data([(label, result) for label in HOSTILE[:3]]))
        self.assertEqual(2, self.script("return document.scripts.length"))

    def test_hostile_names_through_the_program(self):
        result = crafted_result()
        result["scenario"] = HOSTILE[0]
        result["architectures"] = {"HOST": result["architectures"]["HOST"], "PIM": result["architectures"]["PIM"]}
        for device in result["devices"].values():
            device["phases"] = {phase: {"energy_J": device["energy_J"]} for phase in ("prefill", "decode")}
        file = f"{self.folder.name}/hostile.json"
        with open(file, "w", encoding="utf-8") as text:
            json.dump(result, text)
        self.look_at(fill_page(f"{self.folder.name}/hostile.html", "-", (HOSTILE[0], file)))
        self.assertEqual(HOSTILE[0], self.script("return document.querySelector('h1').textContent"))
        self.assertEqual(HOSTILE[0], self.browser.title)
        self.assertEqual(2, self.script("return document.scripts.length"))

    def test_nothing_in_it(self):
        zero = crafted_result(scale=0, decode=False)
        data = page_data([("zero", zero)], crafted_timeline(zero))
        for width in (1280, 390):
            self.show(data, width=width)
            self.open_details()
            self.check_text()
            self.check_width(width, width)
        bare = {**zero, "event_classes": [], "operators": [], "links": {}, "architectures": {}, "devices": {}}
        self.show(page_data([("bare", bare)]))
        self.check_text()
        self.show(page_data([("bare", bare), ("zero", zero), ("full", crafted_result())]))
        self.check_text()

    def test_no_decode_and_one_event(self):
        result = crafted_result(decode=False, layers=1)
        self.each_width(page_data([("one event", result)], crafted_timeline(result, activities=5)))
        self.assertIn("Decode rate–", self.script("return document.querySelector('.tiles').textContent"))

    def test_roofs_that_are_not_known(self):
        for flops_per_s, memory_Bps in ((0, 4e11), (2e13, 0), (0, 0)):
            result = crafted_result()
            result["architectures"]["PIM"].update(flops_per_s=flops_per_s, memory_Bps=memory_Bps)
            self.each_width(page_data([("roof", result)]))
            self.assertIn("Roofline", self.titles())
        old = crafted_result()
        del old["architectures"], old["operators"]
        old["links"]["dimm[0].host_to_device"]["bandwidth_Bps"] = None
        self.each_width(page_data([("before there were roofs", old)]))
        self.assertNotIn("Roofline", self.titles())

    def test_many_devices(self):
        result = crafted_result(devices=("HOST", *(f"rank[{index}].dpu" for index in range(256))))
        self.each_width(page_data([("many", result)], crafted_timeline(result, activities=2600)))
        self.assertLess(self.script("return Math.max(...[...document.querySelectorAll('.plot')].map((one) => one.clientHeight))"), 1600)

    def test_equal_devices_share_a_line(self):
        result = crafted_result(devices=("HOST", "dimm[0]", "dimm[1]", "dimm[2]", "dimm[4]"))
        for name in ("dimm[1]", "dimm[2]", "dimm[4]"):
            result["devices"][name] = result["devices"]["dimm[0]"]
        self.show(page_data([("folded", result)]))
        texts = self.script("""return [...document.querySelectorAll('figure')].find((one) =>
            one.textContent.startsWith('Utilisation')).querySelector('svg').textContent""")
        self.assertIn("dimm[0..2] × 3", texts)
        self.assertIn("dimm[4]", texts)
        self.assertIn("dimm[0..2] × 3 (PIM), dimm[4] (PIM)", self.script("return document.querySelector('.facts').textContent"))

    def test_names_of_devices_in_a_row_are_whole(self):
        """At 390 px, too; a longer one keeps its numbers."""
        for name, shown in (("dimm", "dimm[12..23] × 12"), ("a_rank_of_DIMMs_of_a_server", "…[12..23] × 12")):
            result = crafted_result(devices=("HOST", *(f"{name}[{index}]" for index in range(24))))
            for index in range(24):
                result["devices"][f"{name}[{index}]"] = result["devices"][f"{name}[{12 * (index // 12)}]"]
            self.show(page_data([("folded", result)]), width=390)
            for figure in ("Utilisation", "Where time goes in decode"):
                texts = self.script("""return [...[...document.querySelectorAll('figure')].find((one) =>
                    one.textContent.startsWith(arguments[0])).querySelectorAll('svg text')].map((one) => one.textContent)""", figure)
                self.assertEqual(1, len([text for text in texts if text.endswith(shown)]), texts)
            self.check_drawn(name)
