"""`base`: a scenario beside the sweep, or one that is installed."""

import unittest

from sweeps import SCENARIOS, SweepTest

GRID = "grid: {workload.batch: [1, 2]}\n"


class Base(SweepTest):
    def test_installed_ones_by_name(self):
        for base in ("llama-2-7b_4chip", "llama-2-7b_4chip.yaml", "scenarios/llama-2-7b_4chip"):
            with self.subTest(base):
                self.sweep_file(f"base: {base}\n{GRID}")
                self.swept("sweep.yaml")
                self.assertEqual(float(self.rows()[0]["time_s"]),
                                 self.result(SCENARIOS / "llama-2-7b_4chip.yaml")["time_s"])

    def test_what_lies_beside_the_sweep_comes_first(self):
        (self.folder / "below").mkdir()
        self.write("below/llama-2-7b_4chip.yaml", self.scenario.read_text().replace("model.json", "../model.json"))
        for base in ("llama-2-7b_4chip", "llama-2-7b_4chip.yaml"):
            self.sweep_file(f"base: {base}\n{GRID}", "below/s.yaml")
            self.swept("below/s.yaml", "--fresh")
            self.assertEqual(float(self.rows("s.results")[0]["time_s"]),
                             self.result(self.scenario, "--set", "workload.batch=1")["time_s"])

    def test_misspelt(self):
        for base, meant in (("lama-2-7b_4chip", "; did you mean 'llama-2-7b_4chip'?"), ("smal.yaml", "; did you mean 'small.yaml'?"),
                            ("one_gpu", "; did you mean 'serving/one_gpu'?"), ("nothing_like_it", "")):
            with self.subTest(base):
                self.sweep_file(f"name: a sweep\nbase: {base}\n{GRID}")
                self.check_refused(self.sweep("sweep.yaml"), f"sweep.yaml:2: base: {base}: no such file{meant}")
                self.check_refused(self.sweep("sweep.yaml", "--keep-going"),
                                   f"sweep.yaml:2: base: {base}: no such file{meant}")

    def test_figures_of_devices_and_platforms(self):
        """Both without files of one's own."""
        self.sweep_file("base: machines/llama-2-70b_24-dimms\ngrid:\n"
                        "  architectures.PIM-AI-1dimm.mem_bw_GBs: {from: 819.2, to: 1638.4, factor: 2}\n"
                        "  platform.links.channel.bw_GBs: [22, 44]\n")
        self.swept("sweep.yaml")
        times = [float(row["time_s"]) for row in self.rows()]
        self.assertEqual(len(set(times)), 4)
        self.assertLess(times[2], times[0])
        self.assertLess(times[1], times[0])
        settings = ("--set", "architectures.PIM-AI-1dimm.mem_bw_GBs=1638.4", "--set", "platform.links.channel.bw_GBs=44")
        self.assertEqual(times[3], self.result(SCENARIOS / "machines" / "llama-2-70b_24-dimms.yaml", *settings)["time_s"])

    def test_what_is_missing_for_a_setting(self):
        """What the program names is no key of the sweep, which has no --set either."""
        told = {"platform.links.channel.bw_GBs": "platform.links.channel.bw_GBs: platform.file: missing; expected a value",
                "architectures.H10.mem_bw_GBs": "architectures.H10: unknown device 'H10'; expected one of 'upmem-des arch list'; "
                                                "did you mean 'H100'?"}
        for key, said in told.items():
            with self.subTest(key):
                self.sweep_file(f"base: small.yaml\ngrid:\n  {key}: [1, 2]\n")
                self.check_refused(self.sweep("sweep.yaml"), f"sweep.yaml:3: {said} (point 0 and 1 more)")
                outcome = self.sweep("sweep.yaml", "--keep-going")
                self.assertEqual((outcome.code, outcome.err), (1, "".join(
                    f"sweep: point {n} failed ({key}={n + 1}): sweep.yaml:3: {said}\n" for n in range(2))))
                self.assertEqual([row["error"] for row in self.rows()], 2 * [f"sweep.yaml:3: {said}"])
                self.assertIn(f"0: {key}=1: bad input: sweep.yaml:3: {said}\n",
                              self.sweep("sweep.yaml", "--keep-going", "--dry-run").out)

    def test_bad_figures(self):
        self.sweep_file("base: small.yaml\ngrid:\n  architectures.PIM-AI-4chip.mem_bw_GBs: [100, 0]\n")
        self.check_refused(self.sweep("sweep.yaml"), "sweep.yaml:3: architectures.PIM-AI-4chip.mem_bw_GBs: '0'; expected a "
                           "number above 0 and at most 1e+18 (point 1)")


if __name__ == "__main__":
    unittest.main()
