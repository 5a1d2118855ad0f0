"""Draws a picture with matplotlib."""

from matplotlib import pyplot
from matplotlib.patches import Patch

from pictures.figure import escape
from pictures.palette import HATCHES as SPARE_HATCHES
from timeline_plot.picture import UNITS

HATCHES = {"attention": "////", "normalization": "....", "activation": "xxxx", "embedding": "\\\\\\\\",
           "convolution": "++++", "other": "----"}
ORDER = ["linear", "attention", "normalization", "activation", "embedding", "convolution", "other", "transfer"]


def draw(picture, title):
    span = picture.last - picture.first
    unit = next((unit for unit in ("s", "ms", "µs", "ns") if span >= UNITS[unit]), "ns")
    is_far = picture.first > 100 * span
    offset = picture.first if is_far else 0

    def at(time):
        return (time - offset) / UNITS[unit]

    place = {id(row): number for number, row in enumerate(picture.shown)}
    height = 0.9 + 0.3 * (len(picture.shown) + bool(picture.phases)) + 0.9
    figure, axes = pyplot.subplots(figsize=(11, max(height, 2.4)), layout="constrained")
    axes.set_xlim(at(picture.first), at(picture.last))
    axes.set_ylim(len(picture.shown) - 0.4, -1.6 if picture.phases else -0.6)
    draw_phases(axes, picture, at)
    hatch_of = hatches(picture.colours)
    for number, row in enumerate(picture.shown):
        draw_row(axes, picture, row, number, at, hatch_of)
    if picture.few_arrows:
        draw_arrows(axes, picture, place, at)
    axes.set_yticks(range(len(picture.shown)), [escape(row.name()) for row in picture.shown])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e5e5e5", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    since = f" from {picture.first:.12g} s on" if is_far else ""
    axes.set_xlabel(f"time{since} ({unit})")
    figure.supxlabel("\n".join(map(escape, picture.notes)), x=0.01, ha="left", fontsize=8, color="#4d4d4d")
    figure.suptitle(escape(title or picture.title), x=0.01, ha="left", fontsize=11)
    draw_legend(axes, picture, hatch_of)
    return figure


def hatches(kinds):
    return {kind: HATCHES.get(kind, "") if kind in ORDER else SPARE_HATCHES[number % len(SPARE_HATCHES)]
            for number, kind in enumerate(kinds)}


def draw_phases(axes, picture, at):
    for number, (start, end, label, colour) in enumerate(picture.phases):
        axes.broken_barh([(at(start), at(end) - at(start))], (-1.35, 0.5), facecolor=colour)
        if end - start > 0.05 * (picture.last - picture.first):
            axes.text(at((start + end) / 2), -1.1, escape(label), ha="center", va="center", fontsize=8)
        if number:
            axes.axvline(at(start), color="#666666", linewidth=0.8, linestyle=":")


def draw_row(axes, picture, row, number, at, hatch_of):
    by_kind = {}
    span = picture.last - picture.first
    for start, end, kind, label in row.bars:
        is_wide = end - start > 0.006 * span
        by_kind.setdefault((kind, is_wide), []).append((at(start), at(end) - at(start)))
        if label and end - start > 0.009 * (len(label) + 1) * span:
            axes.text(at((start + end) / 2), number, escape(label), ha="center", va="center", fontsize=7, clip_on=True,
                      bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.8})
    for (kind, is_wide), spans in by_kind.items():
        height = 0.45 if kind == "transfer" else 0.72
        axes.broken_barh(spans, (number - height / 2, height), facecolor=picture.colours[kind], edgecolor="#1a1a1a",
                         linewidth=0.3 if is_wide else 0, hatch=hatch_of[kind] if is_wide else "")


def draw_arrows(axes, picture, place, at):
    for source, start, destination, end in picture.arrows:
        rows = [place.get(id(picture.rows[container])) for container in (source, destination)]
        if None not in rows:
            axes.annotate("", xy=(at(end), rows[1]), xytext=(at(start), rows[0]),
                          arrowprops={"arrowstyle": "-|>", "color": "#333333", "linewidth": 0.6, "mutation_scale": 7,
                                      "shrinkA": 0, "shrinkB": 0})


def draw_legend(axes, picture, hatch_of):
    kinds = sorted(picture.colours, key=lambda kind: ORDER.index(kind) if kind in ORDER else len(ORDER))[:16]
    handles = [Patch(facecolor=picture.colours[kind], edgecolor="#1a1a1a", linewidth=0.3, hatch=hatch_of[kind],
                     label=escape(kind)) for kind in kinds]
    if handles:
        axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=8, frameon=False, fontsize=8,
                    borderaxespad=0.2)
