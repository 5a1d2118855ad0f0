"""--where: which rows a condition chooses, of a sweep and of its table, and what is said of those that cannot."""

import random
import sys
import unittest

from plots import PlotTest, table
from sweeps import PROJECT, SweepTest

sys.path.insert(0, str(PROJECT / "scripts"))

from basics.conditions import Choice, ConditionError, parse_condition  # noqa: E402

COLUMNS = ["a", "b", "case", "mapping.default"]
ROW = {"a": "8", "b": "", "case": "two chips", "mapping.default": "dimm[0..3]"}
TRUE = ("a = 8", "a == 8.0", "a=8", "a != 7", "a > 7", "a >= 8", "a < 9", "a <= 8", "case = 'two chips'", 'case="two chips"',
        "a in (1, 8)", "a not in (1, 2)", "not a = 7", "a = 8 and case != x", "a = 7 or a = 8", "(a = 7 or a = 8) and a > 1",
        "a = 7 and a = 6 or a = 8", "not (a = 7 and a = 8)", "not not a = 8", "b = ''", "b != 1", "mapping.default = 'dimm[0..3]'",
        "mapping.default = dimm[0..3]", "'a' = 8", "a = a", "a != b", "a = 0.8e1")
FALSE = ("a = 7", "a != 8", "a > 8", "a < 8", "b < 1", "b >= 1", "a < b", "a in (1, 2)", "not a in (8)", "a = 8 and a = 7",
         "a = 8 and (a = 7 or a = 6)", "a = b", "case = two")
ERRORS = {
    "": "ends too early; expected a column",
    "a": "ends too early; expected one of = != < <= > >= in",
    "a =": "ends too early; expected a value or a column",
    "= 1": "'=' at character 1; expected a column",
    "a = 1 2": "'2' at character 7; expected and, or, or the end",
    "a = 'x": "a quote without its end at character 5; expected a column, a value or a sign",
    "a ! 1": "'! 1' at character 3; expected a column, a value or a sign",
    "a = 1 and": "ends too early; expected a column",
    "a = 1 or or": "'or' at character 10; expected a column",
    "a = and": "'and' at character 5; expected a value or a column",
    "a not 1": "'1' at character 7; expected in",
    "a in 1": "'1' at character 6; expected (",
    "a in ()": "')' at character 7; expected a value",
    "a in (1": "ends too early; expected , or )",
    "a in (1 2)": "'2' at character 9; expected , or )",
    "(a = 1": "ends too early; expected and, or, or )",
    "a = 1)": "')' at character 6; expected and, or, or the end",
    "c = 1": "no column 'c'; expected one of a, b, case, mapping.default",
    "mapping.defualt = 1": "no column 'mapping.defualt'; did you mean 'mapping.default'?",
    "__import__('os')": "no column '__import__'; expected one of a, b, case, mapping.default",
    "(" * 60 + "a = 1" + ")" * 60: "nested deeper than 50 levels",
    "not " * 60 + "a = 1": "nested deeper than 50 levels",
    "a" * 10001: "10001 characters; expected at most 10000",
}


class Conditions(unittest.TestCase):
    def test_true_and_false(self):
        for texts, expected in ((TRUE, True), (FALSE, False)):
            for text in texts:
                with self.subTest(text):
                    self.assertIs(parse_condition(text, COLUMNS).fulfils(ROW), expected)

    def test_errors(self):
        for text, expected in ERRORS.items():
            with self.subTest(text[:40]), self.assertRaises(ConditionError) as caught:
                parse_condition(text, COLUMNS)
            self.assertEqual(str(caught.exception), expected)

    def test_texts_have_no_order(self):
        for text, expected in (("a < x", "'x' is no number; expected numbers beside <"),
                               ("case >= 1", "'two chips' in case is no number; expected numbers beside >="),
                               ("a > case", "'two chips' in case is no number; expected numbers beside >"),
                               ("a < inf", "'inf' is no number; expected numbers beside <")):
            with self.subTest(text), self.assertRaises(ConditionError) as caught:
                parse_condition(text, COLUMNS).fulfils(ROW)
            self.assertEqual(str(caught.exception), expected)

    def test_as_python_would(self):
        """Random conditions of and, or, not and brackets: precedence is Python's."""
        dice = random.Random(3)

        def made(depth):
            if depth == 0 or dice.random() < 0.2:
                return f"a {dice.choice(('<', '<=', '>', '>=', '==', '!='))} {dice.randint(0, 9)}"
            kind = dice.choice(("and", "or", "not", "()"))
            if kind == "not":
                return f"not {made(0)}"
            return f"({made(depth - 1)})" if kind == "()" else f"{made(depth - 1)} {kind} {made(depth - 1)}"
        for _ in range(500):
            text = made(4)
            for a in (0, 4, 9):
                self.assertIs(parse_condition(text, ["a"]).fulfils({"a": str(a)}), eval(text, {"a": a}), text)

    def test_alternatives(self):
        values = {"a": ["1", "2", "x y"], "b": ["1", "2"]}
        rows = [{"a": a, "b": b} for a in values["a"] for b in values["b"]]
        for texts, expected in (((), rows), (("a=1", "a=x y"), [row for row in rows if row["a"] != "2"]),
                                (("a=1", "b=2"), [{"a": "1", "b": "2"}]),
                                (("b > 1", "a in (1, 2)"), [{"a": "1", "b": "2"}, {"a": "2", "b": "2"}]),
                                (("a=1", "a=2", "b != 1"), [{"a": "1", "b": "2"}, {"a": "2", "b": "2"}])):
            self.assertEqual([row for row in rows if Choice(texts, values).fulfils(row)], expected)
        for text, expected in (("a=3", "no row has a=3; expected one of 1, 2, x y"),
                               ("a=x z", "no row has a=x z; expected one of 1, 2, x y"),
                               ("b = 1 and a in (1, 4)", "no row has a=4; expected one of 1, 2, x y"),
                               ("a", "'a': ends too early; expected one of = != < <= > >= in")):
            with self.subTest(text), self.assertRaises(ConditionError) as caught:
                Choice([text], values)
            self.assertEqual(str(caught.exception), expected)


class OfASweep(SweepTest):
    def chosen(self, *conditions, **options):
        words = [word for condition in conditions for word in ("--where", condition)]
        return self.swept("sweep.yaml", *words, **options)

    def dry(self, condition):
        return self.swept("sweep.yaml", "--dry-run", "--where", condition)

    def test_points(self):
        self.sweep_file()
        program = self.counting_program()
        said = self.chosen("workload.batch >= 2", "workload.dtype=int8", program=program)
        self.assertIn("2 points, 0 done already, 2 to run\n", said)
        self.assertEqual([(row["point"], row["workload.batch"], row["workload.dtype"]) for row in self.rows()],
                         [("2", "2", "int8"), ("4", "4", "int8")])
        self.assertEqual(self.query("SELECT value FROM sweep WHERE name = 'where'"),
                         [("workload.batch >= 2\nworkload.dtype=int8",)])
        self.assertIn("6 points, 2 done already, 4 to run\n", self.swept("sweep.yaml", program=program))
        self.assertEqual([row["point"] for row in self.rows()], list("012345"))
        self.assertEqual(len(self.started()), 6)
        self.assertEqual(self.query("SELECT value FROM sweep WHERE name = 'where'"), [])

    def test_a_point_that_fails_has_its_number(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, x]}\n")
        outcome = self.sweep("sweep.yaml", "--where", "point > 0", "--keep-going")
        self.assertEqual(outcome.code, 1)
        self.assertRegex(outcome.err, r"\Asweep: point 2 failed \(workload\.batch=x\): [^\n]+\n\Z")
        self.assertEqual([(row["point"], row["status"]) for row in self.rows()], [("1", "ok"), ("2", "failed")])

    def test_cases(self):
        self.sweep_file("base: small.yaml\ncases: [{case: one chip, workload.batch: 1}, {case: b, workload.dtype: int8}]\n")
        self.assertEqual(self.dry("case=one chip").splitlines()[-1], "1 point")
        self.assertEqual(self.dry("workload.batch = ''").splitlines()[-1], "1 point")

    def test_messages(self):
        self.sweep_file()
        for condition, expected in (
                ("workload.bach=1", "no column 'workload.bach'; did you mean 'workload.batch'?"),
                ("workload.batch=3", "no row has workload.batch=3; expected one of 1, 2, 4"),
                ("time_s < 1", "'time_s' is a result; expected swept keys, or scripts/plot --where, which takes results too"),
                ("workload.dtype < 1", "'int8' in workload.dtype is no number; expected numbers beside <"),
                ("workload.batch", "'workload.batch': ends too early; expected one of = != < <= > >= in"),
                ("workload.batch > 4", "none of 6 points has all of workload.batch > 4")):
            with self.subTest(condition):
                self.check_refused(self.sweep("sweep.yaml", "--where", condition), f"--where: {expected}")
        self.assertFalse((self.folder / "sweep.results").exists())


class OfATable(PlotTest):
    def test_results_and_swept_columns(self):
        self.write("r.csv", table())
        _, texts = self.picture("line", "-x", "workload.batch", "-y", "time_s", "--by", "case", "--where",
                                "workload.batch <= 2 and time_s > 0")
        self.assertIn("workload.batch <= 2 and time_s > 0", texts)


if __name__ == "__main__":
    unittest.main()
