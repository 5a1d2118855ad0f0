"""What is wrong with a sweep's file is said in one line, with file, line and key, before anything runs."""

from sweeps import SweepTest

BASE = "base: small.yaml\n"
LIST = "expected a list of values, or a range such as {from: 1, to: 64, step: 1}"
KEYS = "expected one of name, base, extra_archs, set, cases, zip, grid"
# Of a file that starts with BASE: the rest of it, and what is said of it.
ERRORS = {
    # the sweep
    "grdi: {a.b: [1]}": f"2: grdi: unknown key; {KEYS}; did you mean 'grid'?",
    "workload.batch: [1]": f"2: workload.batch: unknown key; {KEYS}",
    "name: t": "1: no points; expected grid, zip or cases",
    "set: {workload.batch: 2}": "1: no points; expected grid, zip or cases",
    "name:\ngrid: {a.b: [1]}": "2: name: nothing; expected a title",
    "name: [x]\ngrid: {a.b: [1]}": "2: name: a list; expected a title",
    "grid: {a.b: [1]}\ngrid: {c.d: [1]}": "3: grid: stands twice, first in line 2",
    "base: other.yaml": "2: base: stands twice, first in line 1",
    # extra_archs
    "extra_archs: x.yaml": "2: extra_archs: a value; expected a list of device files",
    "extra_archs: [small.yaml, no.yaml]": "2: extra_archs[1]: no such file: {folder}/no.yaml; expected a device file, "
                                          "relative to the sweep's file",
    # set
    "set: [a.b]": "2: set: a list; expected a mapping of keys, such as workload.batch, to values",
    "set:": "2: set: nothing; expected a mapping of keys, such as workload.batch, to values",
    "set: {a.b: }": "2: set: a.b: nothing; expected a value",
    # grid
    "grid:": "2: grid: nothing; expected a mapping of keys, such as workload.batch, to values",
    "grid: [1]": "2: grid: a list; expected a mapping of keys, such as workload.batch, to values",
    "grid: {}": "2: grid: empty; expected keys with lists of values",
    "grid:\n  a.b: 4": f"3: grid: a.b: a value; {LIST}",
    "grid:\n  a.b: {c: d}": "3: grid: a.b: c: unknown key; expected from, to and one of step, factor, count, per_decade",
    "grid:\n  a.b:": f"3: grid: a.b: nothing; {LIST}",
    "grid:\n  a.b: []": "3: grid: a.b: an empty list; expected at least one value",
    "grid:\n  a.b:\n  - 1\n  -\n": "5: grid: a.b[1]: nothing; expected a value",
    "grid:\n  a.b: [1, 2, 1]": "3: grid: a.b: 1 stands twice; expected different values",
    "grid:\n  a.b: [1]\n  a.b: [2]": "4: grid: a.b: stands twice, first in line 3",
    "grid: {a=b: [1]}": "2: grid: a=b: no key of a scenario; expected one such as workload.batch",
    "grid: {a b: [1]}": "2: grid: a b: no key of a scenario; expected one such as workload.batch",
    'grid: {"a\\0b": [1]}': "2: grid: a\\u0000b: no key of a scenario; expected one such as workload.batch",
    f"grid: {{{'k' * 201}: [1]}}": f"2: grid: {'k' * 80}: no key of a scenario; expected one such as workload.batch",
    "grid: {time_s: [1]}": "2: grid: time_s: no key of a scenario, but a column of the results",
    "grid: {Point: [1]}": "2: grid: Point: no key of a scenario, but a column of the results",
    "grid: {'': [1]}": "2: grid: nothing as a key; expected a name",
    "grid: {[a]: [1]}": "2: grid: a list as a key; expected a name",
    # zip
    "zip:\n  a.b: [1, 2]\n  c.d: [1, 2, 3]": "4: zip: c.d: 3 values; expected 2, as a.b has",
    "zip: {a.b: []}": "2: zip: a.b: an empty list; expected at least one value",
    "zip: {}": "2: zip: empty; expected keys with lists of values",
    # cases
    "cases: {a.b: 1}": "2: cases: a mapping; expected a list of mappings of keys to values",
    "cases: []": "2: cases: empty; expected a list of mappings of keys to values",
    "cases:\n- a.b": "3: cases[0]: a value; expected a mapping of keys, such as workload.batch, to values",
    "cases:\n- a.b: 1\n- {}": "4: cases[1]: empty; expected keys with values, or a `case:`",
    "cases:\n- case:\n": "3: cases[0]: case: nothing; expected a label",
    "cases:\n- case: [a]\n": "3: cases[0]: case: a list; expected a label",
    "cases:\n- {case: x, a.b: 1}\n- {case: x, a.b: 2}": "4: cases[1]: 'x' is the case of line 3, too; expected another "
                                                        "`case:`",
    "cases:\n- {a.b: 1}\n- {a.b: 1}": "4: cases[1]: 'a.b=1' is the case of line 3, too; expected another `case:`",
    # one key in two places
    "set: {a.b: 1}\ngrid:\n  a.b: [1]": "4: grid: a.b: stands in set, too, line 2; expected each key in one place",
    "grid: {a.b: [1]}\nzip: {a.b: [1]}": "2: grid: a.b: stands in zip, too, line 3; expected each key in one place",
    "zip: {a.b: [1]}\ncases: [{a.b: 1}]": "2: zip: a.b: stands in cases, too, line 3; expected each key in one place",
    "grid: {a.b: [1], a.B: [1]}": "2: grid: a.B: differs from a.b of line 2 in case only; columns of SQLite do not",
    "set: {a.b.c: 1}\ngrid: {a: [1]}":
        "3: grid: a: would undo a.b.c of line 2; expected it before that, or in its place",
    "grid: {a.b.c: [1], a.b: [2]}":
        "2: grid: a.b: would undo a.b.c of line 2; expected it before that, or in its place",
    "cases:\n- a.b: 1\ngrid: {a: [1]}":
        "4: grid: a: would undo a.b of line 3; expected it before that, or in its place",
    # values
    "grid:\n  a.b: [1, *x]": "3: grid: a.b[1]: an alias, *x; expected the value itself",
    "grid:\n  a.b: [!!str 1]": "3: grid: a.b[0]: a tag, tag:yaml.org,2002:str; expected a value without one",
    "grid: {a.b: [{c: 1, c: 2}]}": "2: grid: a.b[0]: c: stands twice, first in line 2",
    # YAML
    "grid: [": "3: did not find expected node content; while parsing a flow node",
    "grid: {a.b: [1]}\n---\nx": "3: a second document; expected one",
    "\tgrid: 1": "2: found a tab character that violates indentation; while scanning a plain scalar",
}


class SweepFile(SweepTest):
    def check(self, text, expected, path="sweep.yaml"):
        self.sweep_file(text)
        before = self.files()
        self.check_refused(self.sweep("sweep.yaml", "--program", "/bin/false", program=None),
                           expected if expected.startswith(path) else f"{path}:{expected}")
        self.assertEqual(self.files(), before)

    def test_errors(self):
        for text, expected in ERRORS.items():
            with self.subTest(text):
                self.check(BASE + text + "\n", expected.replace("{folder}", str(self.folder)))

    def test_no_sweep(self):
        for text in ("", "# nothing\n", "--- \n"):
            with self.subTest(text):
                self.check(text, f"{2 if '---' in text else 1}: no sweep; expected a mapping with base and grid")
        self.check("- a\n", "1: no sweep; expected a mapping with base and grid")
        self.check("grid: {a.b: [1]}\n", "1: base: missing; expected a scenario")
        self.check("grid: {a.b: [1]}\nbase:\n", "2: base: nothing; expected a scenario")
        expected = "expected a scenario, relative to the sweep's file"
        self.check("base: /no.yaml\n", f"1: base: no such file: /no.yaml; {expected}")
        self.check("base: '-'\n", f"1: base: no such file: {self.folder}/-; {expected}")
        self.check("base: '.'\n", f"1: base: no such file: {self.folder}/.; {expected}")
        self.check('base: "small.yaml\\0"\n', f"1: base: no such file: {self.folder}/small.yaml\\u0000; {expected}")
        self.check(b"base: x\nname: \xff\n", "2: no UTF-8")

    def test_no_file(self):
        self.check_refused(self.sweep("no.yaml"), "no.yaml: no such file")
        self.check_refused(self.sweep("-"), "-: standard input; expected a sweep's file, beside which its scenario is sought")
        self.check_refused(self.sweep(self.folder), f"{self.folder}: cannot be read: Is a directory")

    def test_a_case_may_change_what_set_has_set_below(self):
        """A whole section first, then a key of it, is what --set does, too."""
        self.sweep_file(BASE + "set: {mapping: {default: H100}}\n"
                        "cases: [{mapping.lm_head: HOST}, {mapping.norm: HOST}]\n")
        self.swept("sweep.yaml")
        self.assertEqual([(row["mapping.lm_head"], row["mapping.norm"]) for row in self.rows()],
                         [("HOST", ""), ("", "HOST")])

    def test_cases_without_a_label_are_named_apart(self):
        for cases, expected in (("{mapping.default: H100, workload.batch: 2}", "H100, 2"),
                                ("{mapping.lm_head: HOST}, {mapping.norm: HOST}", "mapping.lm_head=HOST"),
                                ("{case: HOST, workload.batch: 2}, {mapping.norm: HOST}", "HOST")):
            with self.subTest(cases):
                self.sweep_file(BASE + f"set: {{mapping.lm_head: H100}}\ncases: [{cases}]\n" if "default" in cases else
                                BASE + f"cases: [{cases}]\n")
                self.swept("sweep.yaml")
                self.assertEqual(self.rows()[0]["case"], expected)
        self.assertEqual(self.rows()[1]["case"], "mapping.norm=HOST")

    def test_one_case_does_not_undo_another(self):
        self.sweep_file(BASE + "cases: [{mapping.default: H100, mapping.lm_head: H100}, {mapping: {default: PIM-AI-4chip}}]\n")
        self.swept("sweep.yaml")

    def test_too_many_points(self):
        values = ", ".join(map(str, range(1, 1002)))
        self.check(BASE + f"grid:\n  a.b: [{values}]\n  c.d: [{values}]\n",
                   "1: 1002001 points; expected at most 1000000")
        many = "".join(f"  a.k{i}: [1]\n" for i in range(501))
        self.check(BASE + "grid:\n" + many, "1: 501 swept keys; expected at most 500")


class Hostile(SweepTest):
    """Files that are made to be too much are refused in no time."""

    def refused_at_once(self, text, expected):
        self.sweep_file(text)
        with self.start("sweep.yaml") as process:
            out, err = process.communicate(timeout=20)
        self.assertEqual((process.returncode, out, err.decode()), (2, b"", f"sweep: sweep.yaml{expected}\n"))

    def test_nested_deeply(self):
        for depth in (33, 100_000, 5_000_000):
            with self.subTest(depth):
                self.refused_at_once(BASE + "grid: {a.b: " + "[" * depth,
                                     ":2: " + ("grid: a.b" + "[0]" * 31)[:80] +
                                     ": nested deeper than 32 levels")

    def test_a_bomb_of_anchors(self):
        bomb = "name: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(
            f"n{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, 30))
        self.refused_at_once(BASE + bomb, ":3: n1[0]: an alias, *a0; expected the value itself")

    def test_long_texts(self):
        self.refused_at_once(BASE + "grid: {a.b: [" + "x" * 65537 + "]}\n",
                             ":2: grid: a.b[0]: a text of more than 64 KiB")
        self.refused_at_once(BASE + "grid:\n  a.b:\n  - [" + "x, " * 30000 + "]\n",
                             ":4: grid: a.b[0]: a value of more than 64 KiB")
        self.refused_at_once(BASE + "#" * (16 << 20), ": more than 16 MiB; expected a sweep's file")

    def test_bytes_that_are_no_yaml(self):
        self.sweep_file(bytes(range(1, 128)) * 40)
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, outcome.out), (2, ""))
        self.assertRegex(outcome.err, r"\Asweep: sweep.yaml:1: [^\x00-\x1f\x7f]+\n\Z")

    def test_half_a_surrogate_pair(self):
        self.sweep_file(BASE + 'grid: {a.b: ["\\ud800"]}\n')
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, outcome.out), (2, ""))
        self.assertRegex(outcome.err, r"\Asweep: sweep.yaml:2: [^\x00-\x1f\x7f]+\n\Z")


SEE = "(see 'sweep --help')"


class Options(SweepTest):
    def test_errors(self):
        self.sweep_file()
        for words, expected in (
                ((), f"the following arguments are required: SWEEP.yaml {SEE}"),
                (("sweep.yaml", "--frehs"), f"unknown option '--frehs'; did you mean '--fresh'? {SEE}"),
                (("--wher", "case=H100", "sweep.yaml"), f"unknown option '--wher'; did you mean '--where'? {SEE}"),
                (("--wher=x",), f"unknown option '--wher'; did you mean '--where'? {SEE}"),
                (("sweep.yaml", "--sideways"), f"unknown option '--sideways' {SEE}"),
                (("sweep.yaml", "-z"), f"unknown option '-z' {SEE}"),
                (("sweep.yaml", "other.yaml"), f"unexpected argument 'other.yaml' {SEE}"),
                (("sweep.yaml", "-j", "0"), "argument -j/--jobs: '0'; expected a whole number from 1 to 4096 "
                                            f"{SEE}"),
                (("sweep.yaml", "-j", "x"), "argument -j/--jobs: 'x'; expected a whole number from 1 to 4096 "
                                            f"{SEE}"),
                (("sweep.yaml", "--hosts", "h", "--slurm"), "argument --slurm: not allowed with argument --hosts "
                                                            f"{SEE}"),
                (("sweep.yaml", "--slurm-options", "x"), "--slurm-options: without --slurm; expected both "
                                                         f"{SEE}"),
                (("sweep.yaml", "-o", ""), "--output: nothing; expected a folder")):
            with self.subTest(words):
                self.check_refused(self.sweep(*words, program=None), expected)

    def test_help(self):
        text = self.swept("--help", program=None)
        for word in ("SWEEP.yaml", "--jobs", "--fresh", "--keep-going", "--hosts", "--slurm", "--dry-run"):
            self.assertIn(word, text)

    def test_programs_that_are_none(self):
        self.sweep_file()
        self.check_refused(self.sweep("sweep.yaml", program="no/such"),
                           "no/such: no such program; expected upmem-des, there or as --program PATH")
        self.check_refused(self.sweep("sweep.yaml", program="no-such-upmem-des"),
                           "no-such-upmem-des: not on the PATH; expected upmem-des, there or as --program PATH")
        self.check_refused(self.sweep("sweep.yaml", program=self.executable("silent", "exit 0")),
                           f"{self.folder}/silent: is not upmem-des: --version gives ''")
        self.check_refused(self.sweep("sweep.yaml", program=self.executable("other", "echo other 1.0")),
                           f"{self.folder}/other: is not upmem-des: --version gives 'other 1.0'")
        bad = self.write("bad", "#!/no/such/shell\n")
        bad.chmod(0o755)
        self.check_refused(self.sweep("sweep.yaml", program=bad), f"{bad}: cannot be run: No such file or directory")
        version = '[ "$1" = --version ] && echo upmem-des 0 && exit; '
        old = self.executable("old", version + "echo 'no check' >&2; exit 2")
        self.check_refused(self.sweep("sweep.yaml", program=old),
                           f"{old} check: ended before all points were checked: exit code 2: no check")
        killed = self.executable("killed", version + "kill -SEGV $$")
        self.check_refused(self.sweep("sweep.yaml", program=killed),
                           f"{killed} check: ended before all points were checked: killed by SIGSEGV")
        odd = self.executable("odd", version + "echo '{\"point\": 7}'")
        self.check_refused(self.sweep("sweep.yaml", program=odd),
                           f"{odd} check: no answer to a point: {{\"point\": 7}}")
        self.assertEqual([path for path in self.files() if "results" in str(path)], [])
