"""Requests within objectives, and all that were served, against the rate at which they arrive."""

from plotting import axis, frame, rates
from plotting.groups import group_rows, line_styles
from plotting.line import check_above_zero
from plotting.words import words

GOODPUT, SERVED, SHARE = "goodput_requests_per_s", "requests_per_s", "goodput_share"
LABEL_SPACE = 0.14
OFFERED = 60  # pieces of a line that is bent where an axis is logarithmic
HEIGHT = 4.9


def draw_goodput(selection, options):
    """A figure. Raises BadInput where the rows cannot be drawn so."""
    table, by = selection.table, options.by
    rate = rates.rate_column(table, options.x)
    for column in by:
        table.check_parameter("--by", column)
    for column in (GOODPUT, SERVED, SHARE):
        table.check_metric("-y", column)
    selection.check_told_apart([rate, *by], "--by")
    rows = rates.by_rate(table, selection.with_numbers([rate, GOODPUT, SERVED, SHARE]), rate)
    check_above_zero(table, rows, [rate] * options.log_x + [GOODPUT, SERVED] * options.log_y)
    groups = group_rows(rows, by)
    styles = line_styles(groups, table.path)
    figure, ((top,), (bottom,)) = frame.new_figure(2, HEIGHT)
    lines = {top: [], bottom: []}
    for number, (values, group) in enumerate(groups.items()):
        xs = [table.number(row, rate) for row in group]
        for axes, column, style, factor, name in (
                (top, GOODPUT, {"linestyle": "-"}, 1, "goodput"),
                (top, SERVED, {"linestyle": ":", "linewidth": 1.1, "markersize": 3}, 1, "served"),
                (bottom, SHARE, {"linestyle": "-"}, 0.01, "")):
            ys = [table.number(row, column) / factor for row in group]
            rates.draw_points(axes, table, group, xs, ys, {**styles[values], **style}, f"{column}-{number}")
            lines[axes].append((f"{rates.name_of(values)} {name}".strip(), xs, ys, labelled_point(column, ys)))
    rows_x = [table.number(row, rate) for row in rows]
    numbers = [table.number(row, column) for row in rows for column in (GOODPUT, SERVED)]
    (axis.set_log if options.log_y else axis.set_linear)(top, "y", [*numbers, 1.08 * max(numbers)])
    axis.set_linear(bottom, "y", [0, 100])
    axis.set_swept(bottom, rows_x, options.log_x)
    low, high = bottom.get_xlim()
    bottom.set_xlim(low, high * (high / low) ** LABEL_SPACE if options.log_x else high + LABEL_SPACE * (high - low))
    last = min(max(rows_x), top.get_ylim()[1])
    offered = [min(rows_x) + (last - min(rows_x)) * step / OFFERED for step in range(OFFERED + 1)]
    top.plot(offered, offered, color="#9a9a9a", linewidth=0.9, zorder=1, gid="offered")
    top.annotate("as many as arrive", (last, last), textcoords="offset points", xytext=(5, -2), va="top",
                 fontsize=7, color="#5a5a5a")
    for axes in (top, bottom):
        axis.tidy(axes)
    top.set_ylabel(axis.label(options.y_label or "requests", "1/s"))
    bottom.set_ylabel(axis.label("within objectives", "%"))
    bottom.set_xlabel(axis.label(options.x_label or words(rate), "requests/s"))
    notes = selection.filter_words() + rates.overload_note(table, rows)
    lines[top].append(("", offered, offered, 0))
    rates.finished(figure, title(options), notes)
    for axes, named in lines.items():
        rates.label_lines(axes, named)
    return figure


def labelled_point(column, ys):
    """Where lines are apart: goodput at its most, shares where they are the last above one half, what is served at the end."""
    if column == GOODPUT:
        return ys.index(max(ys))
    if column == SHARE:
        return max((number for number, y in enumerate(ys) if y >= 50), default=0)
    return len(ys) - 1


def title(options):
    if options.title is not None:
        return options.title
    groups = " and ".join(words(column) for column in options.by if column != "case")
    return "Goodput against the rate of arrival" + (f", by {groups}" if groups else "")
