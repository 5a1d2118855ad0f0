"""Which points a sweep has, in what order, and what each hands to the program."""

from sweeps import PROGRAM, SweepTest, parse_json

ALL = """\
base: small.yaml
set: {workload.attention: eager}
grid:
  workload.batch: [1, 2]
  workload.dtype: [int8, bfloat16]
zip:
  workload.prompt_tokens: [4, 8]
  workload.output_tokens: [2, 3]
cases:
  - {case: chips, mapping.default: PIM-AI-4chip, mapping.lm_head: "PIM-AI-4chip,t"}
  - {mapping.default: H100, mapping.lm_head: HOST}
"""
# The last key of the grid is fastest, cases are slowest, whatever their order in the file.
EXPECTED = """\
point,case,mapping.default,mapping.lm_head,workload.prompt_tokens,workload.output_tokens,workload.batch,workload.dtype
0,chips,PIM-AI-4chip,"PIM-AI-4chip,t",4,2,1,int8
1,chips,PIM-AI-4chip,"PIM-AI-4chip,t",4,2,1,bfloat16
2,chips,PIM-AI-4chip,"PIM-AI-4chip,t",4,2,2,int8
3,chips,PIM-AI-4chip,"PIM-AI-4chip,t",4,2,2,bfloat16
4,chips,PIM-AI-4chip,"PIM-AI-4chip,t",8,3,1,int8
5,chips,PIM-AI-4chip,"PIM-AI-4chip,t",8,3,1,bfloat16
6,chips,PIM-AI-4chip,"PIM-AI-4chip,t",8,3,2,int8
7,chips,PIM-AI-4chip,"PIM-AI-4chip,t",8,3,2,bfloat16
8,"H100, HOST",H100,HOST,4,2,1,int8
9,"H100, HOST",H100,HOST,4,2,1,bfloat16
10,"H100, HOST",H100,HOST,4,2,2,int8
11,"H100, HOST",H100,HOST,4,2,2,bfloat16
12,"H100, HOST",H100,HOST,8,3,1,int8
13,"H100, HOST",H100,HOST,8,3,1,bfloat16
14,"H100, HOST",H100,HOST,8,3,2,int8
15,"H100, HOST",H100,HOST,8,3,2,bfloat16
"""


class Expansion(SweepTest):
    def test_cases_zip_and_grid_together(self):
        self.sweep_file(ALL)
        said = self.swept("sweep.yaml", "-j", 2)
        self.assertEqual(said, "16 points, 0 done already, 16 to run\n"
                               f"16 done: {self.folder}/sweep.results/results.csv\n")
        text = (self.folder / "sweep.results" / "results.csv").read_text()
        self.assertEqual([line.split(",ok,")[0].split(",status,")[0] for line in text.splitlines()],
                         EXPECTED.splitlines())

    def test_each_part_by_itself(self):
        for part, expected in (("grid: {workload.batch: [3, 1]}", [["3"], ["1"]]),
                               ("zip: {workload.batch: [3, 3], workload.dtype: [int8, int4]}",
                                [["3", "int8"], ["3", "int4"]]),
                               ("cases: [{workload.batch: 3}, {case: b}]", [["3", "3"], ["b", ""]])):
            with self.subTest(part):
                self.sweep_file(f"base: small.yaml\n{part}\n")
                self.swept("sweep.yaml")
                self.assertEqual([[value for key, value in row.items() if key == "case" or key.startswith("workload")]
                                  for row in self.rows()], expected)

    def test_what_the_program_is_given(self):
        log = self.folder / "words.log"
        program = self.executable("writing", f"""[ "$1" != run ] || printf '%s\\n' "$@" >{log}\nexec {PROGRAM} "$@\"""")
        (self.folder / "of a sweep").mkdir()
        devices = self.write("of a sweep/my devices.yaml", "Mine:\n  host_to_device_bw_GBs: 10\n"
                             "  host_to_device_pj_per_bit: 20\n  device_to_host_bw_GBs: 5\n"
                             "  device_to_host_pj_per_bit: 30\n  mem_bw_GBs: 100\n  mem_pj_per_bit: 1\n  tflops: 4\n"
                             "  pj_per_tflop: 4.0e+11\n")
        sweep = self.sweep_file("base: ../small.yaml\nextra_archs: [my devices.yaml]\n"
                                "set: {workload.output_tokens: 2}\ngrid: {mapping.lm_head: ['Mine,t']}\n"
                                "cases: [{mapping.default: Mine}]\n",
                                "of a sweep/a sweep.yaml")
        self.swept(sweep, "-o", "out", program=program)
        words = log.read_text().splitlines()
        inputs = words[words.index("--expect-inputs") + 1]
        self.assertRegex(inputs, r"\A[0-9a-f]{32}\Z")
        self.assertRegex(words.pop(), rf"\A{self.folder}/out/spool/{inputs}-[0-9a-f]{{16}}\.json\Z")
        self.assertEqual(words, ["run", str(self.scenario), "--extra-archs", str(devices), "-q",
                                 "--set=workload.output_tokens=2", "--set=mapping.default=Mine",
                                 '--set=mapping.lm_head="Mine,t"', "--expect-inputs", inputs, "--json"])

    def test_names_of_a_sweep(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1]}\n", "named.yml")
        self.swept("named.yml")
        self.assertEqual(self.query("SELECT value FROM sweep WHERE name = 'name'", "named.results"), [("named",)])
        self.sweep_file("name: Two words\nbase: small.yaml\ngrid: {workload.batch: [1]}\n", "named.yml")
        self.swept("named.yml")
        self.assertEqual(self.query("SELECT value FROM sweep WHERE name = 'name'", "named.results"), [("Two words",)])

    def test_paths_in_settings_are_relative_to_the_sweep(self):
        (self.folder / "below").mkdir()
        self.write("below/other.json", (self.folder / "model.json").read_text())
        self.sweep_file("base: ../small.yaml\ngrid: {workload.model: [other.json, ../model.json]}\n", "below/s.yaml")
        self.swept("below/s.yaml")
        rows = self.rows("s.results")
        self.assertEqual([row["workload.model"] for row in rows], ["other.json", "../model.json"])
        self.assertEqual(rows[0]["time_s"], rows[1]["time_s"])

    def test_dry_run_lists_points_and_writes_nothing(self):
        self.sweep_file("base: small.yaml\nset: {mapping.lm_head: H100}\ncases: [{case: one device, mapping.default: H100}, {workload.batch: 4}]\n")
        before = self.files()
        said = self.swept("sweep.yaml", "--dry-run")
        events = self.result(self.scenario)["events"]
        self.assertEqual(said, f"0: case=one device, mapping.default=H100: ok: {events} events\n"
                               f"1: case=4, workload.batch=4: ok: {events} events\n2 points\n")
        self.assertEqual(self.files(), before)


class Values(SweepTest):
    """A value reaches the program as it stands in the file."""

    def given(self, value):
        """What follows `--set=name=` where the file has a value for `name`; the program must take it."""
        log = self.folder / "words.log"
        log.unlink(missing_ok=True)
        program = self.executable("writing", f"""[ "$1" != run ] || printf '%s' "$4" >{log}\nexec {PROGRAM} "$@\"""")
        self.sweep_file(f"base: small.yaml\ngrid:\n  name: {value}\n")
        self.swept("sweep.yaml", "--fresh", program=program)
        words = log.read_text(encoding="utf-8")
        self.assertTrue(words.startswith("--set=name="), words)
        return words.removeprefix("--set=name=")

    def name_of(self, value):
        """The scenario's name that comes of it."""
        given = self.given(value)
        name = parse_json(self.query("SELECT result FROM points")[0][0])["scenario"]
        # In a table, what begins as a formula does has an apostrophe before it.
        self.assertEqual(self.rows()[0]["name"], f"'{name}" if name[0] in "=+-@" else name)
        return given, name

    def test_plain_texts_are_not_converted(self):
        for text in ("1e3", "0x10", "1_000", "010", "2001-12-14", "12:30:45", "yes", "True", ".inf", "1.50", "a b",
                     "a's", "x#y", "a:b", "$HOME", "$(id)", "é—😀", "a\\tb", "a%d", "--set", "=x"):
            with self.subTest(text):
                self.assertEqual(self.name_of(f"\n    - {text}"), (text, text))

    def test_quoted_texts_stay_texts(self):
        for source, given, name in (("'a: b'", '"a: b"', "a: b"), ('"a, [b"', '"a, [b"', "a, [b"),
                                    ("'it''s \"x\"'", '"it\'s \\"x\\""', "it's \"x\""), ('"12"', '"12"', "12"),
                                    ("'a\\b'", '"a\\\\b"', "a\\b"), ('"null"', '"null"', "null"),
                                    ("' '", '" "', " ")):
            with self.subTest(source):
                self.assertEqual(self.name_of(f"[{source}]"), (given, name))

    def test_texts_of_several_lines_are_one_word(self):
        self.assertEqual(self.given('["a\\n\\x07\\u2028b"]'), '"a\\x0a\\x07\\u2028b"')
        self.assertEqual(self.given("\n    - |\n      a\n      b"), '"a\\x0ab\\x0a"')
        self.assertEqual(self.given("\n    - a\n      b"), "a b")
        self.assertEqual(self.given("\n    - a\n\n      b"), '"a\\x0ab"')

    def test_a_quoted_number_is_no_number(self):
        self.sweep_file("base: small.yaml\ngrid:\n  workload.batch:\n    - 1\n    - '2'\n")
        self.check_refused(self.sweep("sweep.yaml"), "sweep.yaml:5: workload.batch: '2'; expected a whole number from "
                           "1 to 1000000 (point 1)")

    def test_lists_and_mappings_are_flow_text(self):
        self.sweep_file("base: small.yaml\ngrid:\n  mapping:\n    - {default: H100, lm_head: 'H100,t'}\n"
                        "    - default: PIM-AI-4chip\n      layers:\n        0..1: dimm[0]\n")
        outcome = self.sweep("sweep.yaml", "--dry-run", "--keep-going")
        self.assertEqual(outcome.out.splitlines()[0].split(": ok")[0],
                         '0: mapping={default: H100, lm_head: "H100,t"}')
        self.assertIn('1: mapping={default: PIM-AI-4chip, layers: {0..1: "dimm[0]"}}: bad input: ', outcome.out)
        self.sweep_file("base: small.yaml\ngrid:\n  architectures: [[], [a.yaml, b.yaml]]\n")
        outcome = self.sweep("sweep.yaml", "--dry-run", "--keep-going")
        self.assertIn("0: architectures=[]: ok", outcome.out)
        self.assertIn("1: architectures=[a.yaml, b.yaml]: bad input: ", outcome.out)

    def test_a_list_in_a_list_is_one_value(self):
        self.sweep_file("base: small.yaml\ngrid:\n  mapping: [{default: H100}, {default: PIM-AI-4chip}]\n")
        self.swept("sweep.yaml")
        self.assertEqual([row["mapping"] for row in self.rows()], ["{default: H100}", "{default: PIM-AI-4chip}"])
