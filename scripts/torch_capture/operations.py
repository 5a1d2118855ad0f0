"""What a call computes, where its type and name do not tell it: the `op` of docs/traces.md."""

from __future__ import annotations

import bisect
import collections
import math
from typing import Any

import torch

_MAX_COUNT = 1_000_000_000  # that a word of an operation may have


class Parameters:
    """The parameters of a model by where they lie, so that views and slices of one are known, too."""

    def __init__(self, model: torch.nn.Module):
        placed = []
        for path, parameter in model.named_parameters():  # of those that are shared the first name
            try:
                start = 0 if parameter.is_meta else parameter.data_ptr()
                if start:
                    placed.append((start, path, parameter))
            except (RuntimeError, ValueError):  # one that is not there yet
                pass
        self._placed = sorted(placed, key=lambda place: place[:2])
        self._starts = [place[0] for place in self._placed]
        tables = {id(module.weight) for module in model.modules() if is_table(module)}
        owners = collections.Counter(id(own) for module in model.modules() for own in module._parameters.values())
        self._paths = {place[1] for place in placed}
        self._tables = tables
        self._heads = {table for table in tables if owners[table] > 1}

    def has_bias(self, path: str) -> bool:
        """Is there a second parameter, called the same and _bias?"""
        return f"{path}_bias" in self._paths

    def is_tied(self, parameter: Any) -> bool:
        """Is it a table whose numbers give the logits, too?"""
        return id(parameter) in self._heads

    def multiply(self, parameter: torch.Tensor) -> bool:
        """Takes note that a function multiplies by it; is it a table?"""
        if id(parameter) in self._tables:
            self._heads.add(id(parameter))
        return id(parameter) in self._tables

    def find(self, tensor: Any) -> tuple[str, torch.Tensor] | None:
        """The path and the whole of the parameter that `tensor` is, or is a part of."""
        if not isinstance(tensor, torch.Tensor) or tensor.is_meta:
            return None
        try:
            start = tensor.data_ptr()
        except (RuntimeError, ValueError):  # of a tensor that has no memory
            return None
        at = bisect.bisect_right(self._starts, start) - 1
        if at < 0:
            return None
        first, path, parameter = self._placed[at]
        return (path, parameter) if start < first + parameter.numel() * parameter.element_size() else None


# Of eager attention, by type and name: those that the simulator knows, then others of Hugging Face.
_KNOWN_NAMES = ("attn_weights", "attn_output")
_PARTS = {("matmul", "attn_weights"): "scores", ("softmax", "attn_weights"): "softmax",
          ("matmul", "attn_output"): "output",
          ("matmul", "attention_scores"): "scores", ("matmul", "attn_scores"): "scores",
          ("softmax", "attention_scores"): "softmax", ("softmax", "attention_probs"): "softmax",
          ("softmax", "attn_probs"): "softmax", ("matmul", "context_layer"): "output"}


def attention_part(kind: str, name: str, caller: Caller) -> str:
    """Which part of attention a function is, as docs/traces.md has it; "" of any other."""
    if (kind, name) == ("softmax", "probs") and _has_sinks(caller.module):
        return "softmax"
    return "fused" if kind == "scaled_dot_product_attention" else _PARTS.get((kind, name), "")


def attention_operation(part: str, name: str, caller: Caller, heads: int, queries: int, both_ways: bool,
                        header: dict[str, Any]) -> str | None:
    """Of a part of attention, called on `heads` query heads with `queries` rows each inside a module of Hugging Face,
    whose attributes and configuration tell the rest."""
    words = _of_module(caller, heads, queries, both_ways, header)
    if part != "fused":
        # A cap is a function of its own there; sinks join the softmax.
        left_out = ("softcap",) if part == "softmax" else ("softcap", "sinks")
        words = [f"part={part}", *(word for word in words if word not in left_out)]
        if len(words) == 1 and name in _KNOWN_NAMES:
            return None
    return " ".join(["attention", *words]) if words else None


def product_operation(kind: str, args: tuple, kwargs: dict, parameters: Parameters) -> dict[str, Any]:
    """Of a function that multiplies by a parameter: `op`, `path` and, of packed experts, `experts`; else nothing."""
    operands = [*args, *kwargs.values()]
    found = next(((tensor, *place) for tensor in operands if isinstance(tensor, torch.Tensor) and tensor.dim() in (2, 3)
                  if (place := parameters.find(tensor)) is not None), None)
    if found is None or found[0] is operands[0] and kind != "mv":  # of the first the trace shows the sizes
        return {}
    tensor, path, parameter = found
    has_bias = kind in ("addmm", "addmv", "baddbmm") or kind == "linear" and len(operands) > 2 and operands[2] is not None
    bias = " bias" if has_bias else ""
    if parameter.dim() == 2:
        if parameters.multiply(parameter):
            return {"op": f"product second=implied format=activations{bias} head tied", "path": path}
        size = tensor.shape[0] * tensor.shape[1] if tensor.dim() == 2 else 0
        if 0 < size < parameter.numel() and parameter.shape[1] > 0:  # some rows are a matrix of their own
            first = tensor.storage_offset() - parameter.storage_offset()
            rows = first // parameter.shape[1], (first + size) // parameter.shape[1]
            return {"op": f"product second=implied{bias}", "path": f"{path}[{rows[0]}:{rows[1]}]"}
        columns = f" columns=query_key_value query_columns={parameter.shape[0] // 3}" if _is_packed_in(path, kind) else ""
        return {"op": f"product second=implied{columns}{bias}", "path": path}
    if parameters.has_bias(path):
        bias = " bias"
    if parameter.dim() != 3 or not 1 <= parameter.shape[0] <= _MAX_COUNT:
        return {}
    experts: list[int] = []
    if tensor.dim() == 2:
        size = parameter.stride(0) * parameter.element_size()
        experts = [(tensor.data_ptr() - parameter.data_ptr()) // size] if size else []
    elif kind == "grouped_mm":
        experts = _experts_with_rows(operands, parameter.shape[0])
    fields = {"op": f"product second=packed matrices={parameter.shape[0]}{bias}", "path": path}
    return {**fields, "experts": experts} if experts else fields


def _is_packed_in(path: str, kind: str) -> bool:
    """Is it the one matrix of torch.nn.MultiheadAttention that makes queries, keys and values?"""
    return kind == "linear" and path.rpartition(".")[2] == "in_proj_weight"


def convolution_operation(kind: str, args: tuple, kwargs: dict, parameters: Parameters) -> dict[str, Any]:
    """Of the functions conv1d to conv3d and conv_transpose1d to 3d."""
    def argument(at: int, name: str, otherwise: Any) -> Any:
        return args[at] if len(args) > at else kwargs.get(name, otherwise)
    weight, bias, groups = argument(1, "weight", None), argument(2, "bias", None), argument(6, "groups", 1)
    dimensions, transposed = int(kind[-2]), kind.startswith("conv_transpose")
    if not isinstance(weight, torch.Tensor) or weight.dim() != dimensions + 2:
        return {}
    place = parameters.find(weight)
    operation = convolution(dimensions, groups, math.prod(weight.shape[2:]), bias is not None, transposed,
                            shown_kernel=False)
    return {"op": operation, **({"path": place[0]} if place else {})}


def convolution(dimensions: int, groups: int, kernel: int, bias: bool, transposed: bool, shown_kernel: bool) -> str:
    """`shown_kernel`: a weight_shape has the kernel."""
    words = [f"groups={groups}"] if groups > 1 else []
    words += ["bias"] * bool(bias) + ["transposed"] * transposed
    if dimensions != 2:
        words.append(f"dimensions={dimensions}")
    if dimensions != 2 or not shown_kernel:
        words.append(f"kernel={kernel}")
    return " ".join(["convolution", *words])


def resampling(mode: Any) -> str | None:
    """Of torch.nn.Upsample and interpolate."""
    taps = {"linear": 2, "bilinear": 4, "trilinear": 8, "bicubic": 16}.get(mode)
    if taps:
        return f"pointwise function=resample taps={taps}"
    return {"area": "pointwise function=pooling", "nearest": "movement", "nearest-exact": "movement"}.get(mode)


def gather_operation(args: tuple, kwargs: dict, parameters: Parameters) -> dict[str, Any]:
    """Of the function embedding: ids, then the table."""
    table = args[1] if len(args) > 1 else kwargs.get("weight")
    if not isinstance(table, torch.Tensor) or table.dim() != 2 or not is_count(table.shape[0]):
        return {}
    place = parameters.find(table)
    tied = " tied" if place and parameters.is_tied(place[1]) else ""
    return {"op": f"gather rows={table.shape[0]}{tied}", **({"path": place[0]} if place else {})}


class Caller:
    """A module of Hugging Face that is being called, and with what."""

    def __init__(self, module: torch.nn.Module, args: tuple, kwargs: dict):
        self.module = module
        self.values = [*args, *kwargs.values()]
        self.is_cross = kwargs.get("key_value_states") is not None or kwargs.get("encoder_hidden_states") is not None

    def cache(self) -> Any:
        """The key-value cache that was given, if one was."""
        return next((value for value in self.values if is_cache(value)), None)

    def cached_rows(self) -> int | None:
        """Rows that the cache has of this layer; a static one shows more."""
        cache, layer = self.cache(), getattr(self.module, "layer_idx", None)
        if cache is None or layer is None or self.is_cross:
            return None
        try:
            rows = int(cache.get_seq_length(layer))
        except Exception:  # whatever a cache of its own raises
            return None
        return rows if rows > 0 else None


def is_cache(value: Any) -> bool:
    return hasattr(value, "get_seq_length") and hasattr(value, "update")


def is_of_transformers(module: torch.nn.Module) -> bool:
    return type(module).__module__.startswith("transformers.")


def _of_module(caller: Caller, heads: int, queries: int, both_ways: bool, header: dict[str, Any]) -> list[str]:
    module = caller.module
    words = []
    mask = _mask(module, header)
    if mask is not None:
        words.append(mask)
    latent = _latent_width(module)
    groups = getattr(module, "num_key_value_groups", None)
    own = getattr(module, "num_kv_heads", None)  # Falcon's
    held = heads // groups if is_count(groups) and heads % groups == 0 else own if is_count(own) else heads
    if latent:
        words += ["cache_heads=1", f"latent={latent}"] + (["expanded"] if queries > 1 else [])
    elif held != header.get("num_key_value_heads", heads):
        words.append(f"cache_heads={held}")
    if caller.is_cross:
        words.append("cross")
    if caller.cache() is None and (both_ways or getattr(module, "is_causal", True) is False):
        words.append("uncached")
    if _has_sinks(module):
        words.append("sinks")
    if getattr(module, "attn_logit_softcapping", None):
        words.append("softcap")
    return words


def _has_sinks(module: torch.nn.Module) -> bool:
    return isinstance(getattr(module, "sinks", None), torch.Tensor)


def _mask(module: torch.nn.Module, header: dict[str, Any]) -> str | None:
    """Windows by layer; None where the header tells all."""
    config, layer = getattr(module, "config", None), getattr(module, "layer_idx", None)
    types = getattr(config, "layer_types", None)
    kind = types[layer] if isinstance(types, (list, tuple)) and isinstance(layer, int) and layer < len(types) else None
    chunk = getattr(config, "attention_chunk_size", None)
    if kind == "chunked_attention" and is_count(chunk):
        return f"mask=chunk window={chunk}"
    window = getattr(config if kind == "sliding_attention" else module, "sliding_window", 0)
    if kind is None and window == 0:  # a module that does not know of windows
        return None
    window = window if is_count(window) and kind != "full_attention" else None
    if window == header.get("sliding_window"):
        return None
    return f"mask=window window={window}" if window else "mask=full"


def _latent_width(module: torch.nn.Module) -> int:
    widths = [getattr(module, key, None) for key in ("kv_lora_rank", "qk_rope_head_dim")]
    return sum(widths) if all(map(is_count, widths)) else 0


def is_table(module: torch.nn.Module) -> bool:
    return isinstance(module, torch.nn.Embedding) and isinstance(getattr(module, "weight", None), torch.Tensor)


def _experts_with_rows(operands: list[Any], count: int) -> list[int]:
    """Of grouped_mm: rows of the first operand up to each offset belong to the experts in turn."""
    offsets = next((value for value in operands if isinstance(value, torch.Tensor) and value.dim() == 1), None)
    if offsets is None or offsets.is_meta or offsets.shape[0] != count:
        return []
    ends = offsets.tolist()
    return [at for at, end in enumerate(ends) if end > (ends[at - 1] if at else 0)]


def is_count(value: Any) -> bool:
    return type(value) is int and 1 <= value <= _MAX_COUNT
