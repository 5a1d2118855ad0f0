"""The numbers of a result that are columns of the tables."""

import json
import math

PARTS = ("host_to_device", "device_to_host", "device_to_device", "main_mem", "compute", "active", "idle")
DIRECTIONS = PARTS[:3]
PHASES = ("prefill", "decode")
# Of served requests: name, and where it stands in the section.
SERVED = {"makespan_s": ("makespan_s",),
          **{f"{time}_{part}_s": (f"{time}_s", part) for time in ("ttft", "tpot", "e2e") for part in ("mean", "p99")},
          "requests_per_s": ("throughput", "requests_per_s"),
          "output_tokens_per_s": ("throughput", "output_tokens_per_s"),
          "goodput_requests_per_s": ("goodput", "requests_per_s"), "goodput_share": ("goodput", "share"),
          "energy_per_request_J": ("energy", "total_per_request_J"),
          "energy_per_output_token_J": ("energy", "total_per_output_token_J"),
          **{f"{time}_p50_s": (f"{time}_s", "p50") for time in ("ttft", "tpot", "e2e")},
          "rejected": ("requests", "rejected"), "saturated": ("saturated",),
          **{f"slo_{time}_s": ("goodput", "slo", f"{time}_s") for time in ("ttft", "tpot", "e2e")}}
# Of what runs cost, the middle where it is a range: name, unit and part in the section; behind `goodput_` those at the goodput.
COSTS = {"usd_per_million_tokens": ("million_tokens", "usd"),
         **{f"{part}_usd_per_million_tokens": ("million_tokens", f"{part}_usd") for part in
            ("capital", "energy", "operation", "rent")},
         "usd_per_million_prompt_tokens": ("million_prompt_tokens", "usd"),
         "usd_per_million_output_tokens": ("million_output_tokens", "usd"), "usd_per_request": ("request", "usd"),
         "tco_usd_per_qps": ("query_per_second", "usd"), "kWh_per_million_tokens": ("million_tokens", "kWh"),
         "kWh_per_million_output_tokens": ("million_output_tokens", "kWh"),
         "g_CO2_per_million_tokens": ("million_tokens", "g_CO2")}
GOOD_COSTS = {f"goodput_{name}": COSTS[name] for name in ("usd_per_million_tokens", "usd_per_request", "tco_usd_per_qps")}
# Times of tokens of any run: where they stand in the result of a fixed run, and which metric is that of served requests.
TOKEN_TIMES = {"ttft_s": ("time_to_first_token_s", "ttft_mean_s"), "tpot_s": ("time_per_output_token_s", "tpot_mean_s")}
METRICS = ["time_s", "energy_J", "power_W", "peak_power_W", "prefill_time_s", "prefill_energy_J", "prefill_power_W",
           "prefill_peak_power_W", "decode_time_s", "decode_energy_J", "decode_power_W", "decode_peak_power_W",
           "decode_tokens", "decode_tokens_per_s", "decode_energy_per_token_J", *(f"energy_{part}_J" for part in PARTS), *(f"moved_{direction}_B" for direction in DIRECTIONS),
           "peak_memory_B", "events", "forward_passes", "devices", *SERVED, *COSTS, "usd_per_million_tokens_low", "usd_per_million_tokens_high",
           *GOOD_COSTS, *TOKEN_TIMES]


def read_result(text):
    """A result from its JSON; None where the text is not the whole of one."""
    try:
        result = json.loads(text, parse_constant=lambda constant: 1 / 0)
    except (ValueError, ZeroDivisionError, RecursionError):
        return None
    is_ours = isinstance(result, dict) and result.get("format") == "upmem-des-result" and result.get("version") == 1
    return result if is_ours else None


def metrics_of(result):
    """Each metric that the result has; sums over phases are those of its doubles."""
    at = lambda *path: number(result, path)  # noqa: E731
    values = {name: at(name) for name in ("time_s", "energy_J", "power_W", "peak_power_W", "events",
                                           "forward_passes")}
    for phase in PHASES:
        values |= {f"{phase}_time_s": at("phases", phase, "time_s"),
                   f"{phase}_energy_J": at("phases", phase, "energy_J", "total"),
                   f"{phase}_power_W": at("phases", phase, "power_W"),
                   f"{phase}_peak_power_W": at("phases", phase, "peak_power_W")}
    values |= {f"decode_{name}": at("phases", "decode", name) for name in ("tokens", "tokens_per_s")}
    values["decode_energy_per_token_J"] = at("phases", "decode", "energy_per_token_J")
    for part in PARTS:
        values[f"energy_{part}_J"] = total(at("phases", phase, "energy_J", part) for phase in PHASES)
    for direction in DIRECTIONS:
        values[f"moved_{direction}_B"] = total(at("phases", phase, "moved_bytes", direction) for phase in PHASES)
    devices = result.get("devices")
    held = [number(device, ("memory_bytes", "total")) for device in
            (devices.values() if isinstance(devices, dict) else ())]
    values["peak_memory_B"] = max((value for value in held if value is not None), default=None)
    values["devices"] = working_devices(result)
    values |= {name: at("serving", *path) for name, path in SERVED.items()}
    values |= {name: at("cost", "per", *path, "mid") for name, path in COSTS.items()}
    values |= {f"usd_per_million_tokens_{end}": at("cost", "per", *COSTS["usd_per_million_tokens"], end)
               for end in ("low", "high")}
    values |= {name: at("cost", "goodput", "per", *path, "mid") for name, path in GOOD_COSTS.items()}
    values |= {name: values[served] if "serving" in result else at(fixed) for name, (fixed, served) in TOKEN_TIMES.items()}
    saturated = (result.get("serving") or {}).get("saturated")
    values["saturated"] = int(saturated) if isinstance(saturated, bool) else None
    return {name: values[name] for name in METRICS if values[name] is not None}


def working_devices(result):
    """How many devices do something, HOST apart; 1 where that is HOST alone."""
    serving, devices = result.get("serving"), result.get("devices")
    try:
        if serving is not None:
            names = {name for instance in serving["instances"] for name in instance["devices"]}
        else:
            names = {name for name, device in devices.items() if device["events"] > 0 and name != "HOST"}
    except (AttributeError, KeyError, TypeError):
        return None
    return max(1, len(names))


def number(value, path):
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if is_number(value) else None


def is_number(value):
    """Whether tables can hold it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**63


def total(values):
    values = list(values)
    return None if None in values else sum(values)
