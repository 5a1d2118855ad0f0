"""How long served requests take against how many are served: p50 and p99, with objectives as lines."""

from pictures.command import BadInput
from plotting import axis, frame, rates
from plotting.groups import group_rows, line_styles
from plotting.line import check_above_zero
from plotting.words import scale, words

TIMES = {"ttft": "time to first token", "tpot": "time per output token", "e2e": "time end to end"}
PARTS = ("p99", "p50")
PANEL_HEIGHT = 2.5
LABEL_SPACE = 0.16  # of the axis: room for labels beyond the last point


def draw_latency(selection, options):
    """A figure. Raises BadInput where the rows cannot be drawn so."""
    table, x, by = selection.table, options.x, options.by
    table.check_metric("-x", x)
    for time in options.y:
        if time not in TIMES:
            raise BadInput(f"argument -y: '{time}' is no time of served requests; expected some of {', '.join(TIMES)}")
    for column in by:
        table.check_parameter("--by", column)
    rate = rates.rate_column(table, None, "--where") if any(
        column.endswith(rates.RATE) for column in table.parameters) else None
    selection.check_told_apart([*[rate] * (rate is not None), *by], "--by")
    metrics = [f"{time}_{part}_s" for time in options.y for part in PARTS]
    for column in metrics:
        table.check_metric("-y", column)
    rows = selection.with_numbers([x, *metrics])
    check_above_zero(table, rows, [x] * options.log_x + metrics * options.log_y)
    if rate is not None:
        rows = rates.by_rate(table, rows, rate)
    groups = group_rows(rows, by)
    styles = line_styles(groups, table.path)
    figure, panels = frame.new_figure(len(options.y), PANEL_HEIGHT * len(options.y) + 0.7)
    factor, unit = scale(x, [table.number(row, x) for row in rows], options.log_x)
    labels = []
    for (axes,), time in zip(panels, options.y):
        labels.append(draw_panel(axes, table, groups, styles, time, (x, factor), options))
    bottom = panels[-1][0]
    xs = [table.number(row, x) / factor for row in rows]
    (axis.set_log if options.log_x else axis.set_linear)(bottom, "x", xs, space=LABEL_SPACE)
    bottom.set_xlabel(axis.label(options.x_label or words(x), unit))
    notes = selection.filter_words() + rates.overload_note(table, rows)
    rates.finished(figure, title(options), notes)
    for (axes,), lines in zip(panels, labels):
        rates.label_lines(axes, lines)
    return figure


def draw_panel(axes, table, groups, styles, time, x, options):
    """Lines of one time; gives what they are called, as label_lines() takes them."""
    every = [row for group in groups.values() for row in group]
    objective = rates.only_number(table, every, f"slo_{time}_s")
    numbers = [table.number(row, f"{time}_{part}_s") for row in every for part in PARTS]
    factor, unit = scale(f"{time}_s", numbers, options.log_y)
    column, x_factor = x
    lines = []
    for number, (values, group) in enumerate(groups.items()):
        for part in PARTS:
            style = dict(styles[values], linestyle="-" if part == "p99" else "--")
            style |= {"linewidth": 1.6, "markersize": 5} if part == "p99" else {"linewidth": 1.1, "markersize": 3.5}
            xs = [table.number(row, column) / x_factor for row in group]
            ys = [table.number(row, f"{time}_{part}_s") / factor for row in group]
            rates.draw_points(axes, table, group, xs, ys, style, f"{time}-{part}-{number}")
            lines.append((f"{rates.name_of(values)} {part}".strip(), xs, ys, len(xs) - 1))
    shown = [value / factor for value in numbers]
    if objective:
        shown.append(objective / factor)
        rates.objective_line(axes, objective / factor, f"objective {objective / factor:.4g} {unit}")
    (axis.set_log if options.log_y else axis.set_linear)(axes, "y", shown)
    axis.tidy(axes)
    axes.set_ylabel(axis.label(options.y_label or TIMES[time], unit))
    return lines


def title(options):
    if options.title is not None:
        return options.title
    groups = " and ".join(words(column) for column in options.by if column != "case")
    return f"Latency against {options.x_label or words(options.x)}" + (f", by {groups}" if groups else "")
