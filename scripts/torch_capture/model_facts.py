"""What a model says of itself."""

from __future__ import annotations

from typing import Any

import torch

from basics.nearest import did_you_mean
from torch_capture.trace_file import DATA_TYPES, MAX_SIZE, CaptureError


def check_model(model: Any) -> None:
    """Raises CaptureError on what is no module and on what Python does not see the inside of."""
    if not isinstance(model, torch.nn.Module):
        raise CaptureError(f"{type(model).__name__} object; expected a torch.nn.Module")
    for path, module in model.named_modules():
        where = f"'{path}'" if path else "the model"
        if isinstance(module, torch.jit.ScriptModule):
            raise CaptureError(f"{where} is TorchScript, whose layers Python does not call; expected the module that "
                               "it was made from (or profile it with upmem-des profile --torchscript)")
        if hasattr(module, "_orig_mod") or getattr(module, "_compiled_call_impl", None) is not None:
            raise CaptureError(f"{where} is compiled, and its layers are no calls any more; expected it as it was "
                               "before torch.compile")


def dtype_of(model: torch.nn.Module, dtype: str | torch.dtype | None) -> str:
    if dtype is None:
        dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
        hint = "; name one of them with dtype"
    else:
        hint = did_you_mean(str(dtype), DATA_TYPES)
    text = str(dtype).replace("torch.", "")
    if text not in DATA_TYPES:
        raise CaptureError(f"dtype: {text}; expected one of {', '.join(DATA_TYPES)}{hint}")
    return text


def device_of(model: torch.nn.Module) -> str:
    return next((parameter.device.type for parameter in model.parameters()), "cpu")


def autocast_dtype(device: str) -> str | None:
    """What products on such a device are computed with inside `torch.autocast`."""
    try:
        if device == "cpu" and not hasattr(torch, "get_autocast_dtype"):  # before PyTorch 2.4
            dtype = torch.get_autocast_cpu_dtype() if torch.is_autocast_cpu_enabled() else None
        else:
            dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else None
    except (AttributeError, RuntimeError, TypeError):  # a device that has none
        return None
    text = str(dtype).replace("torch.", "")
    return text if text in DATA_TYPES else None


def told_by_config(model: torch.nn.Module) -> dict[str, int]:
    config = getattr(model, "config", None)
    if callable(getattr(config, "get_text_config", None)):
        config = config.get_text_config()
    told = {}
    for key in ("num_key_value_heads", "sliding_window", "vocab_size"):
        value = getattr(config, key, None)
        on = key != "sliding_window" or getattr(config, "use_sliding_window", True)
        if type(value) is int and 1 <= value <= MAX_SIZE and on:
            told[key] = value
    return told


def is_empty(cache: Any) -> bool:
    try:
        return int(cache.get_seq_length()) == 0
    except Exception:  # whatever a cache of its own raises
        return False


def name_of(model: torch.nn.Module) -> str:
    path = getattr(getattr(model, "config", None), "_name_or_path", None)
    return (isinstance(path, str) and path.rstrip("/").rpartition("/")[2]) or type(model).__name__
