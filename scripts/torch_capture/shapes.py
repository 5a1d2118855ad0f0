"""The sizes of tensors among arguments and results."""

from __future__ import annotations

import dataclasses
from typing import Any, Sequence

import torch

from torch_capture.trace_file import bounded_shape


def first_shape(value: Any) -> Sequence[int]:
    """The sizes of the first tensor in arguments or a result; none where there is no tensor."""
    if type(value) is tuple and value and type(value[0]) is torch.Tensor:  # most arguments
        return value[0].shape
    tensor = value if isinstance(value, torch.Tensor) else _first_tensor(value)
    if tensor is None:
        return ()
    try:
        return tensor.shape
    except RuntimeError:  # a nested tensor has no sizes
        return ()


def written_shape(sizes: Sequence[int]) -> list[int]:
    """As a trace can hold it: 1 or more sizes."""
    try:
        return bounded_shape(sizes) or [1]
    except (RuntimeError, TypeError, ValueError):  # sizes that are symbols
        return [1]


def _first_tensor(value: Any, depth: int = 0) -> torch.Tensor | None:
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, (tuple, list)):
        items = value
    elif isinstance(value, dict):
        items = value.values()
    elif isinstance(value, (bool, int, float, str, type(None))):
        return None
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = vars(value).values()
    else:
        return None
    if depth == 8:
        return None
    for item in items:
        if (found := _first_tensor(item, depth + 1)) is not None:
            return found
    return None


def computes(args: tuple, kwargs: dict, result: Any) -> bool:
    """Does a function make a tensor of tensors?"""
    if type(result) is not torch.Tensor and _first_tensor(result) is None:
        return False
    return bool(args) and type(args[0]) is torch.Tensor or _first_tensor((args, kwargs)) is not None
