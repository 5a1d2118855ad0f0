"""What a call of a function has in a trace."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import torch

from torch_capture.functions import attention_details
from torch_capture.operations import (Caller, Parameters, attention_operation, attention_part, convolution_operation,
                                      gather_operation, product_operation, resampling)
from torch_capture.recurrence import RECURRENT_FUNCTIONS, recurrent_function
from torch_capture.shapes import first_shape

PRODUCTS = frozenset(["linear", "matmul", "mm", "bmm", "mv", "addmm", "addmv", "baddbmm", "grouped_mm"])
ADDED_FIRST = frozenset(["addmm", "addmv", "baddbmm", "addbmm"])  # whose first argument is what is added
CONVOLUTIONS = frozenset(f"conv{kind}{size}d" for kind in ("", "_transpose") for size in (1, 2, 3))

Shapes = tuple[Sequence[int], Sequence[int]]


class FunctionFacts:
    """Of one model: `told` is what the trace's header says of it."""

    def __init__(self, parameters: Parameters, told: dict[str, Any]):
        self._parameters = parameters
        self._told = told

    def input_shape(self, kind: str, function: Callable, args: tuple, kwargs: dict) -> tuple[Sequence[int], bool | None]:
        """To be asked for before the call. And False where a row of attention sees those after it."""
        if kind in ADDED_FIRST and len(args) > 1:  # of what is multiplied, not of what it is added to
            return first_shape(args[1:]) or first_shape(args), None
        shape = first_shape(args) or first_shape(kwargs)
        if kind != "scaled_dot_product_attention":
            return shape, None
        key_shape, causal = attention_details(args, kwargs, getattr(function, "__name__", "").startswith("_"))
        return key_shape or shape, causal

    def shapes(self, kind: str, args: tuple, shapes: Shapes) -> Shapes:
        """Those of the product that some functions are."""
        if kind == "addbmm" and len(shapes[0]) == 3 and len(shapes[1]) == 2:  # the sum over the products is one
            batch, rows, inner = shapes[0]
            return [1, rows, batch * inner], [1, *shapes[1]]
        if kind in ("mv", "addmv") and len(shapes[0]) == 2 and len(shapes[1]) == 1:  # the vector is the row
            return [1, shapes[0][1]], [1, shapes[0][0]]
        return shapes

    def details(self, kind: str, name: str, args: tuple, kwargs: dict, shapes: Shapes, both_ways: bool,
                caller: Caller | None) -> dict[str, Any]:
        """What of a function its type and its shapes do not tell. `caller`: of transformers, if one calls it."""
        if kind in PRODUCTS and (found := product_operation(kind, args, kwargs, self._parameters)):
            return found
        if kind in CONVOLUTIONS:
            return convolution_operation(kind, args, kwargs, self._parameters)
        if kind == "embedding":
            return gather_operation(args, kwargs, self._parameters)
        if kind in RECURRENT_FUNCTIONS:
            operation = recurrent_function(kind, args)
            return {"op": operation} if operation else {}
        if kind == "interpolate":
            operation = resampling(args[3] if len(args) > 3 else kwargs.get("mode", "nearest"))
            return {"op": operation} if operation else {}
        if kind in ("mv", "addmv", "addbmm"):
            return {"op": "product second=tensor"}
        if caller is None:
            return {}
        part = attention_part(kind, name, caller)
        if not part or len(shapes[0]) < 4 or len(shapes[1]) < 4:
            return {}
        heads, queries = shapes[1][-3], shapes[1][-2]
        operation = attention_operation(part, name, caller, heads, queries, both_ways, self._told)
        rows = {"fused": shapes[0][-2], "scores": shapes[1][-1]}.get(part, shapes[0][-1])
        cached = caller.cached_rows()
        fields = {"op": operation} if operation else {}
        return {**fields, "kv_length": cached} if cached is not None and cached < rows else fields


def drops(args: tuple, kwargs: dict) -> bool:
    """Is this dropout one? Outside of training it hands its input on."""
    return bool(kwargs.get("training", args[2] if len(args) > 2 else True))


def is_in_place(function: Callable) -> bool:
    """Does it change its first argument?"""
    name = getattr(function, "__name__", "")
    if name.startswith("__"):
        return name == "__setitem__" or name[2:3] == "i" and name[3:-2] in _OPERATORS
    return name.endswith("_")


_OPERATORS = frozenset("add sub mul truediv floordiv div mod pow and or xor lshift rshift matmul".split())
