"""`capture_torch.py exported`: runs an archive of torch.export, also for `upmem-des profile --exported`."""

from __future__ import annotations

import argparse
import json
from typing import Any, Callable

import torch

from torch_capture.exported_file import load_exported
from torch_capture.inputs import random_input
from torch_capture.meter import Meter
from torch_capture.reached import Place
from torch_capture.recorder import capture
from torch_capture.running import called, record
from torch_capture.trace_file import CaptureError


def add_exported(commands: Any, count: Callable[[str], int], count_or_none: Callable[[str], int]) -> Any:
    exported = commands.add_parser("exported", help="run an archive of torch.export", allow_abbrev=False,
                                   description="Run an archive of torch.export (.pt2), which is code, as a program is.")
    exported.add_argument("file", metavar="FILE.pt2", help="what torch.export.save() wrote")
    exported.add_argument("--input", action="append", metavar="SPEC",
                          help="1x3x32x32, 2x7:int64:0..49, int:3, none or {NAME=INPUT,…}; once for each argument "
                          "(the example inputs in the file)")
    exported.add_argument("--repeat", type=count, default=1, metavar="N", help="recorded calls; each is a pass (1)")
    exported.add_argument("--warmup", type=count_or_none, default=0, metavar="N", help="calls before, unrecorded (0)")
    exported.add_argument("--threads", type=count, metavar="N", help="that PyTorch computes on (its own choice)")
    exported.add_argument("--measured", metavar="FILE", help=argparse.SUPPRESS)  # times of whole passes, as JSON
    exported.add_argument("--reached", metavar="FILE", help=argparse.SUPPRESS)  # which layer was called last
    exported.add_argument("--energy-counter", action="append", default=[], metavar="RANGE:FILE", help=argparse.SUPPRESS)
    return exported


def run_exported(options: argparse.Namespace, capture_options: dict[str, Any], place: Place | None = None) -> capture:
    """Raises CaptureError."""
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    given = [random_input(spec) for spec in options.input or []]
    program = load_exported(options.file)
    recorder = capture(program, options.output, **capture_options)
    args, kwargs = (tuple(given), {}) if options.input else _examples(options.file, program)
    meter = Meter(options.energy_counter)
    recorder.tell_where(Place(options.reached) if options.reached else place)
    with torch.no_grad():
        called(f"{options.file}: cannot be run", lambda: [recorder.model(*args, **kwargs) for _ in range(options.warmup)])
        record(recorder, lambda: [meter.run(lambda: recorder.model(*args, **kwargs)) for _ in range(options.repeat)],
               f"{options.file}: cannot be run")
    if options.measured:
        _write_measured(options.measured, meter)
    return recorder


def _examples(path: str, program: Any) -> tuple[tuple, dict[str, Any]]:
    examples = program.example_inputs
    if examples is None:
        raise CaptureError(f"{path}: there are no example inputs in the file; expected an --input for each argument")
    return tuple(examples[0]), dict(examples[1])


def _write_measured(path: str, meter: Meter) -> None:
    """As upmem-des profile reads it."""
    try:
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"phases": meter.phases, "threads": torch.get_num_threads(), "torch": torch.__version__}, file)
    except OSError as error:
        raise CaptureError(f"{path}: cannot be written: {error.strerror or error}") from None
