"""Small inputs that once went wrong (tests/data/cases), each with the right value worked out here: from the sizes of
its model, the figures of its devices and the formulas of docs/models.md and docs/machines.md."""

import json
import math
from typing import NamedTuple

from program import PROJECT, CliTest, run

CASES = PROJECT / "tests" / "data" / "cases"
MODELS = PROJECT / "tests" / "data" / "models"
BF16 = 2  # bytes
AS_LAYERS = ("--set", "workload.detail=layers")  # what the values here are worked out for


class Linear(NamedTuple):
    """A product of rows with a weight."""
    inputs: int
    outputs: int

    @property
    def weights(self):
        return self.inputs * self.outputs

    def numbers(self, rows):
        """Read and written: the weight once, each row's input and output."""
        return self.weights + rows * (self.inputs + self.outputs)

    def flop(self, rows):
        return 2 * rows * self.weights


class Device(NamedTuple):
    flop_per_s: float
    bytes_per_s: float
    number_B: int
    norm_s: float = 0  # an element on the vector unit; 0: 4 flop of arithmetic
    silu_s: float = 0  # 0: 5 flop
    softmax_s: float = 0  # 0: 5 flop

    def moves(self, numbers):
        return numbers * self.number_B / self.bytes_per_s

    def linear(self, linear, rows):
        return max(linear.flop(rows) / self.flop_per_s, self.moves(linear.numbers(rows)))

    def elementwise(self, elements, element_s, flop, parameters=0):
        """In and out, and parameters once."""
        return max(elements * (element_s or flop / self.flop_per_s), self.moves(2 * elements + parameters))

    def norm(self, rows, width):
        return self.elementwise(rows * width, self.norm_s, 4, width)

    def silu(self, elements):
        return self.elementwise(elements, self.silu_s, 5)

    def softmax(self, elements):
        return self.elementwise(elements, self.softmax_s, 5)


class Mixtral:
    """Mixtral-8x7B: seconds of its parts on a device, for `batch` rows of `new` tokens each after `cached` ones."""
    HIDDEN, INNER, LAYERS, VOCABULARY = 4096, 14336, 32, 32000
    HEADS, KV_HEADS, WIDTH = 32, 8, 128
    EXPERTS, CHOSEN = 8, 2
    Q, KV, O = Linear(HIDDEN, HEADS * WIDTH), Linear(HIDDEN, KV_HEADS * WIDTH), Linear(HEADS * WIDTH, HIDDEN)
    GATE, HEAD = Linear(HIDDEN, EXPERTS), Linear(HIDDEN, VOCABULARY)
    W1, W2 = Linear(HIDDEN, INNER), Linear(INNER, HIDDEN)  # w3 is as w1
    PARAMETERS = (2 * VOCABULARY * HIDDEN + HIDDEN +  # embedding, head; the last norm
                  LAYERS * (2 * HIDDEN + Q.weights + 2 * KV.weights + O.weights +  # two norms; attention
                            GATE.weights + EXPERTS * (2 * W1.weights + W2.weights)))

    def __init__(self, device, batch):
        self.device, self.batch = device, batch

    def embedding(self, new):
        rows = self.batch * new  # rows read and written, and an id of 8 bytes for each
        return self.device.moves(2 * rows * self.HIDDEN) + 8 * rows / self.device.bytes_per_s

    def attention(self, new, cached):
        keys = cached + new
        pairs = sum(cached + i for i in range(1, new + 1))  # a query sees the rows before it, and its own
        # Products with keys and values of 128 numbers, 5 flop of softmax.
        flop = self.batch * self.HEADS * pairs * (2 * self.WIDTH + 2 * self.WIDTH + 5)
        numbers = self.batch * self.HEADS * new * 2 * self.WIDTH  # query, output
        numbers += self.batch * self.KV_HEADS * keys * 2 * self.WIDTH  # cache
        return max(flop / self.device.flop_per_s, self.device.moves(numbers))

    def router(self, new):
        """And its softmax."""
        return (self.device.linear(self.GATE, self.batch * new) +
                self.device.softmax(self.batch * new * self.EXPERTS))

    def until_experts(self, new, cached):
        """A layer: two norms, attention, the router."""
        device, rows = self.device, self.batch * new
        return (2 * device.norm(rows, self.HIDDEN) + device.linear(self.Q, rows) + 2 * device.linear(self.KV, rows) +
                self.attention(new, cached) + device.linear(self.O, rows) + self.router(new))

    def expert(self, rows):
        return (2 * self.device.linear(self.W1, rows) + self.device.silu(rows * self.INNER) +
                self.device.linear(self.W2, rows))

    def end(self, new):
        """The last norm; logits of the last position."""
        return self.device.norm(self.batch * new, self.HIDDEN) + self.device.linear(self.HEAD, self.batch)

    def one_device(self, new, cached, rows_of_experts):
        return (self.embedding(new) + self.end(new) +
                self.LAYERS * (self.until_experts(new, cached) + sum(map(self.expert, rows_of_experts))))


def classes(result, name, phase):
    return [events for events in result["event_classes"] if (events["name"], events["phase"]) == (name, phase)]


def only(result, name, phase):
    found, = classes(result, name, phase)
    return found


def setting(**changes):
    return [part for key, value in changes.items() for part in ("--set", f"{key.replace('__', '.')}={value}")]


class Routing(CliTest):
    """Which experts the rows of a batch go to, where no router can be computed."""
    BATCH, PROMPT, PASSES = 64, 8, 4
    H200 = Device(989e12, 2860e9, BF16, norm_s=0.008125e-9, silu_s=0.0046875e-9, softmax_s=0.003125e-9)
    LINK = 64e9  # B/s

    def batch64(self, *options, **changes):
        return self.result(CASES / "routing" / "batch64.yaml", *AS_LAYERS, *options, *setting(**changes))

    def decode_s(self, rows_of_experts):
        model = Mixtral(self.H200, self.BATCH)
        # What returns at the end is the head's input, once for each pass.
        returned_B = self.PASSES * self.BATCH * Mixtral.HIDDEN * BF16
        return returned_B / self.LINK + sum(model.one_device(1, self.PROMPT + step, rows_of_experts)
                                            for step in range(self.PASSES - 1))

    def check_decode(self, result, rows_of_experts):
        self.close(self.decode_s(rows_of_experts), result["phases"]["decode"]["time_s"], 1e-9)
        self.close(self.BATCH * (self.PASSES - 1) / self.decode_s(rows_of_experts),
                   result["phases"]["decode"]["tokens_per_s"], 1e-9)
        for name, linear in (("w1", Mixtral.W1), ("w3", Mixtral.W1), ("w2", Mixtral.W2)):
            events = only(result, name, "decode")
            # 3 passes of 32 layers; 64 rows · 2 experts, however they are spread.
            self.assertEqual(3 * 32 * len(rows_of_experts), events["count"])
            self.assertEqual(3 * 32 * BF16 * (len(rows_of_experts) * linear.weights +
                                              64 * 2 * (linear.inputs + linear.outputs)), events["memory_bytes"])
            self.assertEqual(3 * 32 * linear.flop(64 * 2), events["flop"])

    def test_a_batch_of_64_reads_all_experts(self):
        """64 rows · 2 experts over 8 experts are 16 rows each; about 1926 tokens/s."""
        result = self.batch64()
        self.check_decode(result, [64 * 2 // 8] * 8)
        self.assertEqual(1926, round(result["phases"]["decode"]["tokens_per_s"]))
        # In prefill 64 · 8 rows · 2 experts over 8; the ids of the prompt, of 8 bytes, come over the link.
        prefill_s = (64 * 8 * 8 / self.LINK +
                     Mixtral(self.H200, self.BATCH).one_device(self.PROMPT, 0, [64 * 8 * 2 // 8] * 8))
        self.close(prefill_s, result["phases"]["prefill"]["time_s"], 1e-9)
        # 64 rows · (8 + 3) tokens · 32 layers · 8 heads · 128 numbers of a key and of a value.
        self.assertEqual((46702792704 * BF16, 64 * 11 * 32 * 8 * 128 * 2 * BF16),
                         tuple(result["devices"]["H200"]["memory_bytes"][part] for part in ("weights", "kv_cache")))
        self.assertEqual(46702792704, Mixtral.PARAMETERS)

    def test_experts_drawn_at_random_take_as_long(self):
        """Of 8 experts 8 · (1 − (1 − 2/8)^64) are touched: all but 8e-8 of one. How rows are spread does not change
        what is moved in all."""
        untouched = (1 - 2 / 8) ** 64
        even, drawn = (self.batch64(workload__routing=rule) for rule in ("balanced", "uniform_random"))
        even_s, drawn_s = (result["phases"]["decode"]["time_s"] for result in (even, drawn))
        self.assertLess(abs(drawn_s / even_s - 1), untouched)
        self.check_decode(drawn, [64 * 2 // 8] * 8)
        self.assertEqual(self.batch64()["phases"], even["phases"])  # balanced is the default

    def test_round_robin_sends_all_rows_to_two_experts(self):
        """As published: 6677 tokens/s, of which no server is capable."""
        result = self.batch64(workload__routing="round_robin")
        self.check_decode(result, [64] * 2)
        self.assertEqual(6677, round(result["phases"]["decode"]["tokens_per_s"]))

    def test_mean_of_distinct_experts(self):
        """Balanced min(8, 2 · B); at random 8 · (1 − (1 − 2/8)^B) on average: the same for one row and for many."""
        experts, chosen, passes = 8, 2, 32
        draws = passes * 32  # layers
        for batch in (1, 2, 4):
            means = {}
            for rule in ("balanced", "uniform_random"):
                result = self.batch64(workload__routing=rule, workload__batch=batch, workload__output_tokens=passes + 1)
                means[rule] = only(result, "w1", "decode")["count"] / draws
            missed = (1 - chosen / experts) ** batch  # by all rows
            both_missed = ((experts - chosen) * (experts - chosen - 1) / (experts * (experts - 1))) ** batch
            variance = experts * missed * (1 - missed) + experts * (experts - 1) * (both_missed - missed ** 2)
            with self.subTest(batch=batch):
                self.assertEqual(min(experts, chosen * batch), means["balanced"])
                self.assertLessEqual(abs(means["uniform_random"] - experts * (1 - missed)),
                                     4 * math.sqrt(max(variance, 0) / draws) + 1e-9)
                if batch == 1:
                    self.assertEqual(means["balanced"], means["uniform_random"])

    def test_reference_keeps_round_robin(self):
        counts, times = {}, {}
        for rule in (None, "round_robin", "balanced"):
            changes = {"workload__routing": rule} if rule else {}
            result = self.batch64("--cost-model", "reference", **changes)
            counts[rule], times[rule] = only(result, "w1", "decode")["count"], result["time_s"]
        self.assertEqual({None: 3 * 32 * 2, "round_robin": 3 * 32 * 2, "balanced": 3 * 32 * 8}, counts)
        self.assertEqual(times[None], times["round_robin"])


class ExpertsOverDimms(CliTest):
    """Mixtral-8x7B in int8, the eight experts of each layer on dimm[0..7], all else on dimm[8]; 64 rows."""
    DIMM = Device(80e12, 1638.4e9, 1)
    CHANNEL = 44e9  # B/s, of a DIMM alone and of both on a channel together
    ROWS_B = 64 * 4096  # of all rows
    PASSES, PROMPT = 8, 64

    def decode_s(self, expert_rows, crowd, links=True):
        """`crowd(step, layer)`: how many of a layer's experts share the busiest channel."""
        model = Mixtral(self.DIMM, 64)
        total = self.PASSES * self.ROWS_B / self.CHANNEL * links  # the head's input returns, once for each pass
        for step in range(self.PASSES - 1):
            total += model.embedding(1) + model.end(1)
            for layer in range(Mixtral.LAYERS):
                total += model.until_experts(1, self.PROMPT + step) + model.expert(expert_rows)
                # The block's input goes to the host, and from there to each expert's DIMM; an expert's rows go to the
                # host, and the sum from there to dimm[8].
                share_B = expert_rows * 4096
                total += links * (2 * self.ROWS_B + crowd(step, layer) * (self.ROWS_B + share_B)) / self.CHANNEL
                # All of it has to go to the host, whatever the router says: the two take place side by side.
                total -= links * min(model.router(1), self.ROWS_B / self.CHANNEL)
        return total

    def decode(self, **changes):
        result = self.result(CASES / "routing" / "experts_batch64.yaml", *AS_LAYERS, *setting(**changes))
        return result["phases"]["decode"]

    def check(self, tokens_per_s, rows, crowd, **changes):
        for links in (True, False):
            with self.subTest(links=links):
                decode = self.decode(simulation__ideal_links=str(not links).lower(), **changes)
                self.close(self.decode_s(rows, crowd, links), decode["time_s"], 1e-9)
                if links:
                    self.close(64 * (self.PASSES - 1) / self.decode_s(rows, crowd), decode["tokens_per_s"], 1e-9)
                    self.assertEqual(tokens_per_s, round(decode["tokens_per_s"]))

    def test_rows_are_shared(self):
        """64 rows · 2 experts over 8 DIMMs are 16 rows each; two DIMMs on each of four channels."""
        self.check(9283, 16, lambda step, layer: 2)

    def test_round_robin_keeps_two_dimms_busy(self):
        """All 64 rows go to experts p + l and p + l + 1 (mod 8), which share a channel where the first is even."""
        self.check(5088, 64, lambda step, layer: 2 if (self.PROMPT + step + layer) % 2 == 0 else 1,
                   workload__routing="round_robin")

    def test_drawn_at_random(self):
        """The DIMM with the most rows sets the pace, but it is bound by weights: a little longer than equal shares."""
        even, drawn = (self.decode(**changes)["time_s"] for changes in ({}, {"workload__routing": "uniform_random"}))
        self.assertLess(even, drawn)
        self.assertLess(drawn, 1.01 * even)


class KvCache(CliTest):
    """The cache on its way from two GPUs, which share the rows in prefill, to 16 DIMMs, which share its heads."""
    HEAD_ROW_B = 32 * 128 * 2 * BF16  # of all layers: one token's key and value of one head
    # 32 query heads over 16 DIMMs: two each. Four share a KV head, so that each KV head is on two DIMMs.
    KV_HEADS_OF = [{query // 4 for query in range(2 * dimm, 2 * dimm + 2)} for dimm in range(16)]

    def check(self, result, batch):
        sent = [result["links"][f"dimm[{dimm}].host_to_device"]["moved_bytes"]["prefill"] for dimm in range(16)]
        self.assertEqual([batch * 1000 * len(heads) * self.HEAD_ROW_B for heads in self.KV_HEADS_OF], sent)
        # 8 heads · 2 DIMMs · 1000 rows · 32 layers · 128 numbers · (key, value) · 2 bytes
        self.assertEqual(batch * 8 * 2 * 1000 * 32 * 128 * 2 * 2, sum(sent))
        # To the host each head goes once: 8 heads of 1000 rows are 131 MB.
        self.assertEqual(batch * 131_072_000, sum(
            result["links"][f"gpu[{gpu}].device_to_host"]["moved_bytes"]["prefill"] for gpu in range(2)))
        for dimm, heads in enumerate(self.KV_HEADS_OF):  # three decoded tokens have come to it
            self.assertEqual(batch * 1003 * len(heads) * self.HEAD_ROW_B,
                             result["devices"][f"dimm[{dimm}]"]["memory_bytes"]["kv_cache"])

    def test_each_kv_head_is_on_two_dimms(self):
        self.assertEqual([1] * 16, [len(heads) for heads in self.KV_HEADS_OF])
        self.assertEqual([2] * 8, [sum(head in heads for heads in self.KV_HEADS_OF) for head in range(8)])

    def test_one_row(self):
        """Of two replicas one has the row."""
        result = self.result(CASES / "kv" / "one_row.yaml")
        self.check(result, 1)
        self.assertEqual([0, 1000 * 8 * self.HEAD_ROW_B],
                         [result["devices"][f"gpu[{gpu}]"]["memory_bytes"]["kv_cache"] for gpu in range(2)])

    def test_as_many_micro_batches_as_rows(self):
        for parts in (8, 4, 1):
            with self.subTest(parts=parts):
                self.check(self.result(CASES / "kv" / "microbatches.yaml", *setting(simulation__microbatches=parts)), 8)

    def test_latent_attention(self):
        """One row of 512 + 64 numbers a token, however many heads are said to be in the cache."""
        cache_B = 1000 * 576 * BF16
        self.assertEqual(1_152_000, cache_B)
        for options in ([], setting(simulation__num_key_value_heads=128), setting(simulation__num_key_value_heads=1)):
            with self.subTest(options=options):
                file = self.folder / "result.json"
                outcome = run("run", CASES / "kv" / "mla.yaml", *options, "--json", file)
                self.assertEqual(0, outcome.code)
                self.check_messages(outcome.err, ["warning", "warning"])
                self.check_words(outcome.err, ("no layer is named 'none'", "keys of 192 numbers and values of 128",
                                               "multi-head latent attention with 576 numbers"))
                result = json.loads(file.read_text())
                attention = only(result, "attn_output", "prefill")
                self.close(cache_B, attention["busy_s"]["kv_load"] *
                           result["architectures"]["H100"]["memory_Bps"], 1e-9)
                # 128 queries of 192 numbers and as many results of 128 besides.
                self.assertEqual(cache_B + 128 * (192 + 128) * BF16, attention["memory_bytes"])
                self.assertEqual(cache_B, result["devices"]["H100"]["memory_bytes"]["kv_cache"])


class Capacity(CliTest):
    """What models hold: weights, cache, and the largest input and output of one call."""
    # Llama-3.1-8B: 32 layers of 4096, 32 heads and 8 KV heads of 128, 14336 in the MLP, a vocabulary of 128256.
    TABLE = 128256 * 4096
    NORMS = (2 * 32 + 1) * 4096
    LINEAR = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336)  # q and o, k and v, the MLP

    def check(self, result, device, weights, kv_cache, activations):
        held = result["devices"][device]["memory_bytes"]
        self.assertEqual({"weights": weights, "kv_cache": kv_cache, "activations": activations,
                          "total": weights + kv_cache + activations}, {part: held[part] for part in held
                                                                       if part != "capacity"})
        self.assertLess(held["total"], held["capacity"])

    def too_small(self, scenario, *options, saying):
        self.refused("run", scenario, *options, code=1, saying=("capacity: ", *saying))

    def test_tied_tables_count_once(self):
        """Llama-3.2-1B: 16 layers of 2048, 32 heads and 8 KV heads of 64, 8192 in the MLP, a vocabulary of 128256."""
        scenario = CASES / "models" / "tied_capacity.yaml"
        table = 128256 * 2048
        layer = 2 * 2048 * 2048 + 2 * 2048 * 512 + 3 * 2048 * 8192 + 2 * 2048  # q and o, k and v, MLP, norms
        parameters = table + 16 * layer + 2048
        self.assertEqual(1235814400, parameters)
        kv_cache = (64 + 15) * 16 * 8 * 64 * 2 * BF16  # rows · layers · heads · width · (key, value)
        # The prompt's SiLU has 64 · 8192 numbers in and out, more than the last position's logits, 2048 + 128256.
        self.check(self.result(scenario, *AS_LAYERS), "SMALL", parameters * BF16, kv_cache, 64 * 2 * 8192 * BF16)
        # All logits are 64 · (2048 + 128256) numbers in and out: 2.49 GB in all.
        self.check(self.result(scenario, *AS_LAYERS, *setting(workload__logits="all")), "SMALL", parameters * BF16,
                   kv_cache, 64 * (2048 + 128256) * BF16)
        untied = {**json.loads((MODELS / "llama-3.2-1b.json").read_text()), "tie_word_embeddings": False}
        total = (parameters + table) * BF16 + kv_cache + 64 * 2 * 8192 * BF16
        self.too_small(scenario, *AS_LAYERS, *setting(workload__model=self.write("untied.json", json.dumps(untied))),
                       saying=[f"SMALL needs {total / 1e9:.4g} GB", f"weights {(parameters + table) * BF16 / 1e9:.4g}"])

    def test_weights_of_four_bits(self):
        """AWQ: 4 bits a weight, for each 128 of them a scale of 16 and a zero of 4; tables and norms are bfloat16."""
        scenario = CASES / "models" / "awq_capacity.yaml"
        weight_B = (4 + (16 + 4) / 128) / 8
        weights = (2 * self.TABLE + self.NORMS) * BF16 + self.LINEAR * weight_B
        self.assertEqual("5.73", f"{weights / 1e9:.3g}")
        kv_cache = (64 + 15) * 32 * 8 * 128 * 2 * BF16
        result = self.result(scenario, *AS_LAYERS)
        self.check(result, "EIGHT", weights, kv_cache, 64 * 2 * 14336 * BF16)
        # What decode reads: 15 passes of 32 layers, the weight and one row's input and output.
        self.assertEqual(15 * 32 * (4096 * 14336 * weight_B + (4096 + 14336) * BF16),
                         only(result, "gate_proj", "decode")["memory_bytes"])
        self.assertEqual(15 * (4096 * 128256 + 4096 + 128256) * BF16, only(result, "lm_head", "decode")["memory_bytes"])
        wide = (2 * self.TABLE + self.NORMS + self.LINEAR) * BF16
        self.assertEqual(8030261248 * BF16, wide)
        self.too_small(scenario, *AS_LAYERS, *setting(workload__weight_dtype="bfloat16"),
                       saying=[f"weights {wide / 1e9:.4g}"])

    def test_logits_of_the_last_position(self):
        """Two prompts of 131072 tokens of Llama-3.1-8B on a GPU of 80 GB."""
        scenario = CASES / "models" / "gpu128k.yaml"
        weights = (2 * self.TABLE + self.NORMS + self.LINEAR) * BF16
        # prompts · rows · layers · heads · width · (key, value)
        kv_cache = 2 * (131072 + 1) * 32 * 8 * 128 * 2 * BF16
        # The SiLU of both prompts has 14336 numbers a token in and out.
        self.check(self.result(scenario, *AS_LAYERS), "gpu[0]", weights, kv_cache, 2 * 131072 * 2 * 14336 * BF16)
        logits = 2 * 131072 * (4096 + 128256) * BF16  # and the hidden states that they are made of
        self.too_small(scenario, *AS_LAYERS, *setting(workload__logits="all"),
                       saying=[f"gpu[0] needs {(weights + kv_cache + logits) / 1e9:.4g} GB",
                               f"activations {logits / 1e9:.4g} GB"])
        self.assertEqual("119.8", f"{(weights + kv_cache + logits) / 1e9:.4g}")


class CapturedMixtral(CliTest):
    """A trace recorded of a Mixtral whose experts are one tensor: 2 layers of 64, 4 heads and 2 KV heads of 16, 4
    experts of 96 of which a token takes 2, 128 ids; 12 tokens and 2 decode passes. It says names and shapes only."""
    UP, DOWN = Linear(64, 2 * 96), Linear(96, 64)  # w1 and w3 are one product

    def setUp(self):
        super().setUp()
        self.recorded = self.result(CASES / "models" / "captured_mixtral.yaml")

    def test_all_experts_are_held(self):
        attention = 2 * 64 * 64 + 2 * 64 * 32  # q and o, k and v
        experts = 4 * (64 * 192 + 96 * 64)
        layer = 2 * 64 + attention + 64 * 4 + experts  # norms, the router
        weights = 2 * layer + 64 + 2 * 128 * 64  # the last norm; embedding and head
        held = self.recorded["devices"]["H100"]["memory_bytes"]
        self.assertEqual(weights * BF16, held["weights"])
        # rows · layers · heads · width · (key, value)
        self.assertEqual((12 + 2) * 2 * 2 * 16 * 2 * BF16, held["kv_cache"])

    def test_experts_with_rows_are_read(self):
        """In prefill 12 rows · 2 go to all four experts, in decode one row to two of them."""
        for phase, calls, rows, read in (("prefill", 2, 12 * 2, 4), ("decode", 2 * 2, 2, 2)):
            with self.subTest(phase):
                events, = [found for found in classes(self.recorded, "return", phase) if found["type"] == "grouped_mm"]
                numbers = sum(read * product.weights + rows * (product.inputs + product.outputs)
                              for product in (self.UP, self.DOWN))
                self.assertEqual(2 * calls, events["count"])
                self.assertEqual(calls * numbers * BF16, events["memory_bytes"])
                self.assertEqual(calls * sum(product.flop(rows) for product in (self.UP, self.DOWN)), events["flop"])

    def test_the_router_is_a_product(self):
        """And 5 flop for each of its results, a softmax."""
        for phase, calls, rows in (("prefill", 2, 12), ("decode", 2 * 2, 1)):
            with self.subTest(phase):
                events, router = only(self.recorded, "gate", phase), Linear(64, 4)
                self.assertEqual(calls * router.numbers(rows) * BF16, events["memory_bytes"])
                self.assertEqual(calls * (router.flop(rows) + 5 * rows * 4), events["flop"])

    def test_attention_reads_the_heads_of_the_cache(self):
        events = only(self.recorded, "attn_output", "decode")
        # 2 layers · (13 + 14) rows · 2 heads · 16 numbers · (key, value)
        self.close(2 * (13 + 14) * 2 * 16 * 2 * BF16,
                   events["busy_s"]["kv_load"] * self.recorded["architectures"]["H100"]["memory_Bps"], 1e-9)


class Engine(CliTest):
    """What moves, and what it costs, depends on nothing but where layers run."""
    ENGINE = CASES / "engine"
    LAYERS, WIDTH = 32, 4096  # of Llama-2-7B

    def moved(self, result, phase):
        return result["phases"][phase]["moved_bytes"]

    def dynamic_J(self, result):
        return [{part: joule for part, joule in result["phases"][phase]["energy_J"].items()
                 if part not in ("active", "idle", "total")} for phase in ("prefill", "decode")]

    def same_movement(self, scenario, one, other):
        found = [self.result(scenario, *setting(**settings)) for settings in (one, other)]
        for phase in ("prefill", "decode"):
            self.same_numbers(self.moved(found[0], phase), self.moved(found[1], phase), 1e-9)
        self.same_numbers(self.dynamic_J(found[0]), self.dynamic_J(found[1]), 1e-9)
        return found

    def test_a_line_that_matches_nothing_changes_nothing(self):
        mixed = PROJECT / "scenarios" / "llama-2-7b_mixed.yaml"
        without = self.result(mixed)
        within = self.result(mixed, "--set", "mapping.layers={999: PIM-AI-4chip}")
        for key in ("time_s", "energy_J", "phases", "devices"):
            self.assertEqual(without[key], within[key], key)

    def test_what_was_sent_by_way_of_the_host_stays(self):
        """64 rows of 1000 numbers go down for q; k and v find them. Those of q come back at the end."""
        for ideal_links in ("false", "true"):
            result = self.result(self.ENGINE / "transfer_point.yaml", *setting(simulation__ideal_links=ideal_links))
            self.assertEqual(64 * 1000 * BF16, self.moved(result, "prefill")["host_to_device"])

    def test_schedules_move_the_same(self):
        """A decoded token's q, k and v go from the GPU to the DIMM, and what attention makes of them back: each up to
        the host and down again. At the end the last layer's input goes up once for each of 16 passes."""
        token = self.WIDTH * BF16
        for result in self.same_movement(self.ENGINE / "attention_on_one_dimm.yaml", {},
                                         {"simulation__schedule": "dataflow"}):
            moved = self.moved(result, "decode")
            self.assertEqual(15 * self.LAYERS * 4 * token, moved["host_to_device"])
            self.assertEqual(15 * self.LAYERS * 4 * token + 16 * token, moved["device_to_host"])

    def test_projections_elsewhere(self):
        """The norm's output goes to the PIM device once for all three, and what these make comes back."""
        token = self.WIDTH * BF16
        for result in self.same_movement(self.ENGINE / "qkv_on_pim.yaml", {}, {"simulation__schedule": "dataflow"}):
            moved = self.moved(result, "decode")
            self.assertEqual(15 * self.LAYERS * 4 * token, moved["host_to_device"])
            self.assertEqual(15 * self.LAYERS * 4 * token + 16 * token, moved["device_to_host"])

    def test_ideal_links_move_the_same(self):
        mixtral = PROJECT / "scenarios" / "mixtral-8x7b_4chip.yaml"
        real, ideal = (self.result(mixtral, *setting(simulation__ideal_links=ideal)) for ideal in ("false", "true"))
        for phase in ("prefill", "decode"):
            self.assertEqual(self.moved(real, phase), self.moved(ideal, phase))
            self.assertGreater(self.moved(real, phase)["host_to_device"], 0)
