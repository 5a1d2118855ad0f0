"""Files that scripts are given by name: the reader's own first, then those that come with the program, as it finds them."""

import os
import shutil
import sys
import unittest

from sweeps import PROJECT, SweepTest, environment

sys.path.insert(0, str(PROJECT / "scripts"))
from basics.find_file import SCENARIO, NoSuchFile, find_named_file  # noqa: E402

SHIPPED = "scenarios/sweeps/llama-2-7b_devices-batch.yaml"
GRID = "grid: {workload.batch: [1, 2, 3]}\n"


class Named(SweepTest):
    def dry(self, name, **options):
        """The last line of a sweep that is only listed."""
        return self.swept(name, "--dry-run", **options).splitlines()[-1]

    def test_installed_sweeps(self):
        """6 devices and 8 batch sizes."""
        for name in (SHIPPED, SHIPPED.removeprefix("scenarios/"), SHIPPED.removeprefix("scenarios/sweeps/"),
                     SHIPPED.removeprefix("scenarios/sweeps/").removesuffix(".yaml")):
            with self.subTest(name):
                self.assertEqual(self.dry(name), "48 points")

    def test_ones_own_come_first(self):
        (self.folder / "sweeps").mkdir()
        self.sweep_file(f"base: ../small.yaml\n{GRID}", SHIPPED.removeprefix("scenarios/"))
        self.assertEqual(self.dry(SHIPPED.removeprefix("scenarios/")), "3 points")
        self.assertEqual(self.dry(SHIPPED), "48 points")

    def test_results_are_here(self):
        data = self.data("mine")
        (data / "scenarios/sweeps/its.yaml").write_text(f"base: {self.scenario}\n{GRID}", encoding="utf-8")
        self.swept("its", env=environment(UPMEM_DES_DATA=str(data)))
        self.assertEqual(len(self.rows("its.results")), 3)

    def data(self, name):
        """A data folder of one's own."""
        folder = self.folder / name
        (folder / "scenarios/sweeps").mkdir(parents=True)
        (folder / "architectures").symlink_to(PROJECT / "architectures")
        (folder / "platforms").symlink_to(PROJECT / "platforms")
        return folder

    def test_a_data_folder_that_is_none(self):
        for place in ("no/such", str(self.folder)):
            self.check_refused(self.sweep("x.yaml", env=environment(UPMEM_DES_DATA=place)),
                               f"UPMEM_DES_DATA: {place} has no folder 'architectures'")

    def test_misspelt(self):
        self.sweep_file(f"base: small.yaml\n{GRID}", "sw.yaml")
        for name, meant in (("sww.yaml", "sw.yaml"), ("sww", "sw.yaml"), (f"{self.folder}/sww.yaml", "sw.yaml"),
                            ("lama-2-7b_devices-batch", "llama-2-7b_devices-batch"),
                            ("sweeps/llama-2-7b_device-batch.yaml", "llama-2-7b_devices-batch.yaml")):
            with self.subTest(name):
                self.check_refused(self.sweep(name), f"{name}: no such file; did you mean '{meant}'?")
        for name in ("nothing_like_it", "/nothing/like/it.yaml", f"/{SHIPPED}", "sw.yaml/below"):
            with self.subTest(name):
                self.check_refused(self.sweep(name), f"{name}: no such file")

    def test_folders_and_what_cannot_be_read(self):
        self.check_refused(self.sweep("scenarios/sweeps"), "scenarios/sweeps: no such file")
        self.check_refused(self.sweep(self.folder), f"{self.folder}: cannot be read: Is a directory")
        self.check_refused(self.sweep("x" * 300), f"{'x' * 300}: cannot be read: File name too long")
        os.symlink("loop", self.folder / "loop")
        self.check_refused(self.sweep("loop"), "loop: cannot be read: Too many levels of symbolic links")

    def test_hosts(self):
        self.sweep_file()
        self.write("hosts", "one\n")
        if not shutil.which("parallel"):
            self.skipTest("GNU parallel is not installed")
        self.check_refused(self.sweep("sweep.yaml", "--hosts", "hots"),
                           "hots: no such file; expected a file of hosts; did you mean 'hosts'?")

    def search(self, *arguments):
        return self.sweep(*arguments, "-o", "out", command=(PROJECT / "scripts" / "highest_rate",))

    def test_installed_scenarios(self):
        """The folder is looked into once the scenario is found."""
        (self.folder / "out").mkdir()
        self.write("out/other", "")
        for name in ("serving/one_gpu.yaml", "scenarios/serving/one_gpu", "serving/one_gpu"):
            with self.subTest(name):
                outcome = self.search(name)
                self.assertEqual((outcome.code, outcome.err), (2, "highest_rate: out: has other files; expected a new folder, or one "
                                                                  "of a search\n"))
        for name, meant in (("serving/one_gpo.yaml", "; did you mean 'serving/one_gpu.yaml'?"), ("smal.yaml", "; did you mean 'small.yaml'?"),
                            ("one_gpu", "; did you mean 'serving/one_gpu'?"), ("nothing_like_it", "")):
            with self.subTest(name):
                outcome = self.search(name)
                self.assertEqual((outcome.code, outcome.err), (2, f"highest_rate: {name}: no such file{meant}\n"))
        os.mkfifo(self.folder / "pipe.yaml")
        self.assertEqual(self.search("pipe.yaml").err, "highest_rate: pipe.yaml: a pipe; expected a scenario\n")

    def test_scenarios_are_no_sweeps(self):
        for name in ("llama-3.1-8b_rates-gpus", "llama-3.1-8b_rates-gpu"):
            with self.assertRaisesRegex(NoSuchFile, "^" + name + ": no such file(?!.*rates-gpus)"):
                find_named_file(name, SCENARIO)
        self.assertEqual(find_named_file("llama-2-7b_4chip", SCENARIO), str(PROJECT / "scenarios/llama-2-7b_4chip.yaml"))


if __name__ == "__main__":
    unittest.main()
