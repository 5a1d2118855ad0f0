"""What a layer computes, where its type and name do not tell it: the `op` of docs/traces.md."""

from __future__ import annotations

import math
from typing import Any

import torch

from torch_capture.operations import Parameters, convolution, is_count, is_table, resampling
from torch_capture.recurrence import recurrent_layer

# Classes of PyTorch by what they compute; those that derive from one compute the same, whatever they are called.
_LAYERS = {torch.nn.LayerNorm: "norm kind=layer", torch.nn.GroupNorm: "norm kind=group",
           torch.nn.modules.batchnorm._BatchNorm: "norm kind=batch", torch.nn.SiLU: "pointwise function=silu",
           torch.nn.ReLU: "pointwise function=relu", torch.nn.ReLU6: "pointwise function=relu6",
           torch.nn.Sigmoid: "pointwise function=sigmoid", torch.nn.Tanh: "pointwise function=tanh",
           torch.nn.Softmax: "pointwise function=softmax", torch.nn.Identity: "nothing",
           torch.nn.modules.dropout._DropoutNd: "nothing"}
if hasattr(torch.nn, "RMSNorm"):
    _LAYERS[torch.nn.RMSNorm] = "norm"
_CONVOLUTIONS = {torch.nn.Conv1d: 1, torch.nn.Conv2d: 2, torch.nn.Conv3d: 3,
                 torch.nn.ConvTranspose1d: 1, torch.nn.ConvTranspose2d: 2, torch.nn.ConvTranspose3d: 3}
_CONVOLUTIONS.update({getattr(torch.nn.quantized, f"{name}{size}d"): size
                      for name in ("Conv", "ConvTranspose") for size in (1, 2, 3)})

_QUANTISED = ("torch.ao.nn.quantized.", "torch.nn.quantized.", "torch.ao.nn.intrinsic.quantized.",
              "torch.nn.intrinsic.quantized.")


def layer_operation(module: torch.nn.Module, name: str, kind: str, parameters: Parameters,
                    vocabulary: int | None) -> str | None:
    """Of a layer called `name`, whose type in the trace is `kind`; `vocabulary` is what the trace's header says. To be
    asked for after the run."""
    if isinstance(module, torch.nn.EmbeddingBag):
        return f"gather bag rows={module.num_embeddings}"
    if isinstance(module, torch.nn.Upsample):
        return resampling(module.mode)
    if isinstance(module, torch.nn.Bilinear):
        return f"product second=implied inner={module.in1_features * module.in2_features}" + " bias" * has_bias(module)
    if is_table(module):
        return _table(module, kind, parameters.is_tied(module.weight), vocabulary)
    if kind in ("Linear", "Conv1D"):
        return _linear(module, name, parameters.is_tied(getattr(module, "weight", None)))
    if dimensions := convolution_dimensions(module):
        transposed = any(base.__name__.startswith("ConvTranspose") for base in type(module).__mro__)
        words = convolution(dimensions, module.groups, math.prod(module.kernel_size), has_bias(module), transposed,
                            shown_kernel=dimensions == 2)
        return words + _own_format(module)
    if recurrent := recurrent_layer(module):
        return recurrent + _own_format(module)
    if isinstance(module, torch.nn.GELU):
        if getattr(module, "approximate", "none") == "tanh":
            return "pointwise function=gelu_tanh"
        return _unless(type(module) is torch.nn.GELU, "pointwise function=gelu_erf")
    for base, operation in _LAYERS.items():
        if isinstance(module, base):
            return _unless(type(module).__module__.startswith("torch.nn."), operation)
    weight = getattr(module, "weight", None)
    if isinstance(weight, torch.Tensor) and weight.dim() == 2 and kind.endswith("Router"):
        # Known by its name, but for the bias.
        bias = isinstance(getattr(module, "bias", None), torch.Tensor)
        return "product second=implied format=activations bias router" if bias else None
    return None


def is_quantised(module: torch.nn.Module) -> bool:
    return type(module).__module__.startswith(_QUANTISED)


def convolution_dimensions(module: torch.nn.Module) -> int:
    """0 of what is no convolution."""
    return next((dimensions for base, dimensions in _CONVOLUTIONS.items() if isinstance(module, base)), 0)


def has_bias(module: torch.nn.Module) -> bool:
    bias = getattr(module, "bias", None)
    return (bias() if callable(bias) else bias) is not None  # quantised layers have a method


def _linear(module: torch.nn.Module, name: str, tied: bool) -> str | None:
    """Its name tells all but a bias and a table that it shares."""
    bias = has_bias(module)
    own_format = _own_format(module)
    if not bias and not tied and not own_format and name != "router":
        return None
    columns = {"q_proj": "columns=query_heads", "k_proj": "columns=cache_heads", "v_proj": "columns=cache_heads"}
    words = ["product"]
    if name in columns:
        words.append(columns[name])
    if tied or name in ("lm_head", "gate", "router"):
        words.append("format=activations")
    flags = {"bias": bias, "head": tied or name == "lm_head", "router": name == "router", "tied": tied}
    return " ".join([*words, *(flag for flag, is_on in flags.items() if is_on)]) + own_format


def _own_format(module: torch.nn.Module) -> str:
    """Of quantised layers what their weights are."""
    if not is_quantised(module):
        return ""
    packed = getattr(module, "_packed_params", None)
    if isinstance(packed, torch.nn.Module) or not callable(getattr(module, "weight", None)):
        # What is packed says it, and a recurrent layer; a cell has another word for it.
        dtype = getattr(packed or module, "dtype", None) or getattr(module, "weight_dtype", None)
    else:
        dtype = module.weight().dtype
    return {torch.qint8: " weights=int8", torch.float16: " weights=float16"}.get(dtype, "")


def _table(module: torch.nn.Module, kind: str, tied: bool, vocabulary: int | None) -> str | None:
    rows = module.weight.shape[0]
    if not is_count(rows):
        return None
    if rows == vocabulary and not tied and kind.endswith("Embedding"):
        return None
    return f"gather rows={rows}" + (" tied" if tied else "")


def _unless(is_known: bool, operation: str) -> str | None:
    return None if is_known else operation
