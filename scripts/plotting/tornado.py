"""What a cost depends on: a bar for each input, from the cost at its low value to that at its high one."""

import json
import math

from matplotlib.patches import Patch

from pictures.command import BadInput, expect_regular_file
from pictures.figure import escape
from plotting import axis, frame
from plotting.words import number_words

UNITS = {"million_tokens": "a million tokens", "million_output_tokens": "a million output tokens",
         "query_per_second": "a request/s over the years"}
PARTS = {"usd": ("cost", "USD"), "g_CO2": ("carbon", "g CO2")}
ROW_HEIGHT = 0.28  # inches
LOW_COLOUR, HIGH_COLOUR = "#4e79a7", "#e15759"
MOST_BARS = 20


def draw_tornado(path, options):
    """A figure. Raises BadInput where the file is no result with a cost."""
    cost = read_cost(path)
    found = [one for one in cost["dependence"] if f"{one['part']}_per_{one['unit']}" == options.of]
    if not found:
        known = [f"{one['part']}_per_{one['unit']}" for one in cost["dependence"]]
        raise BadInput(f"argument --of: {path} does not say what '{options.of}' depends on; expected "
                       + (f"one of {', '.join(known)}" if known else "a result whose total can be told"))
    unit, part = found[0]["unit"], found[0]["part"]
    swings = found[0]["inputs"][:MOST_BARS]
    if not swings:
        raise BadInput(f"argument --of: '{options.of}' depends on nothing")
    middle = cost["per"][unit][part]["mid"]
    figure, ((axes,),) = frame.new_figure(height=1.3 + ROW_HEIGHT * len(swings))
    for place, swing in enumerate(swings):
        for end, colour, gid in (("at_low", LOW_COLOUR, "low"), ("at_high", HIGH_COLOUR, "high")):
            axes.barh(place, swing[end] - middle, left=middle, height=0.7, color=colour, gid=f"{gid}-{place}")
    axes.axvline(middle, color=frame.GREY, linewidth=0.8)
    axes.set_yticks(range(len(swings)), [escape(label(swing)) for swing in swings], fontsize=8)
    axes.invert_yaxis()
    axis.tidy(axes)
    name, of_unit = PARTS[part]
    axes.set_xlabel(options.x_label or f"{name} of {UNITS[unit]} ({of_unit})")
    frame.put_legend(axes, [Patch(color=LOW_COLOUR, label="at the low value"),
                            Patch(color=HIGH_COLOUR, label="at the high value")], "")
    title = options.title if options.title is not None else f"What the {name} of {UNITS[unit]} depends on"
    notes = ["each input alone, the others in the middle; inputs marked * have no range and go 20 % to either side"]
    frame.put_texts(figure, title, notes)
    return figure


def label(swing):
    low, high = (number_words(float(f"{swing[end]:.4g}")) for end in ("low", "high"))
    return f"{swing['input']}{'' if swing['stated'] else ' *'}: {low} to {high}"


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
