"""`capture_torch.py exported`: runs an archive of torch.export, also for `upmem-des profile --exported`."""

from __future__ import annotations

import argparse
import json
from typing import Any

import torch

from torch_capture.exported_file import load_exported
from torch_capture.inputs import random_input
from torch_capture.meter import Meter
from torch_capture.reached import Place
from torch_capture.recorder import capture
from torch_capture.running import called, record
from torch_capture.trace_file import CaptureError


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
