"""What the cost in a result depends on, and what the ratio of two such costs does."""

import json
import math

from pictures.command import BadInput, expect_regular_file

UNITS = {"million_tokens": "a million tokens", "million_output_tokens": "a million output tokens",
         "query_per_second": "a request/s over the years"}
PARTS = {"usd": ("cost", "USD"), "g_CO2": ("carbon", "g CO2")}
ROUNDING = 1e-12
# What `cost:` of a scenario says of the place and time of a machine: the same for two that stand beside each other.
CONDITIONS = ("years", "utilisation", "operation_share", "pue", "electricity_usd_per_kWh", "carbon_g_per_kWh")


def dependence(path, of):
    """(unit, part, middle, swings) of the cost that --of names. Raises BadInput."""
    cost = read_cost(path)
    found = [one for one in cost["dependence"] if f"{one['part']}_per_{one['unit']}" == of]
    if not found:
        known = [f"{one['part']}_per_{one['unit']}" for one in cost["dependence"]]
        raise BadInput(f"argument --of: {path} does not say what '{of}' depends on; expected "
                       + (f"one of {', '.join(known)}" if known else "a result whose total can be told"))
    unit, part = found[0]["unit"], found[0]["part"]
    return unit, part, cost["per"][unit][part]["mid"], found[0]["inputs"]


def ratio_swings(middle, swings, other_middle, other_swings, names):
    """The same of one cost divided by another: conditions that both have alike move both, all else moves one of them.

    `names`: of the two, before inputs that are theirs alone."""
    def range_of(swing):
        return swing["low"], swing["high"], swing["stated"]

    def renamed(swing, name, at_low, at_high):
        return {**swing, "input": name, "at_low": at_low, "at_high": at_high}

    others = {swing["input"]: swing for swing in other_swings if swing["input"] in CONDITIONS}
    shared = {swing["input"] for swing in swings
              if swing["input"] in others and range_of(swing) == range_of(others[swing["input"]])}
    found = []
    for swing in swings:
        name = swing["input"]
        if name in shared:
            found.append(renamed(swing, name, swing["at_low"] / others[name]["at_low"], swing["at_high"] / others[name]["at_high"]))
        else:
            found.append(renamed(swing, f"{names[0]}: {name}", swing["at_low"] / other_middle, swing["at_high"] / other_middle))
    for swing in other_swings:
        if swing["input"] not in shared:
            found.append(renamed(swing, f"{names[1]}: {swing['input']}", middle / swing["at_low"], middle / swing["at_high"]))

    def size(swing):
        return abs(math.log(swing["at_high"] / swing["at_low"]))

    # What is the same in both cancels, but for rounding.
    return sorted((swing for swing in found if size(swing) > ROUNDING), key=lambda swing: -size(swing))


def read_cost(path):
    expect_regular_file(path, "a result of upmem-des run --json")
    try:
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{path}: no JSON; expected a result of upmem-des run --json") from None
    cost = result.get("cost") if isinstance(result, dict) else None
    if cost is None:
        raise BadInput(f"{path}: says nothing of cost; expected the result of a scenario with a section cost")
    try:
        for one in cost["dependence"]:
            check(cost, one)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise BadInput(f"{path}: cost: not as upmem-des writes it; expected a result of upmem-des run --json") from None
    return cost


def check(cost, one):
    """Raises one of the errors above where it is not what the program writes."""
    values = [cost["per"][one["unit"]][one["part"]]["mid"]]
    if one["unit"] not in UNITS or one["part"] not in PARTS:
        raise ValueError
    for swing in one["inputs"]:
        swing["input"].encode()
        values += [swing[key] for key in ("low", "high", "at_low", "at_high")]
    if not all(math.isfinite(value) for value in values) or not all(isinstance(s["stated"], bool) for s in one["inputs"]):
        raise ValueError
