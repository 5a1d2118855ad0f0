"""Small networks whose events are known by hand."""

import math

import torch
from torch import nn
from torch.nn import functional


class TwoLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(100, 200)
        self.relu = nn.ReLU()
        self.linear2 = nn.Linear(200, 10)

    def forward(self, x):
        x = self.linear2(self.relu(self.linear1(x)))
        x = functional.softmax(x, dim=-1)
        return x


class Attention(nn.Module):
    """One head of attention, as Hugging Face writes it, with a residual connection."""

    def __init__(self):
        super().__init__()
        self.q_proj = nn.Linear(8, 8)

    def forward(self, x):
        query = self.q_proj(x)
        attn_weights = torch.matmul(query, x.transpose(-1, -2)) / math.sqrt(8)
        attn_weights = functional.softmax(attn_weights, dim=-1, dtype=torch.float32).to(x.dtype)
        attn_output = attn_weights @ x
        return x + attn_output


class RMSNorm(nn.Module):
    def __init__(self, width=None):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width)) if width else None

    def forward(self, x):
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
        return y if self.weight is None else self.weight * y


class Calls(nn.Module):
    """Calls what it is given: a function of the module and its arguments. Has one layer."""

    def __init__(self, function, **layers):
        super().__init__()
        self.function = function
        for name, module in layers.items():
            self.add_module(name, module)

    def forward(self, *args, **kwargs):
        return self.function(self, *args, **kwargs)


def two_layers():
    return TwoLayers()


made = TwoLayers()
number = 7


def fails():
    raise ValueError("no network\ntoday")
