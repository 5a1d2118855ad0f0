"""Records PyTorch models run in Python as traces; see docs/capture.md. `scripts/capture_torch.py` is the command."""

from typing import Any

from torch_capture.trace_file import CaptureError

__all__ = ["CaptureError", "capture"]


def __getattr__(name: str) -> Any:
    """Loads PyTorch, which takes seconds, when it is needed; the help of the command needs none."""
    if name != "capture":
        raise AttributeError(f"module 'torch_capture' has no attribute '{name}'")
    from torch_capture.recorder import capture
    return capture
