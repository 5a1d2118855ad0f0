"""The events of small networks, written by hand."""

import unittest
import warnings

from captured import CaptureTest, function, layer, torch, two_layers
from nets import Attention, Calls, RMSNorm, TwoLayers
from torch import nn
from torch.nn import functional

SDPA = hasattr(functional, "scaled_dot_product_attention")


class Streams(CaptureTest):
    def test_two_layers(self):
        header, events = self.captured(model := TwoLayers(), lambda: model(torch.randn(4, 100)))
        self.assertEqual(header, {"format": "upmem-des-trace", "version": 1, "model": "TwoLayers", "dtype": "float32",
                                  "batch": 4, "source": f"torch {torch.__version__}", "last_layer": "linear2"})
        self.assertEqual(events, two_layers())
        self.assertEqual((self.recorder.passes, dict(self.recorder.left_out)), (1, {}))

    def test_the_layer_that_every_pass_calls_last(self):
        first, second = nn.Linear(3, 3), nn.Linear(3, 3)
        twice = Calls(lambda net, x: net.first(net.second(net.first(x))), first=first, second=second)
        header, _ = self.captured(twice, lambda: twice(torch.randn(2, 3)))
        self.assertNotIn("last_layer", header)  # called twice
        after = Calls(lambda net, x: net.second(net.first(x)).softmax(-1), first=first, second=second)
        header, _ = self.captured(after, lambda: [after(torch.randn(2, 3)) for _ in range(2)])
        self.assertEqual((header["last_layer"], self.marks_passes, self.ends),
                         ("second", True, [False, False, True] * 2))

    def test_a_pass_is_a_call_of_the_model(self):
        model, x = TwoLayers(), torch.randn(4, 100)
        _, events = self.captured(model, lambda: (model(x), model(x), model(x)))
        self.assertEqual(events, two_layers() + two_layers(1) + two_layers(2))
        self.assertEqual(self.recorder.passes, 3)

    def test_a_pass_ends_with_the_last_layer(self):
        model, x = TwoLayers(), torch.randn(4, 100)
        _, events = self.captured(model, lambda: (model(x), model(x)), last_layer="linear2")
        self.assertEqual(events, two_layers(0, 1) + two_layers(1, 2))
        self.assertEqual(self.recorder.passes, 2)

    def test_a_function_between_passes_counts_to_the_next(self):
        model = nn.Linear(3, 3)

        def run():
            x = torch.softmax(torch.randn(2, 3), -1)
            for _ in range(2):
                probs = model(x).softmax(-1)
            return probs
        _, events = self.captured(model, run)
        self.assertEqual([(event["type"], event["name"], event["step"]) for event in events],
                         [("softmax", "x", 0), ("Linear", "Linear", 0), ("softmax", "probs", 1),
                          ("Linear", "Linear", 1), ("softmax", "probs", 2)])

    def test_attention(self):
        x = torch.randn(2, 5, 8)
        expected = [layer("Linear", "q_proj", 0, [2, 5, 8], [8, 8], [2, 5, 8]),
                    function("matmul", "attn_weights", [2, 5, 8], [2, 5, 5]),
                    function("softmax", "attn_weights", [2, 5, 5], [2, 5, 5]),
                    function("matmul", "attn_output", [2, 5, 5], [2, 5, 8])]
        self.assertEqual(self.events(Attention(), x), expected)
        self.assertEqual(dict(self.recorder.left_out), {"div": 1, "add": 1})
        everything = expected[:2] + [function("div", "attn_weights", [2, 5, 5], [2, 5, 5])] + expected[2:]
        everything.append(function("add", "return", [2, 5, 8], [2, 5, 8]))
        self.assertEqual(self.events(Attention(), x, functions="all"), everything)
        self.assertEqual(dict(self.recorder.left_out), {})

    def test_ids_and_paths(self):
        shared = nn.Linear(4, 4)
        model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.LayerNorm(4), shared), shared, nn.Dropout())
        self.assertEqual([(e["id"], e["path"], e["name"], e["type"]) for e in self.events(model, torch.ones(2, 4))],
                         [(0, "0", "0", "Linear"), (1, "1.0", "0", "LayerNorm"), (2, "1.1", "1", "Linear"),
                          (2, "1.1", "1", "Linear"), (3, "3", "3", "Dropout")])

    def test_the_model_is_a_layer_itself(self):
        self.assertEqual(self.events(nn.Linear(3, 2), torch.ones(5, 3)),
                         [layer("Linear", "Linear", 0, [5, 3], [3, 2], [5, 2], path="")])

    def test_nothing_inside_a_layer_is_an_event(self):
        self.assertEqual(self.events(nn.Sequential(RMSNorm(6)), torch.ones(2, 6), functions="all"),
                         [layer("RMSNorm", "0", 0, [2, 6], [6, 6], [2, 6])])


class Weights(CaptureTest):
    def test_convolutions(self):
        cases = [(dict(kernel_size=3, stride=2, padding=1), [3, 3], [2, 2], [1, 1], [1, 4, 4, 5]),
                 (dict(kernel_size=(1, 3), stride=(1, 2), padding=(0, 1)), [1, 3], [1, 2], [0, 1], [1, 4, 8, 5]),
                 (dict(kernel_size=3, padding="valid"), [3, 3], [1, 1], [0, 0], [1, 4, 6, 8]),
                 (dict(kernel_size=(3, 4), padding="same", dilation=(2, 1)), [3, 4], [1, 1], [2, 1], [1, 4, 8, 10])]
        for options, kernel, stride, padding, output in cases:
            with self.subTest(options), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # PyTorch about an even kernel
                self.assertEqual(self.events(nn.Sequential(nn.Conv2d(3, 4, **options)), torch.ones(1, 3, 8, 10)),
                                 [layer("Conv2d", "0", 0, [1, 3, 8, 10], kernel, output, stride=stride,
                                        padding=padding)])

    def test_a_convolution_without_batch(self):
        header, events = self.captured(model := nn.Conv2d(3, 4, 1), lambda: model(torch.ones(3, 8, 9)), batch=1)
        self.assertEqual((header["batch"], events[0]["output_shape"]), (1, [4, 8, 9]))

    def test_without_a_rule(self):
        model = nn.Sequential(nn.Embedding(10, 6), nn.LayerNorm(6), nn.GELU(), nn.Conv1d(4, 2, 1), nn.Flatten())
        events = self.events(model, torch.zeros(3, 4, dtype=torch.int64))
        self.assertEqual([event["weight_shape"] for event in events], [[1, 1]] * 5)
        self.assertEqual([event["type"] for event in events], ["Embedding", "LayerNorm", "GELU", "Conv1d", "Flatten"])

    def test_norms(self):
        for norm, width in ((RMSNorm(6), 6), (RMSNorm(), 6)):
            self.assertEqual(self.events(norm, torch.ones(2, 6))[0]["weight_shape"], [width, width])

    def test_kinds_of_linear(self):
        class Projection(nn.Linear):
            pass
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch: its interface may change
            lazy = nn.LazyLinear(3)
        for model in (Projection(5, 3), lazy):
            self.assertEqual(self.events(nn.Sequential(model), torch.ones(2, 5), dtype="float32"),
                             [layer("Linear", "0", 0, [2, 5], [5, 3], [2, 3])])

        class Conv1D(nn.Module):  # as Hugging Face's: the weight is [in, out]
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(5, 3))

            def forward(self, x):
                return x @ self.weight
        self.assertEqual(self.events(Conv1D(), torch.ones(2, 5))[0]["weight_shape"], [5, 3])

    def test_published_names(self):
        model = nn.Sequential(nn.SiLU(), RMSNorm(6), type("LlamaRotaryEmbedding", (nn.Identity,), {})())
        own = self.events(model, torch.ones(2, 6))
        self.assertEqual([(e["type"], e["name"], e["id"]) for e in own],
                         [("SiLU", "0", 0), ("RMSNorm", "1", 1), ("LlamaRotaryEmbedding", "2", 2)])
        published = self.events(model, torch.ones(2, 6), published=True)
        self.assertEqual([(e["type"], e["name"], e["id"]) for e in published],
                         [("SiLUActivation", "return", 0), ("LlamaRMSNorm", "1", 1)])
        model.config = type("Config", (), {"model_type": "llama", "num_key_value_heads": 2, "sliding_window": None,
                                           "_name_or_path": "models/tiny/"})()
        header, events = self.captured(model, lambda: model(torch.ones(2, 6)))
        self.assertEqual([(e["type"], e["id"]) for e in events],
                         [("SiLUActivation", 0), ("LlamaRMSNorm", 1), ("LlamaRotaryEmbedding", 2)])
        self.assertEqual((header["model"], header["num_key_value_heads"]), ("tiny", 2))
        self.assertNotIn("sliding_window", header)
        model.config.sliding_window = 4096
        self.assertEqual(self.captured(model, lambda: model(torch.ones(2, 6)))[0]["sliding_window"], 4096)
        model.config.use_sliding_window = False
        self.assertNotIn("sliding_window", self.captured(model, lambda: model(torch.ones(2, 6)))[0])


class Functions(CaptureTest):
    def called(self, run, *inputs, **options):
        return [event for event in self.events(Calls(lambda _, *x: run(*x)), *inputs, **options)
                if event["kind"] == "function"]

    def types(self, run, *inputs, **options):
        model = Calls(lambda module, *x: (module.layer(x[0]), run(*x)), layer=nn.Identity())
        return [event["type"] for event in self.events(model, *inputs, **options) if event["kind"] == "function"]

    def test_types_are_public_names(self):
        def run(x):
            torch.matmul(x, x), x.matmul(x), x @ x, torch.bmm(x, x), torch.einsum("bij,bjk->bik", x, x)
            torch.softmax(x, -1), x.softmax(-1), functional.softmax(x, -1), functional.log_softmax(x, -1)
            functional.linear(x, x[0]), functional.silu(x), x.clone().relu_(), functional.layer_norm(x, (3,))
            functional.max_pool2d(x, 2)
            functional.embedding(torch.tensor([1]), x[0])
        self.assertEqual(self.types(run, torch.ones(2, 3, 3)),
                         ["matmul"] * 3 + ["bmm", "einsum"] + ["softmax"] * 3 +
                         ["log_softmax", "linear", "silu", "relu", "layer_norm", "max_pool2d", "embedding"])

    def test_all_that_computes(self):
        def run(x):
            x + x, 1 + x, x.add(x), x.add_(x), 1 - x, x * 2, x / 2, 1 / x, x**2, -x, x > 1
            torch.cat([x, x]), x.sum(), torch.topk(x, 1), torch.where(x > 0, x, x)
        self.assertEqual(self.types(run, torch.ones(2, 3), functions="all"),
                         ["add"] * 4 + ["sub", "mul", "div", "div", "pow", "neg", "gt", "cat", "sum", "topk", "gt",
                                        "where"])

    def test_what_computes_nothing(self):
        def run(x):
            x.shape, x.dtype, x.dim(), x[0], x[:, None], x.view(-1), x.reshape(3, 2), x.T, x.transpose(0, 1), x.float()
            x.split(1), x.expand(2, 3), x.contiguous(), x.to(torch.float16), torch.zeros(3), torch.ones_like(x)
            x.detach(), x.clone(), x.tolist(), len(x), bool(x[0, 0]), x.is_floating_point(), torch.arange(3)
            functional.dropout(x, 0.5, False)
        self.assertEqual(self.types(run, torch.ones(2, 3), functions="all"), [])

    def test_dropout_in_training(self):
        self.assertEqual(self.types(lambda x: functional.dropout(x, 0.5, True), torch.ones(2), functions="all"),
                         ["dropout"])

    def test_names_are_what_the_statement_assigns(self):
        relu = torch.relu

        def run(module, x):
            module.layer(x)
            plain = relu(x)
            module.kept = relu(x)
            first, _ = relu(x), relu(x)
            rows = [None]
            rows[0] = relu(x)
            noted: torch.Tensor = relu(x)
            plain += relu(x)
            several = (
                x.view(-1)
                .softmax(-1))
            relu(x)
            if relu(x).sum() < 0:
                pass
            listed = [relu(part) for part in (x, x)]
            outside = (lambda y: relu(y))(x)
            return relu(plain + first + noted + several.sum() + outside + listed[0])
        events = self.events(Calls(run, layer=nn.Identity()), torch.ones(2, 3))[1:]
        self.assertEqual([event["name"] for event in events],
                         ["plain", "kept", "first", "first", "rows", "noted", "plain", "several", "relu", "relu",
                          "listed", "listed", "relu", "return"])

    def test_names_without_source(self):
        scope = {"torch": torch}
        exec("def run(module, x):\n  y = torch.relu(x)\n  return module.layer(y)\n", scope)
        events = self.events(Calls(scope["run"], layer=nn.Identity()), torch.ones(2))
        self.assertEqual([event["name"] for event in events], ["relu", "layer"])

    def test_private_attention_of_1_13(self):
        private = getattr(functional, "_scaled_dot_product_attention", None)
        if private is None:
            self.skipTest("this PyTorch has the public function")

        def run(module, query, key):
            module.layer(query)
            attn_output, _ = private(query, key, key)
            attn_output, _ = private(query, key, key, None, 0.0, False, True)
            return attn_output
        events = self.events(Calls(run, layer=nn.Identity()), torch.ones(1, 2, 3, 8), torch.ones(1, 2, 5, 8))[1:]
        attention = function("scaled_dot_product_attention", "attn_output", [1, 2, 5, 8], [1, 2, 3, 8])
        self.assertEqual(events, [{**attention, "causal": False}, attention])

    @unittest.skipUnless(SDPA, "PyTorch before 2.0 has no scaled_dot_product_attention")
    def test_attention(self):
        query, key = torch.ones(2, 4, 3, 8), torch.ones(2, 4, 5, 8)
        causal = torch.ones(3, 5).tril(2).bool()
        calls = [({}, False), ({"is_causal": True}, None), ({"attn_mask": causal}, None),
                 ({"attn_mask": torch.zeros(3, 5).masked_fill(~causal, torch.finfo(torch.float32).min)}, None),
                 ({"attn_mask": torch.ones(3, 5).bool()}, False), ({"attn_mask": torch.zeros(2, 1, 3, 5)}, False)]
        for options, expected in calls:
            def run(module, options=options):
                module.layer(query)
                attn_output = functional.scaled_dot_product_attention(query, key, key, **options)
                return attn_output
            event = self.events(Calls(run, layer=nn.Identity()))[1]
            attention = function("scaled_dot_product_attention", "attn_output", [2, 4, 5, 8], [2, 4, 3, 8])
            self.assertEqual(event, attention if expected is None else {**attention, "causal": False}, options)

    @unittest.skipUnless(SDPA, "PyTorch before 2.0 has no scaled_dot_product_attention")
    def test_attention_of_one_row_and_of_grouped_heads(self):
        query, key = torch.ones(2, 4, 1, 8), torch.ones(2, 2, 5, 8)

        def run(module):
            module.layer(query)
            return functional.scaled_dot_product_attention(query, key, key, enable_gqa=True)
        try:
            event = self.events(Calls(run, layer=nn.Identity()))[1]
        except TypeError:
            self.skipTest("this PyTorch has no enable_gqa")
        self.assertEqual(event, function("scaled_dot_product_attention", "return", [2, 4, 5, 8], [2, 4, 1, 8]))


if __name__ == "__main__":
    unittest.main()
