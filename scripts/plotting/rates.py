"""What pictures of served requests have in common: points by rate, overloaded ones, labels at the ends of lines."""

from pictures.command import BadInput
from pictures.figure import escape
from plotting import frame
from plotting.labels import place_labels
from plotting.words import value_words

RATE = "arrivals.rate"
BETWEEN = 24  # places on each piece of a line that labels keep clear of
OBJECTIVE_COLOUR = "#4d4d4d"


def rate_column(table, asked, option="-x"):
    """The swept rate: the one that was asked for, else the only one that ends so. Raises BadInput where there is none."""
    if asked is not None:
        table.check_parameter(option, asked)
        return asked
    found = [column for column in table.parameters if column.endswith(RATE)]
    if len(found) != 1:
        swept = ", ".join(table.parameters) or "none"
        raise BadInput(f"argument {option}: {table.path} has {len(found)} columns that end in '{RATE}'; expected the swept "
                       f"rate, one of {swept}")
    return found[0]


def by_rate(table, rows, rate):
    """Rows with a number for the rate, in its order."""
    return sorted((row for row in rows if table.number(row, rate) is not None), key=lambda row: table.number(row, rate))


def is_saturated(table, row):
    """Whether more and more requests waited. Results of earlier programs do not say."""
    return "saturated" in table.metrics and table.number(row, "saturated") == 1


def draw_points(axes, table, rows, xs, ys, style, gid, **more):
    """A line with markers; those of overloaded servers are hollow."""
    colour = style["color"]
    axes.plot(xs, ys, color=colour, linestyle=style["linestyle"], linewidth=style.get("linewidth", 1.5), zorder=3,
              clip_on=False, gid=f"{gid}-line", **more)
    for hollow in (False, True):
        chosen = [(x, y) for row, x, y in zip(rows, xs, ys) if is_saturated(table, row) == hollow]
        if chosen:
            axes.plot(*zip(*chosen), linestyle="", marker=style["marker"], color=colour, clip_on=False, zorder=4,
                      markersize=style.get("markersize", 5), markeredgewidth=1.1,
                      markerfacecolor="white" if hollow else colour, gid=f"{gid}-{'overloaded' if hollow else 'points'}")


def label_lines(axes, lines):
    """`lines`: (text, xs, ys, number of the point that is labelled) in data's coordinates. Writes each text beside its point,
    clear of all lines; where there is no room for all of them, on the right of the points anyway. The layout must be final."""
    named = [line for line in lines if line[0]]
    if not named:
        return
    points = [(xs[at], ys[at]) for _, xs, ys, at in named]
    texts = [line[0] for line in named]
    if not place_labels(axes, points, texts, on_lines(axes, lines), [points[0]], (1, 1)):
        for text, place in zip(texts, points):
            axes.annotate(escape(text), place, textcoords="offset points", xytext=(5, 0), va="center", fontsize=7.5,
                          annotation_clip=False)


def on_lines(axes, lines):
    """Places along all lines, evenly as they are drawn."""
    to_pixels, to_data = axes.transData.transform, axes.transData.inverted().transform
    places = []
    for _, xs, ys, _ in lines:
        corners = to_pixels(list(zip(xs, ys)))
        for start, end in zip(corners, corners[1:]):
            places += [start + (end - start) * step / BETWEEN for step in range(BETWEEN)]
    return [tuple(place) for place in to_data(places)] if places else []


def objective_line(axes, value, text):
    """A line across, and its value at its right end."""
    axes.axhline(value, color=OBJECTIVE_COLOUR, linestyle=(0, (5, 3)), linewidth=0.9, zorder=2, gid="objective")
    axes.annotate(text, (1, value), xycoords=("axes fraction", "data"), textcoords="offset points", xytext=(-2, 2.5),
                  ha="right", fontsize=7, color=OBJECTIVE_COLOUR)


def only_number(table, rows, column):
    """That of all rows; None where they differ, or where one has none."""
    if column not in table.metrics:
        return None
    numbers = {table.number(row, column) for row in rows}
    return numbers.pop() if len(numbers) == 1 else None


def overload_note(table, rows):
    return ["hollow: overloaded, latencies grow with the number of requests"] if any(
        is_saturated(table, row) for row in rows) else []


def name_of(values):
    return ", ".join(map(value_words, values))


def finished(figure, title, notes):
    frame.put_texts(figure, title, notes)
    figure.canvas.draw()
    figure.set_layout_engine("none")
