"""The schema of sweeps' files: it holds for those that come with the program, and it and the program accept the same."""

import json
import re
import subprocess
import sys
import unittest

from sweeps import PROGRAM, PROJECT, SweepTest

sys.path.insert(0, str(PROJECT / "scripts"))

from sweeping.errors import SweepError  # noqa: E402
from sweeping.points import points_of  # noqa: E402
from sweeping.ranges import WAYS  # noqa: E402
from sweeping.sweep_file import KEYS, read_sweep  # noqa: E402
from sweeping.yaml_tree import Scalar, Sequence, read_yaml  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None

FILE = PROJECT / "scenarios" / "sweeps" / "sweep.schema.json"
AXIS = "base: small.yaml\ngrid: {workload.batch: %s}\n"
SET = "base: small.yaml\nset: {workload.batch: %s}\ngrid: {workload.dtype: [int8]}\n"
# Pieces from which files are made: of each kind all are tried in a file that is good otherwise.
WORDS = ("x", "3", "true", "''", "", "[x]", "{x: y}")
VALUES = ("3", "'3'", "x", "[2, 4]", "", "''")
AXES = ("[1, 2]", "[1]", "[]", "3", "", "x", "[1, ]", "[[4, 5]]", "{}", "{from: 1, to: 4}", "{from: 1, step: 1}", "{to: 1, step: 1}",
        "{from: 1, to: 4, step: 1, count: 4}", "{from: 1, to: 4, steps: 1}", "{from: '1', to: 4, step: 1}",
        "{from: x, to: 4, step: 1}", "{from: 1, to: [4], step: 1}", "{from: 1, to: , step: 1}",
        "{from: 1, to: 1e31, factor: 10}", "{from: -1e31, to: 1, count: 2}", "{from: 1e-31, to: 1, count: 2}",
        *(f"{{from: 1, to: 4, {way}: {value}}}" for way in WAYS for value in
          ("1", "2", "3", "0", "-1", "1.5", "0.5", "x", "'2'", "true", "[2]", "", "1000", "1000001", "1e3")),
        *(f"{{from: {low}, to: {high}, {way}: 2}}" for way in WAYS for low, high in
          (("0", "8"), ("-8", "8"), ("8", "-8"), ("1.0", "8"), ("1e-30", "1"), ("0.5", "8"))))
GRIDS = ("workload.batch: [1]", "name: [a]", "workload: [{model: model.json, prompt_tokens: 6, output_tokens: 3}]", "worklod.batch: [1]", "time_s: [1]",
         "case: [1]", "point: [1]", "'workload.batch ': [1]", "'workload=batch': [1]", "workload..batch: [1]", ".workload: [1]",
         "workload.: [1]", f"mapping.{'k' * 192}: [HOST]", f"mapping.{'k' * 193}: [HOST]",
         "mapping." + ".".join("k" * 64) + ": [HOST]", "architectures.H100.mem_bw_GBs: [1, 2]")
CASES = ("[{workload.batch: 2}]", "[{case: a}]", "[{case: a, workload.batch: 2}, {workload.dtype: int8}]", "[]", "[{}]", "[3]", "{a: 1}",
         "3", "", "[{case: }]", "[{case: [a]}]", "[{case: 3}]", "[{worklod.batch: 3}]", "[{workload.batch: }]", "[{case: ''}]",
         "[{case: a, case.b: 1}]")
FILES = [
    *(AXIS % axis for axis in AXES), *((AXIS % axis).replace("grid", "zip") for axis in AXES),
    *(f"base: small.yaml\ngrid: {{{grid}}}\n" for grid in GRIDS), *(f"base: small.yaml\nset: {{{grid.replace('[', '').replace(']', '')}}}\n"
                                                                  "cases: [{case: a}]\n" for grid in GRIDS[:6]),
    *(f"base: small.yaml\ncases: {cases}\n" for cases in CASES),
    *(SET % value for value in VALUES),
    *(f"base: small.yaml\nname: {word}\ngrid: {{workload.batch: [1]}}\n" for word in WORDS),
    *(f"base: {word}\ngrid: {{workload.batch: [1]}}\n" for word in (*WORDS, "small.yaml", "small")),
    *(f"base: small.yaml\nextra_archs: {value}\ngrid: {{workload.batch: [1]}}\n" for value in
      ("[]", "[mine.yaml]", "mine.yaml", "[[mine.yaml]]", "", "['']", "[3]", "{a: b}")),
    *(f"base: small.yaml\n{key}: {value}\n" for key in ("grid", "zip", "cases", "set") for value in ("{}", "[]", "", "3")),
    "", "- a\n", "3\n", "base: small.yaml\n", "grid: {workload.batch: [1]}\n", "base: small.yaml\ngrdi: {workload.batch: [1]}\n",
    "base: small.yaml\nset: {workload.batch: 2}\n",
]
# What no schema can say: a file of these is refused though the schema takes it.
BEYOND = {
    "base: small.yaml\ngrid: {workload.batch: [1, 1]}\n": "stands twice",
    "base: small.yaml\nzip: {workload.batch: [1, 2], workload.prompt_tokens: [1]}\n": "1 value; expected 2",
    "base: small.yaml\nset: {workload.batch: 1}\ngrid: {workload.batch: [1]}\n": "stands in set, too",
    "base: small.yaml\ngrid: {workload.run.a: [1], workload: [x]}\n": "would undo",
    "base: small.yaml\ncases: [{case: a}, {case: a}]\n": "is the case of line",
    AXIS % "{from: 1, to: 4, step: 2}": "is not reached by whole steps",
    AXIS % "{from: 4, to: 1, step: 2}": "never leads from",
    AXIS % "{from: 3, to: 3, count: 2}": "is from, too",
    AXIS % "{from: 0, to: 1e7, step: 1}": "makes more than 1000000 values",
    "base: small.yaml\nextra_archs: [none.yaml]\ngrid: {workload.batch: [1]}\n": "no such file",
}


def as_json(node):
    """What an editor makes of YAML: the values of YAML 1.2's core schema."""
    if node is None:
        return None
    if isinstance(node, Sequence):
        return [as_json(item) for item in node.items]
    if not isinstance(node, Scalar):
        return {name.value: as_json(value) for name, value in node.entries}
    if node.is_quoted:
        return node.value
    if node.value in ("", "~", "null"):
        return None
    if node.value in ("true", "false"):
        return node.value == "true"
    if re.fullmatch(r"[+-]?\d+", node.value):
        return int(node.value)
    return float(node.value) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", node.value) else node.value


@unittest.skipIf(jsonschema is None, "needs Debian's python3-jsonschema")
class Schema(SweepTest):
    def setUp(self):
        super().setUp()
        self.schema = json.loads(FILE.read_text())
        jsonschema.Draft7Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft7Validator(self.schema)
        for name in ("3", "true", "x"):
            self.write(name, self.scenario.read_text())
        self.write("mine.yaml", (PROJECT / "architectures" / "pim_ai.yaml").read_text())

    def takes(self, path):
        """Whether the schema does."""
        return self.validator.is_valid(as_json(read_yaml(str(path))[1]))

    def read(self, text):
        """The sweep, or what is said of it."""
        path = self.write("s.yaml", text)
        try:
            return read_sweep(str(path)), path
        except SweepError as error:
            return str(error), path

    def test_says_what_it_is_of(self):
        self.assertEqual(self.schema["$id"], "urn:upmem-des:schema:sweep")
        self.assertEqual(list(self.schema["properties"]), KEYS)
        sections = json.loads((PROJECT / "scenarios" / "scenario.schema.json").read_text())["properties"]
        self.assertIn(f"({'|'.join(sections)})", self.schema["definitions"]["key"]["pattern"])

    def test_shipped_sweeps(self):
        folder = PROJECT / "scenarios"
        files = [file for file in sorted([*(folder / "sweeps").glob("*.yaml"), *(folder / "cost").glob("*.yaml")])
                 if re.search("^base:", file.read_text(), re.MULTILINE)]
        self.assertGreaterEqual(len(files), 8)
        for file in files:
            with self.subTest(file.name):
                self.assertRegex(file.read_text(), r"\A# yaml-language-server: \$schema=(\.\./sweeps/)?sweep\.schema\.json\n")
                self.assertEqual([], [error.message for error in self.validator.iter_errors(as_json(read_yaml(str(file))[1]))])

    def test_docs(self):
        blocks = re.findall(r"```yaml\n(.*?)```", (PROJECT / "docs" / "sweeps.md").read_text(), re.DOTALL)
        sweeps = [block for block in blocks if re.search("^base:", block, re.MULTILINE)]
        self.assertTrue(sweeps)
        for block in sweeps:
            self.assertTrue(self.takes(self.write("s.yaml", block)), block)

    def test_schema_and_program_accept_the_same(self):
        """The program: the script reads the file, and `upmem-des check` knows the keys of a point. It says of a value that
        it is wrong, which is no matter of this schema."""
        lines, found = [], []
        for text in FILES:
            sweep, path = self.read(text)
            if isinstance(sweep, str):
                found.append((text, self.takes(path), sweep, None))
                continue
            point = points_of(sweep)[0]
            found.append((text, self.takes(path), "", len(lines)))
            lines.append(json.dumps([f"{key}={value.text()}" for key, value in sweep.common] + point.arguments()))
        answers = subprocess.run([PROGRAM, "check", self.scenario, "--points", "-"], input="\n".join(lines), text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder, check=False).stdout
        errors = [json.loads(line).get("error", "") for line in answers.splitlines()]
        self.assertEqual(len(errors), len(lines))
        accepted = 0
        for text, is_taken, said, place in found:
            if place is not None and re.search("unknown key|empty part|leads through|a key of more than", errors[place]):
                said = errors[place]
            if any(words in said for words in BEYOND.values()):
                continue  # as below
            with self.subTest(text):
                self.assertEqual(is_taken, not said, said or "accepted")
            accepted += not said
        self.assertGreater(accepted, 50)
        self.assertGreater(len(found) - accepted, 100)

    def test_beyond_the_schema(self):
        for text, expected in BEYOND.items():
            with self.subTest(text):
                said, path = self.read(text)
                self.assertIn(expected, said)
                self.assertTrue(self.takes(path))


if __name__ == "__main__":
    unittest.main()
