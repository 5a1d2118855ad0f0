"""The shipped sweeps run whole, and the commands that their comments show draw them."""

import re
import shlex
import unittest

from plots import PlotTest
from sweeps import SCENARIOS

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


if __name__ == "__main__":
    unittest.main()
