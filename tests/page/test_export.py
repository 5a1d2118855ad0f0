"""Charts as files: each stands by itself."""

import pathlib
import struct
import time
import xml.etree.ElementTree as tree

from page_support import PageTest, crafted_result, crafted_timeline, page_data

SVG = "{http://www.w3.org/2000/svg}"


class Export(PageTest):
    def saved(self, button, name):
        """The file that a click on a button gives."""
        path = pathlib.Path(self.folder.name) / "files" / name
        path.unlink(missing_ok=True)
        button.click()  # a script's clicks may only save ten files
        for _ in range(200):
            if path.exists() and path.stat().st_size > 0 and not list(path.parent.glob("*.crdownload")):
                return path.read_bytes()
            time.sleep(0.05)
        self.fail(f"{name} was not saved; there are {[one.name for one in path.parent.glob('*')]}")

    def buttons(self):
        """[(title, width and height of the chart, SVG, PNG)]"""
        return self.script("""return [...document.querySelectorAll('figure.chart')].map((one) => {
            const plot = one.querySelector('.plot');
            return [one.querySelector('figcaption').firstChild.textContent, [plot.clientWidth, plot.clientHeight],
                    ...one.querySelectorAll('.exports button')];})""")

    def check(self, dark, width):
        (pathlib.Path(self.folder.name) / "files").mkdir(exist_ok=True)
        self.browser.execute_cdp_cmd("Browser.setDownloadBehavior",
                                     {"behavior": "allow", "downloadPath": f"{self.folder.name}/files"})
        results = [crafted_result(seed=seed, layers=8) for seed in (1, 2)]
        self.show(page_data([("one <&>", results[0]), ("two", results[1])], crafted_timeline(results[0])), dark=dark,
                  width=width)
        page = "#14181d" if dark else "#ffffff"
        for number, (title, (across, down), svg, png) in enumerate(self.buttons()):
            if number >= 17:
                break  # those of the second result again
            self.assertEqual(["SVG", "PNG"], [svg.text, png.text])
            stem = "".join(one if one.isalnum() else "-" for one in title.lower()).replace("--", "-")
            text = self.saved(svg, f"{stem}.svg")
            root = tree.fromstring(text)
            self.assertEqual(f"{SVG}svg", root.tag)
            self.assertEqual([str(across), str(down + 34)], [root.get("width"), root.get("height")])
            self.assertEqual(title, root.find(f"{SVG}title").text)
            texts = [one.text for one in root.iter(f"{SVG}text")]
            self.assertTrue(texts[0] == title or texts[0].endswith("…"), texts[0])
            self.assertGreater(len(texts), 4, title)
            self.assertEqual(page, root.find(f"{SVG}rect").get("fill"))
            self.assertIn("sans-serif", root.get("font-family"))
            # Nothing is from elsewhere: no styles of a page, no links to others.
            self.assertNotIn(b"var(--", text)
            for one in root.iter():
                for key, value in one.attrib.items():
                    if key.endswith("href"):
                        self.assertTrue(value.startswith(("#", "data:")), value)
            picture = self.saved(png, f"{stem}.png")
            self.assertEqual(b"\x89PNG\r\n\x1a\n", picture[:8])
            self.assertEqual((2 * across, 2 * (down + 34)), struct.unpack(">II", picture[16:24]))
            self.assertGreater(len(picture), 3000, title)

    def test_light(self):
        self.check(False, 1280)

    def test_dark_and_narrow(self):
        self.check(True, 390)
