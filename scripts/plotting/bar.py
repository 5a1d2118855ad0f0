"""Bars of one or several results by one or two swept columns; parts of the energy are stacked."""

from pictures.command import BadInput
from plotting import axis, frame
from plotting.bar_panel import BarPanel, Series
from plotting.bar_texts import put_categories
from plotting.groups import group_words, title_words
from plotting.line import check_above_zero
from plotting.words import ENERGY_PARTS, part_words, scale, sentence, unit, words

MOST_PANELS = 4
MOST_BARS = 120
QUANTITIES = {"J": "energy", "s": "time", "W": "power", "B": "bytes", "tokens/s": "rate", "requests/s": "rate", "": "count"}


def draw_bar(selection, options):
    """A figure. Raises BadInput where the rows cannot be drawn so."""
    table = selection.table
    if not 1 <= len(options.by) <= 2:
        raise BadInput(f"argument --by: {len(options.by)} columns; expected one, or two: categories and bars "
                       "within each")
    for column in options.by:
        table.check_parameter("--by", column)
    metrics = asked_metrics(table, options)
    is_stacked = len(metrics) > 1 and (options.stacked or set(metrics) <= set(ENERGY_PARTS))
    if is_stacked and options.log_y:
        raise BadInput("argument --log-y: stacked bars have no logarithmic axis; expected one or the other")
    selection.check_told_apart(options.by, "--by" if len(options.by) == 1 else "")
    rows = selection.with_numbers(metrics)
    check_above_zero(table, rows, metrics if options.log_y else [])
    if options.metrics_are_parts:
        metrics = [metric for metric in metrics if any(table.number(row, metric) for row in rows)] or metrics[:1]
    plot = BarPlot(selection, rows, metrics, is_stacked, options)
    return plot.figure()


def asked_metrics(table, options):
    """The columns of `-y`; `energy_parts` are all parts of the energy that the table has."""
    options.metrics_are_parts = options.y == ["energy_parts"]
    if options.metrics_are_parts:
        metrics = [part for part in ENERGY_PARTS if part in table.metrics]
        if not metrics:
            raise BadInput(f"argument -y: {table.path} has no parts of the energy; expected columns such as "
                           "energy_compute_J")
        return metrics
    for number, metric in enumerate(options.y):
        table.check_metric("-y", metric)
        if metric in options.y[:number]:
            raise BadInput(f"argument -y: '{metric}' twice; expected different results")
    if options.stacked and len({unit(metric) for metric in options.y}) > 1:
        raise BadInput(f"argument --stacked: {' and '.join(options.y)} have different units; expected one")
    return options.y


class BarPlot:
    """Panels, one below the other, with the same categories."""

    def __init__(self, selection, rows, metrics, is_stacked, options):
        self.selection, self.rows, self.metrics, self.options = selection, rows, metrics, options
        self.is_stacked = is_stacked
        keys = [tuple(row[1][column] for column in options.by) for row in selection.every]
        self.categories = list(dict.fromkeys(key[0] for key in keys))
        self.seconds = list(dict.fromkeys(key[1] for key in keys)) if len(options.by) == 2 else [None]
        self.values = {tuple(row[1][column] for column in options.by): row for row in rows}
        self.failed = set(keys) - set(self.values)
        self.panels = [metrics] if is_stacked else self.split(metrics)
        path, bars = selection.table.path, len(self.categories) * len(self.seconds) * len(self.panels[0])
        if len(self.panels) > MOST_PANELS:
            raise BadInput(f"argument -y: {len(self.panels)} plots below each other; expected at most {MOST_PANELS}")
        if bars > MOST_BARS:
            raise BadInput(f"{path}: {bars} bars, too many to read; expected at most {MOST_BARS}: some of the rows "
                           "with --where")

    def split(self, metrics):
        """A panel for each unit, or for each metric where bars within a category are those of a column."""
        if len(self.seconds) > 1 or len(self.options.by) == 2:
            return [[metric] for metric in metrics]
        units = list(dict.fromkeys(map(unit, metrics)))
        return [[metric for metric in metrics if unit(metric) == name] for name in units]

    def figure(self):
        height = frame.HEIGHT if len(self.panels) == 1 else 2.3 * len(self.panels)
        figure, panels = frame.new_figure(len(self.panels), height)
        drawn = [self.draw(axes, metrics) for (axes,), metrics in zip(panels, self.panels)]
        notes = self.selection.filter_words()
        if self.failed:
            notes.append("×: no result")
        frame.put_texts(figure, self.title(), notes)
        last = panels[-1][0]
        by = self.options.by
        below = self.seconds if self.is_stacked and len(by) == 2 else [None]
        put_categories(last, self.categories, below, drawn[-1].width)
        names = [column for column in by if column != "case"]
        text = words(names[0]) if names and by[0] == names[0] else ""
        if self.is_stacked and len(by) == 2:
            text = " and ".join(map(words, names))
        last.set_xlabel(axis.label(self.options.x_label or text, ""))
        for (axes,) in panels[:-1]:
            axes.tick_params(axis="x", length=0)
        figure.canvas.draw()
        for panel in drawn:
            panel.write_values()
        return figure

    def draw(self, axes, metrics):
        table, options = self.selection.table, self.options
        numbers = {metric: {key: table.number(row, metric) for key, row in self.values.items()} for metric in metrics}
        heights = [sum(numbers[metric][key] for metric in metrics) if self.is_stacked else numbers[metric][key]
                   for metric in metrics for key in self.values]
        factor, name = scale(metrics[0], heights, options.log_y)
        scaled = {metric: {key: value / factor for key, value in values.items()} for metric, values in numbers.items()}
        panel = BarPanel(axes, self.categories, self.failed, options.log_y)
        if self.is_stacked:
            shares = [Series(second, [(part_words(metric), scaled[metric]) for metric in metrics])
                      for second in self.seconds]
        elif len(options.by) == 2:
            shares = [Series(second, [(group_words([second]), scaled[metrics[0]])]) for second in self.seconds]
        else:
            shares = [Series(None, [(words(metric), scaled[metric])]) for metric in metrics]
        handles = panel.draw(shares)
        if len(handles) > 1 and (axes.get_subplotspec().is_first_row() or len(options.by) == 1):
            frame.put_legend(axes, handles, title_words(options.by[1:]) if not self.is_stacked else "")
        axes.set_ylabel(axis.label(self.y_words(metrics), name))
        axis.tidy(axes, grid="y")
        return panel

    def y_words(self, metrics):
        if self.options.y_label and len(self.panels) == 1:
            return self.options.y_label
        return words(metrics[0]) if len(metrics) == 1 else QUANTITIES[unit(metrics[0])]

    def title(self):
        if self.options.title is not None:
            return self.options.title
        if self.is_stacked and len(self.panels[0]) > 1:
            what = QUANTITIES[unit(self.metrics[0])] + " by part"
        elif self.options.y_label and len(self.panels) == 1:
            what = self.options.y_label
        else:
            what = " and ".join([", ".join(map(words, self.metrics[:-1]))] * (len(self.metrics) > 1)
                                + [words(self.metrics[-1])])
        groups = " and ".join(words(column) for column in self.options.by if column != "case")
        link = " and" if what.endswith(" by part") else " by"
        return sentence(what) + (f"{link} {groups}" if groups else "")
