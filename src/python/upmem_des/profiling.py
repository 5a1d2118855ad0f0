"""Networks of one's own: profiled by the program, or captured in Python."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from upmem_des.places import data_folder
from upmem_des.program import call
from upmem_des.traces import Trace, trace


class Profile:
    """What was measured on this machine's CPU. `data` is the program's JSON (docs/result.md, "Measured runs")."""

    def __init__(self, data: dict[str, Any], recorded: Trace, warnings: list[str]) -> None:
        self.data = data
        self.trace = recorded  #: what ran, with the measured times
        self.warnings = warnings

    @property
    def time_s(self) -> float:
        """Of all forward passes."""
        return self.data["time_s"]

    def __repr__(self) -> str:
        return f"<upmem_des.Profile {self.data['model']}: {self.time_s:.6g} s on {self.data['cpu']}>"


def profile_torchscript(path: str | os.PathLike[str], inputs: str | Iterable[str],
                        output: str | os.PathLike[str] | None = None, *, warmup: int = 0, repeat: int = 1,
                        threads: int | None = None, timeout_s: float | None = None,
                        program: str | os.PathLike[str] | None = None) -> Profile:
    """Runs a TorchScript file on this machine's CPU and times its layers. It is code: profile only what you would run.

    `inputs` are as `--input` takes them: "1x3x224x224", "2x7:int64:0..49". `output` keeps the trace, .jsonl or .jsonl.gz.
    Raises ScenarioError, SimulationError, TimeoutError."""
    return profile(["--torchscript", os.fspath(path), *input_options(inputs), "--repeat", str(repeat)], output, warmup,
                   threads, timeout_s, program)


def profile_exported(path: str | os.PathLike[str], inputs: str | Iterable[str] = (),
                     output: str | os.PathLike[str] | None = None, *, warmup: int = 0, repeat: int = 1,
                     threads: int | None = None, timeout_s: float | None = None,
                     program: str | os.PathLike[str] | None = None) -> Profile:
    """The same of an archive of torch.export (.pt2)."""
    return profile(["--exported", os.fspath(path), *input_options(inputs), "--repeat", str(repeat)], output, warmup,
                   threads, timeout_s, program)


def profile_model(folder: str | os.PathLike[str], output: str | os.PathLike[str] | None = None, *,
                  prompt_tokens: int = 64, output_tokens: int = 16, batch: int = 1, dtype: str = "float32", warmup: int = 0,
                  threads: int | None = None, timeout_s: float | None = None,
                  program: str | os.PathLike[str] | None = None) -> Profile:
    """Generates with a language model of a Hugging Face folder on this machine's CPU, and times its layers."""
    return profile(["--model", os.fspath(folder), "--prompt-tokens", str(prompt_tokens), "--output-tokens",
                    str(output_tokens), "--batch", str(batch), "--dtype", dtype], output, warmup, threads, timeout_s,
                   program)


def input_options(inputs: str | Iterable[str]) -> list[str]:
    return [word for spec in ([inputs] if isinstance(inputs, str) else inputs) for word in ("--input", spec)]


def profile(what: list[str], output: str | os.PathLike[str] | None, warmup: int, threads: int | None,
            timeout_s: float | None, program: str | os.PathLike[str] | None) -> Profile:
    with TemporaryDirectory(prefix="upmem-des-profile-") as folder:
        written = os.fspath(output) if output is not None else os.path.join(folder, "trace.jsonl.gz")
        measured = os.path.join(folder, "profile.json")
        options = ["--warmup", str(warmup), *(["--threads", str(threads)] if threads is not None else [])]
        done = call(["profile", *what, *options, "--json", measured, "-o", written], timeout_s=timeout_s,
                    program=program)
        return Profile(json.loads(Path(measured).read_text(encoding="utf-8")), trace(written), done.warnings)


def capture(model: Any, path: str | os.PathLike[str], **options: Any) -> Any:
    """Records a PyTorch model run in Python as a trace:

        with upmem_des.capture(net, "trace.jsonl.gz"):
            net(inputs)

    `options` are those of docs/capture.md. Needs PyTorch."""
    scripts = str(data_folder() / "scripts")
    if scripts not in sys.path:
        sys.path.append(scripts)  # last: it hides no module of the user's
    from torch_capture import capture as recorder
    return recorder(model, os.fspath(path), **options)
