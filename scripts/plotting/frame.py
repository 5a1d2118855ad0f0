"""What is around a plot: figure, title, notes, legend."""

from matplotlib import pyplot

from pictures.figure import escape

WIDTH = 6.5       # inches: the text's width in a paper
HEIGHT = 3.7
DPI = 200         # 1300 pixels
MOST_VECTORS = 5000  # points; more are one image within the SVG
LONG_LABEL = 26   # characters; longer ones take too much of the width
GREY = "#4d4d4d"


def new_figure(panels=1, height=HEIGHT):
    """A figure with axes one below the other."""
    return pyplot.subplots(panels, 1, figsize=(WIDTH, height), layout="constrained", sharex=True, squeeze=False)


def put_texts(figure, title, notes):
    if title:
        figure.suptitle(escape(title), x=0.01, ha="left", fontsize=10.5)
    if notes:
        figure.supxlabel("\n".join(map(escape, notes)), x=0.01, ha="left", fontsize=7.5, color=GREY)


def put_legend(axes, handles, title):
    """Right of the plot; above it where its words are long."""
    labels = [handle.get_label() for handle in handles]
    if max(map(len, [*labels, title])) <= LONG_LABEL:
        place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.02)}
    else:
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "ncols": 2}
    axes.legend(handles=handles, title=escape(title) or None, frameon=False, fontsize=8, title_fontsize=8,
                alignment="left", borderaxespad=0.2, handlelength=2.6, **place)
