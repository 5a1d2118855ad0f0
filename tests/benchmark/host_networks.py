#!/usr/bin/python3
"""Networks that a profile of HOST is fitted to and tried on (docs/accuracy.md, One's own computer), and what a profiled trace says
of a pass.

    tests/benchmark/host_networks.py make             # fit.pt, blocks.pt, funnel.pt, with Debian's torch
    tests/benchmark/host_networks.py pass TRACE...    # the median pass of each, in milliseconds
"""

import gzip
import json
import pathlib
import statistics
import sys


def make():
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, width, hidden):
            super().__init__()
            self.norm, self.up, self.act, self.down = nn.LayerNorm(width), nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width)

        def forward(self, x):
            return x + self.down(self.act(self.up(self.norm(x))))

    sizes = [512, 512, 1024, 2048, 1024, 3072, 512, 256, 4096, 512]
    funnel = [640, 1792, 1280, 896]
    networks = {
        "fit": [nn.Sequential(nn.Linear(rows, columns), nn.LayerNorm(columns), nn.ReLU(), nn.GELU())
                for rows, columns in zip(sizes, sizes[1:])],
        "blocks": [Block(768, 1536) for _ in range(4)],
        "funnel": [nn.Sequential(nn.Linear(rows, columns), nn.ReLU()) for rows, columns in zip(funnel, funnel[1:])]
                  + [nn.LayerNorm(896), nn.Linear(896, 1000)],
    }
    torch.manual_seed(0)
    for name, (parts, width) in {"fit": (networks["fit"], 512), "blocks": (networks["blocks"], 768),
                                 "funnel": (networks["funnel"], 640)}.items():
        torch.jit.trace(nn.Sequential(*parts).eval(), torch.rand(8, width)).save(f"{name}.pt")


def median_pass_ms(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
    with opened as lines:
        next(lines)
        events = [json.loads(line) for line in lines]
    first = (events[0].get("path"), events[0]["name"])
    passes = []
    for event in events:
        if (event.get("path"), event["name"]) == first:
            passes.append(0)
        passes[-1] += event["duration_ns"] * 1e-6
    return statistics.median(passes)


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make()
    else:
        for name in sys.argv[2:]:
            print(f"{name}: {median_pass_ms(pathlib.Path(name)):.2f} ms")
