#!/usr/bin/env python3
"""Counts the arithmetic of networks of torchvision, timm, transformers and torch.nn with the simulator and with
PyTorch's counter, and prints a table of both.

    compare_flops.py [--program PROGRAM] [--only NAME …] [--csv FILE] [--markdown FILE] [--keep FOLDER]

Needs torch 2 with torch.utils.flop_counter, torchvision, timm and transformers; weights are random, nothing is fetched.
PyTorch counts products, convolutions and attention; so of the simulation their operations alone are summed, without
biases and without the softmax inside attention, and for the comparison every query sees every key, as PyTorch counts
(docs/networks.md). Fails where a network cannot be simulated. Python's standard library and those four.
"""

import argparse
import contextlib
import csv
import gzip
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import warnings

from basics.outermost import run_script

# Of class convolution, but no product: each element once, or a sum of a few.
_NO_PRODUCT = re.compile(r"pool|sampl|interpolate|roi_align|softmax", re.IGNORECASE)
_OF_GATES = {"lstm": 22, "gru": 17, "rnn": 2}  # flop of each number of a state, docs/models.md
_COLUMNS = ("library", "network", "events", "pytorch_flop", "simulated_flop", "difference_percent", "all_flop",
            "masked_flop", "problem")
_DEVICE = """IDEAL:
  basis: assumed
  host_to_device_bw_GBs: 1000
  host_to_device_pj_per_bit: 1
  device_to_host_bw_GBs: 1000
  device_to_host_pj_per_bit: 1
  mem_bw_GBs: 1000
  mem_pj_per_bit: 1
  tflops: 10
  pj_per_tflop: 1e+12
"""
_SCENARIO = """name: flop
architectures: [device.yaml]
workload: {{ trace: {trace} }}
simulation: {{ ideal_links: true, ideal_devices: true }}
mapping: {{ default: IDEAL }}
"""


def main():
    arguments = _arguments()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    warnings.simplefilter("ignore")
    from flop_networks import all_networks
    with contextlib.ExitStack() as stack:
        kept = arguments.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="upmem-des-flop-"))
        folder = pathlib.Path(kept)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "device.yaml").write_text(_DEVICE, encoding="utf-8")
        rows = []
        for library, name in all_networks():
            if not arguments.only or name in arguments.only or library in arguments.only:
                start = time.monotonic()
                rows.append(_compare(arguments.program, folder, library, name))
                print(_line(rows[-1]) + f"  {time.monotonic() - start:.1f} s", flush=True)
    if arguments.csv:
        _write_csv(arguments.csv, rows)
    if arguments.markdown:
        pathlib.Path(arguments.markdown).write_text(_markdown(rows), encoding="utf-8")
    good = [row for row in rows if not row["problem"]]
    close = [row for row in good if abs(row["difference_percent"]) <= 1]
    print(f"{len(rows)} networks, {len(good)} simulated, {len(close)} within 1 % of PyTorch's count")
    return 0 if len(good) == len(rows) else 1


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--program", default="upmem-des", help="the simulator")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these networks, or libraries")
    parser.add_argument("--csv", metavar="FILE", help="the table, for programs")
    parser.add_argument("--markdown", metavar="FILE", help="the table, for documents")
    parser.add_argument("--keep", metavar="FOLDER", help="traces and results stay there")
    return parser.parse_args()


def _compare(program, folder, library, name):
    row = dict.fromkeys(_COLUMNS, "") | {"library": library, "network": name}
    try:
        trace = folder / (re.sub(r"\W+", "_", f"{library}_{name}") + ".jsonl.gz")
        row["pytorch_flop"] = _record(library, name, trace)
        header, events = _read(trace)
        row["events"] = len(events)
        row["all_flop"] = sum(use["flop"] for use in _simulate(program, folder, trace))
        seen = _products(program, folder, trace, header, [_without_bias(event) for event in events])
        counted = [_counted(event) for event in events]
        products = _products(program, folder, trace, header, counted)
        row["masked_flop"] = products - seen
        row["simulated_flop"] = products - sum(map(_beside_products, counted))
        if row["pytorch_flop"]:
            row["difference_percent"] = 100 * (row["simulated_flop"] / row["pytorch_flop"] - 1)
        else:
            row["difference_percent"] = 0.0 if row["simulated_flop"] == 0 else math.inf
    except Exception as error:  # a network's own, or of the simulator: the table says which
        row["problem"] = " ".join(str(error).split())[:300] or type(error).__name__
    return row


def _record(library, name, trace):
    """Writes the trace of one forward pass; what PyTorch counts in it."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    from flop_networks import build
    from torch_capture import capture
    torch.manual_seed(0)
    model, inputs, named = build(library, name)
    if library in ("torchvision", "timm"):
        # Pictures need no numbers: the same calls on PyTorch's meta device, where only sizes are.
        model, inputs = model.to("meta"), tuple(tensor.to("meta") for tensor in inputs)
    model.eval()
    counter = FlopCounterMode(display=False)
    # The counter knows neither oneDNN's recurrent layers nor the fused attention of processors.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=library != "torch"):
        with capture(model, str(trace), functions="all", name=name), counter:
            model(*inputs, **named)
    return counter.get_total_flops()


def _read(trace):
    with gzip.open(trace, "rt", encoding="utf-8") as file:
        header, *events = (json.loads(line) for line in file)
    return header, events


def _products(program, folder, trace, header, events):
    """Flop of the operations among `events` that have products: linear, recurrent, convolutions, attention."""
    changed = folder / ("products_" + trace.name)
    with gzip.open(changed, "wt", encoding="utf-8") as file:
        for line in (header, *events):
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
    flop = 0
    for use in _simulate(program, folder, changed):
        if use["class"] in ("linear", "convolution", "attention") and not _NO_PRODUCT.search(use["type"]):
            flop += use["flop"]
    return flop


def _without_bias(event):
    """An event as it is, but without what PyTorch does not count."""
    operation = event.get("op", "")
    if operation.startswith(("product", "convolution", "recurrent")):
        event = {**event, "op": " ".join(word for word in operation.split() if word not in ("bias", "router"))}
    return event


def _counted(event):
    """An event as PyTorch counts it: every query sees every key."""
    event = _without_bias(event)
    if not event.get("op", "").startswith("attention") and event["type"] != "scaled_dot_product_attention":
        return event
    words = [word for word in event.get("op", "").split() if word.startswith(("part=", "cache_heads=", "sinks"))]
    full = {key: value for key, value in event.items() if key not in ("kv_length", "slices")}
    return {**full, "causal": False, "op": " ".join(["attention", "mask=full", "both_ways", "uncached", *words])}


def _beside_products(event):
    """Flop of an event that are no products: the softmax inside attention, 5 a pair, and what gates do."""
    words = event.get("op", "").split() or [""]
    said = dict(word.split("=") for word in words if "=" in word)
    rows = math.prod(event["input_shape"][:-1])
    if words[0] == "attention" and said.get("part", "fused") == "fused":
        return 5 * math.prod(event["output_shape"][:-1]) * event["input_shape"][-2]
    if words[0] == "recurrent":
        hidden = int(said.get("hidden", event["output_shape"][-1]))
        numbers = rows * hidden * int(said.get("layers", 1)) * int(said.get("directions", 1))
        return _OF_GATES[said.get("cell", "lstm")] * numbers
    return 0


def _simulate(program, folder, trace):
    """The result's operators."""
    scenario, result = folder / "flop.yaml", folder / "result.json"
    scenario.write_text(_SCENARIO.format(trace=trace.name), encoding="utf-8")
    run = subprocess.run([program, "run", str(scenario), "--json", str(result)], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip() or f"{program} ended with {run.returncode}")
    return json.loads(result.read_text(encoding="utf-8"))["operators"]


def _line(row):
    if row["problem"]:
        return f"{row['library']:12} {row['network']:34} {row['problem']}"
    return (f"{row['library']:12} {row['network']:34} {row['events']:6} events {row['pytorch_flop'] / 1e6:12.3f} "
            f"{row['simulated_flop'] / 1e6:12.3f} Mflop {row['difference_percent']:+8.3f} %")


def _write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _markdown(rows):
    lines = ["| network | events | PyTorch, Mflop | simulated, Mflop | difference, % | masked, Mflop | in all, Mflop |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    library = None
    for row in rows:
        if row["library"] != library:
            library = row["library"]
            lines.append(f"| **{library}** | | | | | | |")
        if row["problem"]:
            lines.append(f"| {row['network']} | {row['problem']} | | | | | |")
            continue
        numbers = [f"{row[key] / 1e6:.2f}" for key in ("pytorch_flop", "simulated_flop")]
        numbers += [f"{row['difference_percent']:.2f}"] + [f"{row[key] / 1e6:.2f}" for key in ("masked_flop", "all_flop")]
        lines.append(f"| {row['network']} | {row['events']} | {' | '.join(numbers)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(run_script("compare_flops", main))
