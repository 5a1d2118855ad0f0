"""Axes: their words, units, limits and ticks."""

import math

from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullFormatter, NullLocator

from pictures.figure import escape
from plotting.words import number_words

MOST_VALUE_TICKS = 12
FEW_TICKS = 4
LADDERS = {"x": [(1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)], "y": [(1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)]}


def axis_of(axes, which):
    return axes.xaxis if which == "x" else axes.yaxis


def set_log(axes, which, values, space=0.05):
    """Ticks at powers of ten, or closer where there are few of them. Values are above 0. `space`: what of their span is
    free on both sides."""
    getattr(axes, f"set_{which}scale")("log")
    low, high = min(values), max(values)
    margin = (high / low) ** space if high > low else 1.5
    low, high = low / margin, high * margin
    getattr(axes, f"set_{which}lim")(low, high)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for ladder in LADDERS[which]:
        ticks = [step * 10.0**decade for decade in decades for step in ladder if low <= step * 10.0**decade <= high]
        if len(ticks) >= FEW_TICKS:
            break
    if len(ticks) >= FEW_TICKS or high / low > 10:
        while len(ticks) > 9:
            ticks = ticks[::2]
        minor = [step * 10.0**decade for decade in decades for step in range(1, 10)] if len(decades) < 9 else []
    else:
        ticks = [tick for tick in MaxNLocator(5).tick_values(low, high) if low <= tick <= high]
        minor = []
    put_ticks(axes, which, ticks, [tick for tick in minor if low <= tick <= high])


def set_linear(axes, which, values, space=0.06, from_zero=True):
    """From 0 on, so that lengths compare as numbers do; else only where the values begin near it."""
    low, high = min(0, *values), max(0, *values)
    if not from_zero and max(values) > min(values) > 0.5 * max(values):
        low = min(values)
    free = space * (high - low) or 1
    getattr(axes, f"set_{which}lim")(low - free if low else 0, high + free if high > 0 or low == 0 else 0)
    axis = axis_of(axes, which)
    axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(lambda value, _: number_words(float(f"{value:.10g}")))


def set_swept(axes, values, is_log):
    """The x axis of swept numbers: ticks are the values, where there is room for them."""
    values = sorted(set(values))
    if is_log:
        set_log(axes, "x", values)
        places = [math.log(value) for value in values]
    else:
        space = 0.04 * (values[-1] - values[0] or abs(values[0]) or 1)
        axes.set_xlim(values[0] - space, values[-1] + space)
        axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 2.5, 5, 10]))
        axes.xaxis.set_major_formatter(lambda value, _: number_words(float(f"{value:.10g}")))
        places = values
    if all(math.log2(value).is_integer() for value in values if value > 0) and values[0] > 0 and is_log:
        put_ticks(axes, "x", thin(values), [])
    elif has_room(places):
        put_ticks(axes, "x", values, [])


def thin(values):
    return values[::math.ceil(len(values) / MOST_VALUE_TICKS)]


def has_room(places):
    gaps = [b - a for a, b in zip(places, places[1:])]
    return len(places) <= MOST_VALUE_TICKS and all(gap >= 0.055 * (places[-1] - places[0]) for gap in gaps)


def put_ticks(axes, which, ticks, minor):
    axis = axis_of(axes, which)
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter([number_words(float(f"{tick:.10g}")) for tick in ticks]))
    axis.set_minor_locator(FixedLocator(minor) if minor else NullLocator())
    axis.set_minor_formatter(NullFormatter())


def label(text, unit):
    return escape(text + (f" ({unit})" if unit else ""))


def tidy(axes, grid="both"):
    """A light grid behind, and no frame but the axes."""
    axes.grid(axis=grid, color="#e5e5e5", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
