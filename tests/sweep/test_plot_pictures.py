"""scripts/plot: what stands in the pictures, read back from the SVG."""

import math
import unittest

from plots import ROWS, PlotTest, by_id, failed, places, row, table, ticks


def number_at(scale, place, is_log):
    """The number at a place of an axis whose ticks are `scale`."""
    (a, first), (b, last) = scale[0], scale[-1]
    share = (place - a) / (b - a)
    return first * (last / first) ** share if is_log else first + share * (last - first)


def heights_of(path):
    """The y of each corner of an SVG path of straight lines."""
    return [float(corner.split()[1]) for corner in path.replace("z", "").replace("M", "L").split("L") if corner.strip()]


class Lines(PlotTest):
    def test_markers_stand_at_the_numbers_of_the_table(self):
        for options in ((), ("--log-x", "--log-y")):
            with self.subTest(options):
                root, texts = self.picture("line", "-x", "workload.batch", "-y", "time_s", "--by", "case", *options)
                self.assertLessEqual({"Time against batch size", "batch size", "time (ms)", "chip", "card"}, set(texts))
                for line, expected in (("line-0", [(1, 4.0), (2, 5.0), (4, 8.0)]),
                                       ("line-1", [(1, 2.0), (2, 2.1), (4, 2.5)])):
                    drawn = [(number_at(ticks(root, "x"), x, options), number_at(ticks(root, "y"), y, options))
                             for x, y in places(by_id(root, line))]
                    self.assertEqual(len(expected), len(drawn))
                    for (x, y), (drawn_x, drawn_y) in zip(expected, drawn):
                        self.assertTrue(math.isclose(x, drawn_x, rel_tol=1e-4), (x, drawn_x))
                        self.assertTrue(math.isclose(y, drawn_y, rel_tol=1e-4), (y, drawn_y))

    def test_names_of_lines_stand_at_their_ends(self):
        root, _ = self.picture("line", "-x", "workload.batch", "-y", "time_s", "--by", "case")
        for number, name in ((0, "chip"), (1, "card")):
            (text,) = [one for one in by_id(root, f"name-{number}")[0].iter() if one.tag.endswith("text")]
            self.assertEqual(name, text.text)
        self.assertEqual([], [one for one in root.iter() if one.get("id", "").startswith("legend")])
        self.write("r.csv", table(ROWS).replace("chip", "n$300"))
        root, _ = self.picture("line", "-x", "workload.batch", "-y", "time_s", "--by", "case")
        (text,) = [one for one in by_id(root, "name-0")[0].iter() if one.tag.endswith("text")]
        self.assertEqual("n$300", text.text)
        # A line that ends earlier, and names that are long, have a legend.
        self.write("r.csv", table(ROWS[:-1]))
        root, _ = self.picture("line", "-x", "workload.batch", "-y", "time_s", "--by", "case")
        self.assertEqual(1, len([one for one in root.iter() if one.get("id", "").startswith("legend")]))

    def test_swept_powers_of_two_are_the_ticks(self):
        rows = [row(n, "chip", 2**n, "int8", 1.0, 1.0, 50 * 2**n) for n in range(9)]
        self.write("r.csv", table(rows))
        root, _ = self.picture("line", "-x", "workload.batch", "-y", "decode_tokens_per_s", "--log-x", "--log-y")
        self.assertEqual([1, 2, 4, 8, 16, 32, 64, 128, 256], [number for _, number in ticks(root, "x")])

    def test_names_of_its_own(self):
        _, texts = self.picture("line", "-x", "workload.batch", "-y", "energy_J", "--by", "case", "--title", "$5 each$",
                                "--x-label", "users", "--y-label", "cost", "-o", "mine.png", prefix="mine")
        self.assertLessEqual({"$5 each$", "users", "cost (J)"}, set(texts))
        _, texts = self.picture("line", "-x", "workload.batch", "-y", "energy_J", "--by", "case", "--title", "")
        self.assertNotIn("Energy against batch size", texts)

    def test_pdf_where_it_is_named(self):
        pdf = self.folder / "mine.pdf"
        self.picture("line", "-x", "workload.batch", "-y", "energy_J", "--by", "case")
        self.assertEqual([], list(self.folder.glob("*.pdf")))
        for _ in range(2):
            self.picture("line", "-x", "workload.batch", "-y", "energy_J", "--by", "case", "-o", "mine.pdf", prefix="mine")
            whole = pdf.read_bytes()
            self.assertTrue(whole.startswith(b"%PDF-") and whole.rstrip().endswith(b"%%EOF"))
            self.assertNotIn(b"CreationDate", whole)
            self.assertNotIn(b"/Type3", whole)  # letters that a search finds

    def test_only_what_was_asked_for(self):
        self.write("r.csv", table([*ROWS, row(6, "card", 8, "int4", 0.1, 1.0)]))
        root, texts = self.picture("line", "-x", "workload.batch", "-y", "time_s", "--by", "case", "--where",
                                   "workload.dtype=int8", "--where", "workload.batch=1", "--where",
                                   "workload.batch=4.0")
        self.assertEqual(2, len(places(by_id(root, "line-0"))))
        self.assertIn("data type int8, batch size 1 or 4", texts)

    def test_points_without_a_result_are_gaps_and_counted(self):
        rows = [*ROWS[:1], failed(1, "chip", 2, "int8"), *ROWS[2:5], failed(5, "card", 4, "int8", "", "missing")]
        self.write("r.csv", table(rows))
        root, _ = self.picture("line", "-x", "workload.batch", "-y", "time_s", "--by", "case",
                               notes=["2 of 6 points have no result: 1 failed, 1 missing"])
        self.assertEqual([2, 2], [len(places(by_id(root, f"line-{n}"))) for n in (0, 1)])
        drawn = by_id(root, "line-0")[0].get("d")
        self.assertEqual(0, drawn.count("L"), "no line leads over the gap")

    def test_results_without_the_number_are_left_out_and_counted(self):
        rows = [list(texts) for texts in ROWS]
        rows[0][7] = ""
        self.write("r.csv", table(rows))
        root, _ = self.picture("line", "-x", "workload.batch", "-y", "decode_tokens_per_s", "--by", "case", notes=[
            "1 of 6 results has no decode_tokens_per_s and is left out"])
        self.assertEqual(2, len(places(by_id(root, "line-0"))))


class Bars(PlotTest):
    def test_heights_are_the_numbers_of_the_table(self):
        root, texts = self.picture("bar", "--by", "case,workload.batch", "-y", "time_s")
        self.assertLessEqual({"Time by batch size", "time (ms)", "chip", "card", "batch size", "1", "2", "4"},
                             set(texts))
        scale = ticks(root, "y")
        for category, heights in enumerate(((4.0, 5.0, 8.0), (2.0, 2.1, 2.5))):
            for place, height in enumerate(heights):
                path = by_id(root, f"bar-{place}-{category}-{place}")[0].get("d")
                top = min(heights_of(path))
                self.assertTrue(math.isclose(height, number_at(scale, top, False), rel_tol=1e-4))
        self.assertLessEqual({"4.00", "5.00", "8.00", "2.00", "2.10", "2.50"}, set(texts))

    def test_parts_of_the_energy_are_stacked(self):
        self.write("r.csv", table(ROWS[::3]))
        for metrics in ("energy_parts", "energy_main_mem_J,energy_compute_J"):
            root, texts = self.picture("bar", "--by", "case", "-y", metrics)
            self.assertLessEqual({"Energy by part", "memory", "arithmetic", "energy (mJ)", "750"}, set(texts))
            self.assertNotIn("idle", texts, "a part that is 0 everywhere")
            scale = ticks(root, "y")
            for part, (bottom, top) in enumerate(((0, 500), (500, 750))):
                ends = sorted(heights_of(by_id(root, f"bar-{part}-1-0")[0].get("d")))
                self.assertTrue(math.isclose(top, number_at(scale, ends[0], False), rel_tol=1e-4))
                self.assertTrue(math.isclose(bottom, number_at(scale, ends[-1], False), rel_tol=1e-4, abs_tol=0.01))

    def test_stacks_by_two_columns_name_both(self):
        _, texts = self.picture("bar", "--by", "case,workload.batch", "-y", "energy_parts")
        self.assertEqual([2, 2, 2], [texts.count(batch) for batch in "124"])
        self.assertLessEqual({"Energy by part and batch size", "chip", "card"}, set(texts))

    def test_results_of_different_units_are_below_each_other(self):
        self.write("r.csv", table(ROWS[::3]))
        _, texts = self.picture("bar", "--by", "case", "-y", "time_s,energy_J")
        self.assertLessEqual({"Time and energy", "time (ms)", "energy (J)"}, set(texts))

    def test_stacked_on_request(self):
        self.write("r.csv", table(ROWS[::3]))
        _, texts = self.picture("bar", "--by", "case", "-y", "energy_J,energy_main_mem_J", "--stacked")
        self.assertIn("8.50", texts)  # 8.0 + 0.5

    def test_a_point_without_a_result_is_marked(self):
        self.write("r.csv", table([*ROWS[:5], failed(5, "card", 4, "int8")]))
        _, texts = self.picture("bar", "--by", "case,workload.batch", "-y", "time_s",
                                notes=["1 of 6 points has no result: 1 failed"])
        self.assertEqual(1, texts.count("×"))
        self.assertIn("×: no result", texts)


class Pareto(PlotTest):
    def test_the_front_and_its_names(self):
        root, texts = self.picture("pareto", "-x", "time_s", "-y", "energy_J", "--by", "case")
        self.assertLessEqual({"Time and energy", "time (ms), less is better", "energy (J), less is better",
                              "Pareto front", "labels of the points on the front: batch size"}, set(texts))
        # Of (4, 2), (5, 2.5), (8, 3), (2, 8), (2.1, 9), (2.5, 12): only (4, 2) and (2, 8) are not beaten.
        self.assertEqual(1, len(places(by_id(root, "front-points-0"))))
        self.assertEqual(1, len(places(by_id(root, "front-points-1"))))
        labels = ["".join(by_id(root, f"label-{n}").itertext()).strip() for n in range(2)]
        self.assertEqual(["1", "1"], labels)

    def test_more_tokens_are_better(self):
        root, texts = self.picture("pareto", "-x", "decode_tokens_per_s", "-y", "energy_J", "--label",
                                   "case,workload.batch", "--log-x")
        self.assertIn("decode rate (tokens/s), more is better", texts)
        # (250, 2), (400, 2.5), (500, 3), (950, 9), (1600, 12); (500, 8) costs more than (500, 3). The best rate
        # comes first.
        self.assertEqual(["card, 4", "card, 2", "chip, 4", "chip, 2", "chip, 1"],
                         ["".join(by_id(root, f"label-{n}").itertext()).strip() for n in range(5)])

    def test_names_without_room_are_numbers_with_a_key(self):
        rows = [row(n, "a device with a name that takes a lot of room, number " + str(n), 1, "int8", 1 + 0.01 * n,
                    2 - 0.01 * n) for n in range(16)]
        self.write("r.csv", table(rows))
        _, texts = self.picture("pareto", "-x", "time_s", "-y", "energy_J")
        self.assertIn("16  a device with a name that takes a lot of room, number 15", [text.strip() for text in texts])

    def test_a_long_front_is_not_labelled(self):
        rows = [row(n, "chip", n + 1, "int8", 1 + n, 50 - n) for n in range(30)]
        self.write("r.csv", table(rows))
        _, texts = self.picture("pareto", "-x", "time_s", "-y", "energy_J")
        self.assertIn("the front has 30 points, too many to label", texts)

    def test_directions_can_be_told(self):
        _, texts = self.picture("pareto", "-x", "events", "-y", "energy_J", "--less", "events", "--more", "energy_J")
        self.assertLessEqual({"events, less is better", "energy (J), more is better"}, set(texts))


class SameBytes(PlotTest):
    def test_of_every_kind(self):
        for kind, *options in (("line", "-x", "workload.batch", "-y", "time_s", "--by", "case"),
                               ("bar", "--by", "case,workload.batch", "-y", "energy_parts"),
                               ("pareto", "-x", "time_s", "-y", "energy_J", "--by", "case")):
            pictures = []
            for _ in range(2):
                self.picture(kind, *options)
                pictures.append([(self.folder / f"r-{kind}.{end}").read_bytes() for end in ("png", "svg")])
            self.assertEqual(*pictures)


if __name__ == "__main__":
    unittest.main()
