"""What is served beside measurements of real servers: scripts/compare_served.py, and the figures of docs/accuracy.md."""

import json
import statistics
import subprocess
import sys
import unittest

from program import PROGRAM, PROJECT, CliTest

SCRIPT = PROJECT / "scripts" / "compare_served.py"
# How far off, in %, figures of the two runs may be. Nothing was fitted to them.
GOALS = {"ttft mean": 5, "ttft p99": 10, "tpot mean": 3, "tpot p99": 10, "e2e mean": 3, "e2e p99": 10, "makespan": 3}


def compare(*options):
    return subprocess.run([sys.executable, "-B", SCRIPT, "--program", PROGRAM, *options], encoding="utf-8",
                          capture_output=True, check=False)


def off(pair):
    measured, simulated = pair
    return 100 * (simulated / measured - 1)


class ServedRuns(CliTest):
    def tables(self, *names):
        path = self.folder / "tables.json"
        done = compare("--json", str(path), *names)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(path.read_text()), done.stdout

    def test_two_runs_of_300_requests(self):
        tables, printed = self.tables("runs")
        documented = (PROJECT / "docs" / "accuracy.md").read_text()
        self.assertEqual(set(tables["runs"]), {"RTX4090", "RTX_PRO_6000_Blackwell_Server"})
        for device, figures in tables["runs"].items():
            self.assertEqual(set(figures), set(GOALS))
            for name, pair in figures.items():
                self.assertLess(abs(off(pair)), GOALS[name], f"{device} {name}")
        for row in printed.strip().split("\n"):
            self.assertTrue(row in documented, f"docs/accuracy.md lacks {row}")
        # Of the files themselves.
        self.assertAlmostEqual(tables["runs"]["RTX4090"]["ttft mean"][0], 65.457, places=3)
        self.assertAlmostEqual(tables["runs"]["RTX_PRO_6000_Blackwell_Server"]["ttft mean"][0], 7.097, places=3)

    def test_stages_of_constant_rate(self):
        rows = self.tables("inference_perf")[0]["inference_perf"]
        self.assertEqual(len(rows), 10)  # of 12, two are overload
        for key, most in (("ttft_ms", 18), ("tpot_ms", 10), ("e2e_ms", 10)):
            self.assertLess(statistics.median(abs(off(row[key])) for row in rows), most, key)

    def test_medians_and_percentiles_by_hand(self):
        """The summary's medians, of three rows by hand: |errors| 10, 20, 40, errors -10, 20, 40 %."""
        sys.path.insert(0, str(SCRIPT.parent))
        self.addCleanup(sys.path.remove, str(SCRIPT.parent))
        import compare_served
        table = [{"x_ms": (100, 90)}, {"x_ms": (100, 120)}, {"x_ms": (10, 14)}]
        errors = compare_served.errors_of(table, "x_ms")
        self.assertAlmostEqual(statistics.median(map(abs, errors)), 20)
        self.assertAlmostEqual(statistics.median(errors), 20)
        # Of 1, 2, 3, 4: three quarters of the way from the first to the last is 3.25.
        self.assertAlmostEqual(compare_served.percentile([4, 2, 1, 3], 0.75), 3.25)

    def test_a_table_that_is_none(self):
        done = compare("run")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no table run; expected runs, inference_perf, closed_loops, batches", done.stderr)


if __name__ == "__main__":
    unittest.main()
