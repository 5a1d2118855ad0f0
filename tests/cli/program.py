"""Runs the program and checks what every run of it keeps to: exit codes, single-line messages, whole files."""

import gzip
import json
import math
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import NamedTuple

PROGRAM = os.environ["UPMEM_DES"]
SANITIZED = os.environ.get("UPMEM_DES_SANITIZED") == "1"
# How many times as long as in release a run may take.
TIMES_AS_LONG = int(os.environ.get("UPMEM_DES_TIMES_AS_LONG", "1"))
# The undefined-behaviour sanitizer needs descriptors itself.
unless_sanitized = unittest.skipIf(SANITIZED, "a sanitizer would stop the program")
HAS_PAGE = os.environ.get("UPMEM_DES_HAS_PAGE") == "1"
needs_page = unittest.skipUnless(HAS_PAGE, "built without the page")
PROJECT = Path(__file__).resolve().parents[2]
SCENARIOS = PROJECT / "scenarios"
GOLDEN = PROJECT / "tests" / "golden"
SHIPPED = sorted(SCENARIOS.glob("*.yaml")) + sorted((SCENARIOS / "reference").glob("*.yaml"))

# The scenario that most tests change a part of: small enough for a run to take no time.
MODEL = {"model_type": "llama", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 500}
MIXTRAL = {**MODEL, "model_type": "mixtral", "num_local_experts": 4, "num_experts_per_tok": 2}
SCENARIO = """\
name: small
workload:
  model: model.json
  prompt_tokens: 6
  output_tokens: 3
  batch: 2
mapping:
  default: PIM-AI-4chip
  lm_head: PIM-AI-4chip,t
"""
DEVICE = {"host_to_device_bw_GBs": 10, "host_to_device_pj_per_bit": 20, "device_to_host_bw_GBs": 5,
          "device_to_host_pj_per_bit": 30, "mem_bw_GBs": 100, "mem_pj_per_bit": 1, "tflops": 4, "pj_per_tflop": 4e11}


# One character of a line that neither steers a terminal nor turns the direction in which others are shown.
HARMLESS = r"[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


# What the address sanitizer says of itself, and not of the program, where SimGrid switches stacks.
SANITIZER_NOTE = re.compile(rb"==\d+==WARNING: ASan is ignoring requested __asan_handle_no_return:[^\n]*\n"
                            rb"False positive error reports may follow\nFor details see [^\n]*\n")


def environment(**extra):
    return {**os.environ, **extra}


def start(*arguments, **options):
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


def messages(err):
    return SANITIZER_NOTE.sub(b"", err).decode(errors="surrogateescape")


def run(*arguments, **options):
    with start(*arguments, **options) as process:
        out, err = process.communicate()
    return Outcome(process.returncode, out.decode(), messages(err))


def device_yaml(name="Mine", **changes):
    """A device file; a figure changed to None is left out."""
    figures = {key: value for key, value in {**DEVICE, **changes}.items() if value is not None}
    return f"{name}:\n" + "".join(f"  {key}: {value}\n" for key, value in figures.items())


def read_trace(path):
    """Header and events."""
    with (gzip.open if str(path).endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        header, *events = map(json.loads, file)
    return header, events


def forbidden(constant):
    raise AssertionError(f"{constant} in JSON")


def parse_json(text):
    return json.loads(text, parse_constant=forbidden)


def what_came_out(result):
    """Of a result's JSON all but where it comes from, and what faster parts would gain, which a summary has computed."""
    return {key: value for key, value in result.items() if key not in ("run", "what_if")} if isinstance(result, dict) else result


def numbers(value, path=""):
    """All numbers of a JSON value by their place in it."""
    if isinstance(value, dict):
        return {at: n for key, item in value.items() for at, n in numbers(item, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {at: n for i, item in enumerate(value) for at, n in numbers(item, f"{path}[{i}]").items()}
    return {path: value} if isinstance(value, (int, float)) and not isinstance(value, bool) else {}


class CliTest(unittest.TestCase):
    """Each test has a folder of its own with a small scenario in it."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="upmem-des-cli-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.write("model.json", json.dumps(MODEL))
        self.scenario = self.write("small.yaml", SCENARIO)

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def small(self, **changes):
        """The small scenario with texts replaced: small(mapping='…') writes another mapping section."""
        text = SCENARIO
        for section, body in changes.items():
            text = re.sub(rf"(?m)^{section}:.*\n(  .*\n)*", f"{section}: {body}\n".replace("\\", "\\\\"), text)
        return self.write("changed.yaml", text)

    def close(self, expected, actual, relative, what=""):
        self.assertTrue(math.isclose(expected, actual, rel_tol=relative, abs_tol=0), f"{what}: {expected} {actual}")

    def same_numbers(self, expected, actual, relative):
        expected, actual = (numbers(what_came_out(result)) for result in (expected, actual))
        self.assertEqual(expected.keys(), actual.keys())
        for where, value in expected.items():
            self.close(value, actual[where], relative, where)

    def good(self, *arguments, **options):
        """Runs what must work and have nothing to say on standard error."""
        outcome = run(*arguments, **options)
        self.assertEqual((outcome.code, outcome.err), (0, ""), arguments)
        return outcome.out

    def result(self, *arguments, **options):
        """The JSON of a run that must work."""
        return parse_json(self.good("run", *arguments, "-q", "--json", "/dev/stdout", **options))

    def check_messages(self, err, kinds):
        """`err` is one line for each of `kinds` ("error", "warning"), without what steers a terminal."""
        self.assertRegex(err, "".join(f"upmem-des: {kind}: {HARMLESS}+\n" for kind in kinds) + r"\Z")

    def warned(self, *arguments, saying=()):
        """Runs what must work with one warning that has all the words of `saying`."""
        outcome = run(*arguments)
        self.assertEqual(outcome.code, 0, outcome.err)
        self.check_messages(outcome.err, ["warning"])
        self.check_words(outcome.err, saying)
        return outcome

    def allowed(self, *arguments):
        """The JSON of a run that must work with simulation.allow_overflow; says so in one line where it matters."""
        path = self.folder / "allowed.json"
        outcome = run("run", *arguments, "--no-what-if", "--json", path)
        self.assertEqual(outcome.code, 0, outcome.err)
        if outcome.err:
            self.check_messages(outcome.err, ["warning"])
            self.check_words(outcome.err, ("simulation.allow_overflow: ", "more than its capacity_GB of ",
                                           "which is not charged for; expected more or larger devices, or offload"))
        return parse_json(path.read_text())

    def check_words(self, text, words):
        for word in (words,) if isinstance(words, str) else words:
            self.assertIn(word, text)

    def refused(self, *arguments, saying=(), code=2, **options):
        """Runs what must fail with one line on standard error, nothing on standard output and nothing written."""
        before = self.files()
        outcome = run(*arguments, **options)
        self.assertEqual((outcome.code, outcome.out[:200]), (code, ""), outcome.err)
        self.check_messages(outcome.err, ["error"])
        self.check_words(outcome.err, saying)
        self.assertEqual(self.files(), before)
        return outcome.err

    def run_refused(self, scenario, *arguments, saying=(), code=2, **options):
        """The same of a run that would write a new file and replace an old one."""
        old = self.write("old.csv", "old")
        return self.refused("run", scenario, *arguments, "--json", self.folder / "new.json", "--csv", old,
                            saying=saying, code=code, **options)

    def files(self):
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
