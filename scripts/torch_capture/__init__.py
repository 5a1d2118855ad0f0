"""Records PyTorch models run in Python as traces; see docs/capture.md. `scripts/capture_torch.py` is the command."""

from torch_capture.recorder import CaptureError, capture

__all__ = ["CaptureError", "capture"]
