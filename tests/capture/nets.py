"""Small networks whose events are known by hand."""

import math
import types

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


class Decoder(nn.Module):
    """The calls of Hugging Face's eager Llama, or of a Mixtral of two experts that are called one after the other; sizes
    are those of a head."""

    def __init__(self, family, layers):
        super().__init__()
        self.config = types.SimpleNamespace(model_type=family)
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(10, 8)
        self.model.layers = nn.ModuleList(DecoderLayer(family) for _ in range(layers))
        self.model.norm = RMSNorm(8)
        if family == "llama":
            self.model.rotary_emb = RotaryEmbedding()
        self.lm_head = nn.Linear(8, 10)

    def forward(self, ids):
        x = self.model.embed_tokens(ids)
        if hasattr(self.model, "rotary_emb"):
            self.model.rotary_emb(x)
        for layer in self.model.layers:
            x = layer(x)
        return self.lm_head(self.model.norm(x))


class RotaryEmbedding(nn.Module):
    def forward(self, x):
        return x.cos(), x.sin()


class DecoderLayer(nn.Module):
    def __init__(self, family):
        super().__init__()
        self.self_attn = nn.Module()
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            self.self_attn.add_module(name, nn.Linear(8, 8))
        if family == "mixtral":
            self.block_sparse_moe = nn.Module()
            self.block_sparse_moe.gate = nn.Linear(8, 2)
            self.block_sparse_moe.experts = nn.ModuleList(GatedMlp("w1", "w3", "w2") for _ in range(2))
        else:
            self.mlp = GatedMlp("gate_proj", "up_proj", "down_proj")
        self.input_layernorm = RMSNorm(8)
        self.post_attention_layernorm = RMSNorm(8)

    def forward(self, x):
        x = x + self.attend(self.input_layernorm(x))
        y = self.post_attention_layernorm(x)
        if hasattr(self, "mlp"):
            return x + self.mlp(y)
        routing_weights = functional.softmax(self.block_sparse_moe.gate(y), dim=-1)
        return x + sum(expert(y) * routing_weights[..., at:at + 1]
                       for at, expert in enumerate(self.block_sparse_moe.experts))

    def attend(self, x):
        query, key, value = self.self_attn.q_proj(x), self.self_attn.k_proj(x), self.self_attn.v_proj(x)
        attn_weights = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(8)
        attn_weights = functional.softmax(attn_weights, dim=-1)
        attn_output = torch.matmul(attn_weights, value)
        return self.self_attn.o_proj(attn_output)


class GatedMlp(nn.Module):
    def __init__(self, gate, up, down):
        super().__init__()
        self.names = gate, up, down
        self.add_module(gate, nn.Linear(8, 16))
        self.add_module(up, nn.Linear(8, 16))
        self.add_module(down, nn.Linear(16, 8))
        self.act_fn = nn.SiLU()

    def forward(self, x):
        gate, up, down = (getattr(self, name) for name in self.names)
        return down(self.act_fn(gate(x)) * up(x))


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
