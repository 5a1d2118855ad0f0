"""Estimates against measurements, as `upmem-des validate --csv` writes them, and their errors below."""

import csv
import math

from matplotlib import pyplot
from matplotlib.lines import Line2D

from basics.counted import counted
from pictures.command import BadInput, expect_regular_file
from plotting import frame

COLUMNS = ("device", "class", "measured_us", "estimated_us", "error_pct")
WORST_PCT = 100  # of the axis; larger errors are at its edge


def draw_errors(path, options):
    """A figure. Raises BadInput where the file is no such table."""
    rows = read(path)
    classes = sorted({row["class"] for row in rows})
    figure, axes = frame.new_figure(2, height=1.6 * frame.HEIGHT)
    (above,), (below,) = axes
    colours = pyplot.get_cmap("tab20").colors
    handles = []
    for place, name in enumerate(classes):
        own = [row for row in rows if row["class"] == name]
        style = {"s": 6, "alpha": 0.6, "linewidths": 0, "color": colours[place % len(colours)],
                 "rasterized": len(rows) > frame.MOST_VECTORS}
        above.scatter([row["measured_us"] for row in own], [row["estimated_us"] for row in own], **style)
        below.scatter([row["measured_us"] for row in own],
                      [max(-WORST_PCT, min(WORST_PCT, row["error_pct"])) for row in own], **style)
        mean = sum(abs(row["error_pct"]) for row in own) / len(own)
        handles.append(Line2D([], [], marker="o", linestyle="", color=style["color"], label=f"{name}: {mean:.1f} %"))
    ends = [min(min(row["measured_us"], row["estimated_us"]) for row in rows),
            max(max(row["measured_us"], row["estimated_us"]) for row in rows)]
    above.plot(ends, ends, color=frame.GREY, linewidth=0.8)
    below.axhline(0, color=frame.GREY, linewidth=0.8)
    above.set(xscale="log", yscale="log", ylabel=options.y_label or "estimated (µs)")
    below.set(xlabel=options.x_label or "measured (µs)", ylabel="error (%)", ylim=(-1.05 * WORST_PCT, 1.05 * WORST_PCT))
    frame.put_legend(above, handles, "mean error")
    devices = sorted({row["device"] for row in rows})
    title = options.title if options.title is not None else \
        f"{counted(len(rows), 'kernel')} of {devices[0] if len(devices) == 1 else f'{len(devices)} devices'}"
    frame.put_texts(figure, title, [])
    return figure


def read(path):
    expect_regular_file(path, "a CSV file of upmem-des validate")
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            for column in COLUMNS:
                if column not in (reader.fieldnames or ()):
                    raise BadInput(f"{path}: line 1: no column '{column}'; expected a CSV file of upmem-des validate")
            rows = [numbers(path, reader.line_num, row) for row in reader]
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise BadInput(f"{path}: no CSV; expected a file of upmem-des validate") from None
    if not rows:
        raise BadInput(f"{path}: no rows below the header; expected one for each measurement")
    return rows


def numbers(path, line, row):
    for column in ("measured_us", "estimated_us", "error_pct"):
        try:
            row[column] = float(row[column])
        except (TypeError, ValueError):
            row[column] = math.nan
        if not math.isfinite(row[column]):
            raise BadInput(f"{path}: line {line}: {column}: no number; is the file cut off?")
    return row
