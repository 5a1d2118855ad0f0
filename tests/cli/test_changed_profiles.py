"""Figures of device profiles from a scenario or the command line, and scenarios by their names."""

import unittest

from program import PROJECT, CliTest, device_yaml

CHANGE = "architectures.Mine.mem_bw_GBs=50"


class Changed(CliTest):
    def scenario_of(self, architectures, device=(), name="s.yaml"):
        """Everything runs on the device of mine.yaml."""
        self.write("mine.yaml", device_yaml(**dict(device)))
        return self.write(name, f"workload: {{model: model.json, prompt_tokens: 6, output_tokens: 3}}\n"
                                f"mapping: {{default: Mine}}\narchitectures: {architectures}\n")

    def test_is_the_same_as_another_file(self):
        changed = self.scenario_of("{files: [mine.yaml], Mine: {mem_bw_GBs: 50, mem_pj_per_bit: 3}}", name="changed.yaml")
        listed = self.scenario_of("[mine.yaml]")
        settings = ("--set", CHANGE, "--set", "architectures.Mine.mem_pj_per_bit=3")
        set_ = self.result(listed, *settings)
        before = self.result(listed)
        written = self.good("run", listed, *settings, "--dry-run")
        self.write("written.yaml", written)
        digests = [self.good("check", *words).split()[-1] for words in
                   ((changed,), (listed, *settings), (self.folder / "written.yaml",))]
        self.assertEqual(len(set(digests)), 1)
        self.assertNotEqual(digests[0], self.good("check", listed).split()[-1])
        by_file = self.result(self.scenario_of("[mine.yaml]", {"mem_bw_GBs": 50, "mem_pj_per_bit": 3}))
        for key in ("time_s", "energy_J", "devices", "architectures"):
            self.assertEqual(set_[key], by_file[key], key)
        self.assertGreater(set_["time_s"], before["time_s"])
        self.assertEqual(set_["run"]["settings"], {CHANGE.partition("=")[0]: "50", "architectures.Mine.mem_pj_per_bit": "3"})
        self.assertEqual(set_["scenario"], f"s ({CHANGE}, architectures.Mine.mem_pj_per_bit=3)")

    def test_figures_of_a_platforms_group_come_before(self):
        scenario = self.scenario_of("[mine.yaml]")
        self.write("machine.yaml", "devices: [{name: dimm, architecture: Mine, mem_bw_GBs: 40}, {name: other, architecture: "
                                   "Mine}]\n")
        on = lambda group, *settings: self.result(scenario, "--set", f"platform={self.folder / 'machine.yaml'}", "--set",  # noqa: E731
                                                  f"mapping={{default: {group}}}", *settings)["time_s"]
        self.assertEqual(on("dimm", "--set", CHANGE), on("dimm"))
        self.assertNotEqual(on("other", "--set", CHANGE), on("other"))

    def test_of_served_requests(self):
        served = self.write("served.yaml", "workload: {model: model.json, requests: {arrivals: {process: burst, size: 3}, count: "
                                           "3, prompt_tokens: 6, output_tokens: 3}}\nmapping: {default: Mine}\n"
                                           "serving: {kv_blocks: 99}\narchitectures: [mine.yaml]\n")
        self.scenario_of("[mine.yaml]")
        self.assertGreater(self.result(served, "--set", "architectures.Mine.mem_bw_GBs=5")["time_s"],
                           self.result(served)["time_s"])

    def test_messages(self):
        scenario = self.scenario_of("[mine.yaml]")
        for setting, saying in (("Mien.mem_bw_GBs=1", "--set: architectures.Mien: unknown device 'Mien'; expected one of "
                                                      "'upmem-des arch list'; did you mean 'Mine'?"),
                                ("Mine.mem_bw_GB=1", "--set: architectures.Mine.mem_bw_GB: unknown key; expected one of"),
                                ("Mine.mem_bw_GBs=0", "--set: architectures.Mine.mem_bw_GBs: '0'; expected a number above 0"),
                                ("Mine.mem_bw_GBs=-1", "architectures.Mine.mem_bw_GBs: '-1'; expected a number above 0"),
                                ("Mine.mem_bw_GBs=.inf", "architectures.Mine.mem_bw_GBs: '.inf'; expected a number"),
                                ("Mine.mem_bw_GBs=1e19", "architectures.Mine.mem_bw_GBs: '1e19'; expected a number"),
                                ("Mine.mem_bw_GBs=", "architectures.Mine.mem_bw_GBs: nothing; expected a number"),
                                ("Mine=5", "--set: architectures.Mine: no figures; expected a mapping")):
            with self.subTest(setting):
                self.refused("run", scenario, "--set", f"architectures.{setting}", saying=saying)
        bad = self.scenario_of("\n  files: [mine.yaml]\n  Mine:\n    mem_bw_GBs: 0", name="bad.yaml")
        self.refused("run", bad, saying=f"{bad}:6: architectures.Mine.mem_bw_GBs: '0'; expected a number above 0")

    def test_a_profile_that_no_device_has(self):
        self.warned("run", self.scenario_of("[mine.yaml]"), "--set", "architectures.V100.mem_bw_GBs=1",
                    saying="--set: architectures.V100: changes nothing; expected a device that the run has")

    def test_platform_show(self):
        file = PROJECT / "platforms" / "gpu_server.yaml"
        text = self.good("platform", "show", file, "--set", "architectures.H100-80GB-SXM.mem_bw_GBs=4801")
        self.assertRegex(text, r"(?m)^gpu\[0\.\.7\] +8 +H100_80GB_SXM +\S+ +\S+ +\S+ +4801 ")
        self.refused("platform", "show", file, "--set", "architectures.H100-80GB-SX.mem_bw_GBs=4801",
                     saying="--set: architectures.H100-80GB-SX: unknown device")


class Names(CliTest):
    def test_installed_scenarios_have_short_names(self):
        for name in ("llama-2-7b_4chip", "llama-2-7b_4chip.yaml", "scenarios/llama-2-7b_4chip", "serving/one_gpu"):
            with self.subTest(name):
                self.assertIn(": ok, ", self.good("check", name, cwd=self.folder))

    def test_what_lies_here_comes_first(self):
        self.write("llama-2-7b_4chip.yaml", "name: of this folder\n" + self.scenario.read_text().replace("name:", "#"))
        for name in ("llama-2-7b_4chip", "llama-2-7b_4chip.yaml"):
            self.assertEqual(self.good("run", name, cwd=self.folder).splitlines()[0], "of this folder")

    def test_misspelt(self):
        for name, meant in (("lama-2-7b_4chip", "llama-2-7b_4chip"), ("lama-2-7b_4chip.yaml", "llama-2-7b_4chip.yaml"),
                            ("one_gpu", "serving/one_gpu"), ("serving/one_gp", "serving/one_gpu"), ("smal", "small.yaml")):
            with self.subTest(name):
                self.refused("run", name, saying=f"{name}: no such file; did you mean '{meant}'?", cwd=self.folder)
        for name in ("nothing_of_the_kind", "/nothing/of/the_kind"):
            self.assertEqual(self.refused("check", name, "--points", "-", cwd=self.folder),
                             f"upmem-des: error: {name}: no such file\n")


if __name__ == "__main__":
    unittest.main()
