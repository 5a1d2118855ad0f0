"""Batches whose sequences differ in length."""

import itertools
import json

from program import CliTest, what_came_out

LENGTHS = (40, 3, 17, 3)
OUTPUT = 5


class RaggedTest(CliTest):
    def result(self, prompts, *settings, batch=None, command="run"):
        path = self.folder / "r.json"
        workload = f"{{ model: model.json, prompt_tokens: {prompts}, output_tokens: {OUTPUT}"
        scenario = self.small(workload=workload + (f", batch: {batch} }}" if batch else " }"))
        changes = itertools.chain.from_iterable(("--set", setting) for setting in settings)
        self.good(command, scenario, "-q", "--json", path, *changes)
        return json.loads(path.read_text())

    def near(self, expected, actual, what):
        self.assertLessEqual(abs(actual - expected), 1e-9 * abs(expected), what)

    def test_equal_lengths_are_a_batch(self):
        listed, batch = self.result([7, 7, 7]), self.result(7, batch=3)
        self.assertEqual(what_came_out(listed), what_came_out(batch))

    def test_attention_costs_what_its_sequences_do(self):
        """Each sequence attends to its own rows, whatever else is in the step; weights are read once."""
        def energies(result):
            return {(entry["phase"], entry["name"], part): entry["energy_J"][part]
                    for entry in result["event_classes"] if entry["type"] == "scaled_dot_product_attention"
                    for part in ("compute", "main_mem")}
        together = self.result(list(LENGTHS))
        alone = [self.result(length) for length in LENGTHS]
        sums = {key: sum(energies(result)[key] for result in alone) for key in energies(alone[0])}
        self.assertEqual(len(sums), 4)
        for key, energy in energies(together).items():
            self.near(sums[key], energy, key)
        for phase in ("prefill", "decode"):
            self.near(sum(result["phases"][phase]["energy_J"]["compute"] for result in alone),
                      together["phases"][phase]["energy_J"]["compute"], "arithmetic is that of all rows")
            self.assertLess(together["phases"][phase]["energy_J"]["main_mem"],
                            sum(result["phases"][phase]["energy_J"]["main_mem"] for result in alone), "weights")
        self.assertEqual(together["generated_tokens"], len(LENGTHS) * OUTPUT)
        held = [result["devices"]["PIM_AI_4chip"]["memory_bytes"]["kv_cache"] for result in (together, *alone)]
        self.assertEqual(held[0], sum(held[1:]))

    def test_the_order_of_rows_does_not_matter(self):
        one, other = self.result(list(LENGTHS)), self.result(sorted(LENGTHS))
        self.near(one["time_s"], other["time_s"], "time")
        self.near(one["energy_J"], other["energy_J"], "energy")

    def test_a_longer_row_is_never_cheaper(self):
        costs = [self.result([4, length, 9]) for length in (1, 2, 8, 100)]
        for less, more in zip(costs, costs[1:]):
            self.assertLess(less["time_s"], more["time_s"])
            self.assertLess(less["energy_J"], more["energy_J"])

    def test_both_ways_give_the_same(self):
        windows = self.result(list(LENGTHS), "simulation.schedule=dataflow")
        pieces = self.result(list(LENGTHS), "simulation.schedule=dataflow", "simulation.segments=false")
        self.near(windows["time_s"], pieces["time_s"], "time")
        self.near(windows["energy_J"], pieces["energy_J"], "energy")

    def test_a_trace_says_whose_rows_are_whose(self):
        trace = self.folder / "t.jsonl"
        self.result(3)  # writes the model
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", ",".join(map(str, LENGTHS)),
                  "--output-tokens", OUTPUT, "--logits", "last", "-o", trace)
        self.good("run", self.small(workload="{ trace: t.jsonl }"), "-q", "--json", self.folder / "t.json")
        from_trace = json.loads((self.folder / "t.json").read_text())
        of_model = self.result(list(LENGTHS), "workload.detail=layers")
        self.near(of_model["time_s"], from_trace["time_s"], "time")
        self.near(of_model["energy_J"], from_trace["energy_J"], "energy")
        self.assertEqual(of_model["generated_tokens"], from_trace["generated_tokens"])

    def test_what_cannot_be(self):
        self.result(3)
        cases = {
            "[]": "is empty; expected a number, or one for each row of the batch",
            "[4, 0]": "prompt_tokens[1]: '0'; expected a whole number from 1",
            "[4, -1]": "prompt_tokens[1]: '-1'; expected a whole number from 1",
            "[4, .inf]": "prompt_tokens[1]: '.inf'; expected a whole number from 1",
            "[4, [5]]": "prompt_tokens[1]: a list; expected a whole number",
            "[4, 5], batch: 3": "has 2 prompts, but the batch has 3 rows; expected one for each, or no batch",
            "[4, 5], attention: eager": "expected sdpa with prompts of different lengths",
            "[4, 5], profile: true": "libtorch runs prompts of one length; expected a number with profile: true",
        }
        for prompts, message in cases.items():
            with self.subTest(prompts=prompts):
                scenario = self.small(workload=f"{{ model: model.json, prompt_tokens: {prompts}, output_tokens: 2 }}")
                self.refused("run", scenario, saying=message)
        ragged = self.small(workload="{ model: model.json, prompt_tokens: [4, 5], output_tokens: 2 }")
        for option in ("microbatches", "interleave"):
            self.refused("run", ragged, "--set", "simulation.schedule=dataflow", "--set", f"simulation.{option}=2",
                         saying=f"{option}: they take rows of the batch")
        self.refused("run", ragged, "--set", "simulation.cost_model=reference", saying="expected roofline")
