"""The parts of scripts/plot by themselves: front, units, words."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from pictures.palette import MOST_GROUPS, line_style  # noqa: E402
from plotting.end_labels import APART, apart  # noqa: E402
from plotting.front import front  # noqa: E402
from plotting.groups import title_words  # noqa: E402
from plotting.words import more_is_better, scale, words  # noqa: E402


class TitleWords(unittest.TestCase):
    def test_a_case_is_named_beside_others_only(self):
        self.assertEqual("", title_words(["case"]))
        self.assertEqual("batch size", title_words(["workload.batch"]))
        self.assertEqual("case, batch size", title_words(["case", "workload.batch"]))
        self.assertEqual("", title_words([]))


class EndLabels(unittest.TestCase):
    def test_names_that_have_room_stay(self):
        self.assertEqual([50, 10, 90], apart([50, 10, 90], 0, 100))

    def test_names_move_as_little_as_they_must(self):
        # 49 and 51 are 2 apart: each moves by (10.5 - 2) / 2. 40 is then in the way: all three stand around their mean.
        self.assertEqual([44.75, 55.25], apart([49, 51], 0, 100))
        mean = (40 + 49 + 51) / 3
        for expected, moved in zip([mean - 10.5, mean, mean + 10.5], apart([40, 49, 51], 0, 100)):
            self.assertAlmostEqual(expected, moved)

    def test_names_stay_within_the_plot_and_apart(self):
        self.assertEqual([18, 28.5, 39, 49.5, 60], apart([23, 60, 60, 60, 60], 0, 60))
        moved = apart([0, 0, 1, 99, 100], 0, 100)
        self.assertEqual([0, 10.5, 21], moved[:3])
        self.assertEqual([89.5, 100], moved[3:])
        many = apart([50 + index % 3 for index in range(9)], 0, 100)
        levels = sorted(many)
        self.assertLessEqual(max(levels) - min(levels), APART * 8 + 1e-9)
        self.assertTrue(all(b - a >= APART - 1e-9 for a, b in zip(levels, levels[1:])))


class Front(unittest.TestCase):
    def test_less_of_both(self):
        # (3, 3) is beaten by (2, 3), which is as good in y; (4, 2) by (4, 1), as good in x; (5, 5) by all.
        points = [(5, 5), (1, 6), (3, 3), (2, 3), (4, 1), (4, 2)]
        self.assertEqual([1, 3, 4], front(points, False, False))

    def test_equal_points_are_all_on_it(self):
        points = [(2, 1), (1, 2), (2, 1), (1, 2), (1, 3)]
        self.assertEqual([1, 3, 0, 2], front(points, False, False))

    def test_more_of_one(self):
        points = [(10, 5), (20, 5), (30, 9), (5, 1), (30, 12)]
        self.assertEqual([2, 1, 3], front(points, True, False))
        self.assertEqual([3, 1, 2], front([(y, x) for x, y in points], False, True))

    def test_more_of_both(self):
        self.assertEqual([2, 1], front([(1, 1), (2, 4), (3, 3), (2, 3)], True, True))

    def test_by_the_definition(self):
        points = [(x * 7 % 11, x * 5 % 13) for x in range(40)]
        for more_x in (False, True):
            for more_y in (False, True):
                costs = [(-x if more_x else x, -y if more_y else y) for x, y in points]
                best = {i for i, a in enumerate(costs)
                        if not any(b[0] <= a[0] and b[1] <= a[1] and b != a for b in costs)}
                self.assertEqual(best, set(front(points, more_x, more_y)))


class Words(unittest.TestCase):
    def test_units_that_make_ticks_readable(self):
        for column, values, is_log, expected in (
                ("time_s", [0.002, 0.004], False, (1e-3, "ms")), ("time_s", [0.2, 5000], False, (1, "s")),
                ("energy_J", [1000.0], False, (1e3, "kJ")), ("energy_J", [999.0], False, (1, "J")),
                ("decode_energy_per_token_J", [0.001, 1.0], True, (1e-3, "mJ")),  # the middle is 32 mJ
                ("energy_J", [0.0], False, (1, "J")), ("moved_host_to_device_B", [3.5e9], False, (1e9, "GB")),
                ("decode_tokens_per_s", [20000.0], False, (1, "tokens/s")),
                ("decode_tokens_per_s", [3e5], False, (1e3, "thousand tokens/s")),
                ("events", [2e6], False, (1e6, "million"))):
            with self.subTest(column, values=values):
                factor, unit = scale(column, values, is_log)
                self.assertEqual((expected[1], True), (unit, abs(factor / expected[0] - 1) < 1e-12))

    def test_columns_in_words(self):
        for column, expected in (("decode_tokens_per_s", "decode rate"),
                                 ("decode_energy_per_token_J", "decode energy per token"),
                                 ("goodput_requests_per_s", "goodput"), ("requests_per_s", "throughput"),
                                 ("ttft_p99_s", "time to first token, p99"), ("devices", "number of devices"),
                                 ("workload.requests.arrivals.rate", "rate of arrival"),
                                 ("energy_main_mem_J", "energy, memory"),
                                 ("moved_device_to_host_B", "moved, device to host"),
                                 ("peak_memory_B", "peak memory"), ("prefill_time_s", "prefill time"),
                                 ("workload.batch", "batch size"), ("simulation.ideal_links", "ideal links")):
            self.assertEqual(expected, words(column))

    def test_which_way_is_better(self):
        self.assertEqual([True, False, False, False, False, None, False, True],
                         [more_is_better(column) for column in
                          ("decode_tokens_per_s", "time_s", "energy_idle_J", "power_W", "peak_memory_B", "events", "devices",
                           "goodput_requests_per_s")])


class Styles(unittest.TestCase):
    def test_all_groups_differ_in_colour_or_marker_and_neighbours_in_all(self):
        styles = [tuple(line_style(number).values()) for number in range(MOST_GROUPS)]
        self.assertEqual(MOST_GROUPS, len({(colour, marker) for colour, marker, _ in styles}))
        for one, next_one in zip(styles, styles[1:8]):
            self.assertTrue(all(a != b for a, b in zip(one, next_one)))


if __name__ == "__main__":
    unittest.main()
