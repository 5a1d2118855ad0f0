#!/usr/bin/env python3
"""Makes the files beside it, which a torch 2 has saved: needs torch 2.4 or later.

Newer operators are in them than libtorch 1.13 has; `interpolate` mentions one that libtorch 2.6 does not have either, in a
branch that is not taken."""

import pathlib

import torch
from torch import nn
from torch.nn import functional

FOLDER = pathlib.Path(__file__).parent


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(16, 16)

    def forward(self, x):
        q = self.q(x).reshape(2, 8, 2, 8).transpose(1, 2)
        return functional.scaled_dot_product_attention(q, q, q, is_causal=True)


class Wrapped(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x, x, x, need_weights=False)[0]


torch.manual_seed(0)
for name, network in {"sdpa": Attention(),
                      "mha_scripted": Wrapped(nn.MultiheadAttention(16, 2, batch_first=True)),
                      "rmsnorm": nn.Sequential(nn.RMSNorm(16)),
                      "interpolate": nn.Sequential(nn.Upsample(scale_factor=2))}.items():
    torch.jit.script(network.eval()).save(FOLDER / f"{name}.pt")
