"""What calls compute, where names and shapes do not tell it: `op`, `path`, `experts`, `ends_pass`, generations."""

import unittest
import warnings

from captured import CaptureError, CaptureTest, capture, function, layer, torch
from nets import Calls
from program import read_trace
from torch import nn
from torch.nn import functional
from torch_capture.contraction import contraction_steps
from torch_capture.functions import attention_details
from torch_capture.trace_file import numbered_paths


class OwnNorm(nn.LayerNorm):
    pass


class OwnTable(nn.Embedding):
    pass


class TiedHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = OwnTable(10, 4), nn.Embedding(6, 4)
        self.norm, self.q_proj = OwnNorm(4), nn.Linear(4, 4)
        self.lm_head = nn.Linear(4, 10, bias=False)
        self.lm_head.weight = self.words.weight

    def forward(self, ids):
        return self.lm_head(self.q_proj(self.norm(self.words(ids) + self.places(ids))))


class Packed(nn.Module):
    """Three experts in one tensor, of which two are asked one by one."""

    def __init__(self):
        super().__init__()
        self.experts = nn.Parameter(torch.randn(3, 4, 5))
        self.table = nn.Embedding(7, 5)
        self.scale = nn.Parameter(torch.randn(5, 4))

    def forward(self, x):
        first = x @ self.experts[2]
        second = functional.linear(x, self.experts[0].t())
        every = torch.bmm(x.expand(3, -1, -1), self.experts)
        added = torch.addmm(torch.zeros(4), first + second + every.sum(0), self.scale)
        return functional.linear(first, self.table.weight), added


class Cache:
    """As Hugging Face's, as far as it is looked at."""

    def __init__(self):
        self.rows = 0

    def get_seq_length(self, _layer=0):
        return self.rows

    def update(self, rows):
        self.rows += rows


class Cached(nn.Module):
    def __init__(self):
        super().__init__()
        self.lm_head = nn.Linear(4, 4, bias=False)

    def forward(self, x, past_key_values=None):
        past_key_values.update(x.shape[0])
        return self.lm_head(x)


class Operations(CaptureTest):
    def test_biases_tables_and_what_classes_derive_from(self):
        model = TiedHead()
        _, events = self.captured(model, lambda: model(torch.tensor([1, 2])))
        self.assertEqual([event["type"] for event in events], ["OwnTable", "Embedding", "OwnNorm", "Linear", "Linear"])
        self.assertEqual(self.ops, ["gather rows=10 tied", "gather rows=6", "norm kind=layer",
                                    "product columns=query_heads bias", "product format=activations head tied"])
        self.assertFalse(self.marks_passes, "lm_head ends each pass, as everywhere")
        # 10 · 4 of the shared table, 6 · 4, 2 · 4 of the norm, 4 · 4 + 4; float32.
        self.assertEqual(self.weights(), 4 * (40 + 24 + 8 + 20))

    def test_functions_with_parameters(self):
        model = Packed()
        _, events = self.captured(model, lambda: model(torch.randn(2, 4)))
        self.assertEqual([(event["type"], event.get("path"), event.get("experts"), op)
                          for event, op in zip(events, self.ops)], [
            ("matmul", "experts", [2], "product second=packed matrices=3"),
            ("linear", "experts", [0], "product second=packed matrices=3"),
            ("bmm", "experts", None, "product second=packed matrices=3"),
            ("addmm", "scale", None, "product second=implied bias"),
            ("linear", "table.weight", None, "product second=implied format=activations head tied")])
        self.assertEqual(events[3]["input_shape"], [2, 5], "of what is multiplied")
        self.assertEqual((self.marks_passes, self.ends), (True, [False] * 4 + [True]))
        # 3 · 4 · 5 of all experts once, 5 · 4 + 4 of the product that adds, 7 · 5 of the table.
        self.assertEqual(self.weights(), 4 * (60 + 24 + 35))

    def test_convolutions(self):
        model = nn.Conv1d(6, 6, 4, groups=6)
        self.captured(model, lambda: model(torch.randn(2, 6, 8)))
        self.assertEqual(self.ops, ["convolution groups=6 bias dimensions=1 kernel=4"])
        self.assertEqual(self.weights(), 4 * (6 * 4 + 6))
        model = nn.Conv2d(4, 8, 3, groups=2, bias=False)
        self.captured(model, lambda: model(torch.randn(1, 4, 5, 5)))
        self.assertEqual(self.ops, ["convolution groups=2"])
        self.assertEqual(self.weights(), 4 * 8 * 2 * 9)

    def test_transposed_convolutions(self):
        model = nn.ConvTranspose2d(4, 6, 2, stride=2, groups=2)
        _, events = self.captured(model, lambda: model(torch.randn(1, 4, 5, 5)))
        self.assertEqual((events[0]["type"], events[0]["weight_shape"]), ("ConvTranspose2d", [2, 2]))
        self.assertEqual(self.ops, ["convolution groups=2 bias transposed"])
        self.assertEqual(self.weights(), 4 * (4 * 3 * 4 + 6))
        model = Calls(lambda net, x: functional.conv_transpose1d(x, net.conv.weight), conv=nn.ConvTranspose1d(4, 6, 3))
        _, events = self.captured(model, lambda: model(torch.randn(1, 4, 5)))
        self.assertEqual(events[0]["path"], "conv.weight")
        self.assertEqual(self.ops, ["convolution transposed dimensions=1 kernel=3"])

    def test_recurrent_layers(self):
        for model, x, expected in (
                (nn.LSTM(3, 4), [5, 2, 3], "recurrent cell=lstm hidden=4 bias"),
                (nn.LSTM(3, 4, 2, proj_size=2, bias=False), [5, 2, 3],
                 "recurrent cell=lstm hidden=4 layers=2 projection=2"),
                (nn.GRU(3, 4, batch_first=True, bidirectional=True), [2, 5, 3],
                 "recurrent cell=gru hidden=4 directions=2 bias batch_first"),
                (nn.RNN(3, 4, nonlinearity="relu"), [5, 2, 3], "recurrent cell=rnn hidden=4 bias"),
                (nn.LSTMCell(3, 4), [2, 3], "recurrent cell=lstm hidden=4 bias step"),
                (nn.GRUCell(3, 4, bias=False), [2, 3], "recurrent cell=gru hidden=4 step")):
            self.captured(model, lambda: model(torch.randn(x)))
            self.assertEqual(self.ops, [expected])
            self.assertEqual(self.weights(), 4 * sum(own.numel() for own in model.parameters()), expected)

    def test_recurrent_functions(self):
        lstm, cell = nn.LSTM(3, 4, bidirectional=True), nn.GRUCell(3, 4)

        def run(net, x, row):
            state = torch.zeros(2, 2, 4)
            torch.lstm(x, (state, state), net.lstm._flat_weights, True, 1, 0.0, False, True, False)
            return torch.gru_cell(row, torch.zeros(2, 4), net.cell.weight_ih, net.cell.weight_hh, net.cell.bias_ih,
                                  net.cell.bias_hh)
        model = Calls(run, lstm=lstm, cell=cell)
        self.captured(model, lambda: model(torch.randn(5, 2, 3), torch.randn(2, 3)))
        self.assertEqual(self.ops, ["recurrent cell=lstm hidden=4 directions=2 bias",
                                    "recurrent cell=gru hidden=4 bias step"])

    def test_resampling_bags_and_bilinear_layers(self):
        model = Calls(lambda net, x, ids: (net.up(x), net.near(x), functional.interpolate(x, scale_factor=2.0, mode="area"),
                                           net.bag(ids), net.pair(x[0, 0], x[0, 1])),
                      up=nn.Upsample(scale_factor=2, mode="bilinear"), near=nn.Upsample(scale_factor=2),
                      bag=nn.EmbeddingBag(10, 4), pair=nn.Bilinear(4, 4, 3))
        self.captured(model, lambda: model(torch.randn(1, 2, 4, 4), torch.zeros(2, 3, dtype=torch.long)))
        self.assertEqual(self.ops, ["pointwise function=resample taps=4", "movement", "pointwise function=pooling",
                                    "gather bag rows=10", "product second=implied inner=16 bias"])

    def steps(self, kind, *args, **kwargs):
        return [(step.kind, step.input, step.output, step.reads, step.reads_operands)
                for step in contraction_steps(kind, args, kwargs)]

    def test_steps_of_einsum(self):
        a, b = torch.randn(2, 3, 5, 4, 7), torch.randn(2, 3, 6, 4, 7)
        # Batch 2 · 3 · 4, rows 5, summed over 7, columns 6.
        self.assertEqual(self.steps("einsum", "bclhn, bcshn -> bclsh", a, b),
                         [("product", [24, 5, 7], [24, 5, 6], [], True)])
        x, y, z = torch.randn(2, 3), torch.randn(3, 4), torch.randn(4, 5)
        plain = [("product", [1, 2, 3], [1, 2, 4], [], True)]
        for args in (("ij,jk->ik", [x, y]), ("ij,jk->ik", x, y), ("ij,jk", x, y), (x, [0, 1], y, [1, 2], [0, 2]),
                     (x, [0, 1], y, [1, 2]), ("...j,jk->...k", x, y), ("ij,jk->ik", [x, y], None)):
            self.assertEqual(self.steps("einsum", *args), plain)
        chain = [("product", [1, 2, 3], [1, 2, 4], [], True), ("product", [1, 2, 4], [1, 2, 5], [0], True)]
        self.assertEqual(self.steps("einsum", "ij,jk,kl->il", [x, y, z], path=None), chain)
        # opt_einsum's pairs: the second and third first.
        self.assertEqual(self.steps("einsum", "ij,jk,kl->il", [x, y, z], path=[1, 2, 0, 1]),
                         [("product", [1, 3, 4], [1, 3, 5], [], True), ("product", [1, 2, 3], [1, 2, 5], [0], True)])
        self.assertEqual(self.steps("einsum", "ij,ij->ij", x, x), [("mul", [2, 3], [2, 3], [], True)])
        self.assertEqual(self.steps("einsum", "ij,kl->kl", x, z), [("sum", [2, 3], [], [], True),
                                                                   ("mul", [], [4, 5], [0], True)])
        self.assertEqual(self.steps("einsum", "ij->i", x), [("sum", [2, 3], [2], [], True)])
        self.assertEqual(self.steps("einsum", "ij->ji", x), [])
        for wrong in (("ij,jk->ik->x", x, y), ("ij", x, y), ("i,jk->ik", x, y), ("i.,jk->ik", x, y), (x,), ()):
            self.assertIsNone(contraction_steps("einsum", wrong, {}), wrong[:1])

    def test_steps_of_tensordot(self):
        a, b = torch.randn(2, 3, 4), torch.randn(3, 4, 5)
        product = [("product", [1, 2, 12], [1, 2, 5], [], True)]
        self.assertEqual(self.steps("tensordot", a, b), product)
        self.assertEqual(self.steps("tensordot", a, b, dims=2), product)
        self.assertEqual(self.steps("tensordot", a, b.transpose(0, 1), ([1, -1], [1, 0])), product)
        self.assertEqual(self.steps("tensordot", a, b, [1, 2], [0, 1]), product)  # as the operator is called
        self.assertEqual(self.steps("tensordot", a, torch.randn(5), 0), [("product", [1, 24, 1], [1, 24, 5], [], True)])
        self.assertIsNone(contraction_steps("tensordot", (a, b, [7], [0]), {}))

    def test_contractions_are_products(self):
        def run(net, x):
            y = torch.einsum("bij,bkj,bkl->bil", net.first(x), x, x)
            return torch.tensordot(y, x, ([2], [2])), torch.einsum("bij->bji", x)
        model = Calls(run, first=nn.Linear(4, 4))
        _, events = self.captured(model, lambda: model(torch.randn(2, 3, 4)))
        self.assertEqual([(event["type"], event["name"], event["input_shape"], event["output_shape"]) for event in events],
                         [("Linear", "first", [2, 3, 4], [2, 3, 4]), ("einsum", "y", [2, 3, 4], [2, 3, 3]),
                          ("einsum", "y", [2, 3, 3], [2, 3, 4]), ("tensordot", "return", [1, 6, 4], [1, 6, 6])])
        self.assertEqual(self.deps[1:], [[0], [0, 1], [2]])
        self.assertEqual(self.ops[1:], ["product second=tensor"] * 3)

    def test_attention_is_what_it_consists_of(self):
        attention = nn.MultiheadAttention(8, 2, batch_first=True)
        model = Calls(lambda net, x, y: net.attention(x, x, x)[0] + net.attention(x, y, y)[0], attention=attention)
        _, events = self.captured(model, lambda: model(torch.randn(3, 5, 8), torch.randn(3, 7, 8)))
        ours = [(event["type"], event["input_shape"], event["output_shape"], event.get("path"), op)
                for event, op in zip(events, self.ops)]
        out = ("linear", [15, 8], [15, 8], "attention.out_proj.weight", "product second=implied bias")
        columns = "product second=implied columns=query_key_value query_columns=8 bias"
        self.assertEqual(ours, [
            ("linear", [5, 3, 8], [5, 3, 24], "attention.in_proj_weight", columns),
            ("bmm", [6, 5, 4], [6, 5, 5], None, None), ("softmax", [6, 5, 5], [6, 5, 5], None, None),
            ("bmm", [6, 5, 5], [6, 5, 4], None, None), out,
            ("linear", [5, 3, 8], [5, 3, 8], "attention.in_proj_weight[0:8]", "product second=implied bias"),
            ("linear", [7, 3, 8], [7, 3, 16], "attention.in_proj_weight[8:24]", "product second=implied bias"),
            ("bmm", [6, 5, 4], [6, 5, 7], None, None), ("softmax", [6, 5, 7], [6, 5, 7], None, None),
            ("bmm", [6, 5, 7], [6, 5, 4], None, None), out])
        self.assertEqual(self.deps, [None, [0], [1], [0, 2], [3], [], [], [5, 6], [7], [6, 8], [9]])

    def test_vectors_are_rows(self):
        model = Calls(lambda net, x: torch.addmv(x[0], net.fc.weight, torch.mv(x, x[0])), fc=nn.Linear(3, 3))
        _, events = self.captured(model, lambda: model(torch.randn(3, 3)))
        self.assertEqual([(event["type"], event["input_shape"], event["output_shape"], event.get("path"), op)
                          for event, op in zip(events, self.ops)], [
            ("mv", [1, 3], [1, 3], None, "product second=tensor"),
            ("addmv", [1, 3], [1, 3], "fc.weight", "product second=implied bias")])

    def test_quantised_layers(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer versions will move them
            model = torch.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 2, bias=False)),
                                                        {nn.Linear})
        _, events = self.captured(model, lambda: model(torch.randn(3, 4)))
        self.assertEqual(events, [layer("Linear", "0", 0, [3, 4], [4, 6], [3, 6]),
                                  layer("Linear", "1", 1, [3, 6], [6, 2], [3, 2])])
        self.assertEqual(self.ops, ["product bias weights=int8", "product weights=int8"])

    def test_a_function_looks_up_in_a_table(self):
        model = Calls(lambda net, ids: functional.embedding(ids, net.table.weight), table=nn.Embedding(10, 4))
        _, events = self.captured(model, lambda: model(torch.tensor([1, 2, 3])))
        self.assertEqual(events, [function("embedding", "embedding", [3], [3, 4], path="table.weight")])
        self.assertEqual(self.ops, ["gather rows=10"])

    def test_autocast_computes_in_its_own_type(self):
        model = nn.Linear(8, 8)

        def run():
            with torch.autocast("cpu", torch.bfloat16):
                model(torch.randn(2, 8))
        self.assertEqual(self.captured(model, run)[0]["dtype"], "bfloat16")
        self.assertEqual(self.captured(model, run, dtype="float32")[0]["dtype"], "float32")
        self.assertEqual(self.captured(model, lambda: model(torch.randn(2, 8)))[0]["dtype"], "float32")

    def test_each_generation_has_a_trace(self):
        model = Cached()

        def run():
            for rows in (5, 3):
                cache = Cache()
                for x in (torch.randn(rows, 4), torch.randn(1, 4)):
                    model(x, past_key_values=cache)
        with capture(model, self.path) as self.recorder:
            run()
        self.assertEqual(self.recorder.paths, [str(self.path), str(self.folder / "t-2.jsonl")])
        self.assertEqual((self.recorder.passes, self.recorder.events), (4, 4))
        for path, rows in zip(self.recorder.paths, (5, 3)):
            header, events = read_trace(path)
            self.assertEqual([(event["seq"], event["phase"], event["step"], event["input_shape"]) for event in events],
                             [(0, "prefill", 0, [rows, 4]), (1, "decode", 1, [1, 4])])
            self.good("trace", "show", path)

    def test_names_of_further_traces(self):
        self.assertEqual(numbered_paths("a.b/t.jsonl.gz", 3),
                         ["a.b/t.jsonl.gz", "a.b/t-2.jsonl.gz", "a.b/t-3.jsonl.gz"])
        self.assertEqual(numbered_paths("trace", 2), ["trace", "trace-2"])
        with self.assertRaisesRegex(CaptureError, "^/dev/null: 2 generations, each a trace of its own; expected a file"):
            numbered_paths("/dev/null", 2)

    def weights(self):
        """Bytes of weights that a device has to hold."""
        scenario = self.write("s.yaml", f"workload: {{trace: {self.path}}}\nmapping: {{default: H100}}\n"
                              "simulation: {unknown_operators: memory}\n")
        return self.result(scenario)["devices"]["H100"]["memory_bytes"]["weights"]


class Masks(unittest.TestCase):
    """Is attention causal, as far as its mask tells?"""

    def causal(self, mask, queries=4):
        query, key = torch.randn(len(mask), 1, queries, 8), torch.randn(len(mask), 1, mask.shape[-1], 8)
        shape, causal = attention_details((query, key, key, mask[:, None]), {}, False)
        self.assertEqual(shape, list(key.shape))
        return causal is None

    def test_masks(self):
        full = torch.ones(1, 4, 4, dtype=torch.bool)
        causal = full.tril()
        self.assertFalse(self.causal(full))
        self.assertTrue(self.causal(causal))
        self.assertTrue(self.causal(torch.where(causal, 0.0, -1e9)), "added to the scores")
        self.assertTrue(self.causal(torch.ones(1, 4, 7, dtype=torch.bool).tril(3)), "behind a cache")
        self.assertTrue(self.causal(causal & full.triu(-1)), "a window")
        self.assertFalse(self.causal(full.tril(1) & full.triu(-1)), "a window on both sides")

    def test_padding(self):
        causal = torch.ones(2, 4, 4, dtype=torch.bool).tril()
        causal[1, :, :2] = False  # two places of padding at the left
        self.assertTrue(self.causal(causal))
        causal[1, :2] = True  # rows that see nothing are let see all, so that their softmax has numbers
        self.assertTrue(self.causal(causal))
        both_ways = torch.ones(2, 4, 4, dtype=torch.bool)
        both_ways[1, :, 3:] = False
        self.assertFalse(self.causal(both_ways))


if __name__ == "__main__":
    unittest.main()
