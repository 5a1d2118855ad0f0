#!/usr/bin/env python3
"""Measures kernels of a device with PyTorch, for `upmem-des validate` and `calibrate`.

    scripts/measure_device.py --device cuda --name MY_CARD -o mine.csv      # minutes
    upmem-des calibrate mine.csv --arch MY_CARD --extra-archs peaks.yaml -o fitted.yaml

Products, attention, element-wise operators and, with several GPUs, collectives; on the CPU, CUDA and ROCm (which PyTorch
calls cuda). docs/accuracy.md has the columns of the file."""

from __future__ import annotations

import argparse
import csv
import itertools
import math
import os
import statistics
import sys
import time

try:
    import torch
except (ImportError, OSError) as missing:  # OSError: a library of its own is missing
    print(f"measure_device.py: error: {sys.executable} has no PyTorch ({missing}); expected a Python with torch, such as "
          "/usr/bin/python3 with Debian's python3-torch", file=sys.stderr)
    sys.exit(2)

from basics.outermost import complain, run_script

NAME = "measure_device.py"
COLUMNS = ("hardware", "model", "op", "m", "n", "k", "batch", "q_heads", "kv_heads", "head_dim", "q_len", "kv_len",
           "comm_bytes", "devices", "dtype", "measured_time_us", "power_W", "stat", "note", "source")
DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
# Copies of a kernel's operands that are used in turn are together so large, so that none is in a cache.
ROTATED_B = {"cuda": 1 << 30, "cpu": 1 << 28}
MOST_COPIES = 64


class Clock:
    """Medians of the times of calls, whatever the device."""

    def __init__(self, device: str, seconds: float):
        self.device = device
        self.seconds = seconds

    def synchronise(self) -> None:
        if self.device == "cuda":
            torch.cuda.synchronize()

    def time_us(self, call, turns: int) -> float:
        """Of `call(i)`, i in turn below `turns`, for about `self.seconds`; three calls at least."""
        for i in range(min(3, turns)):
            call(i)
        self.synchronise()
        if self.device == "cuda":
            return self._by_events(call, turns)
        times, until = [], time.perf_counter() + self.seconds
        for i in itertools.count():
            begin = time.perf_counter()
            call(i % turns)
            end = time.perf_counter()
            times.append((end - begin) * 1e6)
            if len(times) >= 3 and end > until:
                return statistics.median(times)

    def _by_events(self, call, turns: int) -> float:
        times, until = [], time.perf_counter() + self.seconds
        for i in itertools.count():
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            call(i % turns)
            end.record()
            end.synchronize()
            times.append(begin.elapsed_time(end) * 1e3)
            if len(times) >= 3 and time.perf_counter() > until:
                return statistics.median(times)


class Probe:
    """Rows of measurements."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.clock = Clock(options.device, options.seconds)
        self.dtype = DTYPES[options.dtype]
        self.rows: list[dict] = []

    def tensor(self, *sizes: int) -> torch.Tensor:
        return torch.randn(sizes, device=self.options.device, dtype=torch.float32).to(self.dtype)

    def copies(self, *shapes: tuple[int, ...]) -> list[tuple[torch.Tensor, ...]]:
        size = sum(math.prod(shape) for shape in shapes) * torch.tensor([], dtype=self.dtype).element_size()
        count = max(1, min(MOST_COPIES, ROTATED_B[self.options.device] // max(1, size)))
        return [tuple(self.tensor(*shape) for shape in shapes) for _ in range(count)]

    def add(self, op: str, call, operands, **sizes) -> None:
        try:
            measured = self.clock.time_us(lambda i: call(*operands[i]), len(operands))
        except RuntimeError as problem:  # not enough memory, or no such kernel
            complain(NAME, f"left out: {op} {sizes}: {str(problem).splitlines()[0]}")
            return
        self.rows.append({"hardware": self.options.name, "model": "-", "op": op, "devices": 1, "dtype": self.options.dtype,
                          "measured_time_us": f"{measured:.4g}", "stat": "median",
                          "note": f"{len(operands)} sets of operands in turn",
                          "source": f"PyTorch {torch.__version__}", **sizes})

    def products(self) -> None:
        widths = ((1024, 1024), (4096, 1024)) if self.options.quick else \
            ((1024, 4096), (4096, 1024), (4096, 4096), (6144, 4096), (28672, 4096), (4096, 14336), (8192, 8192),
             (2048, 2048), (512, 7168), (11008, 4096))
        rows = (1, 8, 64) if self.options.quick else (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
        if self.options.device == "cpu":
            rows = tuple(m for m in rows if m <= 512)
        for n, k in widths:
            operands = self.copies((k, n))
            for m in rows:
                inputs = self.tensor(m, k)
                self.add("matmul", lambda weight, inputs=inputs: inputs @ weight, operands, m=m, n=n, k=k)

    def attention(self) -> None:
        if not hasattr(torch.nn.functional, "scaled_dot_product_attention"):
            complain(NAME, f"left out: attention, which PyTorch {torch.__version__} has no fused function for; expected 2.0 or later")
            return
        attend = torch.nn.functional.scaled_dot_product_attention
        heads = ((8, 64),) if self.options.quick else ((8, 64), (32, 128), (16, 128))
        batches = (1, 4) if self.options.quick else (1, 4, 16, 64)
        lengths = (128, 512) if self.options.quick else (128, 512, 2048, 8192)
        for (count, width), batch, rows in itertools.product(heads, batches, lengths):
            if batch * rows * count * width > (1 << 28):
                continue
            cache = (batch, count, rows, width)
            sizes = {"batch": batch, "q_heads": count, "kv_heads": count, "head_dim": width, "kv_len": rows}
            self.add("attention_decode", attend, self.copies((batch, count, 1, width), cache, cache), q_len=1, **sizes)
            if rows <= (512 if self.options.device == "cpu" else 4096):
                self.add("attention_prefill", lambda q, k, v: attend(q, k, v, is_causal=True), self.copies(cache, cache, cache),
                         q_len=rows, **sizes)

    def elementwise(self) -> None:
        rows = (1, 64) if self.options.quick else (1, 16, 64, 256, 1024, 4096)
        widths = (1024, 4096) if self.options.quick else (1024, 4096, 8192, 14336)

        def rms(x, weight):
            return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * weight

        for m, n in itertools.product(rows, widths):
            both = self.copies((m, n), (m, n))
            self.add("add", torch.add, both, m=m, n=n)
            self.add("gelu", torch.nn.functional.gelu, self.copies((m, n)), m=m, n=n)
            self.add("softmax", lambda x: torch.softmax(x, -1), self.copies((m, n)), m=m, n=n)
            self.add("layernorm", lambda x, n=n: torch.nn.functional.layer_norm(x, (n,)), self.copies((m, n)), m=m, n=n)
            if hasattr(torch.nn.functional, "rms_norm"):
                self.add("rmsnorm", lambda x, n=n: torch.nn.functional.rms_norm(x, (n,)), self.copies((m, n)), m=m, n=n)

    def collectives(self) -> None:
        count = torch.cuda.device_count() if self.options.device == "cuda" else 1
        if count < 2:
            return
        for devices in sorted({2, 4, 8, count} & set(range(2, count + 1))):
            for size in (1 << 12, 1 << 16, 1 << 20, 1 << 24, 1 << 28):
                tensors = [torch.ones(size // 2, device=f"cuda:{i}", dtype=torch.float16) for i in range(devices)]
                self.add("all_reduce", lambda tensors=tensors: torch.cuda.nccl.all_reduce(tensors), [()], devices=devices,
                         comm_bytes=size)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="measure_device.py", description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--name", required=True, help="what the device's profile is called, such as H100-80GB-SXM")
    parser.add_argument("--dtype", choices=sorted(DTYPES), default="bf16")
    parser.add_argument("--seconds", type=float, default=0.05, help="for each kernel (default 0.05)")
    parser.add_argument("--quick", action="store_true", help="few sizes, to see whether it works")
    parser.add_argument("--threads", type=int, help="of the CPU (default: PyTorch's)")
    parser.add_argument("-o", "--output", required=True, help="CSV file to write")
    options = parser.parse_args(arguments)
    if not 0 < options.seconds <= 60:
        parser.error(f"--seconds: '{options.seconds}'; expected a number above 0 and at most 60")
    if options.threads is not None and not 1 <= options.threads <= 4096:
        parser.error(f"--threads: '{options.threads}'; expected a whole number from 1 to 4096")
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device: cuda, but PyTorch finds none; expected cpu")
    return options


def main() -> int:
    options = parse(sys.argv[1:])
    if options.threads:
        torch.set_num_threads(options.threads)
    aside = f"{options.output}.{os.getpid()}.part"
    try:
        with open(aside, "w", newline="", encoding="utf-8") as file, torch.no_grad():
            probe = Probe(options)
            for part in (probe.products, probe.attention, probe.elementwise, probe.collectives):
                part()
            writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(probe.rows)
        os.replace(aside, options.output)
    except OSError as problem:
        complain(NAME, f"{options.output}: {problem.strerror}")
        return 2
    finally:
        if os.path.exists(aside):
            os.remove(aside)
    print(f"{options.output}: {len(probe.rows)} kernels of {options.name}")
    return 0


if __name__ == "__main__":
    sys.exit(run_script(NAME, main))
