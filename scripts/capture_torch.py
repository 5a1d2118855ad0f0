#!/usr/bin/env python3
"""Records a PyTorch model run in Python as a trace for upmem-des.

    from capture_torch import capture
    with capture(model, "trace.jsonl.gz") as recorder:
        model.generate(...)

or, as a command, `capture_torch.py hf` for a language model of Hugging Face, `capture_torch.py module` for any module
and `capture_torch.py exported` for an archive of torch.export. docs/capture.md tells more."""

from __future__ import annotations

import argparse
import os
import sys

from basics.harmless import one_line
from basics.outermost import complain, run_script
from basics.script_name import script_name
from torch_capture.guarded import in_another_process
from torch_capture.options import parser
from torch_capture.trace_file import CaptureError, RunFailed

if __name__ != "__main__":
    from torch_capture import capture  # noqa: F401
NAME = script_name() if __name__ == "__main__" else "capture_torch.py"


def network_of(options: argparse.Namespace) -> str:
    return options.model if options.command == "hf" else options.module if options.command == "module" else options.file


def main(arguments: list[str] | None = None, is_guarded: bool = False) -> int:
    """The exit code; `is_guarded`: a network that ends its process is to be told of."""
    try:
        options = parser().parse_args(arguments)
        command = with_torch()
        place = None
        if is_guarded and not getattr(options, "reached", None):  # else who called watches
            code, place = in_another_process(network_of(options))
            if code is not None:
                return code
        recorder = command.run(options, place)
    except CaptureError as error:
        complain(NAME, f"error: {' '.join(str(error).split())}")
        return 1 if isinstance(error, RunFailed) else 2
    except KeyboardInterrupt:
        return 130
    print(one_line(command.summary(recorder, options.output)))
    return 0


def with_torch():
    """The module that runs networks. PyTorch takes seconds to load, and help needs none."""
    # Debian 13's loads MPI and with it UCX, which prints pages of its own where a network crashes.
    os.environ.setdefault("UCX_HANDLE_ERRORS", "none")
    try:
        import torch_capture.command
        return torch_capture.command
    except (ImportError, OSError) as missing:  # OSError: a library of its own is missing
        raise CaptureError(f"{sys.executable} has no PyTorch ({missing}); expected a Python with torch, such as "
                           "/usr/bin/python3 with Debian's python3-torch") from None


if __name__ == "__main__":
    sys.exit(run_script(NAME, lambda: main(is_guarded=True)))
