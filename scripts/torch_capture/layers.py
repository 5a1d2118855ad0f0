"""What a trace says of a leaf module: type, name, weight."""

from __future__ import annotations

import itertools
import math
from typing import Any

import torch

from torch_capture.layer_operations import convolution_dimensions, is_quantised, layer_operation
from torch_capture.operations import Parameters
from torch_capture.reached import place_text
from torch_capture.trace_file import MAX_ELEMENTS, MAX_SIZE, MAX_STRIDE, bounded_text

# Families that the simulator derives without weights. Their traces keep to the published tool's names, so that one
# mapping serves both.
PUBLISHED_FAMILIES = ("llama", "mistral", "mixtral")


class Layer:
    """A leaf module, its place in the model, and what of it goes into every event of it."""

    def __init__(self, module: torch.nn.Module, path: str, layer_id: int | None, published: bool):
        self.module = module
        self.path = path
        self.name = path.rpartition(".")[2] or type(module).__name__
        self.id = layer_id
        self.published = published
        self.place = place_text("layer", path or self.name, type(module).__name__)

    def fields(self, input_shape: list[int], output_shape: list[int]) -> dict[str, Any]:
        """`type`, `name`, `weight_shape` and the like of a call. Asked for after the run: a lazy module knows its
        weight only then."""
        module = self.module
        linear = (torch.nn.Linear, torch.nn.quantized.Linear)
        kind = "Linear" if isinstance(module, linear) else type(module).__name__
        kind = "Conv2d" if isinstance(module, (torch.nn.Conv2d, torch.nn.quantized.Conv2d)) else kind
        if is_quantised(module):
            kind = kind.replace("ConvReLU", "Conv")
        dimensions = convolution_dimensions(module)
        name, fields = self.name, {}
        if kind in ("Linear", "Conv1D"):
            weight = _linear_weight(module, kind)
        elif kind.endswith("RMSNorm"):
            weight = [_norm_width(module, input_shape)] * 2
            kind = "LlamaRMSNorm" if self.published else kind
        elif dimensions and (dimensions != 2 or kind != "Conv2d"):
            weight = list(module.kernel_size) if dimensions == 2 else [1, math.prod(module.kernel_size)]
        elif dimensions:
            weight = list(module.kernel_size)
            fields = {"stride": [min(size, MAX_STRIDE) for size in module.stride],
                      "padding": [min(size, MAX_STRIDE) for size in _padding(module)]}
        else:
            weight = [1, 1]
            if self.published and kind in ("SiLU", "SiLUActivation"):
                # There the activation is known by the statement that called it.
                kind, name = "SiLUActivation", "return"
            if self.published and kind.endswith("RotaryEmbedding"):
                # There the result has the input's shape, and not that of its tables.
                fields["output_shape"] = input_shape
        if not all(1 <= size <= MAX_SIZE for size in weight) or math.prod(weight) > MAX_ELEMENTS:
            weight = [1, 1]
        return {"type": bounded_text(kind), "name": bounded_text(name), "id": self.id,
                "path": bounded_text(self.path), "weight_shape": weight, **fields}

    def operation(self, event: dict[str, Any], parameters: Parameters, vocabulary: int | None) -> dict[str, Any]:
        """`op`, where type and name do not tell what the layer computes."""
        found = layer_operation(self.module, event["name"], event["type"], parameters, vocabulary)
        return {"op": found} if found else {}

    def own_type(self) -> str:
        """A name that cannot be taken for a type whose shapes are known."""
        return bounded_text(f"{type(self.module).__module__}.{type(self.module).__qualname__}")


def leaves(model: torch.nn.Module, published: bool) -> list[Layer]:
    """The modules without children and quantised layers, in named_modules() order; ids count them. Of the published families only Llama's
    rotary embeddings are layers: others have no id and leave no event."""
    found: list[Layer] = []
    ids = itertools.count()
    hidden = "RotaryEmbedding" if published and model_type(model) != "llama" else None
    within: set[torch.nn.Module] = set()  # what holds the parameters of a layer
    for path, module in model.named_modules():
        if module in within:
            continue
        if is_quantised(module):
            within.update(module.modules())
        elif next(module.children(), None) is not None:
            continue
        if not _is_packed(module):
            seen = hidden is None or not type(module).__name__.endswith(hidden)
            found.append(Layer(module, path, next(ids) if seen else None, published))
    return found


def _is_packed(module: torch.nn.Module) -> bool:
    """Is it a layer of experts packed in one tensor, whose functions are to be seen?"""
    return not type(module).__module__.startswith("torch.") and any(
        isinstance(own, torch.Tensor) and own.dim() == 3 for own in module._parameters.values())


def model_type(model: torch.nn.Module) -> str | None:
    """Of a Hugging Face model the family; None of any other."""
    return getattr(getattr(model, "config", None), "model_type", None)


def _linear_weight(module: torch.nn.Module, kind: str) -> list[int]:
    sizes = [getattr(module, "in_features", None), getattr(module, "out_features", None)]
    if all(isinstance(size, int) for size in sizes):
        return sizes
    weight = getattr(module, "weight", None)
    if isinstance(weight, torch.Tensor) and weight.dim() == 2:
        # Hugging Face's Conv1D holds [in, out], everybody else [out, in].
        return list(weight.shape) if kind == "Conv1D" else list(weight.shape)[::-1]
    return [1, 1]


def _norm_width(module: torch.nn.Module, input_shape: list[int]) -> int:
    weight = getattr(module, "weight", None)
    if isinstance(weight, torch.Tensor) and weight.dim() > 0:
        return math.prod(weight.shape)
    return input_shape[-1]


def _padding(module: torch.nn.Module) -> list[int]:
    if module.padding == "valid":
        return [0, 0]
    if module.padding == "same":  # of an odd total the smaller part goes before
        return [dilation * (size - 1) // 2 for dilation, size in zip(module.dilation, module.kernel_size)]
    return list(module.padding)
