"""scripts/plot latency, goodput and pareto -z: what stands in the pictures, and what is said of tables without it."""

import csv
import io
import math
import unittest

from plots import SVG, PlotTest, by_id, places, ticks
from test_plot_pictures import number_at

RATE = "workload.requests.arrivals.rate"
HEADER = ["point", "case", RATE, "status", "devices", "ttft_p50_s", "ttft_p99_s", "tpot_p50_s", "tpot_p99_s", "e2e_p50_s",
          "e2e_p99_s", "requests_per_s", "output_tokens_per_s", "goodput_requests_per_s", "goodput_share",
          "energy_per_request_J", "saturated", "slo_ttft_s", "slo_tpot_s", "slo_e2e_s", "error"]


def served(point, case, rate, throughput, ttft_s, within=1.0, saturated=0, devices=1, energy_j=10.0, slo=0.5):
    return [point, case, rate, "ok", devices, ttft_s / 2, ttft_s, 0.01, 0.02, 1.0, 2.0, throughput, 100 * throughput,
            throughput * within, within, energy_j, saturated, slo, "", "", ""]


# Not in the order of their rates.
ROWS = [served(0, "one", 20, 12, 8.0, 0.0, 1), served(1, "one", 5, 5, 0.1), served(2, "one", 10, 10, 0.2, 0.9),
        served(3, "two", 20, 20, 0.25, 0.8, 0, 2, 12.0), served(4, "two", 5, 5, 0.09, 1.0, 0, 2, 15.0),
        served(5, "two", 10, 10, 0.11, 1.0, 0, 2, 14.0)]


def table(rows, header=tuple(HEADER)):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


class Rates(PlotTest):
    def setUp(self):
        super().setUp()
        self.write("r.csv", table(ROWS))

    def drawn(self, root, name, is_log=False, panel=0):
        """Numbers where the markers of a line stand, by the ticks of its panel."""
        axes = by_id(root, f"axes_{panel + 1}")
        scales = [[tick for tick in ticks(axes, which)] or ticks(root, which) for which in "xy"]
        return [(number_at(scales[0], x, False), number_at(scales[1], y, is_log)) for x, y in places(by_id(root, name))]

    def close(self, expected, drawn):
        self.assertEqual(len(expected), len(drawn))
        for one, other in zip(sorted(expected), sorted(drawn)):
            for a, b in zip(one, other):
                self.assertTrue(math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-3), (one, other))

    def ids(self, root):
        return {group.get("id") for group in root.iter(f"{SVG}g")}

    def test_goodput(self):
        root, texts = self.picture("goodput", "--by", "case")
        self.close([(5, 5), (10, 9)], self.drawn(root, "goodput_requests_per_s-0-points"))
        self.close([(20, 0)], self.drawn(root, "goodput_requests_per_s-0-overloaded"))
        self.close([(5, 5), (10, 10), (20, 16)], self.drawn(root, "goodput_requests_per_s-1-points"))
        self.close([(20, 12)], self.drawn(root, "requests_per_s-0-overloaded"))
        self.close([(5, 100), (10, 100), (20, 80)], self.drawn(root, "goodput_share-1-points", panel=1))
        self.assertNotIn("goodput_requests_per_s-1-overloaded", self.ids(root))
        self.assertLessEqual({"one goodput", "two goodput", "one served", "two served", "as many as arrive", "one", "two",
                              "rate of arrival (requests/s)", "hollow: overloaded, latencies grow with the number of requests"},
                             set(texts))

    def test_latency(self):
        for more in ((), ("--log-y",)):
            root, texts = self.picture("latency", "--by", "case", "-y", "ttft,tpot,e2e", *more)
            unit = 1e3 if more else 1  # a logarithmic axis has the unit of its middle
            self.close([(500, 0.1 * unit), (1000, 0.2 * unit)], self.drawn(root, "ttft-p99-0-points", bool(more)))
            self.close([(1200, 8 * unit)], self.drawn(root, "ttft-p99-0-overloaded", bool(more)))
            self.close([(500, 0.045 * unit), (1000, 0.055 * unit), (2000, 0.125 * unit)],
                       self.drawn(root, "ttft-p50-1-points", bool(more)))
            self.close([(500, 20), (1000, 20), (2000, 20)], self.drawn(root, "tpot-p99-1-points", bool(more), panel=1))
            self.assertLessEqual({"one p50", "one p99", "two p50", "two p99", f"objective {0.5 * unit:g} {'ms' if more else 's'}",
                                  "throughput (tokens/s)"}, set(texts))
            self.assertEqual(1, sum(text.startswith("objective") for text in texts))
            self.assertIn("objective", self.ids(root))

    def test_lines_go_by_the_rate(self):
        root, _ = self.picture("latency", "--where", "case=one", "-y", "ttft")
        corners = [corner.split() for corner in by_id(root, "ttft-p99-0-line")[0].get("d").replace("M", "L").split("L")[1:]]
        xs = [float(corner[0]) for corner in corners]
        self.assertEqual(sorted(xs), xs)
        self.assertEqual(3, len(xs))

    def test_objectives_that_differ_have_no_line(self):
        self.write("r.csv", table([*ROWS[:5], served(5, "two", 10, 10, 0.11, 1.0, 0, 2, 14.0, 0.7)]))
        root, texts = self.picture("latency", "--by", "case")
        self.assertNotIn("objective", self.ids(root))

    def test_one_line_is_named_by_its_part(self):
        _, texts = self.picture("latency", "--where", "case=two")
        self.assertLessEqual({"p50", "p99", "case two"}, set(texts))
        self.assertNotIn("hollow: overloaded, latencies grow with the number of requests", texts)

    def test_front_of_three(self):
        """By hand: one device at 5 a second takes 0.1 s, 10 J, which is better in all than all others but two devices at 5 a
        second, whose 0.09 s are the least."""
        root, texts = self.picture("pareto", "-x", "ttft_p99_s", "-y", "energy_per_request_J", "-z", "devices", "--by", "case",
                                   "--log-x")
        self.assertEqual(1, len(places(by_id(root, "front-points-0"))))  # 5 a second: the others take longer and no less
        self.assertEqual(2, len(places(by_id(root, "points-0"))))
        self.assertEqual(1, len(places(by_id(root, "front-points-1"))))  # 5 a second: the fastest of all
        self.assertLessEqual({"5 (1)", "5 (2)"}, set(texts))

    def test_third_result_matters(self):
        rows = [served(0, "one", 5, 5, 0.2, devices=1, energy_j=12.0), served(1, "two", 5, 5, 0.1, devices=2, energy_j=10.0)]
        self.write("r.csv", table(rows))
        for more, expected in (((), 1), (("-z", "devices"), 2)):
            root, _ = self.picture("pareto", "-x", "ttft_p99_s", "-y", "energy_per_request_J", "--by", "case", *more)
            self.assertEqual(expected, sum(len(places(group)) for group in root.iter(f"{SVG}g")
                                           if group.get("id", "").startswith("front-points")))

    def test_what_cannot_be_drawn(self):
        self.says("argument -y: 'itl' is no time of served requests; expected some of ttft, tpot, e2e", "latency", "r.csv",
                  "--by", "case", "-y", "itl")
        self.says("r.csv: the rows differ in case, too; expected --by case or --where case=…", "latency", "r.csv")
        self.says("r.csv: the rows differ in case, too; expected --by case or --where case=…", "goodput", "r.csv")
        self.says("argument -z: 'devices' is on an axis already", "pareto", "r.csv", "-x", "devices", "-y", "ttft_p99_s", "-z",
                  "devices")
        self.says("argument -x: 'ttft_p99_s' is a result; expected a swept column: case, " + RATE, "goodput", "r.csv", "-x",
                  "ttft_p99_s")
        self.says("r.csv: line 2: goodput_requests_per_s: 0.0 is not on a logarithmic axis; expected numbers above 0", "goodput",
                  "r.csv", "--where", "case=one", "--log-y")

    def test_without_objectives(self):
        rows = [[*row[:13], "", "", *row[15:17], "", "", "", ""] for row in ROWS]
        self.write("r.csv", table(rows))
        self.says("r.csv: no result has goodput_requests_per_s and goodput_share: nothing to draw", "goodput", "r.csv", "--by", "case")
        _, texts = self.picture("latency", "--by", "case")
        self.assertFalse([text for text in texts if text.startswith("objective")])

    def test_without_a_rate(self):
        header = [name if name != RATE else "workload.batch" for name in HEADER]
        self.write("r.csv", table(ROWS, header))
        self.says("argument -x: r.csv has 0 columns that end in 'arrivals.rate'; expected the swept rate, one of case, "
                  "workload.batch", "goodput", "r.csv", "--by", "case")
        self.picture("goodput", "--by", "case", "-x", "workload.batch")

    def test_the_same_table_gives_the_same_bytes(self):
        for kind in ("latency", "goodput"):
            self.picture(kind, "--by", "case")
            first = (self.folder / f"r-{kind}.svg").read_bytes()
            self.picture(kind, "--by", "case")
            self.assertEqual(first, (self.folder / f"r-{kind}.svg").read_bytes())


if __name__ == "__main__":
    unittest.main()
