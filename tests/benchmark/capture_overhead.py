#!/usr/bin/env python3
"""What recording costs in Python: the time of a network while it is captured over that of the same network alone, and
which share of it the events cover.

    tests/benchmark/capture_overhead.py [--runs 40] [--width 512] [--clock wall|cpu]

Runs alternate, so that whatever else the machine does falls on both; the median of their ratios counts. Of a PyTorch that
has torch.export the exported network is measured, too."""

import argparse
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import torch  # noqa: E402
from capture_torch import capture  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch_capture.recorder import Generation  # noqa: E402

CLOCKS = {"wall": time.perf_counter_ns, "cpu": time.thread_time_ns}


class Block(nn.Module):
    """Layers, functions and a residual stream, as most networks have them."""

    def __init__(self, width):
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        return x + self.down(functional.gelu(self.up(self.norm(x))))


def covered(recorder):
    """Of the calls so far, in ns."""
    return sum(call[4] for call in recorder._generations[-1].calls)


def measure(model, x, runs, clock, events):
    """Medians of captured over plain, and of covered over captured; and the time of an event in us."""
    ratios, shares, plain_ns = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs):
            begin = clock()
            model(x)
            plain = clock() - begin
            with capture(model, Path(folder) / "t.jsonl", functions="all") as recorder:
                recorder.model(x)
                recorder._generations[:] = [Generation()]
                begin, wall = clock(), time.perf_counter_ns()
                recorder.model(x)
                taken, wall = clock() - begin, time.perf_counter_ns() - wall
                shares.append(covered(recorder) / wall)
            ratios.append(taken / plain)
            plain_ns.append(plain)
    return statistics.median(ratios), statistics.median(shares), statistics.median(plain_ns) / events / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    x = torch.randn(options.rows, options.width)
    layers = nn.Sequential(*(layer for _ in range(8) for layer in (nn.LayerNorm(options.width),
                                                                   nn.Linear(options.width, options.width), nn.GELU())))
    mixed = nn.Sequential(*(Block(options.width) for _ in range(8)))
    products = nn.Sequential(*(nn.Linear(options.width, options.width) for _ in range(24)))
    for what, model, events in (("products", products.eval(), 24), ("layers", layers.eval(), 24),
                                ("layers and functions", mixed.eval(), 40)):
        ways = {"Python": model}
        if hasattr(torch, "export"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ways["exported"] = torch.export.export(model, (x,)).module()
        with torch.no_grad():
            for name, way in ways.items():
                for _ in range(3):
                    way(x)
                ratio, share, each = measure(way, x, options.runs, CLOCKS[options.clock], events)
                print(f"torch {torch.__version__}, {name}, {what}: events of {each:.0f} us in the mean, captured/alone "
                      f"{ratio:.3f}, events cover {100 * share:.1f} %")


if __name__ == "__main__":
    main()
