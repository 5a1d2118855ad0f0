"""Names of lines at their right ends, in place of a legend."""

import math

from plotting.frame import LONG_LABEL

FONT_SIZE = 8
APART = 10.5       # points between the middles of two names
BESIDE = 9         # points from a line's end to its name
MOVED = 3          # points: names that are further from the level of their line's end have a leader to it


def have_room(axes, lines):
    """Whether names fit: they are short, no more than there is height for, and all lines end at the right."""
    ends = [end_of(xs, ys) for _, xs, ys, _ in lines]
    if any(end is None for end in ends) or max(len(text) for text, *_ in lines) > LONG_LABEL:
        return False
    right = max(place for place, _ in ends)
    height = axes.get_window_extent().height * 72 / axes.figure.dpi
    return all(place == right for place, _ in ends) and APART * len(lines) <= 0.95 * height


def end_of(xs, ys):
    """The last point that is a number."""
    return next(((x, y) for x, y in zip(reversed(xs), reversed(ys)) if not math.isnan(y)), None)


def label_ends(axes, lines):
    """`lines`: (text as it is drawn, xs, ys, colour). Makes the layout final: texts are moved up and down until they are apart."""
    figure = axes.figure
    texts = [axes.annotate(text, end_of(xs, ys), textcoords="offset points", xytext=(BESIDE, 0), va="center",
                           fontsize=FONT_SIZE, annotation_clip=False, gid=f"name-{number}")
             for number, (text, xs, ys, _) in enumerate(lines)]
    figure.canvas.draw()
    figure.set_layout_engine("none")
    point = figure.dpi / 72
    levels = [axes.transData.transform(text.xy)[1] / point for text in texts]
    frame = axes.get_window_extent()
    for text, level, middle, (_, _, _, colour) in zip(texts, levels, apart(levels, frame.y0 / point, frame.y1 / point),
                                                      lines):
        text.set_position((BESIDE, middle - level))
        if abs(middle - level) > MOVED:
            axes.annotate("", text.xy, textcoords="offset points", xytext=(BESIDE - 1, middle - level),
                          annotation_clip=False, arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7,
                                                             "shrinkA": 0, "shrinkB": 3})


def apart(levels, low, high):
    """The levels, moved as little as it takes to be APART from each other, in their order, between two bounds."""
    order = sorted(range(len(levels)), key=lambda index: levels[index])
    most = high - APART * (len(levels) - 1)
    blocks = []   # [sum of what its members want as the lowest name's level, members]
    for rank, index in enumerate(order):
        blocks.append([levels[index] - APART * rank, [index]])
        while len(blocks) > 1 and level_of(blocks[-1]) < level_of(blocks[-2]):
            wanted, members = blocks.pop()
            blocks[-1][0] += wanted
            blocks[-1][1] += members
    moved, rank = list(levels), 0
    for block in blocks:
        lowest = max(low, min(level_of(block), most))
        for index in block[1]:
            moved[index] = lowest + APART * rank
            rank += 1
    return moved


def level_of(block):
    return block[0] / len(block[1])
