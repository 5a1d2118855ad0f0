"""What devices do together: what is taken, what can be fixed, and what comes out."""

import itertools
import json
import unittest

from program import PROJECT, CliTest

NODE = """\
devices: [{name: gpu, architecture: H100, count: 8}]
networks: [{name: net, between: gpu, topology: %s, bw_GBs: %g, latency_ns: %g}]
"""
ALONE = "devices: [{name: gpu, architecture: H100, count: 8}]\n"
SCENARIO = """\
platform: platform.yaml
workload: {model: model.json, prompt_tokens: %d, output_tokens: 3}
mapping: {default: gpu}
simulation: {schedule: dataflow}
"""
LAYOUT = """\
platform: platform.yaml
workload: {model: %s, prompt_tokens: 64, output_tokens: 3, batch: 16, logits: last, call_empty_experts: false,
           routing: uniform_random}
parallel: %s
simulation: {schedule: dataflow}
"""
ISLANDS = """\
devices:
  - {name: a, architecture: H100, count: 4}
  - {name: b, architecture: H100, count: 4}
networks:
  - {name: na, between: a, topology: switch, bw_GBs: 450}
  - {name: nb, between: b, topology: switch, bw_GBs: 450}
"""
H100_BPS = 2000e9
ALGORITHMS = ("binomial_tree", "scatter_gather", "measured", "direct", "ring", "two_way_ring", "halving_doubling",
              "recursive_doubling", "relay", "host", "through_host", "hierarchical")
WITH_A_ROOT = ("binomial_tree", "scatter_gather", "direct", "host")


class CollectivesTest(CliTest):
    def of(self, platform, *settings, prompt=64):
        (self.folder / "platform.yaml").write_text(platform)
        (self.folder / "s.yaml").write_text(SCENARIO % prompt)
        changes = itertools.chain.from_iterable(("--set", setting) for setting in settings)
        self.good("run", self.folder / "s.yaml", "-q", "--json", self.folder / "r.json", *changes)
        return json.loads((self.folder / "r.json").read_text())

    def test_what_is_taken_is_not_slower_than_what_could_be(self):
        for topology, bandwidth, latency in (("switch", 450, 500), ("ring", 64, 1000), ("mesh", 64, 0), ("mesh", 5, 50)):
            platform = NODE % (topology, bandwidth, latency)
            for prompt in (1, 300):
                chosen = self.of(platform, prompt=prompt)["time_s"]
                for name in ALGORITHMS:
                    fixed = self.of(platform, f"collectives.all_reduce={name}", prompt=prompt)["time_s"]
                    self.assertLessEqual(chosen, fixed * (1 + 1e-9), (topology, name, prompt))

    def test_a_network_makes_no_run_slower_and_a_faster_one_neither(self):
        before = self.of(ALONE)["time_s"]
        for bandwidth in (0.1, 1, 30, 450):
            time = self.of(NODE % ("switch", bandwidth, 500))["time_s"]
            self.assertLessEqual(time, before * (1 + 1e-9), bandwidth)
            before = time

    def test_a_network_makes_no_layout_slower(self):
        """Stages, replicas, experts and contexts pass on what they make by the host where the network is slow."""
        for model, layout in (("deepseek-v2-lite", "{tp: 2, pp: 4}"),
                              ("deepseek-v2-lite", "{tp: 2, pp: 2, dp: 2, ep: 4}"),
                              ("deepseek-v2-lite", "{tp: 4, cp: 2}"),
                              ("deepseek-v2-lite", "{tp: 2, dp: 4, ep: 8}"),
                              ("deepseek-v2-lite", "{dp: 8, ep: 8}"),
                              ("deepseek-v2-lite", "{tp: 4, dp: 2, ep: 2}"),
                              ("qwen3-30b-a3b", "{dp: 8, ep: 8}"),
                              ("mixtral-8x7b", "{tp: 4, dp: 2, ep: 2}")):
            times = []
            config = json.loads((PROJECT / f"scenarios/models/{model}.json").read_text())
            # A layer for each of four stages: more are the same again.
            (self.folder / "model.json").write_text(json.dumps({**config, "num_hidden_layers": 4}))
            # The ways to the host have 64 GB/s and no latency: the switch of 64 has nothing but bytes of its own.
            for platform in (ALONE, *(NODE % ("switch", bandwidth, 500) for bandwidth in (0.1, 30, 64, 100, 450))):
                (self.folder / "platform.yaml").write_text(platform)
                (self.folder / "s.yaml").write_text(LAYOUT % ("model.json", layout))
                self.good("run", self.folder / "s.yaml", "-q", "--json", self.folder / "r.json")
                times.append(json.loads((self.folder / "r.json").read_text())["time_s"])
            for before, after in zip(times, times[1:]):
                self.assertLessEqual(after, before * (1 + 1e-9), (model, layout, times))
            self.assertLess(times[-1], 0.95 * times[0], (model, layout))

    def test_both_ways_give_the_same(self):
        for name in ALGORITHMS:
            platform = NODE % ("mesh", 64, 700)
            whole = self.of(platform, f"collectives.all_reduce={name}", "simulation.chunks=2")
            pieces = self.of(platform, f"collectives.all_reduce={name}", "simulation.chunks=2",
                                 "simulation.segments=false")
            for what in ("time_s", "energy_J", "peak_power_W"):
                self.assertLessEqual(abs(whole[what] - pieces[what]), 1e-9 * whole[what], (name, what))

    def test_the_result_names_what_was_taken(self):
        result = self.of(NODE % ("mesh", 64, 0), prompt=300)
        self.assertEqual(
            [(use["collective"], use["devices"], use["algorithm"]) for use in result["collectives"]],
            [("broadcast", "gpu", "scatter_gather"), ("all-gather", "gpu", "direct"), ("all-reduce", "gpu", "direct"),
             ("broadcast", "gpu[1..7]", "direct")])
        use = result["collectives"][2]
        self.assertEqual((use["least_bytes"], use["most_bytes"]), (64 * 2, 300 * 64 * 2))
        text = self.good("run", self.folder / "s.yaml", "--json", self.folder / "r.json")
        self.assertRegex(text, r"\ncollective +algorithm +from +to\n")
        self.assertIn("all-reduce, gpu", text)
        self.assertEqual(self.good("report", self.folder / "r.json"), text)
        alone = self.of(NODE % ("ring", 64, 1000), "mapping.default=gpu[0]")
        self.assertNotIn("collectives", alone)

    AT_ONE = ("mapping.o_proj=gpu[0]", "mapping.norm=gpu[0]")

    def test_collectives_with_a_root_can_be_fixed(self):
        """Shares of attention are gathered where o_proj is; sums are added up where the norm is; both outputs are for
        all devices."""
        platform = NODE % ("switch", 64, 700)
        chosen = self.of(platform, *self.AT_ONE)
        for collective in ("broadcast", "gather", "reduce"):
            for name in WITH_A_ROOT:
                if (collective, name) == ("gather", "scatter_gather"):
                    continue
                fixed = self.of(platform, *self.AT_ONE, f"collectives.{collective}={name}")
                taken = {use["algorithm"] for use in fixed["collectives"] if use["collective"] == collective}
                self.assertIn(name, taken)
                self.assertLessEqual(chosen["time_s"], fixed["time_s"] * (1 + 1e-9), (collective, name))

    def test_both_ways_give_the_same_with_a_root(self):
        for name in WITH_A_ROOT:
            settings = [*self.AT_ONE, "simulation.chunks=2",
                        *(f"collectives.{collective}={name}" for collective in ("broadcast", "gather", "reduce"))]
            whole = self.of(NODE % ("mesh", 64, 700), *settings)
            pieces = self.of(NODE % ("mesh", 64, 700), *settings, "simulation.segments=false")
            for what in ("time_s", "energy_J", "peak_power_W"):
                self.assertLessEqual(abs(whole[what] - pieces[what]), 1e-9 * whole[what], (name, what))

    def test_what_is_fixed_in_vain_is_told_once(self):
        (self.folder / "platform.yaml").write_text(ALONE)
        (self.folder / "s.yaml").write_text(SCENARIO % 64)
        self.warned("run", self.folder / "s.yaml", "--set", "collectives.all_reduce=ring",
                    saying=("--set: collectives.all_reduce: 'ring' cannot serve the all-reduce of gpu, so ",
                            " is taken; expected an algorithm that has the ways that it needs, or none"))
        (self.folder / "platform.yaml").write_text(ALONE + "collectives: {all_reduce: ring}\n")
        self.warned("run", self.folder / "s.yaml", saying="platform.yaml:2: collectives.all_reduce: 'ring' cannot serve")
        self.good("run", self.folder / "s.yaml", "--set", "collectives.all_reduce=host")

    def test_sums_on_the_host_are_told(self):
        """Where islands have no network between them; 8 tensors of 38,400 bytes pass the host's memory."""
        (self.folder / "platform.yaml").write_text(ISLANDS)
        (self.folder / "s.yaml").write_text(SCENARIO.replace("gpu", "a+b") % 300)
        self.warned("run", self.folder / "s.yaml", "--set", "collectives.all_reduce=host",
                    saying=("all-reduce of a+b: added on the host, ", " us for 0.0384 MB, as no network joins these devices; "
                            "expected a network between them, or collectives: {all_reduce: relay}"))

    def test_bad_choices(self):
        (self.folder / "platform.yaml").write_text(ALONE)
        scenario = self.folder / "s.yaml"
        scenario.write_text(SCENARIO % 4)
        known = ", ".join(ALGORITHMS)
        for setting, message in (
                ("collectives.all_reduce=rng",
                 f"collectives.all_reduce: unknown algorithm 'rng'; expected {known}; did you mean 'ring'?"),
                ("collectives.all_reduse=ring",
                 "collectives.all_reduse: unknown collective; expected all_reduce, reduce_scatter, all_gather, all_to_all, "
                 "broadcast, gather, reduce; "
                 "did you mean 'all_reduce'?"),
                ("collectives=ring", "collectives: no map; expected names with what is to be taken for each"),
                ("collectives.all_reduce=[ring]", "collectives.all_reduce: ")):
            self.refused("run", scenario, "--set", setting, saying=message)
        self.refused("run", scenario, "--set", "collectives.all_reduce=ring", "--set", "simulation.cost_model=reference",
                     "--set", "simulation.schedule=sequential", "--set", "mapping.default=gpu[0]",
                     saying="collectives: without meaning under cost model reference, which moves tensors as published; "
                            "expected another cost model")


CASES = PROJECT / "tests" / "data" / "cases" / "collectives"


class Cases(CliTest):
    """Inputs that once went wrong, with what their formulas give."""

    def of(self, name, *settings):
        changes = itertools.chain.from_iterable(("--set", setting) for setting in settings)
        return self.result(CASES / f"{name}.yaml", *changes)

    def communication(self, result, phase, name):
        """How often, and how long all of it took."""
        return next((entry["count"], entry["time_s"]) for entry in result["event_classes"]
                    if (entry["phase"], entry["type"], entry["name"]) == (phase, "communication", name))

    def taken(self, result, collective):
        return [use["algorithm"] for use in result["collectives"] if use["collective"] == collective]

    def near(self, expected, actual):
        self.assertLessEqual(abs(actual - expected), 1e-9 * expected)

    def test_a_switch_does_not_slow_eight_devices_down(self):
        self.assertLessEqual(self.of("tp8_gpu_server")["time_s"], self.of("tp8_no_switch")["time_s"])

    def test_a_mesh_uses_all_its_links(self):
        """An eighth over each of seven links, twice; eight eighths are read and one written between, at 2 TB/s."""
        result = self.of("tp_mesh")
        count, time = self.communication(result, "prefill", "all-reduce")
        tensor = 2048 * 8192 * 2
        self.near(160 * (2 * (1e-6 + tensor / 8 / 64e9) + 9 * tensor / 8 / H100_BPS), time)
        self.assertEqual(count, 160)
        ring = self.of("tp_mesh", "platform=" + str(CASES / "p_ring.yaml"))
        self.assertLess(result["phases"]["prefill"]["time_s"] * 2, ring["phases"]["prefill"]["time_s"] * 1.5)

    def test_one_launch_a_collective(self):
        """Of 5 us, on every device that adds."""
        for phase, count in (("prefill", 160), ("decode", 480)):
            times = [self.communication(self.of("launch", "collectives.all_reduce=ring", f"platform={platform}"), phase,
                                        "all-reduce") for platform in (CASES / "p_launch.yaml", self.without_launch())]
            self.assertEqual([times[0][0], times[1][0]], [count, count])
            self.near(count * 5e-6, times[0][1] - times[1][1])

    def without_launch(self):
        text = (CASES / "p_launch.yaml").read_text()
        return self.write("p.yaml", text.replace("launch_overhead_ns: 5000", "launch_overhead_ns: 0"))

    def test_two_boards_and_a_slower_network(self):
        self.assertEqual(self.taken(self.of("tp8_bridge"), "all-reduce")[0][:12], "hierarchical")

    def test_islands_add_on_their_devices(self):
        result = self.of("multinode_via_host")
        self.assertEqual(self.taken(result, "all-reduce")[0], "hierarchical (direct, then through_host)")
        self.assertLess(result["phases"]["prefill"]["time_s"], 0.053)
        stored = self.of("multinode_via_host", "collectives.all_reduce=relay")
        self.assertGreater(stored["phases"]["prefill"]["time_s"], 0.07)
        pieces = self.of("multinode_via_host", "simulation.chunks=4")
        self.assertLess(pieces["phases"]["prefill"]["time_s"], 0.05)

    def test_experts_that_are_split_are_summed_once(self):
        """Two all-reduces a layer and pass, and not one for each expert."""
        result = self.of("moe_tp8")
        self.assertEqual(self.communication(result, "decode", "all-reduce")[0], 32 * 2 * 3)

    def test_no_device_is_a_hub(self):
        for name in ("moe_ep8", "dp_ep"):
            moved = [device["moved_bytes"]["device_to_device"] for device in self.of(name)["devices"].values()][1:]
            self.assertLess(max(moved), 1.01 * min(moved), name)
        self.assertEqual(self.taken(self.of("dp_ep"), "all-to-all"), ["direct"])

    def test_rows_go_to_their_peers(self):
        """Four rows of 512 tokens of 5120 two-byte numbers, four times at once: over links of 12.5 GB/s, or by way of
        the host, at 64 GB/s up and down, which is faster."""
        rows_B = 4 * 512 * 5120 * 2
        boundary_s = {}
        for bandwidth in (64, 10):
            result = self.of("dp4_pp2", "workload.detail=layers",
                             f"platform.devices.gpu.host_to_device_bw_GBs={bandwidth}")
            ids_B = 4 * 512 * 8
            count, inputs_s = self.communication(result, "prefill", "input")
            self.assertEqual(count, 2)
            boundary_s[bandwidth] = inputs_s - ids_B / bandwidth / 1e9
        self.near(2 * rows_B / 64e9, boundary_s[64])
        self.near(2e-6 + rows_B / 12.5e9, boundary_s[10])

    def test_hundreds_of_devices_are_one_transfer_a_stage(self):
        result = self.of("tp256")
        tensor = 64 * 8192 * 2
        count, time = self.communication(result, "prefill", "all-reduce")
        self.near(count * (2 * (1e-6 + 255 / 256 * tensor / 50e9) + 257 * tensor / 256 / H100_BPS), time)


if __name__ == "__main__":
    unittest.main()
