"""Ranges in place of lists: which values they stand for, and what is said of those that stand for none."""

import math
import random
import sys
import unittest
from fractions import Fraction

from sweeps import PROJECT, SweepTest

sys.path.insert(0, str(PROJECT / "scripts"))

from sweeping.errors import SweepError  # noqa: E402
from sweeping.sweep_file import read_sweep  # noqa: E402

VALUES = {
    "{from: 1, to: 5, step: 1}": "1 2 3 4 5",
    "{from: 64, to: 0, step: -16}": "64 48 32 16 0",
    "{from: -2, to: 2, step: 2}": "-2 0 2",
    "{from: 0.1, to: 0.5, step: 0.1}": "0.1 0.2 0.3 0.4 0.5",
    "{from: 1, to: 2, step: 0.25}": "1.0 1.25 1.5 1.75 2.0",
    "{from: 1.0, to: 3, step: 1}": "1.0 2.0 3.0",
    "{from: 1000000, to: 3000000, step: 1e6}": "1000000 2000000 3000000",
    "{from: 1, to: 256, factor: 2}": "1 2 4 8 16 32 64 128 256",
    "{from: 8, to: 1, factor: 0.5}": "8 4 2 1",
    "{from: 4, to: 9, factor: 1.5}": "4 6 9",
    "{from: 2, to: 0.5, factor: 0.5}": "2.0 1.0 0.5",
    "{from: 1e-9, to: 1e-7, factor: 10}": "1e-9 1e-8 1e-7",
    "{from: 1e-30, to: 1e30, factor: 1e30}": "1e-30 1.0 1e+30",
    "{from: 0, to: 8, count: 5}": "0 2 4 6 8",
    "{from: 0, to: 1, count: 4}": f"0.0 {1 / 3!r} {2 / 3!r} 1.0",
    "{from: 3, to: 1, count: 2}": "3 1",
    "{from: 1, to: 1000, per_decade: 1}": "1 10 100 1000",
    # 10^(1/4) = 1.778, 10^(2/4) = 3.162, 10^(3/4) = 5.623
    "{from: 1.0, to: 128, per_decade: 4}": "1.0 1.778 3.162 5.623 10.0 17.78 31.62 56.23 100.0 128.0",
    "{from: 1, to: 128, per_decade: 4}": "1 2 3 6 10 18 32 56 100 128",
    "{from: 100, to: 1, per_decade: 3}": "100 46 22 10 5 2 1",
    "{from: 3, to: 4, per_decade: 1}": "3 4",
    "{from: 3.33, to: 100, per_decade: 4}": "3.33 5.922 10.53 18.73 33.3 59.22 100.0",
}
WAYS = "expected from, to and one of step, factor, count, per_decade"
END = "expected 0 or a number from 1e-30 to 1e30, with or without a sign"
ERRORS = {
    "{}": f": no 'from'; {WAYS}",
    "{from: 1}": f": no 'to'; {WAYS}",
    "{to: 1, step: 1}": f": no 'from'; {WAYS}",
    "{from: 1, to: 5}": f": no step; {WAYS}",
    "{from: 1, to: 5, step: 1, count: 5}": f": 'step' and 'count'; {WAYS}",
    "{form: 1, to: 5, step: 1}": f": form: unknown key; {WAYS}; did you mean 'from'?",
    "{from: 1, to: 5, log: 1}": f": log: unknown key; {WAYS}",
    "{from: , to: 5, step: 1}": ": from: nothing; expected a number",
    "{from: [1], to: 5, step: 1}": ": from: a list; expected a number",
    "{from: '1', to: 5, step: 1}": ": from: a text; expected a number",
    "{from: one, to: 5, step: 1}": ": from: 'one'; expected a number",
    "{from: 1, to: .inf, step: 1}": ": to: '.inf'; expected a number",
    "{from: 1, to: nan, step: 1}": ": to: 'nan'; expected a number",
    "{from: 0x1, to: 5, step: 1}": ": from: '0x1'; expected a number",
    "{from: 1, to: 1e9999, step: 1}": ": to: '1e9999'; expected a number",
    "{from: 1, to: 1e31, step: 1}": f": to: '1e31'; {END}",
    "{from: 1e-31, to: 1, step: 1}": f": from: '1e-31'; {END}",
    "{from: 1, to: " + "9" * 61 + ", step: 1}": ": to: '" + "9" * 60 + "'; expected a number",
    "{from: 1, to: 1.0, step: 1}": ": to: 1.0 is from, too; expected another number, or a list of one value",
    "{from: 1, to: 5, step: 0}": ": step: '0' never leads from 1 to 5; expected a number above 0",
    "{from: 1, to: 5, step: -1}": ": step: '-1' never leads from 1 to 5; expected a number above 0",
    "{from: 5, to: 1, step: 1}": ": step: '1' never leads from 5 to 1; expected a number below 0",
    "{from: 1, to: 100, step: 7}": ": to: 100 is not reached by whole steps; expected 99 or 106",
    "{from: 1, to: 3, step: 10}": ": to: 3 is not reached by whole steps; expected 11",
    "{from: 0, to: 1, step: 0.3}": ": to: 1 is not reached by whole steps; expected 0.9 or 1.2",
    "{from: 0, to: 1, step: 1e-9}": ": step: makes more than 1000000 values; expected fewer",
    "{from: 1, to: 4, factor: 1.414213562373095}": ": to: 4 is not reached by whole steps; expected another factor, or count or "
                                                   "per_decade in its place",
    "{from: 1, to: 100, factor: 2}": ": to: 100 is not reached by whole steps; expected 64 or 128",
    "{from: 1, to: 4, factor: 1}": ": factor: '1' never leads from 1 to 4; expected a number above 1",
    "{from: 1, to: 4, factor: -2}": ": factor: '-2' never leads from 1 to 4; expected a number above 1",
    "{from: 4, to: 1, factor: 2}": ": factor: '2' never leads from 4 to 1; expected a number above 0 and below 1",
    "{from: 4, to: 1, factor: 0}": ": factor: '0' never leads from 4 to 1; expected a number above 0 and below 1",
    "{from: 0, to: 4, factor: 2}": ": from: '0'; expected a number above 0 with factor",
    "{from: 1, to: 4, factor: 1.000001}": ": factor: makes more than 1000 values; expected a factor further from 1",
    "{from: 1, to: -4, per_decade: 2}": ": to: '-4'; expected a number above 0 with per_decade",
    "{from: 1, to: 4, per_decade: 0}": ": per_decade: '0'; expected a whole number from 1 to 1000",
    "{from: 1, to: 4, per_decade: 1001}": ": per_decade: '1001'; expected a whole number from 1 to 1000",
    "{from: 1, to: 4, count: 1}": ": count: '1'; expected 2 at least, for both ends",
    "{from: 1, to: 4, count: 2.5}": ": count: '2.5'; expected a whole number from 1 to 1000000",
    "{from: 1, to: 4, count: -2}": ": count: '-2'; expected a whole number from 1 to 1000000",
    "{from: 1, to: 4, count: 1000001}": ": count: '1000001'; expected a whole number from 1 to 1000000",
}


class Ranges(SweepTest):
    def texts(self, axis, part="grid"):
        path = self.write("s.yaml", f"base: small.yaml\n{part}:\n  workload.batch: {axis}\n")
        sweep = read_sweep(str(path))
        return [value.text() for value in (sweep.grid or sweep.zipped)[0][1]]

    def test_values(self):
        for axis, expected in VALUES.items():
            with self.subTest(axis):
                self.assertEqual(self.texts(axis), expected.split())
                self.assertEqual(self.texts(axis, "zip"), expected.split())

    def test_errors(self):
        for axis, expected in ERRORS.items():
            with self.subTest(axis), self.assertRaises(SweepError) as caught:
                self.texts(axis)
            self.assertEqual(str(caught.exception), f"{self.folder}/s.yaml:3: grid: workload.batch{expected}")

    def test_laws(self):
        """Both ends are there, values go one way, are different, and steps are equal to the last digit."""
        dice = random.Random(7)
        for _ in range(300):
            low, step, count = dice.randint(-50, 50), dice.choice((-3, -1, 1, 2, 7)), dice.randint(1, 40)
            scale = dice.choice((1, 10, 100))
            one, other, by = (Fraction(number, scale) for number in (low, low + step * count, step))
            said = [f"{float(number):g}" for number in (one, other, by)]
            texts = self.texts(f"{{from: {said[0]}, to: {said[1]}, step: {said[2]}}}")
            self.assertEqual([Fraction(text) for text in texts], [one + n * by for n in range(count + 1)])
        for _ in range(300):
            low, high = sorted(dice.sample(range(1, 5000), 2))
            ends = dice.choice((f"from: {low}, to: {high}", f"from: {low}.0, to: {high}", f"from: {high}, to: {low}"))
            way = dice.choice((f"per_decade: {dice.randint(1, 12)}", f"count: {dice.randint(2, 40)}"))
            values = list(map(float, self.texts(f"{{{ends}, {way}}}")))
            self.assertEqual({values[0], values[-1]}, {low, high})
            self.assertEqual(values, sorted(set(values), reverse=values[0] > values[-1]))
            self.assertTrue(all(map(math.isfinite, values)))

    def test_too_many_points(self):
        path = self.write("s.yaml", "base: small.yaml\ngrid:\n  workload.batch: {from: 1, to: 2000, step: 1}\n"
                                    "  workload.prompt_tokens: {from: 1, to: 1000, step: 1}\n")
        with self.assertRaises(SweepError) as caught:
            read_sweep(str(path))
        self.assertEqual(str(caught.exception), f"{path}:1: 2000000 points; expected at most 1000000")

    def test_zip_needs_as_many(self):
        path = self.write("s.yaml", "base: small.yaml\nzip:\n  workload.batch: {from: 1, to: 4, factor: 2}\n"
                                    "  workload.prompt_tokens: [8, 9]\n")
        with self.assertRaises(SweepError) as caught:
            read_sweep(str(path))
        self.assertEqual(str(caught.exception), f"{path}:4: zip: workload.prompt_tokens: 2 values; expected 3, as "
                         "workload.batch has")

    def test_in_a_sweep(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: {from: 1, to: 4, factor: 2}}\n"
                        "zip: {workload.prompt_tokens: {from: 4, to: 8, step: 4}, workload.output_tokens: [2, 3]}\n")
        self.swept("sweep.yaml")
        self.assertEqual([tuple(row[key] for key in ("workload.prompt_tokens", "workload.output_tokens", "workload.batch"))
                          for row in self.rows()],
                         [("4", "2", "1"), ("4", "2", "2"), ("4", "2", "4"), ("8", "3", "1"), ("8", "3", "2"),
                          ("8", "3", "4")])

    def test_real_numbers_where_whole_ones_are_needed(self):
        self.sweep_file("base: small.yaml\ngrid:\n  workload.batch: {from: 1, to: 2, step: 0.5}\n")
        self.check_refused(self.sweep("sweep.yaml"),
                           *(f"sweep.yaml:3: workload.batch: '{value}'; expected a whole number from 1 to 1000000 (point {n})"
                             for n, value in enumerate(("1.0", "1.5", "2.0"))))


if __name__ == "__main__":
    unittest.main()
