"""What was run is what it says: titles, the JSON's `run`, lines that are left behind, what faster parts would gain, and results on
standard output."""

import json
import re
import subprocess

from program import PROGRAM, PROJECT, CliTest, environment, run

from test_cost import SERVED

# Memory alone: no link is crossed in decode, arithmetic is next to nothing.
MEMORY_BOUND = """\
name: one device
workload: {model: model.json, prompt_tokens: 6, output_tokens: 5}
mapping: {default: Mine}
architectures: [mine.yaml]
"""
DEVICE = """\
Mine: {host_to_device_bw_GBs: 1.0e6, host_to_device_pj_per_bit: 1, device_to_host_bw_GBs: 1.0e6, device_to_host_pj_per_bit: 1,
       mem_bw_GBs: 1, mem_pj_per_bit: 1, tflops: 1.0e6, pj_per_tflop: 1.0e+9}
"""


class WhatWasRun(CliTest):
    def result(self, *arguments):
        path = self.folder / "result.json"
        self.good("run", *arguments, "-q", "--json", path)
        return json.loads(path.read_text())

    def test_titles_follow_the_settings(self):
        text = self.good("run", self.scenario, "--set", "workload.batch=4", "--dtype", "int8")
        self.assertEqual(text.splitlines()[0], "small (workload.batch=4, workload.dtype=int8)")
        self.assertEqual(self.good("run", self.scenario).splitlines()[0], "small")
        settings = [word for n in (1, 2, 3, 4, 5, 6) for word in ("--set", f"workload.batch={n}")]
        self.assertIn("workload.batch=4 and 2 more)", self.good("run", self.scenario, *settings).splitlines()[0])

    def test_where_a_result_comes_from(self):
        result = self.result(self.scenario, "--set", "workload.batch=4")
        run_ = result["run"]
        self.assertEqual((run_["prompt_tokens"], run_["output_tokens"]), (6, 3))
        self.assertEqual(run_["settings"], {"workload.batch": "4"})
        self.assertEqual(run_["mapping"], {"default": "PIM-AI-4chip", "lm_head": "PIM-AI-4chip,t"})
        self.assertIn(f"upmem-des {run_['program']} ", self.good("--version"))
        self.assertIn(run_["inputs"], self.good("check", self.scenario, "--set", "workload.batch=4"))
        served = self.result(PROJECT / "scenarios" / "serving" / "phone_one_user.yaml")
        self.assertIsNone(served["run"]["prompt_tokens"])

    def test_rates_of_decode_are_null_without_it(self):
        result = self.result(self.scenario, "--set", "workload.output_tokens=1")
        self.assertIsNone(result["time_per_output_token_s"])
        self.assertIsNone(result["phases"]["decode"]["tokens_per_s"])
        self.assertIsNone(result["phases"]["decode"]["energy_per_token_J"])
        self.assertEqual(result["energy_per_generated_token_J"], result["energy_J"] / 2)
        text = self.good("run", self.scenario, "--set", "workload.output_tokens=1")
        self.assertRegex(text, r"(?m)^time per output token \(TPOT\) +- +s$")

    def test_a_changed_default_leaves_no_line_behind_unseen(self):
        outcome = run("run", self.scenario, "-q", "--set", "mapping.default=H100", "--json", self.folder / "j.json")
        self.assertEqual(outcome.code, 0)
        outcome = run("run", self.scenario, "--set", "mapping.default=H100")
        self.assertIn("mapping.lm_head: stays on PIM-AI-4chip, which mapping.default=H100 has replaced; expected --set "
                      "'mapping.lm_head=H100,t' too, if that is meant", outcome.err)
        self.assertEqual(self.good("run", self.scenario, "--set", "mapping.default=H100", "--set", "mapping.lm_head=H100,t",
                                   "-q"), "")
        self.good("run", self.scenario, "--strict", "-q", "--set", "mapping.default=PIM_AI_4chip")


class Faster(CliTest):
    def setUp(self):
        super().setUp()
        self.write("mine.yaml", DEVICE)
        self.memory_bound = self.write("bound.yaml", MEMORY_BOUND)

    def decode_s(self, *arguments):
        path = self.folder / "result.json"
        self.good("run", self.memory_bound, "-q", "--json", path, *arguments)
        return json.loads(path.read_text())["phases"]["decode"]["time_s"]

    def test_twice_the_bandwidth_takes_half_the_time(self):
        once = self.decode_s()
        self.assertAlmostEqual(self.decode_s("--set", "simulation.faster.memory=2"), once / 2, delta=once * 1e-4)
        self.assertAlmostEqual(self.decode_s("--set", "simulation.faster.memory=0.5"), once * 2, delta=once * 1e-3)
        self.assertAlmostEqual(self.decode_s("--set", "simulation.faster.arithmetic=2"), once, delta=once * 1e-4)
        self.assertAlmostEqual(self.decode_s("--set", "simulation.faster.links=2"), once, delta=once * 1e-4)

    def test_the_summary_says_what_bounds_each_phase(self):
        text = self.good("run", self.memory_bound)
        self.assertRegex(text, r"(?m)^bound by +memory bandwidth +memory bandwidth$")
        self.assertRegex(text, r"(?m)^time with two times the memory bandwidth +-50.0 +-50.0 +-50.0 +%$")
        self.assertRegex(text, r"(?m)^time with two times the links +0.0 +0.0 +0.0 +%$")
        self.assertEqual(self.good("run", self.memory_bound, "-q"), "")

    def test_json_has_it_where_it_is_asked_for(self):
        path = self.folder / "result.json"
        self.good("run", self.memory_bound, "-q", "--json", path)
        self.assertNotIn("what_if", json.loads(path.read_text()))
        printed = self.good("run", self.memory_bound, "--json", path)
        self.assertEqual(self.good("report", path), printed)
        self.good("run", self.memory_bound, "-q", "--what-if", "--json", path)
        result = json.loads(path.read_text())
        answers = {answer["what"]: answer for answer in result["what_if"]}
        self.assertEqual(set(answers), {"memory", "arithmetic", "links"})
        half = self.decode_s("--set", "simulation.faster.memory=2")
        self.assertEqual(answers["memory"]["phases"]["decode"], half)

    def test_where_it_takes_long_it_has_to_be_asked_for(self):
        """Three more runs: of at most 1,000,000 events times devices (HOST is one), of 50,000 where each is simulated by itself."""
        self.assertNotIn("bound by", self.good("run", self.memory_bound, "--no-what-if"))
        for devices, seen in ((39, True), (40, False)):
            self.write("many.yaml", f"devices:\n  - {{ name: dev, architecture: Mine, count: {devices} }}\n")
            many = self.write("many_devices.yaml", f"""\
workload: {{model: model.json, prompt_tokens: 4, output_tokens: 1000, batch: {devices}}}
platform: many.yaml
architectures: [mine.yaml]
mapping: {{default: {{devices: dev, split: replicas}}}}
""")
            text = self.good("run", many)
            events = int(re.search(r"(\d+) events in", text)[1])
            self.assertEqual(events * (devices + 1) <= 1_000_000, seen, events)
            self.assertEqual("bound by" in text, seen)
            self.assertEqual("what bounds so many events: --what-if simulates them three times more, and says it" in text, not seen)
        one_by_one = self.good("run", many, "--set", "workload.output_tokens=60", "--set", "simulation.segments=false")
        self.assertNotIn("bound by", one_by_one)
        self.assertIn("--what-if", one_by_one)

    def test_a_phase_without_events_has_no_bound(self):
        text = self.good("run", self.memory_bound, "--set", "workload.output_tokens=1")
        self.assertRegex(text, r"(?m)^bound by +memory bandwidth *$")
        self.assertRegex(text, r"(?m)^time with two times the links +0.0 +0.0 +%$")

    def test_of_served_requests(self):
        path = self.folder / "served.json"
        served = self.write("served.yaml", SERVED.replace("default: PIM-AI-4chip", "default: Mine") + "architectures: [mine.yaml]\n")
        text = self.good("run", served, "--json", path)
        self.assertRegex(text, r"(?m)^bound by +memory bandwidth +memory bandwidth$")
        self.assertRegex(text, r"(?m)^with two times the links +-?0\.\d +-?0\.\d +[+-]?0\.\d +%$")
        result = json.loads(path.read_text())
        self.assertEqual(self.good("report", path), text)
        answers = {answer["what"]: answer for answer in result["serving"]["what_if"]}
        twice = json.loads(self.good("run", served, "--json", "-", "--set", "simulation.faster.memory=2"))["serving"]
        self.assertEqual((answers["memory"]["ttft_s"], answers["memory"]["tpot_s"], answers["memory"]["output_tokens_per_s"]),
                         (twice["ttft_s"]["mean"], twice["tpot_s"]["mean"], twice["throughput"]["output_tokens_per_s"]))
        many = self.write("many.yaml", served.read_text().replace("count: 40", "count: 501"))
        self.assertNotIn("bound by", self.good("run", many))
        self.assertIn("bound by", self.good("run", many, "--what-if"))
        self.assertNotIn("what_if", json.loads(self.good("run", served, "-q", "--json", "-"))["serving"])

    def test_json_of_served_requests_says_what_was_served(self):
        served = self.write("served.yaml", SERVED)
        result = json.loads(self.good("run", served, "--json", "-", "--set", "workload.requests.count=7"))
        self.assertEqual(result["scenario"], "served (workload.requests.count=7)")
        ran = result["run"]
        self.assertEqual((ran["requests"]["arrivals.rate"], ran["requests"]["count"], ran["mapping"], ran["settings"]),
                         ("100", "7", {"default": "PIM-AI-4chip"}, {"workload.requests.count": "7"}))
        self.assertEqual({key: value for key, value in ran["requests"].items() if key.startswith(("prompt", "output"))},
                         {"prompt_tokens": "30", "output_tokens": "5"})
        self.assertIn(ran["inputs"], self.good("check", served, "--set", "workload.requests.count=7"))


class StandardStreams(CliTest):
    def test_results_on_standard_output(self):
        path = self.folder / "result.json"
        self.good("run", self.scenario, "-q", "--json", path)
        self.assertEqual(self.good("run", self.scenario, "--json", "-"), path.read_text())
        self.assertFalse((self.folder / "-").exists())
        self.good("run", self.scenario, "-q", "--csv", self.folder / "r.csv")
        self.assertEqual(self.good("run", self.scenario, "--csv", "-"), (self.folder / "r.csv").read_text())
        self.refused("run", self.scenario, "--csv", "-", "--json", "-",
                     saying="-: is named twice; expected one report on standard output")

    def test_a_scenario_from_standard_input(self):
        done = subprocess.run([PROGRAM, "run", "-", "-q", "--json", "-"], input=self.scenario.read_text(), cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        direct = json.loads(self.good("run", self.scenario, "--json", "-"))
        self.assertEqual(json.loads(done.stdout)["time_s"], direct["time_s"])

    def test_no_color(self):
        script = f"script -qec '{PROGRAM} run nothing.yaml' /dev/null"
        for value, colored in (("", True), ("1", False)):
            text = subprocess.run(["sh", "-c", script], env=environment(NO_COLOR=value, TERM="xterm-256color"), check=False,
                                  stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=self.folder).stdout
            self.assertEqual(b"\x1b[" in text, colored, text)

    def test_a_file_that_was_meant(self):
        self.refused("run", self.folder / "smal.yaml", saying="no such file; did you mean 'small.yaml'?")
