"""Archives of torch.export."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from basics.find_file import similar_file
from torch_capture.trace_file import CaptureError

OLDEST = "PyTorch 2.1 or newer, see docs/capture.md"


def load_exported(path: str) -> Any:
    """The torch.export.ExportedProgram in a file. It is code, as a program is. Raises CaptureError, in one line, on what
    is no such file, is damaged, or is of a newer PyTorch."""
    written = _check(path)
    if not hasattr(torch, "export") or not hasattr(torch.export, "load"):
        raise CaptureError(f"{path}: an archive of torch.export, which torch {torch.__version__} does not have; expected "
                           f"a Python with {OLDEST}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.export.load(path)
    except Exception as error:  # the library raises every kind
        newer = f"; it was written by torch {written}, and this is {torch.__version__}" if _is_newer(written) else ""
        text = " ".join(str(error).split())
        raise CaptureError(f"{path}: cannot be read: {type(error).__name__}: {text[:300]}{newer}") from None


def _check(path: str) -> str:
    """The version of torch that wrote it, if that is told."""
    if not Path(path).is_file():
        raise CaptureError(f"{path}: no such file{similar_file(path)}")
    try:
        with open(path, "rb") as file:
            begins_as_one = file.read(4) == b"PK\x03\x04"
        if not begins_as_one:
            raise CaptureError(f"{path}: no archive of torch.export; expected a file that torch.export.save() wrote")
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if damaged := archive.testzip():
                raise CaptureError(f"{path}: damaged: the checksum of '{damaged}' is wrong")
            _check_kind(path, names)
            return _written_by(archive, names)
    except OSError as error:
        raise CaptureError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise CaptureError(f"{path}: cut short or damaged: {' '.join(str(error).split())}") from None


def _check_kind(path: str, names: list[str]) -> None:
    if any(re.fullmatch(r"([^/]+/)?models/[^/]+\.json|serialized_exported_program\.json", name) for name in names):
        return
    last = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in last:
        raise CaptureError(f"{path}: TorchScript; expected an archive of torch.export (upmem-des profile --torchscript "
                           "runs it)")
    if "data.pkl" in last:
        raise CaptureError(f"{path}: what torch.save() wrote, weights or a pickled module; expected an archive of "
                           "torch.export (capture_torch.py module runs a module)")
    raise CaptureError(f"{path}: no archive of torch.export; expected a file that torch.export.save() wrote")


def _written_by(archive: zipfile.ZipFile, names: list[str]) -> str:
    for name in names:
        if name.endswith(".json") and ("models/" in name or name == "serialized_exported_program.json"):
            try:
                text = json.loads(archive.read(name)).get("torch_version", "")
            except (ValueError, AttributeError, RecursionError):
                return ""
            return text if isinstance(text, str) and re.fullmatch(r"[0-9][0-9A-Za-z.+]{0,40}", text) else ""
    return ""


def _is_newer(written: str) -> bool:
    versions = [[int(part) for part in re.findall(r"[0-9]+", text)[:2]] for text in (written, torch.__version__)]
    return bool(written) and versions[0] > versions[1]
