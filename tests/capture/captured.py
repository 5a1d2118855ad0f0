"""What the tests of the capture share: PyTorch, or the reason why there are none, and traces that are read back."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE.parents[1] / "scripts")]
COMMAND = HERE.parents[1] / "scripts" / "capture_torch.py"

try:
    import torch
except ImportError as missing:
    raise unittest.SkipTest(f"{sys.executable} has no PyTorch ({missing}); Debian's package is python3-torch") from None

import capture_torch  # noqa: E402
from capture_torch import CaptureError, capture  # noqa: E402
from program import CliTest, read_trace  # noqa: E402

torch.set_num_threads(1)
TIMES = ("start_ns", "duration_ns")


def layer(kind, name, layer_id, inputs, weight, output, path=None, step=0, **more):
    """A layer event without seq and times."""
    return {"kind": "layer", "type": kind, "name": name, "id": layer_id, "phase": "decode" if step else "prefill",
            "step": step, "input_shape": inputs, "weight_shape": weight, "output_shape": output,
            "path": name if path is None else path, **more}


def function(kind, name, inputs, output, step=0, **more):
    return {"kind": "function", "type": kind, "name": name, "id": None, "phase": "decode" if step else "prefill",
            "step": step, "input_shape": inputs, "weight_shape": None, "output_shape": output, **more}


def two_layers(step=0, softmax_step=None):
    """What nets.TwoLayers does with 4 rows."""
    return [layer("Linear", "linear1", 0, [4, 100], [100, 200], [4, 200], step=step),
            layer("ReLU", "relu", 1, [4, 200], [1, 1], [4, 200], step=step),
            layer("Linear", "linear2", 2, [4, 200], [200, 10], [4, 10], step=step),
            function("softmax", "x", [4, 10], [4, 10], step=step if softmax_step is None else softmax_step)]


class CaptureTest(CliTest):
    def setUp(self):
        super().setUp()
        torch.manual_seed(0)
        guard = torch.no_grad()
        guard.__enter__()
        self.addCleanup(guard.__exit__, None, None, None)
        self.path = self.folder / "t.jsonl"

    def captured(self, model, run, **options):
        """Header and events of run(), without seq, times, what the names do not tell and what waits for what, once the
        program has accepted the file; the latter are in self.ops and self.deps, and in self.ends which events end a
        pass, if self.marks_passes."""
        with capture(model, self.path, **options) as self.recorder:
            run()
        self.good("trace", "show", self.path)
        header, events = read_trace(self.path)
        self.assertEqual([event.pop("seq") for event in events], list(range(len(events))))
        self.assertEqual(self.recorder.events, len(events))
        self.assertEqual(events[0]["start_ns"], 0)
        self.marks_passes = header.pop("marks_passes", False)
        end, self.ops, self.deps, self.ends = 0, [], [], []
        for event in events:
            start, duration = (event.pop(time) for time in TIMES)
            self.ops.append(event.pop("op", None))
            self.deps.append(event.pop("deps", None))
            self.ends.append(event.pop("ends_pass", False))
            self.assertGreaterEqual(start, end)
            self.assertGreater(duration, 0)
            end = start + duration
        return header, events

    def events(self, model, *inputs, **options):
        return self.captured(model, lambda: model(*inputs), **options)[1]

    def refuses(self, message, model, **options):
        """capture() with exactly this message."""
        with self.assertRaises(CaptureError) as caught:
            with capture(model, options.pop("path", self.path), **options):
                pass
        self.assertEqual(str(caught.exception).replace(str(self.folder), "FOLDER"), message)
