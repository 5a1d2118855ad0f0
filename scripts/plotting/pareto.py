"""Two results of each point against each other, with the Pareto front and the names of the points on it."""

from matplotlib.lines import Line2D

from pictures.command import BadInput
from pictures.figure import escape
from plotting import axis, frame
from plotting.front import front, front_of_many
from plotting.groups import group_rows, group_words, line_styles, title_words
from plotting.labels import place_labels
from plotting.line import check_above_zero
from plotting.words import more_is_better, number_words, scale, sentence, unit, value_words, words

MOST_LABELS = 24
FRONT_COLOUR = "#7f7f7f"
KEY_HEIGHT = 0.1     # inches of a line of the key, two side by side
LABEL_SPACE = 0.12  # of the axis: room for labels beyond the last point


def draw_pareto(selection, options):
    """A figure. Raises BadInput where the rows cannot be drawn so."""
    table, by = selection.table, options.by
    columns = [options.x, options.y, *[options.z] * (options.z is not None)]
    for option, column in zip(("-x", "-y", "-z"), columns):
        table.check_metric(option, column)
    for column in by:
        table.check_parameter("--by", column)
    for column in options.label or []:
        table.check_parameter("--label", column)
    if options.x == options.y:
        raise BadInput(f"argument -y: '{options.y}' is on the x axis already")
    if options.z in (options.x, options.y):
        raise BadInput(f"argument -z: '{options.z}' is on an axis already")
    rows = selection.with_numbers(columns)
    check_above_zero(table, rows, [options.x] * options.log_x + [options.y] * options.log_y)
    plot = ParetoPlot(selection, rows, options)
    return plot.figure(has_key=False) or plot.figure(has_key=True)


class ParetoPlot:
    """What is drawn: points in the units of the axes, which of them are on the front, and their names."""

    def __init__(self, selection, rows, options):
        table = selection.table
        self.options, self.selection, self.rows = options, selection, rows
        columns = (options.x, options.y)
        self.more = [way(options, column) for column in columns]
        self.third = None if options.z is None else [table.number(row, options.z) for row in rows]
        numbers = [[table.number(row, column) for row in rows] for column in columns]
        scales = [scale(column, values, is_log) for column, values, is_log in
                  zip(columns, numbers, (options.log_x, options.log_y))]
        self.units = [unit for _, unit in scales]
        self.points = list(zip(*([value / factor for value in values]
                                 for values, (factor, _) in zip(numbers, scales))))
        self.flat = front(list(zip(*numbers)), *self.more)
        self.front = self.flat if self.third is None else front_of_many(
            list(zip(*numbers, self.third)), [*self.more, way(options, options.z)])
        self.groups = group_rows(rows, options.by)
        self.styles = line_styles(self.groups, table.path)
        self.label_columns = options.label or selection.undetermined(options.by) or options.by
        self.names = self.front_names()

    def front_names(self):
        """The names of the points on the front by place; equal points share one."""
        names = {}
        for number in self.front:
            texts = self.rows[number][1]
            name = ", ".join(value_words(texts[column]) for column in self.label_columns)
            if self.third is not None:
                name += f" ({number_words(float(f'{self.third[number]:.4g}'))}{third_unit(self.options.z)})"
            if name not in names.setdefault(self.points[number], []):
                names[self.points[number]].append(name)
        return {place: " and ".join(same) for place, same in names.items()}

    def figure(self, has_key):
        """None where the names have no room beside their points; `has_key`: numbers, with the names beside the plot."""
        figure, ((axes,),) = frame.new_figure(height=frame.HEIGHT + has_key * KEY_HEIGHT * len(self.names))
        self.draw_points(axes)
        self.draw_front(axes)
        for which, values, is_log in zip("xy", zip(*self.points), (self.options.log_x, self.options.log_y)):
            if is_log:
                axis.set_log(axes, which, values, space=LABEL_SPACE)
            else:
                axis.set_linear(axes, which, values, space=LABEL_SPACE, from_zero=False)
        axis.tidy(axes)
        for which, column, text, unit, more in zip("xy", (self.options.x, self.options.y),
                                                   (self.options.x_label, self.options.y_label), self.units, self.more):
            better = "more is better" if more else "less is better"
            getattr(axes, f"set_{which}label")(axis.label(text or words(column), unit) + f", {better}")
        is_labelled = bool(self.label_columns) and len(self.names) <= MOST_LABELS
        self.put_legends(axes, has_key and is_labelled)
        notes = self.selection.filter_words()
        if self.third is not None:
            better = "more" if way(self.options, self.options.z) else "less"
            notes.append(f"filled: no point is better in all of both axes and {words(self.options.z)}, of which {better} is "
                         "better; its value is in brackets")
        if is_labelled:
            named = title_words(self.label_columns)
            notes += [f"labels of the points on the front: {named}"] * bool(named)
        elif self.label_columns:
            notes.append(f"the front has {len(self.names)} points, too many to label")
        frame.put_texts(figure, self.title(), notes)
        figure.canvas.draw()
        figure.set_layout_engine("none")
        if is_labelled:
            front_places = set(self.names)
            texts = [str(number + 1) for number in range(len(self.names))] if has_key else list(self.names.values())
            others = [point for point in self.points if point not in front_places]
            towards = [1 if more else -1 for more in self.more]
            if not place_labels(axes, list(self.names), texts, others, self.stairs(), towards) and not has_key:
                return None
        return figure

    def title(self):
        if self.options.title is not None:
            return self.options.title
        names = [text or words(column) for text, column in ((self.options.x_label, self.options.x),
                                                            (self.options.y_label, self.options.y))]
        groups = " and ".join(words(column) for column in self.options.by if column != "case")
        return f"{sentence(names[0])} and {names[1]}" + (f", by {groups}" if groups else "")

    def draw_points(self, axes):
        on_front = set(self.front)
        places = {id(row): number for number, row in enumerate(self.rows)}
        for number, (values, group) in enumerate(self.groups.items()):
            style = self.styles[values]
            mine = [places[id(row)] for row in group]
            for is_front, name in ((False, "points"), (True, "front-points")):
                chosen = [self.points[i] for i in mine if (i in on_front) == is_front]
                if chosen:
                    axes.plot(*zip(*chosen), linestyle="", marker=style["marker"], markersize=6 if is_front else 4.5,
                              color=style["color"], alpha=1 if is_front else 0.8, clip_on=False,
                              zorder=4 if is_front else 3, markeredgecolor="black" if is_front else style["color"],
                              markeredgewidth=0.7, markerfacecolor=style["color"] if is_front else "white",
                              rasterized=len(self.rows) > frame.MOST_VECTORS, gid=f"{name}-{number}")

    def draw_front(self, axes):
        """Stairs: what lies on the worse side of them is worse than a point of the front."""
        axes.plot(*zip(*self.stairs()), color=FRONT_COLOUR, linewidth=1, zorder=2, gid="front")

    def stairs(self):
        """The corners, those on the front and those between."""
        places = list(dict.fromkeys(self.points[number] for number in self.flat))
        corners = [corner for before, after in zip(places, places[1:]) for corner in (before, (after[0], before[1]))]
        return [*corners, places[-1]]

    def put_legends(self, axes, has_key):
        handles = [Line2D([], [], linestyle="", marker=self.styles[values]["marker"], markersize=6,
                          color=self.styles[values]["color"], markeredgecolor="black", markeredgewidth=0.7,
                          label=group_words(values))
                   for values in self.groups if self.options.by]
        handles.append(Line2D([], [], color=FRONT_COLOUR, linewidth=1, label="Pareto front"))
        if has_key:
            handles += [Line2D([], [], linestyle="", label=escape(f"{number + 1}  {name}"))
                        for number, name in enumerate(self.names.values())]
        frame.put_legend(axes, handles, title_words(self.options.by))


def third_unit(column):
    return f" {unit(column)}" if unit(column) else ""


def way(options, column):
    """Whether more of a result is better."""
    if column in options.more:
        return True
    known = False if column in options.less else more_is_better(column)
    if known is None:
        raise BadInput(f"argument -x or -y: nobody knows whether more of '{column}' is better; expected "
                       f"--more {column} or --less {column}")
    return known
