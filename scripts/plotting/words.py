"""Columns as words, their units, and which way is better."""

import math
import re

from basics.conditions import as_number

UNITS = [("_tokens_per_s", " rate", "tokens/s"), ("requests_per_s", "requests", "requests/s"),
         ("_per_token_J", " per token", "J"), ("_J", "", "J"), ("_s", "", "s"),
         ("_W", "", "W"), ("_B", "", "B")]
PARAMETERS = {"workload.batch": "batch size", "workload.dtype": "data type",
              "workload.kv_dtype": "data type of the KV cache", "mapping.default": "device", "case": "case", "workload.requests.arrivals.rate": "rate of arrival",
              "serving.replicas": "replicas"}
RESULTS = {"ttft_s": "time to first token", "tpot_s": "time per output token", "devices": "number of devices", "rejected": "refused requests", "output_tokens_per_s": "throughput",
           "requests_per_s": "throughput", "goodput_requests_per_s": "goodput", "goodput_share": "share within objectives",
           **{f"{time}_{part}_s": f"{name}, {part}" for time, name in
              (("ttft", "time to first token"), ("tpot", "time per output token"), ("e2e", "time end to end"))
              for part in ("mean", "p50", "p99")},
           "energy_per_request_J": "energy per request", "energy_per_output_token_J": "energy per output token"}
COSTS = {"usd_per_million_tokens": "cost of a million tokens", "usd_per_million_prompt_tokens": "cost of a million prompt tokens",
         "usd_per_million_output_tokens": "cost of a million output tokens", "usd_per_request": "cost of a request",
         "tco_usd_per_qps": "cost over the years of a request/s"}
COSTS |= {f"{part}_usd_per_million_tokens": f"{part} of a million tokens" for part in
          ("capital", "energy", "operation", "rent")}
COSTS |= {f"usd_per_million_tokens_{end}": f"{word} cost of a million tokens" for end, word in
          (("low", "least"), ("high", "most"))}
COSTS |= {f"goodput_{name}": f"{COSTS[name]} at the goodput" for name in
          ("usd_per_million_tokens", "usd_per_request", "tco_usd_per_qps")}
FOOTPRINTS = {"kWh_per_million_tokens": "energy of a million tokens",
              "kWh_per_million_output_tokens": "energy of a million output tokens",
              "g_CO2_per_million_tokens": "carbon of a million tokens"}
PARTS = {"host_to_device": "host to device", "device_to_host": "device to host",
         "device_to_device": "device to device", "main_mem": "memory", "compute": "arithmetic",
         "active": "active", "idle": "idle"}
ENERGY_PARTS = [f"energy_{part}_J" for part in PARTS]
PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}
COUNTS = {0: "", 3: "thousand ", 6: "million ", 9: "billion "}


def unit(column):
    """Of a result: J, s, W, B, tokens/s or "" for what is counted."""
    if column in COSTS:
        return "USD"
    if column in FOOTPRINTS:
        return "kWh" if column.startswith("kWh") else "g CO2"
    return next((name for ending, _, name in UNITS if column.endswith(ending)), "")


def words(column):
    """What a column is called on an axis or in a legend."""
    known = PARAMETERS.get(column) or {**RESULTS, **COSTS, **FOOTPRINTS}.get(column)
    if known:
        return known
    for ending, instead, _ in UNITS:
        if column.endswith(ending):
            column = column[:-len(ending)] + instead
            break
    moved = re.fullmatch(r"(energy|moved)_(\w+)", column)
    if moved and moved[2] in PARTS:
        return f"{moved[1]}, {PARTS[moved[2]]}"
    return column.rpartition(".")[2].replace("_", " ")


def part_words(column):
    """The same of a part of the energy, where others stand beside it."""
    return words(column).removeprefix("energy, ")


def value_words(text):
    """A value of a swept column: numbers without their last zeros."""
    number = as_number(text)
    return text if number is None else number_words(number)


def number_words(number):
    return f"{number:,.10g}" if abs(number) >= 10000 else f"{number:.10g}"


def sentence(text):
    return text[:1].upper() + text[1:]


def more_is_better(column):
    """True, False, or None where it is not known."""
    if unit(column) in ("tokens/s", "requests/s") or column == "goodput_share":
        return True
    if unit(column) in ("J", "s", "W", "B", "USD", "kWh", "g CO2") or column in ("devices", "rejected"):
        return False
    return None


def scale(column, values, is_log):
    """What to divide the values of a result by, and the unit that they then have, such that ticks have few digits."""
    base = unit(column)
    sizes = [abs(value) for value in values if value]
    if not sizes:
        return 1, base
    size = math.sqrt(min(sizes)) * math.sqrt(max(sizes)) if is_log else max(sizes)
    if column in COSTS or column in FOOTPRINTS:
        return 1, base
    power = 3 * math.floor(math.log10(size) / 3 + 1e-12)
    if base in ("tokens/s", "requests/s", ""):
        power = min(max(power, 0), 9) if size >= 1e5 else 0
        return 10**power, (COUNTS[power] + base).strip()
    highest = 0 if base == "s" else max(PREFIXES)
    power = min(max(power, min(PREFIXES)), highest)
    return 10.0**power, PREFIXES[power] + base
