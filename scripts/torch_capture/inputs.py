"""Random tensors from a text such as 1x3x32x32, 1x64:int64 or 2x7:int64:0..49."""

from __future__ import annotations

import math
import re

import torch

from torch_capture.trace_file import CaptureError, did_you_mean

_TYPES = {name: getattr(torch, name) for name in
          ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")}
_MAX_ELEMENTS = 1 << 33  # 32 GiB of float32


def random_input(spec: str) -> torch.Tensor:
    """Floats are normally distributed; integers are drawn from the range, both ends in it, or zeros without one.
    Raises CaptureError on a text that is no spec."""
    sizes, *rest = spec.split(":")
    if len(rest) > 2 or not re.fullmatch(r"[0-9]{1,10}(x[0-9]{1,10})*", sizes, re.ASCII):
        raise CaptureError(f"--input '{spec}'; expected sizes and then, if need be, a type and a range of integers: "
                           "1x3x32x32, 1x64:int64, 2x7:int64:0..49")
    shape = [int(size) for size in sizes.split("x")]
    if min(shape) < 1 or math.prod(shape) > _MAX_ELEMENTS:
        raise CaptureError(f"--input '{spec}': {math.prod(shape)} elements; expected 1 to {_MAX_ELEMENTS}")
    name = rest[0] if rest else "float32"
    if name not in _TYPES:
        raise CaptureError(f"--input '{spec}': unknown type '{name}'; expected one of "
                           f"{', '.join(_TYPES)}{did_you_mean(name, _TYPES)}")
    dtype = _TYPES[name]
    if dtype.is_floating_point:
        if len(rest) == 2:
            raise CaptureError(f"--input '{spec}': a range of {name}; expected an integer type")
        return torch.randn(shape).to(dtype)
    low, high = _range(spec, rest[1], dtype) if len(rest) == 2 else (0, 0)
    return torch.randint(low, high + 1, shape).to(dtype)


def _range(spec: str, text: str, dtype: torch.dtype) -> tuple[int, int]:
    match = re.fullmatch(r"(-?[0-9]{1,19})\.\.(-?[0-9]{1,19})", text, re.ASCII)
    if not match:
        raise CaptureError(f"--input '{spec}': range '{text}'; expected LOWEST..HIGHEST, as in 0..49")
    low, high = int(match[1]), int(match[2])
    least, most = (0, 1) if dtype == torch.bool else (torch.iinfo(dtype).min, torch.iinfo(dtype).max)
    most = min(most, (1 << 63) - 2)  # randint takes the number after the highest
    if not least <= low <= high <= most:
        raise CaptureError(f"--input '{spec}': range {text}; expected LOWEST..HIGHEST between {least} and {most}")
    return low, high
