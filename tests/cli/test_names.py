"""Names of others do no harm where they are shown, and come back as they were where they are read again."""

import csv
import json
import re
import unittest

from program import CliTest, needs_page, parse_json, run

# A terminal's control sequence in one character, a mark that turns the text after it, an end of line, another such.
NASTY = "a\u009b31m\u202eb\u2066c\u2028d\x1b[1m\x7f\u200f"
SHOWN = r"a\u009b31m\u202eb\u2066c\u2028d\u001b[1m\u007f\u200f"
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def layer(seq, name, **more):
    return {"seq": seq, "kind": "layer", "type": "Linear", "name": name, "path": f"p.{name}", "id": seq,
            "phase": "prefill", "step": 0, "input_shape": [2, 4], "weight_shape": [4, 4], "output_shape": [2, 4],
            **more}


class NamesTest(CliTest):
    def setUp(self):
        super().setUp()
        header = {"format": "upmem-des-trace", "version": 1, "model": NASTY, "dtype": "float32", "batch": 1,
                  "source": NASTY}
        events = [layer(0, NASTY, path=NASTY), layer(1, "=1+1"), layer(2, "-2"), layer(3, "plain")]
        self.trace = self.write("t.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n"
                                                   for line in (header, *events)))
        self.write("p.yaml", json.dumps({"name": NASTY, "devices": [{"name": "gpu", "architecture": "H100"}]}))
        self.nasty = self.write("s.yaml", json.dumps({
            "name": NASTY, "workload": {"trace": "t.jsonl", "last_layer": "plain"}, "platform": "p.yaml",
            "mapping": {"default": "gpu", NASTY: "gpu"}}))

    def check_harmless(self, text, what):
        found = HARMFUL.search(text)
        self.assertIsNone(found, f"{what}: {text[max(0, found.start() - 50):found.end() + 50]!r}" if found else "")

    def test_wherever_they_are_shown(self):
        files = {option: self.folder / f"out{option}" for option in ("--json", "--csv", "--paje", "--perfetto")}
        shown = [run("run", self.nasty, "--print-log", "--print-log-summary", "--report-layers", "--report-functions",
                     "-v",
                     *[part for option in files.items() for part in option]),
                 run("run", self.nasty, "--dry-run"), run("check", self.nasty), run("trace", "show", self.trace),
                 run("trace", "show", self.trace, "--report-layers"), run("report", files["--json"]),
                 run("report", files["--json"], files["--json"])]
        for form in ("text", "xml", "dot"):
            shown.append(run("platform", "show", self.nasty, "--format", form))
        for i, outcome in enumerate(shown):
            with self.subTest(command=i):
                self.assertEqual(outcome.code, 0, outcome.err)
                self.check_harmless(outcome.out, i)
                self.check_harmless(outcome.err, i)
        for option, path in files.items():
            with self.subTest(option=option):
                self.check_harmless(path.read_text().replace("\t", " "), option)
                self.assertIn(r"\u009b31m\u202eb", path.read_text())
        self.assertEqual(shown[0].out.count(SHOWN) > 3, True)
        self.check_words(shown[3].out, SHOWN)
        self.check_words(shown[5].out, SHOWN)

    @needs_page
    def test_in_a_page(self):
        page = self.folder / "page.html"
        self.good("run", self.nasty, "-q", "--html", page)
        text = page.read_text()
        title = re.search("<title>(.*?)</title>", text, re.DOTALL).group(1)
        self.assertIn(SHOWN, title)
        data = re.search('<script[^>]*id="page-data"[^>]*>(.*?)</script>', text, re.DOTALL).group(1)
        self.check_harmless(data, "data")
        self.assertIn(NASTY, json.dumps(json.loads(data), ensure_ascii=False).replace("\\u001b", "\x1b"))

    def test_in_messages(self):
        missing = self.folder / f"{NASTY}.yaml"
        for arguments in (("run", missing), ("report", missing), ("trace", "show", missing), ("run", self.scenario,
                          "--set", f"mapping.default={NASTY}"), ("run", self.scenario, f"--{NASTY}")):
            with self.subTest(arguments=arguments):
                self.refused(*arguments)

    def test_they_come_back(self):
        result = self.folder / "r.json"
        self.good("run", self.nasty, "-q", "--json", result)
        self.assertEqual(parse_json(result.read_text())["scenario"], NASTY)
        self.assertEqual(parse_json(result.read_text())["model"], NASTY)
        again = self.write("again.yaml", self.good("run", self.nasty, "--dry-run"))
        self.same_numbers(parse_json(result.read_text()), self.result(again), 1e-12)
        self.assertEqual(self.result(again)["scenario"], NASTY)

    def test_cells_are_no_formulas(self):
        table = self.folder / "r.csv"
        self.good("run", self.nasty, "-q", "--csv", table)
        with open(table, newline="", encoding="utf-8") as file:
            names = [row["name"] for row in csv.DictReader(file)]
        self.assertIn("'=1+1", names)
        self.assertIn("'-2", names)
        self.assertIn("plain", names)
        self.assertIn(SHOWN, names)


if __name__ == "__main__":
    unittest.main()
