"""Weights and caches that live on other devices and stream from there: what comes out, and what is refused."""

import unittest

from program import SCENARIOS, CliTest, device_yaml, run

PLATFORM = "devices: [{name: dev, architecture: Mine, count: %d%s}, {name: pool, architecture: Mine}]\n"
SCENARIO = """\
platform: platform.yaml
architectures: [devices.yaml]
workload: {model: model.json, prompt_tokens: 6, output_tokens: 5, batch: 2}
mapping: {default: dev}
simulation: {schedule: %s}
%s"""
# Of the small model: weights 0.2777 MB, caches of 2 x 10 rows, and activations.
NEEDED = "capacity_GB: 0.00025"


class OffloadTest(CliTest):
    def machine(self, offload="", schedule="dataflow", devices=1, figures="", **changes):
        self.write("devices.yaml", device_yaml(**changes))
        self.write("platform.yaml", PLATFORM % (devices, ", " + figures if figures else ""))
        return self.write("s.yaml", SCENARIO % (schedule, f"offload: {offload}\n" if offload else ""))

    def test_both_ways_give_the_same(self):
        for offload in ("{weights: HOST}", "{weights: pool, kv_cache: HOST}", "{kv_cache: {to: pool, share: 0.3}}"):
            for schedule in ("sequential", "dataflow", "dataflow, chunks: 2", "dataflow, microbatches: 2",
                             "dataflow, interleave: 2", "dataflow, prefetch_weights: {buffer_MB: 0.1}"):
                scenario = self.machine(offload, schedule, 2, NEEDED)
                with self.subTest((offload, schedule)):
                    whole = self.result(scenario)
                    pieces = self.result(scenario, "--set", "simulation.segments=false")
                    self.same_numbers(whole, pieces, 1e-9)

    def test_a_faster_link_makes_no_run_slower(self):
        for schedule in ("sequential", "dataflow"):
            before = None
            for bandwidth in (0.1, 1, 10, 1000):
                scenario = self.machine("{weights: {to: HOST, share: 1}, kv_cache: {to: HOST, share: 1}}", schedule,
                                        host_to_device_bw_GBs=bandwidth, device_to_host_bw_GBs=bandwidth)
                time = self.result(scenario)["time_s"]
                if before is not None:
                    self.assertLess(time, before, (schedule, bandwidth))
                before = time

    def test_free_links_cost_what_no_offload_costs(self):
        for schedule in ("sequential", "dataflow"):
            there = self.result(self.machine("", schedule), "--set", "simulation.ideal_links=true")
            away = self.result(self.machine("{weights: {to: pool, share: 1}, kv_cache: {to: HOST, share: 1}}", schedule),
                               "--set", "simulation.ideal_links=true")
            for what in ("time_s", "energy_J"):
                self.close(there[what], away[what], 1e-9, (schedule, what))

    def test_bytes_are_conserved(self):
        there = self.result(self.machine())
        away = self.result(self.machine("{weights: {to: pool, share: 0.25}, kv_cache: {to: HOST, share: 0.5}}"))

        def held(result, part):
            return sum(device["memory_bytes"][part] for device in result["devices"].values())

        def down(result, phase):
            return result["phases"][phase]["moved_bytes"]["host_to_device"]

        for part in ("weights", "kv_cache"):
            self.close(held(there, part), held(away, part), 1e-12, part)
        self.close(0.75 * there["devices"]["dev"]["memory_bytes"]["weights"],
                   away["devices"]["dev"]["memory_bytes"]["weights"], 1e-12)
        self.close(0.5 * there["devices"]["dev"]["memory_bytes"]["kv_cache"],
                   away["devices"]["HOST"]["memory_bytes"]["kv_cache"], 1e-12)
        # Weights but for the table's, once a pass up to the host and down again; a row of the table for each token.
        table_B = 500 * 64 * 2
        weights_B = there["devices"]["dev"]["memory_bytes"]["weights"] - table_B
        row_B = 2 * 2 * (2 * 2 * 16) * 2  # of two sequences: two layers, keys and values of two heads of 16 numbers
        self.close(0.25 * (weights_B + 2 * 6 * 64 * 2), down(away, "prefill") - down(there, "prefill"), 1e-9)
        self.close(0.25 * 4 * (weights_B + 2 * 64 * 2) + 0.5 * (6 + 7 + 8 + 9) * row_B,
                   down(away, "decode") - down(there, "decode"), 1e-9)

    def test_what_streams_has_room(self):
        # The largest are lm_head's weights, 64 x 500 numbers, and a layer's cache, 2 x 10 rows of 2 x 2 x 16 numbers.
        for schedule, events in (("sequential", 1), ("dataflow", 2)):
            result = self.result(self.machine("{weights: {to: pool, share: 0.25}, kv_cache: {to: HOST, share: 0.5}}", schedule))
            memory = result["devices"]["dev"]["memory_bytes"]
            self.close(events * (0.25 * 64 * 500 * 2 + 0.5 * 20 * 64 * 2), memory["streams"], 1e-12)
            self.close(sum(memory[part] for part in ("weights", "kv_cache", "activations", "streams")), memory["total"], 1e-12)
            self.assertNotIn("streams", result["devices"]["pool"]["memory_bytes"])
        # What is found fits exactly.
        found = self.result(self.machine("{weights: HOST}", figures=NEEDED))["devices"]["dev"]["memory_bytes"]
        self.close(found["capacity"], found["total"], 1e-12)
        # Weights read at once leave nothing to be gained by: too little stays too little.
        self.refused("run", self.machine("{weights: HOST}", figures="capacity_GB: 0.0001"), code=1, saying=", room for streams ")

    def test_communication_has_its_names(self):
        classes = self.result(self.machine("{weights: {to: HOST, share: 0.5}, kv_cache: {to: HOST, share: 1}}"))
        names = {(found["kind"], found["name"]) for found in classes["event_classes"]}
        self.assertIn(("communication", "weights"), names)
        self.assertIn(("communication", "KV cache"), names)

    def test_more_capacity_makes_no_run_slower(self):
        before = None
        for capacity in ("0.00016", "0.0002", "0.00025", "0.0003", "1"):
            time = self.result(self.machine("{weights: HOST, kv_cache: pool}", figures=f"capacity_GB: {capacity}"))["time_s"]
            if before is not None:
                self.assertLessEqual(time, before * (1 + 1e-12), capacity)
            before = time
        self.close(self.result(self.machine())["time_s"], before, 1e-12)

    def test_what_is_refused(self):
        def refused(offload, *words, code=2, **changes):
            with self.subTest(offload):
                self.refused("check", self.machine(offload, **changes), saying=words, code=code)

        refused("{weights: pol}", "s.yaml:6: offload.weights: unknown device 'pol'", "did you mean 'pool'?")
        refused("{kv_cache: {to: 'dev[7]'}}", "s.yaml:6: offload.kv_cache: ", "dev[7]")
        refused("{weights: dev}", "s.yaml:6: offload.weights: 'dev' would keep its own, and nobody else has any; "
                                  "expected other devices than those that use it")
        refused("{weights: {to: HOST, share: 0}}", "s.yaml:6: offload.weights.share: '0'; expected a number")
        refused("{weights: {to: HOST, share: 1.5}}", "s.yaml:6: offload.weights.share: '1.5'; expected a number")
        refused("{weight: HOST}", "s.yaml:6: offload.weight: unknown key", "did you mean 'weights'?")
        refused("{weights: {to: HOST, share: 0.01}}", "capacity: dev needs ", "offload, or simulation.allow_overflow",
                code=1, figures=NEEDED)
        refused("{kv_cache: HOST}", "capacity: dev needs ", "weights 0.0003007, KV cache 5.12e-06,", code=1, figures="capacity_GB: 0.0001")
        # Without a capacity of its own the pool has its profile's.
        refused("{weights: {to: pool, share: 1}}", "capacity: pool needs ", "are kept for other devices", code=1,
                capacity_GB=0.0001)
        self.refused("check", self.machine("{weights: HOST}", "sequential"), "--set", "simulation.cost_model=reference",
                     "--set", "mapping.default=dev[0]",
                     saying="offload: without meaning under cost model reference, which moves tensors as published; "
                            "expected another cost model")

    def test_without_it_overflow_says_what_is_not_charged(self):
        scenario = self.machine(figures=NEEDED)
        self.refused("run", scenario, code=1, saying=("capacity: dev needs ", "expected more or larger devices, offload, "
                                                      "or simulation.allow_overflow: true"))
        outcome = run("run", scenario, "--set", "simulation.allow_overflow=true")
        self.assertEqual(outcome.code, 0)
        self.check_messages(outcome.err, ["warning"])
        self.check_words(outcome.err, ("s.yaml: simulation.allow_overflow: dev needs ", "which is not charged for; "
                                       "expected more or larger devices, or offload, which has it streamed"))
        self.assertEqual(self.allowed(scenario, "--set", "simulation.allow_overflow=true")["time_s"],
                         self.result(self.machine())["time_s"])

    def test_the_shipped_scenario_streams_what_does_not_fit(self):
        result = self.result(SCENARIOS / "machines" / "llama-2-70b_offloaded.yaml")
        gpu, host = (result["devices"][name]["memory_bytes"] for name in ("gpu[0]", "HOST"))
        self.close(80e9, gpu["total"], 1e-9)
        down = sum(result["phases"][phase]["moved_bytes"]["host_to_device"] for phase in ("prefill", "decode"))
        # Each of the passes brings what the host keeps, the table's rows apart.
        self.assertLess(abs(down / (result["forward_passes"] * host["weights"]) - 1), 0.01)


if __name__ == "__main__":
    unittest.main()
