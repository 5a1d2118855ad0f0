"""A result against a swept number, a line with markers for each group."""

import math

from pictures.command import BadInput
from plotting import axis, end_labels, frame
from plotting.groups import group_rows, group_words, line_styles, title_words
from plotting.words import scale, sentence, words

SAME = 0.005  # nearer lines cannot be told apart


def draw_line(selection, options):
    """A figure. Raises BadInput where the rows cannot be drawn so."""
    table, x, y, by = selection.table, options.x, options.y, options.by
    table.check_parameter("-x", x)
    table.check_metric("-y", y)
    for column in by:
        table.check_parameter("--by", column)
    if x in by:
        raise BadInput(f"argument --by: '{x}' is on the x axis already")
    selection.check_told_apart([x, *by], "--by")
    rows = selection.with_numbers([x, y])
    check_above_zero(table, rows, [x] * options.log_x + [y] * options.log_y)
    factor, unit = scale(y, [table.number(row, y) for row in rows], options.log_y)
    groups = group_rows(rows, by)
    styles = line_styles(groups, table.path)

    figure, ((axes,),) = frame.new_figure()
    failed = {(tuple(row[1][column] for column in by), table.number(row, x)) for row in selection.every} - {
        (values, table.number(row, x)) for values, group in groups.items() for row in group}
    handles = []
    covers = covering_lines([{table.number(row, x): table.number(row, y) for row in group}
                             for group in groups.values()])
    for number, (values, group) in enumerate(groups.items()):
        points = sorted((table.number(row, x), table.number(row, y) / factor) for row in group)
        points += [(place, math.nan) for group_values, place in failed if group_values == values and place is not None]
        xs, ys = zip(*sorted(points, key=lambda point: point[0]))  # the line has a gap where a result is missing
        handles += axes.plot(xs, ys, **styles[values], **marker_edge(styles[values]), clip_on=False, zorder=3,
                             markersize=5.5 + 2.5 * covers[number], linewidth=1.5 + 1.5 * covers[number],
                             label=group_words(values), rasterized=len(rows) > frame.MOST_VECTORS,
                             gid=f"line-{number}")
    drawn = [table.number(row, y) / factor for row in rows]
    (axis.set_log if options.log_y else axis.set_linear)(axes, "y", drawn)
    axis.set_swept(axes, [table.number(row, x) for row in rows], options.log_x)
    axis.tidy(axes)
    axes.set_xlabel(axis.label(options.x_label or words(x), ""))
    axes.set_ylabel(axis.label(options.y_label or words(y), unit))
    frame.put_texts(figure, line_title(options), selection.filter_words())
    if by:
        name_lines(figure, axes, handles, title_words(by))
    return figure


def name_lines(figure, axes, handles, title):
    """At their ends where there is room for all names, else in a legend."""
    figure.canvas.draw()
    lines = [(handle.get_label(), handle.get_xdata(), handle.get_ydata(), handle.get_color()) for handle in handles]
    if end_labels.have_room(axes, lines):
        end_labels.label_ends(axes, lines)
    else:
        frame.put_legend(axes, handles, title)


def marker_edge(style):
    """White around filled markers, so that those on top of each other are seen apart."""
    is_filled = style["markerfacecolor"] == style["color"]
    return {"markeredgecolor": "white" if is_filled else style["color"], "markeredgewidth": 0.6 if is_filled else 1.2}


def covering_lines(lines):
    """For each line, y by x, how many of those drawn after it would hide it, at most 3. It is drawn wider than they."""
    def hides(one, other):
        common = [x for x in one if x in other]
        equal = [x for x in common if abs(one[x] - other[x]) <= SAME * abs(one[x])]
        return 2 * len(equal) > len(common)

    return [min(sum(hides(line, later) for later in lines[number + 1:]), 3) for number, line in enumerate(lines)]


def line_title(options):
    if options.title is not None:
        return options.title
    against = options.x_label or words(options.x)
    groups = " and ".join(words(column) for column in options.by if column != "case")
    return f"{sentence(options.y_label or words(options.y))} against {against}" + (f", by {groups}" if groups else "")


def check_above_zero(table, rows, columns):
    for row in rows:
        for column in columns:
            if table.number(row, column) <= 0:
                raise BadInput(f"{table.path}: line {row[0]}: {column}: {row[1][column]} is not on a logarithmic axis; "
                               "expected numbers above 0")
