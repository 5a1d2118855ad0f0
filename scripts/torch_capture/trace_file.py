"""Writes a trace file as docs/traces.md describes it: whole, or not at all."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import stat
import tempfile
from pathlib import Path
from typing import Any, Iterable, Sequence

DATA_TYPES = ("int4", "int8", "float16", "bfloat16", "float32")

# What the reader of traces holds every event to.
MAX_RANK = 8
MAX_SIZE = 1_000_000_000
MAX_ELEMENTS = 10**15
MAX_STRIDE = 1_000_000
MAX_TEXT = 1000
SHAPE_KEEPING = ("LlamaRMSNorm", "MistralRMSNorm", "MixtralRMSNorm", "SiLUActivation", "NewGELUActivation", "LayerNorm",
                 "softmax")


class CaptureError(Exception):
    """A capture that cannot be made, in one line for people."""


class RunFailed(CaptureError):
    """No fault of what was given."""


def bounded_shape(sizes: Sequence[int]) -> list[int]:
    """`sizes` as a trace can hold them: leading sizes beyond the rank's bound become one, and what no memory holds (an
    expanded or a meta tensor has such shapes) is cut, the first sizes first."""
    sizes = [int(size) for size in sizes]
    while len(sizes) > MAX_RANK:
        sizes[:2] = [sizes[0] * sizes[1]]
    sizes = [min(size, MAX_SIZE) for size in sizes]
    elements = 1
    for at in reversed(range(len(sizes))):
        sizes[at] = min(sizes[at], MAX_ELEMENTS // max(elements, 1))
        elements *= sizes[at]
    return sizes


def bounded_text(text: str) -> str:
    return text.encode(errors="replace").decode()[:MAX_TEXT]


def keeps_rules(event: dict[str, Any]) -> bool:
    """Do the shapes keep to what is known of the event's type? A reader refuses those that do not."""
    shapes = event["input_shape"], event["output_shape"]
    if event["kind"] == "layer" and event["type"] in ("Linear", "Conv2d"):
        if event["type"] == "Linear":
            return ([shape[-1:] for shape in shapes] == [[size] for size in event["weight_shape"]] and
                    _rows(shapes[0]) == _rows(shapes[1]))
        return len(shapes[0]) in (3, 4) and len(shapes[0]) == len(shapes[1])
    words = event.get("op", "").split()
    if event["kind"] == "layer" and event["type"] == "Embedding":
        return math.prod(shapes[0]) == _rows(shapes[1])
    if words[:1] == ["product"] and not {"second=packed", "second=tensor", "router"} & set(words):
        return _rows(shapes[0]) == _rows(shapes[1])  # a row of the input gives a row of the output
    if event["kind"] == "function" and event["type"] == "scaled_dot_product_attention":
        return len(shapes[0]) >= 2 and len(shapes[0]) == len(shapes[1])
    return shapes[0] == shapes[1] or event["type"] not in SHAPE_KEEPING


def _rows(shape: list[int]) -> int:
    return math.prod(shape[:-1])


def check_path(path: str) -> None:
    """Finds out before a long run what would keep its trace from being written."""
    if not path:
        raise CaptureError("an empty file name; expected a path to write to")
    if os.path.isdir(path):
        raise CaptureError(f"{path}: a folder; expected a file to write")
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise CaptureError(f"{path}: no such folder: {folder}")
    if not os.access(folder, os.W_OK) and not _is_stream(path):
        raise CaptureError(f"{path}: cannot be written: no permission to write in {folder}")


def numbered_paths(path: str, count: int) -> list[str]:
    """`path` and, of further traces, its name with a number: trace-2.jsonl.gz. Raises CaptureError where there is one
    place for several."""
    if count > 1 and _is_stream(path):
        raise CaptureError(f"{path}: {count} generations, each a trace of its own; expected a file, or one generation")
    name = os.path.basename(path)
    stem, dot, ending = name.partition(".jsonl")
    if not dot:
        stem, ending = os.path.splitext(name)
    folder = path[:len(path) - len(name)]
    return [path] + [f"{folder}{stem}-{number}{dot}{ending}" for number in range(2, count + 1)]


def _is_stream(path: str) -> bool:
    return os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode)


def write_trace(path: str, header: dict[str, Any], events: Iterable[dict[str, Any]]) -> int:
    """Writes aside and renames; gzip where the name ends in .gz. Returns the number of events.
    Raises CaptureError where the file cannot be written."""
    check_path(path)
    temporary = None
    try:
        if _is_stream(path):  # /dev/stdout, /dev/null, a pipe
            with open(path, "wb") as file:
                return _write(file, path, header, events)
        target = Path(os.path.realpath(path))
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:200]}.", dir=target.parent)
        with open(descriptor, "wb") as file:
            mask = os.umask(0)
            os.umask(mask)
            os.fchmod(file.fileno(), 0o666 & ~mask)
            count = _write(file, path, header, events)
        os.replace(temporary, target)
        temporary = None
        return count
    except OSError as error:
        raise CaptureError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        if temporary is not None:
            os.unlink(temporary)


def _write(file: io.BufferedIOBase, path: str, header: dict[str, Any], events: Iterable[dict[str, Any]]) -> int:
    # Without a time and a name inside, the same events give the same bytes.
    packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) if path.endswith(".gz") else file
    packed.write(_line({"format": "upmem-des-trace", "version": 1, **header}))
    count = 0
    for event in events:
        packed.write(_line({"seq": count, **event}))
        count += 1
    if packed is not file:
        packed.close()
    return count


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":"), allow_nan=False).encode() + b"\n"
