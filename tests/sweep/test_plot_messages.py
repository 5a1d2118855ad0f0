"""scripts/plot: what it says of tables and options that cannot be drawn."""

import os
import resource
import unittest

from plots import HEADER, ROWS, PlotTest, failed, row, table

LINE = ("line", "r.csv", "-x", "workload.batch", "-y", "time_s")
SWEPT = "case, workload.batch, workload.dtype"


class Tables(PlotTest):
    def check(self, text, expected):
        self.write("r.csv", text)
        self.says(f"r.csv: {expected}", *LINE, "--by", "case")

    def test_no_file(self):
        self.says("no.csv: no such file", "line", "no.csv", "-x", "a", "-y", "b")
        self.says(f"{self.folder}: Is a directory", "line", self.folder, "-x", "a", "-y", "b")

    def test_no_table_of_a_sweep(self):
        self.check("", "empty; expected a CSV file of scripts/sweep")
        self.check(bytes([0x80, 0x81]), "no text; expected a CSV file of scripts/sweep")
        self.check("a,b\n1,2\n", "line 1: no column 'point'; expected a CSV file of scripts/sweep")
        self.check("point,time_s,time_s,status,error\n", "line 1: two columns 'time_s'; expected different names")
        self.check(table([]), "no rows below the header; expected one for each point of a sweep")

    def test_cut_off_anywhere(self):
        whole = table()
        end_of_header = len(whole.splitlines()[0])
        for end in range(1, len(whole) - 1, 29):
            self.write("r.csv", whole[:end])
            code, out, err = self.plot(*LINE, "--by", "case")
            with self.subTest(end=end):
                # Whole rows are as good as a sweep of fewer points.
                if whole[end - 1] != "\n" and end != end_of_header and whole[end] != "\n":
                    self.assertEqual((2, ""), (code, out))
                    self.assertRegex(err, r"\Aplot: r\.csv: [^\x00-\x1f]+\n\Z")
        self.check(table()[:-20], "line 7: fields: 10; expected 14; is the file cut off?")
        self.check(table()[:len(table().splitlines()[0]) - 1],
                   "line 1: no column 'error'; expected a CSV file of scripts/sweep")
        self.check(table() + '6,"chip', "line 8: no CSV: unexpected end of data; is the file cut off?")

    def test_no_number(self):
        for bad in ("fast", "nan", "inf"):
            self.check(table([*ROWS[:2], row(2, "chip", 4, "int8", bad, 1.0)]),
                       f"line 4: time_s: '{bad}' is no number; expected one, since it is drawn along an axis")
        self.write("r.csv", table())
        self.says("r.csv: line 2: case: 'chip' is no number; expected one, since it is drawn along an axis",
                  "line", "r.csv", "-x", "case", "-y", "time_s", "--by", "workload.batch")

    def test_numbers_that_no_axis_can_show(self):
        for bad in ("1e308", "-1e308", "1e61", "1e-61", "5e-324"):
            for more in ((), ("--log-y",)):
                self.write("r.csv", table([*ROWS[:2], row(2, "chip", 4, "int8", bad, 1.0)]))
                self.says(f"r.csv: line 4: time_s: {bad} cannot be drawn; expected 0 or a number from 1e-60 to 1e+60, "
                          "with or without a sign", *LINE, "--by", "case", *more)
        self.write("r.csv", table([*ROWS[:2], row(2, "chip", "9" * 400, "int8", 1.0, 1.0)]))
        self.says(f"r.csv: line 4: workload.batch: '{'9' * 40}' is no number; expected one, since it is drawn along an "
                  "axis", *LINE, "--by", "case")

    def test_no_text(self):
        self.check(bytes(range(256)) * 1000, "no text; expected a CSV file of scripts/sweep")
        self.check(bytes(300_000), "line 1: no CSV: field larger than field limit (131072); is the file cut off?")

    def test_nothing_but_failures(self):
        self.check(table([failed(0, "chip", 1, "int8"), failed(1, "chip", 2, "int8", "", "missing")]),
                   "2 of 2 points have no result: 1 failed, 1 missing; nothing to draw: chip: does not fit")

    def test_no_such_numbers(self):
        self.check(table([[*ROWS[0][:5], "", *ROWS[0][6:]]]), "no result has time_s: nothing to draw")

    def test_the_same_point_twice(self):
        self.check(table([*ROWS, ROWS[1]]), "lines 3 and 8 are the same point of the sweep")


class Options(PlotTest):
    def test_no_such_column(self):
        self.says("argument -y: r.csv has no column 'decode_token_per_s'; did you mean 'decode_tokens_per_s'?",
                  "line", "r.csv", "-x", "workload.batch", "-y", "decode_token_per_s")
        self.says("argument -x: r.csv has no column 'batch'; did you mean 'workload.batch'?",
                  "line", "r.csv", "-x", "batch", "-y", "time_s")
        self.says(f"argument --by: r.csv has no column 'xyz'; expected one of {SWEPT}", *LINE, "--by", "xyz")
        self.says(f"argument --by: r.csv has no column ''; expected one of {SWEPT}", *LINE, "--by", "case,")
        for option in ("-x", "-y"):
            other = {"-x": "-y", "-y": "-x"}[option]
            self.says(f"argument {option}: r.csv has no column 'time'; did you mean 'time_s'?", "pareto", "r.csv",
                      option, "time", other, "energy_J")
        self.says("argument --label: r.csv has no column 'cases'; did you mean 'case'?",
                  "pareto", "r.csv", "-x", "time_s", "-y", "energy_J", "--label", "cases")

    def test_columns_of_the_other_kind(self):
        self.says("argument -y: 'workload.batch' is a swept column; expected a result",
                  "line", "r.csv", "-x", "workload.batch", "-y", "workload.batch")
        self.says(f"argument -x: 'energy_J' is a result; expected a swept column: {SWEPT}",
                  "line", "r.csv", "-x", "energy_J", "-y", "time_s")

    def test_columns_that_vary_unaccounted_for(self):
        self.says("r.csv: the rows differ in case, too; expected --by case or --where case=…", *LINE)
        self.write("r.csv", table([*ROWS, row(6, "chip", 1, "int4", 1.0, 1.0)]))
        self.says("r.csv: the rows differ in case and workload.dtype, too; expected --by case or --where case=…", *LINE)
        self.says("r.csv: the rows differ in workload.dtype, too; expected --by workload.dtype or "
                  "--where workload.dtype=…", *LINE, "--by", "case")
        self.says("r.csv: the rows differ in workload.dtype, too; expected --where workload.dtype=…",
                  "bar", "r.csv", "--by", "case,workload.batch", "-y", "time_s")

    def test_a_point_that_failed_counts_among_what_varies(self):
        self.write("r.csv", table([*ROWS[:3], failed(3, "chip", 1, "int4")]))
        self.says("r.csv: the rows differ in workload.dtype, too; expected --by workload.dtype or "
                  "--where workload.dtype=…", *LINE)

    def test_bad_where(self):
        self.says("argument --where: 'case': ends too early; expected one of = != < <= > >= in", *LINE, "--where", "case")
        self.says("argument --where: '=1': '=' at character 1; expected a column", *LINE, "--where", "=1")
        self.says("argument --where: 'chip' in case is no number; expected numbers beside >", *LINE, "--where", "case > 1")
        self.says("argument --where: r.csv has no column 'cas'; did you mean 'case'?", *LINE, "--where", "cas=chip")
        self.says("argument --where: no row has case=disk; expected one of chip, card", *LINE, "--where", "case=disk")
        self.says("r.csv: no row has all of time_s < 0", *LINE, "--where", "time_s < 0")
        self.write("r.csv", table([*ROWS, row(6, "card", 8, "int4", 1.0, 1.0)]))
        self.says("r.csv: no row has all of case=chip, workload.dtype=int4", *LINE, "--where", "case=chip", "--where",
                  "workload.dtype=int4")
        self.write("r.csv", table([row(n, "chip", n + 1, "int8", 1.0, 1.0) for n in range(9)]))
        self.says("argument --where: no row has workload.batch=0; expected one of 1, 2, 3, 4, 5, 6, 7, 8, …", *LINE,
                  "--where", "workload.batch=0")

    def test_unwritable_output(self):
        self.says("no/a.png: cannot be written: No such file or directory", *LINE, "--by", "case", "-o", "no/a")
        (self.folder / "b.svg").mkdir()
        self.says("b.svg: cannot be written: Is a directory", *LINE, "--by", "case", "-o", "b")

    def test_output_that_is_no_name(self):
        self.says("argument -o: '-': a picture is a file; expected the beginning of a file's name", *LINE, "--by", "case", "-o", "-")
        for prefix in ("", "no/", "/"):
            self.says(f"argument -o: '{prefix}' ends in no name; expected the beginning of a file's name", *LINE, "--by",
                      "case", "-o", prefix)
        os.mkfifo(self.folder / "p.svg")
        self.says("p.svg: a pipe; expected a file to write", *LINE, "--by", "case", "-o", "p")

    def test_output_that_is_the_table(self):
        (self.folder / "t.png").symlink_to("r.csv")
        self.says("t.png: is what is to be drawn; expected another name with -o", *LINE, "--by", "case", "-o", "t")

    def test_a_full_disk(self):
        code, out, err = self.plot(*LINE, "--by", "case", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                                               (9999, 9999)))
        self.assertEqual((code, out, err), (2, "", "plot: r-line.png: cannot be written: File too large\n"))
        self.assertEqual(sorted(path.name for path in self.files()), ["model.json", "r.csv", "small.yaml"])

    def test_options_that_do_not_go_together(self):
        self.says("argument --by: 'workload.batch' is on the x axis already", *LINE, "--by", "workload.batch")
        self.says("argument -y: 'time_s' is on the x axis already", "pareto", "r.csv", "-x", "time_s", "-y", "time_s")
        self.says("argument --log-y: stacked bars have no logarithmic axis; expected one or the other",
                  "bar", "r.csv", "--by", "case,workload.batch", "-y", "energy_parts", "--log-y")
        self.says("argument --stacked: time_s and energy_J have different units; expected one",
                  "bar", "r.csv", "--by", "case,workload.batch", "-y", "time_s,energy_J", "--stacked")
        self.says("argument -y: 'time_s' twice; expected different results",
                  "bar", "r.csv", "--by", "case", "-y", "time_s,time_s")
        self.says("argument --by: 3 columns; expected one, or two: categories and bars within each",
                  "bar", "r.csv", "--by", "case,workload.batch,workload.dtype", "-y", "time_s")
        self.says("argument -x or -y: nobody knows whether more of 'events' is better; expected --more events or "
                  "--less events", "pareto", "r.csv", "-x", "time_s", "-y", "events")

    def test_no_parts_of_the_energy(self):
        columns = [n for n, name in enumerate(HEADER) if not name.startswith("energy_") or name == "energy_J"]
        self.write("r.csv", table([[texts[n] for n in columns] for texts in ROWS], [HEADER[n] for n in columns]))
        self.says("argument -y: r.csv has no parts of the energy; expected columns such as energy_compute_J",
                  "bar", "r.csv", "--by", "case,workload.batch", "-y", "energy_parts")

    def test_logarithms_of_nothing(self):
        self.write("r.csv", table([*ROWS, row(6, "chip", 8, "int8", 0.0, 1.0)]))
        self.says("r.csv: line 8: time_s: 0.0 is not on a logarithmic axis; expected numbers above 0", *LINE, "--by",
                  "case", "--log-y")

    def test_too_much_to_read(self):
        self.write("r.csv", table([row(n, f"device {n}", 1, "int8", 1.0, 1.0) for n in range(121)]))
        self.says("r.csv: 121 groups, too many to tell apart; expected at most 24: fewer columns with --by, or some of "
                  "the rows with --where", *LINE, "--by", "case")
        self.says("r.csv: 121 bars, too many to read; expected at most 120: some of the rows with --where",
                  "bar", "r.csv", "--by", "case", "-y", "time_s")
        self.says("argument -y: 5 plots below each other; expected at most 4", "bar", "r.csv", "--by", "case", "-y",
                  "time_s,energy_J,decode_tokens_per_s,moved_host_to_device_B,events")

    def test_usage(self):
        self.says("the following arguments are required: KIND")
        self.says("the following arguments are required: -x, -y", "line", "r.csv")
        self.says("argument KIND: invalid choice: 'parteo' (choose from 'line', 'bar', 'pareto', 'latency', 'goodput', 'errors', 'tornado'); "
                  "did you mean 'pareto'?", "parteo", "r.csv")
        self.says("unknown option '--sideways'", *LINE, "--sideways")
        self.says("unknown option '--lgo-x'; did you mean '--log-x'?", *LINE, "--lgo-x")
        self.says("unknown option '--staked'; did you mean '--stacked'?", "bar", "r.csv", "--staked")


if __name__ == "__main__":
    unittest.main()
