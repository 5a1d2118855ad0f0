#!/usr/bin/python3 -Xutf8
"""Runs what was measured on real servers, and prints tables of how far the simulation is from it.

    compare_served.py [--program PROGRAM] [--json FILE] [TABLE ...]

Tables are runs, inference_perf, closed_loops and batches; without any all are printed. The measurements, with their
sources, are in tests/data/serving; docs/accuracy.md says what is assumed. Python's standard library only.
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from basics.outermost import run_script

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data" / "serving"
MODELS = ROOT / "scenarios" / "models"
# The same 300 requests on two cards. The first recorded 2,588 blocks, of which vLLM keeps one to itself; the blocks of
# the second are not recorded, and follow from its memory.
RUNS = {"RTX4090": ("served_rtx4090.csv", {"max_num_seqs": 256, "kv_blocks": 2587, "max_model_len": 32768}),
        "RTX_PRO_6000_Blackwell_Server": ("served_rtxpro6000.csv", {"max_num_seqs": 128})}
# As many requests as a closed loop's users, times this; how many were asked is not known.
ROUNDS = 10
# Thermal design power of the boards of batches_splitwise.csv, W.
BOARD_W = {"A100": 400, "H100": 700}


def rows(name):
    """The rows of a file of measurements, as dicts of text."""
    with open(DATA / name, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def error(simulated, measured):
    """In %."""
    return 100 * (simulated / measured - 1)


def percentile(values, share):
    """With linear interpolation between values, as numpy's."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


class Runner:
    """Runs scenarios in a folder of its own, which ends with it."""

    def __init__(self, program):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="upmem-des-served-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def write(self, name, text):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(text, encoding="utf-8")
        return path

    def result(self, scenario):
        """The JSON result of a scenario, a dict in the form of its file."""
        path = self.write("scenario.yaml", json.dumps(scenario, indent=1))
        out = pathlib.Path(self.folder.name) / "result.json"
        environment = {**os.environ, "UPMEM_DES_DATA": str(ROOT)}
        done = subprocess.run([self.program, "run", str(path), "-q", "--json", str(out)], env=environment,
                              encoding="utf-8", stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise SystemExit(f"compare_served.py: {done.stderr.strip()}")
        return json.loads(out.read_text(encoding="utf-8"))

    def scenario(self, model, dtype, workload, devices, serving=None):
        """On so many devices of one architecture, which share each layer where they are several."""
        architecture, count = devices
        if count == 1:
            platform = self.write("one.yaml", f"devices: [{{name: gpu, architecture: {architecture}}}]\n")
            placed = {"mapping": {"default": "gpu"}}
        else:
            changes = {"devices": {"gpu": {"count": count, "architecture": architecture}}}
            platform = self.write("node.yaml", "")
            platform = {"file": str(ROOT / "platforms" / "hgx_h100.yaml"), **changes}
            placed = {"parallel": {"tp": count}}
        return {"name": "served", "platform": platform if isinstance(platform, dict) else str(platform),
                "workload": {"model": str(MODELS / model), "dtype": dtype, **workload}, **placed,
                **({"serving": serving} if serving else {})}


def run_table(runner):
    """Both runs of 300 requests: a dict by device of what was measured and simulated, (measured, simulated)."""
    trace = ROOT / "scenarios" / "serving" / "traces" / "sharegpt300_llama31.jsonl.gz"
    table = {}
    for device, (file, serving) in RUNS.items():
        scenario = runner.scenario("llama-3.1-8b.json", "bfloat16", {"requests": {"trace": str(trace)}}, (device, 1),
                                   {"max_num_batched_tokens": 2048, **serving})
        served = runner.result(scenario)["serving"]
        measured = rows(file)
        figures = {}
        for key in ("ttft_s", "tpot_s", "e2e_s"):
            values = [float(row[key]) for row in measured]
            figures[f"{key[:-2]} mean"] = (statistics.mean(values), served[key]["mean"])
            figures[f"{key[:-2]} p99"] = (percentile(values, 0.99), served[key]["p99"])
        last_s = max(float(row["last_token_s"]) for row in measured)
        figures["makespan"] = (last_s - min(float(row["queued_s"]) for row in measured), served["makespan_s"])
        table[device] = figures
    return table


def print_runs(table):
    print("| device | figure | measured, s | simulated, s | error % |\n| --- | --- | ---: | ---: | ---: |")
    for device, figures in table.items():
        for name, (measured, simulated) in figures.items():
            print(f"| `{device}` | {name} | {measured:.4g} | {simulated:.4g} | {error(simulated, measured):+.1f} |")


def shared_prompts(row):
    """The requests of a row as text of JSON lines: so many groups of prompts, each prompt asked again and again."""
    rate, duration_s = float(row["rate_rps"]), float(row["duration_s"])
    system, prompt = int(row["system_prompt_len"]), round(float(row["prompt_mean"]))
    groups, each = int(row["num_groups"]), int(row["prompts_per_group"])
    lines = [json.dumps({"_source": "made", "block_size": 16})]
    blocks = -(-prompt // 16)
    for i in range(int(rate * duration_s)):
        group, of_group = i % groups, i // groups % each
        own = group * each + of_group
        # Ids of the group's blocks, then of this prompt's.
        ids = [group * 1000 + k if (k + 1) * 16 <= system else 10 ** 6 + own * 1000 + k for k in range(blocks)]
        lines.append(json.dumps({"arrival_s": i / rate, "prompt_tokens": prompt,
                                 "output_tokens": int(row["output_len_cfg"]), "hash_ids": ids}))
    return "\n".join(lines) + "\n"


def inference_perf_table(runner):
    """Stages of constant rate on H100 and vLLM: rows with measured and simulated means of TTFT, TPOT and E2E."""
    table = []
    models = {"Llama-2-7b-hf": ("llama-2-7b.json", "float16"), "Mixtral-8x7B-v0.1": ("mixtral-8x7b.json", "bfloat16")}
    for row in rows("served_h100_inference_perf.csv"):
        if int(row["n_failed"]) > 0.1 * (int(row["n_failed"]) + int(row["n_success"])):
            continue  # overload; its source leaves it out, too
        model, dtype = models[row["model"].split("/")[1]]
        trace = runner.write("requests.jsonl", shared_prompts(row))
        serving = {key: int(row[key]) for key in ("max_model_len", "max_num_batched_tokens", "max_num_seqs")}
        served = runner.result(runner.scenario(model, dtype, {"requests": {"trace": str(trace)}},
                                               ("H100-80GB-SXM", int(row["tp"])), serving))["serving"]
        further = int(row["output_len_cfg"]) - 1
        ttft_s, e2e_s = float(row["ttft_mean_s"]), float(row["e2e_mean_s"])
        table.append({"model": row["model"].split("/")[1], "use": row["experiment"].rsplit("-", 1)[1],
                      "tp": int(row["tp"]), "rate": float(row["rate_rps"]),
                      "ttft_ms": (1e3 * ttft_s, 1e3 * served["ttft_s"]["mean"]),
                      "tpot_ms": (1e3 * (e2e_s - ttft_s) / further, 1e3 * served["tpot_s"]["mean"]),
                      "e2e_ms": (1e3 * e2e_s, 1e3 * served["e2e_s"]["mean"])})
    return table


def closed_loop_table(runner):
    """Closed loops on H100 and TensorRT-LLM."""
    table = []
    for row in rows("served_h100_closed_loops.csv"):
        users, prompt, output = int(row["batch_size"]), int(row["isl"]), int(row["osl"])
        requests = {"arrivals": {"process": "closed_loop", "users": users}, "count": users * ROUNDS,
                    "prompt_tokens": prompt, "output_tokens": output}
        served = runner.result(runner.scenario("llama-3.1-8b.json", "bfloat16", {"requests": requests},
                                               ("H100-80GB-SXM", int(row["tp_size"])),
                                               {"max_num_batched_tokens": 8192}))["serving"]
        ttft_ms, tpot_ms = float(row["silicon_ttft_ms"]), float(row["silicon_tpot_ms"])
        table.append({"tp": int(row["tp_size"]), "users": users, "isl": prompt, "osl": output,
                      "ttft_ms": (ttft_ms, 1e3 * served["ttft_s"]["mean"]),
                      "tpot_ms": (tpot_ms, 1e3 * served["tpot_s"]["mean"]),
                      "e2e_ms": (ttft_ms + (output - 1) * tpot_ms, 1e3 * served["e2e_s"]["mean"])})
    return table


def batch_table(runner):
    """Whole batches of Llama-2-70B on A100 and H100; the other model, BLOOM, is of a family that is not there."""
    table = []
    for row in rows("batches_splitwise.csv"):
        if row["model"] != "llama2-70b":
            continue
        device, count = row["hardware"].split("-")[0].upper(), int(row["tensor_parallel"])
        batch = {"prompt_tokens": int(row["prompt_size"]), "output_tokens": min(int(row["token_size"]), 128),
                 "batch": int(row["batch_size"])}
        result = runner.result(runner.scenario("llama-2-70b.json", "float16", batch, (f"{device}-80GB-SXM", count)))
        figures = {"device": device, "tp": count, "prompt": batch["prompt_tokens"], "batch": batch["batch"],
                   "output": int(row["token_size"]),
                   "prefill_ms": (float(row["prompt_time_ms"]), 1e3 * result["time_to_first_token_s"]),
                   "decode_ms": (float(row["token_time_ms"]), 1e3 * result["time_per_output_token_s"])}
        share = float(row["average_power_frac"])
        if share > 0:
            figures["power_W"] = (share * BOARD_W[device], result["energy_J"] / result["time_s"] / count)
        table.append(figures)
    return table


def errors_of(table, key):
    return [error(simulated, measured) for measured, simulated in (row[key] for row in table if key in row)]


def print_summary(name, table, keys, by):
    """Medians of the magnitudes of errors and of the errors, of all and of parts."""
    print("| | rows | " + " | ".join(f"{key.rsplit('_', 1)[0]}, bias" for key in keys) + " |")
    print("| --- | ---: | " + " | ".join("---:" for _ in keys) + " |")
    parts = [(name, table)] + [(f"{name}, {value}", [row for row in table if by(row) == value])
                               for value in sorted({by(row) for row in table})]
    for title, part in parts:
        cells = []
        for key in keys:
            errors = errors_of(part, key)
            cells.append(f"{statistics.median(map(abs, errors)):.1f}, {statistics.median(errors):+.1f}"
                         if errors else "")
        print(f"| {title} | {len(part)} | " + " | ".join(cells) + " |")


def print_rows(table):
    columns = list(table[0])
    print("| " + " | ".join(columns) + " |\n| " + " | ".join("---:" for _ in columns) + " |")
    for row in table:
        cells = [f"{row[key][0]:.4g}, {row[key][1]:.4g} ({error(row[key][1], row[key][0]):+.0f} %)"
                 if isinstance(row[key], tuple) else f"{row[key]}" for key in columns]
        print("| " + " | ".join(cells) + " |")


SERVED = ("ttft_ms", "tpot_ms", "e2e_ms")
TABLES = {"inference_perf": (inference_perf_table, SERVED, lambda row: row["model"]),
          "closed_loops": (closed_loop_table, SERVED, lambda row: f"tp {row['tp']}"),
          "batches": (batch_table, ("prefill_ms", "decode_ms", "power_W"),
                      lambda row: f"{row['device']} tp {row['tp']}")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", default="upmem-des", help="the upmem-des to run (the one on the PATH)")
    parser.add_argument("--rows", action="store_true", help="print every row, too: measured, simulated (error)")
    parser.add_argument("--json", metavar="FILE", help="write measured and simulated figures of all rows")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="runs, inference_perf, closed_loops, batches (all)")
    options = parser.parse_args()
    for table in options.tables:
        if table not in ("runs", *TABLES):
            parser.error(f"no table {table}; expected runs, {', '.join(TABLES)}")
    chosen = options.tables or ["runs", *TABLES]
    results = {}
    with Runner(options.program) as runner:
        for name in chosen:
            if name == "runs":
                results[name] = run_table(runner)
                print_runs(results[name])
            else:
                make, keys, by = TABLES[name]
                results[name] = make(runner)
                print_summary(name, results[name], keys, by)
                if options.rows:
                    print()
                    print_rows(results[name])
            print(flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run_script("compare_served.py", main))
