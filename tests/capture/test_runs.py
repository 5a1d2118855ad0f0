"""Calls with unusual arguments, and what surrounds a capture: passes, failures, threads, files."""

import dataclasses
import inspect
import threading
import unittest

from captured import CaptureTest, capture, layer, torch, two_layers
from nets import Calls, TwoLayers
from torch import nn


class Arguments(CaptureTest):
    """Calls that are not one tensor in, one tensor out."""

    def shapes(self, call, result=lambda x: x):
        """Of a layer that gives `result` of its input."""
        class Layer(nn.Module):
            def forward(self, *args, x=None, **kwargs):
                return result(x if x is not None else args[0])
        event, = self.events(Calls(lambda module: call(module.layer), layer=Layer()))
        return event["input_shape"], event["output_shape"]

    def test_keywords_and_containers(self):
        x = torch.ones(2, 3)

        @dataclasses.dataclass
        class Output:
            loss: None
            logits: torch.Tensor
        self.assertEqual(self.shapes(lambda layer: layer(x=x)), ([2, 3], [2, 3]))
        self.assertEqual(self.shapes(lambda layer: layer(x, 7, flag=None)), ([2, 3], [2, 3]))
        self.assertEqual(self.shapes(lambda layer: layer([None, {"x": x}], x=x[0])), ([2, 3], [3]))
        self.assertEqual(self.shapes(lambda layer: layer(x), lambda y: (None, y[0])), ([2, 3], [3]))
        self.assertEqual(self.shapes(lambda layer: layer(x), lambda y: {"a": 1, "b": [y]}), ([2, 3], [2, 3]))
        self.assertEqual(self.shapes(lambda layer: layer(x), lambda y: Output(None, y)), ([2, 3], [2, 3]))
        self.assertEqual(self.shapes(lambda layer: layer(x), lambda y: None), ([2, 3], [1]))
        self.assertEqual(self.shapes(lambda layer: layer("text"), len), ([1], [1]))

    def test_unusual_shapes(self):
        self.assertEqual(self.shapes(lambda layer: layer(torch.tensor(1.0))), ([1], [1]))
        self.assertEqual(self.shapes(lambda layer: layer(torch.ones(0, 3))), ([0, 3], [0, 3]))
        self.assertEqual(self.shapes(lambda layer: layer(torch.ones([2] * 10))), ([8] + [2] * 7,) * 2)
        huge = torch.ones(1).expand(1 << 20, 1 << 20, 1 << 20)  # 2^60 elements; 1e15 are allowed
        self.assertEqual(self.shapes(lambda layer: layer(huge))[0], [909, 1 << 20, 1 << 20])
        self.assertEqual(self.shapes(lambda layer: layer(torch.ones(1).expand(1 << 40)))[0], [10**9])

    def test_meta_tensors(self):
        model = TwoLayers().to("meta")
        self.assertEqual(self.events(model, torch.ones(4, 100, device="meta")), two_layers())

    def test_experts_without_tokens(self):
        self.assertEqual(self.events(nn.Sequential(nn.Linear(4, 2)), torch.ones(0, 4)),
                         [layer("Linear", "0", 0, [0, 4], [4, 2], [0, 2])])

    def test_classes_that_only_share_a_name(self):
        """Shapes that contradict a known type's would make the trace unreadable."""
        def of(name, result):
            return type(name, (nn.Module,), {"forward": lambda self, x: result(x), "__module__": "mine"})()
        for name in ("Linear", "LayerNorm", "SiLUActivation", "NewGELUActivation", "LlamaRMSNorm", "Conv2d"):
            event, = self.events(nn.Sequential(of(name, lambda x: x[0])), torch.ones(2, 6))
            self.assertEqual((event["type"], event["weight_shape"]), (f"mine.{name}", [1, 1]), event)
        event, = self.events(nn.Sequential(of("LayerNorm", lambda x: x)), torch.ones(2, 6))
        self.assertEqual(event["type"], "LayerNorm")

    def test_rows_that_contradict_each_other(self):
        """A row of the input of a product or of a table gives a row of the output."""
        class Last(nn.Linear):
            def forward(self, x):
                return super().forward(x)[-1:]

        class Embedding(nn.Embedding):
            def forward(self, ids):
                return super().forward(ids).sum(0)
        for own, x in ((Last(4, 4), torch.ones(3, 4)), (Last(4, 4, bias=False), torch.ones(3, 4)),
                       (Embedding(5, 4), torch.zeros(3, dtype=torch.long))):
            event, = self.events(nn.Sequential(own), x)
            self.assertIn(f"test_rows_that_contradict_each_other.<locals>.{type(own).__name__}", event["type"])
            self.assertEqual((event["weight_shape"], self.ops), ([1, 1], [None]))

    def test_a_long_name(self):
        model = Calls(lambda module, x: getattr(module, "n" * 1500)(x), **{"n" * 1500: nn.Identity()})
        self.assertEqual(self.events(model, torch.ones(2))[0]["name"], "n" * 1000)


class Runs(CaptureTest):
    def test_models_are_as_before(self):
        model = TwoLayers()
        model.linear1.forward = before = lambda x: x @ torch.ones(100, 200)
        for fails in (False, True):
            try:
                with capture(model, self.path):
                    model(torch.ones(2, 99 if fails else 100))
            except RuntimeError:
                self.assertTrue(fails)
            self.assertIs(model.linear1.forward, before)
            self.assertNotIn("forward", {**vars(model), **vars(model.linear2), **vars(model.relu)})

    def test_no_file_of_a_failed_block(self):
        old = self.write("t.jsonl", "old")
        files = self.files()
        with self.assertRaisesRegex(ValueError, "^stop$"):
            with capture(model := TwoLayers(), old):
                model(torch.ones(2, 100))
                raise ValueError("stop")
        self.assertEqual(self.files(), files)

    def test_a_failed_pass_leaves_no_events(self):
        model = TwoLayers()

        def fails(_):
            raise RuntimeError

        def run():
            model.relu.forward, kept = fails, model.relu.forward
            with self.assertRaises(RuntimeError):
                model(torch.ones(4, 100))
            model.relu.forward = kept
            model(torch.ones(4, 100))
        self.assertEqual(self.captured(model, run)[1], two_layers())

    def test_calls_that_are_not_of_the_model(self):
        model = TwoLayers()
        header, events = self.captured(model, lambda: model.linear1(torch.ones(4, 100)))
        self.assertEqual(events, two_layers()[:1])
        self.assertEqual((self.recorder.passes, header["batch"]), (0, 1))

    def test_signature_is_kept(self):
        with capture(model := TwoLayers(), self.path):
            self.assertEqual(list(inspect.signature(model.forward).parameters), ["x"])
            model(torch.ones(2, 100))

    def test_two_captures_at_once(self):
        outer, inner = TwoLayers(), nn.Linear(3, 3)
        with capture(outer, self.path) as first:
            with capture(inner, self.folder / "inner.jsonl") as second:
                inner(torch.ones(2, 3)), outer(torch.ones(4, 100))
        # Either sees the other's layers as the functions that they call: of TwoLayers those are four.
        self.assertEqual((first.events, second.events), (4 + 1, 1 + 4))

    def test_other_threads(self):
        model = TwoLayers()

        def elsewhere():
            thread = threading.Thread(target=model, args=[torch.ones(4, 100)])
            thread.start(), thread.join()
        told = "4 module calls ran on other threads than the one that entered capture()"
        with self.assertRaisesRegex(Exception, f"^nothing was recorded: {told}$".replace("()", r"\(\)")):
            with capture(model, self.path):
                elsewhere()
        self.assertFalse(self.path.exists())
        with self.assertWarnsRegex(UserWarning, f"^{told}; they are not in ".replace("()", r"\(\)")) as caught:
            self.assertEqual(self.captured(model, lambda: (elsewhere(), model(torch.ones(4, 100))))[1], two_layers())
        self.assertTrue(caught.filename.endswith("captured.py"), caught.filename)

    def test_gzip(self):
        packed = self.folder / "t.jsonl.gz"
        with capture(model := TwoLayers(), packed):
            model(torch.ones(4, 100))
        self.assertEqual(packed.read_bytes()[:2], b"\x1f\x8b")
        self.assertIn("4 events", self.good("trace", "show", packed))

    def test_data_types(self):
        for dtype, given, expected in ((torch.bfloat16, None, "bfloat16"), (torch.float16, "int4", "int4"),
                                       (torch.float64, torch.int8, "int8")):
            model = Calls(lambda module: module.layer(torch.ones(2)), layer=nn.ReLU(), held=nn.Linear(2, 2).to(dtype))
            self.assertEqual(self.captured(model, model, dtype=given)[0]["dtype"], expected)

    def test_header(self):
        model = TwoLayers()
        header, _ = self.captured(model, lambda: model(torch.ones(100)), name="mine")
        self.assertEqual((header["model"], header["batch"]), ("mine", 1))
        self.assertEqual(self.captured(model, lambda: model(torch.ones(6, 100)), batch=3)[0]["batch"], 3)
        self.assertEqual(self.captured(model, lambda: model(x=torch.ones(6, 100)))[0]["batch"], 6)


if __name__ == "__main__":
    unittest.main()
