"""Colours, hatches and markers of all pictures, which differ in greyscale, too."""

# Okabe and Ito's palette, whose colours people who see no red, green or blue tell apart: "Color Universal Design",
# https://jfly.uni-koeln.de/color/; and grey. The same as in src/timeline/operator_colour.cpp.
COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#f0e442", "#d55e00", "#7f7f7f"]
HATCHES = ["", "////", "....", "xxxx", "\\\\\\\\", "++++", "----", "oo"]

# For thin lines and small markers, which must be dark enough on white: without yellow, neighbours apart in brightness.
LINE_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#000000", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]
DASHES = ["-", "--", "-.", ":"]
MOST_GROUPS = len(LINE_COLOURS) * 3


def line_style(number):
    """Colour, marker and dashes of the group `number`, all three different for each of MOST_GROUPS."""
    round_of = number // len(LINE_COLOURS)
    return {"color": LINE_COLOURS[number % len(LINE_COLOURS)],
            "marker": MARKERS[(number + 3 * round_of) % len(MARKERS)],
            "linestyle": DASHES[(number + round_of) % len(DASHES)]}
