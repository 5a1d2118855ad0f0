"""The shipped sweeps run whole, and the commands that their comments show draw them."""

import re
import shlex
import unittest

from plots import PlotTest
from sweeps import PROJECT, SCENARIOS

from program import unless_sanitized

SHIPPED = sorted((SCENARIOS / "sweeps").glob("*.yaml"))


class Shipped(PlotTest):
    @unless_sanitized
    def test_sweeps_and_their_plots(self):
        self.assertEqual(["llama-2-70b_dimms", "llama-2-7b_devices-batch", "llama-3.1-8b_rates-gpus",
                          "llama-3.1-8b_rates", "phones_data-types"],
                         [path.stem for path in SHIPPED])
        for path in SHIPPED:
            with self.subTest(path.stem):
                self.swept(path)
                rows = self.rows(f"{path.stem}.results")
                self.assertEqual({"ok"}, {row["status"] for row in rows})
                commands = re.findall(r"^#   scripts/plot (.*)$", path.read_text(), re.MULTILINE)
                self.assertGreaterEqual(len(commands), 2)
                for number, command in enumerate(commands):
                    outcome = self.plot(*shlex.split(command), "-o", f"{path.stem}-{number}")
                    self.assertEqual((0, "", ""), outcome, command)
                    self.assertTrue((self.folder / f"{path.stem}-{number}.svg").exists())

    @unless_sanitized
    def test_costs_and_their_plots(self):
        """The front of cost and latency, and phones. The figures of losses.yaml are tests of docs/cost.md."""
        for name, points in (("servers", 16), ("phones", 8)):
            with self.subTest(name):
                path = SCENARIOS / "cost" / f"{name}.yaml"
                self.swept(path)
                rows = self.rows(f"{name}.results")
                self.assertEqual([("ok", True)] * points,
                                 [(row["status"], float(row["usd_per_million_tokens"]) > 0) for row in rows])
                command, = re.findall(r"^#   scripts/plot (.*)$", path.read_text(), re.MULTILINE)
                self.assertEqual((0, "", ""), self.plot(*shlex.split(command), "-o", name), command)
                self.assertTrue((self.folder / f"{name}.svg").exists())
                if name == "servers":
                    self.assertIn(f"    scripts/plot {command}\n", (PROJECT / "docs" / "cost.md").read_text())


if __name__ == "__main__":
    unittest.main()
