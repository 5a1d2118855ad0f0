"""What a cost depends on, or one cost divided by another: a bar for each input, from what it is at the input's low value
to what it is at its high one."""

from pathlib import Path

from matplotlib.patches import Patch

from pictures.command import BadInput
from pictures.figure import escape
from plotting import axis, frame
from plotting.cost_dependence import PARTS, UNITS, dependence, ratio_swings
from plotting.words import number_words

ROW_HEIGHT = 0.28  # inches
LOW_COLOUR, HIGH_COLOUR = "#4e79a7", "#e15759"
MOST_BARS = 20


def draw_tornado(path, options):
    """A figure. Raises BadInput where a file is no result with a cost."""
    unit, part, middle, swings = dependence(path, options.of)
    name, of_unit = PARTS[part]
    label = f"{name} of {UNITS[unit]} ({of_unit})"
    title = f"What the {name} of {UNITS[unit]} depends on"
    if options.against is not None:
        names = names_of(path, options.against)
        middle, swings = against(path, options, middle, swings, names)
        label = f"{name} of {UNITS[unit]}: {names[0]} divided by {names[1]}"
        title = f"What the ratio of {name} of {UNITS[unit]} depends on"
    swings = swings[:MOST_BARS]
    if not swings:
        raise BadInput(f"argument --of: '{options.of}' depends on nothing")
    figure, ((axes,),) = frame.new_figure(height=1.3 + ROW_HEIGHT * len(swings))
    for place, swing in enumerate(swings):
        for end, colour, gid in (("at_low", LOW_COLOUR, "low"), ("at_high", HIGH_COLOUR, "high")):
            axes.barh(place, swing[end] - middle, left=middle, height=0.7, color=colour, gid=f"{gid}-{place}")
    axes.axvline(middle, color=frame.GREY, linewidth=0.8)
    axes.set_yticks(range(len(swings)), [escape(words(swing)) for swing in swings], fontsize=8)
    axes.invert_yaxis()
    axis.tidy(axes)
    axes.set_xlabel(escape(options.x_label or label))
    frame.put_legend(axes, [Patch(color=LOW_COLOUR, label="at the low value"),
                            Patch(color=HIGH_COLOUR, label="at the high value")], "")
    notes = ["each input alone, the others in the middle; inputs marked * have no range and go 20 % to either side"]
    frame.put_texts(figure, options.title if options.title is not None else title, notes)
    return figure


def against(path, options, middle, swings, names):
    """The middle and the swings of the ratio."""
    _, _, other_middle, other_swings = dependence(options.against, options.of)
    for file, costs in ((path, (middle, *ends(swings))), (options.against, (other_middle, *ends(other_swings)))):
        if min(costs) <= 0:
            raise BadInput(f"argument --against: '{options.of}' of {file} may be 0; expected a cost that others can be divided by")
    return middle / other_middle, ratio_swings(middle, swings, other_middle, other_swings, names)


def ends(swings):
    return [swing[end] for swing in swings for end in ("at_low", "at_high")]


def names_of(*paths):
    """What files are called: without folders and endings where that tells them apart."""
    stems = tuple(Path(path).stem for path in paths)
    return stems if len(set(stems)) == len(stems) else tuple(map(str, paths))


def words(swing):
    low, high = (number_words(float(f"{swing[end]:.4g}")) for end in ("low", "high"))
    return f"{swing['input']}{'' if swing['stated'] else ' *'}: {low} to {high}"
