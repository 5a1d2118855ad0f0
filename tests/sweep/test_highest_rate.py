"""scripts/highest_rate: what it finds, what it keeps, and what it says."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["UPMEM_DES"]

SCENARIO = f"""\
workload:
  model: {ROOT}/scenarios/models/llama-3.2-1b.json
  requests: {{arrivals: {{process: poisson, rate: 1}}, count: 200, prompt_tokens: 256, output_tokens: 16, seed: 3}}
mapping: {{default: H100-80GB-SXM}}
serving: {{slo: {{tpot_s: 0.003}}, kv_blocks: 5000}}
"""


class HighestRate(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)
        self.scenario = self.folder / "s.yaml"
        self.scenario.write_text(SCENARIO, encoding="utf-8")

    def search(self, *arguments):
        done = subprocess.run([sys.executable, "-B", ROOT / "scripts" / "highest_rate", self.scenario, "--program", PROGRAM,
                               *map(str, arguments)], capture_output=True, text=True, cwd=self.folder)
        return done.returncode, done.stdout, done.stderr.replace(str(self.folder), "DIR")

    def share(self, rate):
        result = self.folder / "check.json"
        subprocess.run([PROGRAM, "run", self.scenario, "-q", "--json", result, "--set",
                        f"workload.requests.arrivals.rate={rate}"], check=True)
        return json.loads(result.read_text(encoding="utf-8"))["serving"]["goodput"]["share"]

    def test_finds_the_rate_and_goes_on_from_what_it_has(self):
        code, out, err = self.search("-o", "out", "--from", 5, "--to", 2000, "--share", 0.9, "--within", 0.05)
        self.assertEqual((code, err), (0, ""))
        words = out.splitlines()[-1].split()
        found, not_at = float(words[2]), float(words[-1].rstrip(")"))
        self.assertLessEqual(not_at / found, 1.05)
        self.assertGreaterEqual(self.share(found), 0.9)
        self.assertLess(self.share(not_at), 0.9)
        times = {file: file.stat().st_mtime_ns for file in (self.folder / "out").glob("rate-*.json")}
        self.assertGreater(len(times), 3)
        self.assertEqual(self.search("-o", "out", "--from", 5, "--to", 2000, "--share", 0.9, "--within", 0.05)[1], out)
        self.assertEqual({file: file.stat().st_mtime_ns for file in (self.folder / "out").glob("rate-*.json")}, times)

    def test_all_or_none_are_good_enough(self):
        code, out, _ = self.search("-o", "out", "--from", 1, "--to", 2)
        self.assertEqual(code, 0)
        self.assertIn("objectives are kept at 2 requests/s, the highest rate that was tried\n", out)
        code, _, err = self.search("-o", "none", "--set", "serving.slo={ttft_s: 1e-6}")
        self.assertEqual((code, err), (1, "highest_rate: objectives are not kept at 0.1 requests/s; expected a lower rate "
                                          "for --from\n"))

    def test_messages(self):
        self.assertEqual(self.search("-o", "out", "--from", 3, "--to", 2)[::2],
                         (2, "highest_rate: --from 3 --to 2; expected a lower rate and a higher one\n"))
        self.assertEqual(self.search("-o", "out", "--share", 0)[::2],
                         (2, "highest_rate: argument --share: '0'; expected a share above 0 and at most 1\n"))
        self.assertEqual(self.search("-o", "out", "--to", "inf")[::2],
                         (2, "highest_rate: argument --to: 'inf'; expected a rate above 1e-06 and at most 1e+06\n"))
        self.search("-o", "out", "--from", 1, "--to", 2)
        self.assertEqual(self.search("-o", "out", "--set", "serving.async=false")[::2],
                         (2, "highest_rate: out: is of another search: scenario, settings or program have changed; "
                             "expected a new folder\n"))
        self.assertEqual(self.search("-o", ".")[::2],
                         (2, "highest_rate: .: has other files; expected a new folder, or one of a search\n"))
        self.assertEqual(self.search("-o", "no", "--set", "serving.slot=1")[0], 2)
        self.scenario.write_text(SCENARIO.replace("slo: {tpot_s: 0.003}, ", ""), encoding="utf-8")
        self.assertEqual(self.search("-o", "free")[::2],
                         (2, "highest_rate: DIR/s.yaml: serving.slo: missing; expected objectives to keep\n"))


if __name__ == "__main__":
    unittest.main()
