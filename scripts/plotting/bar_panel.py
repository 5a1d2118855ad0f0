"""One plot of bars."""

from matplotlib.patches import Patch

from pictures.palette import COLOURS, HATCHES
from plotting import axis
from plotting.bar_texts import write_values

GROUP_WIDTH = 0.8  # of the distance between two categories


class Series:
    """A bar in each category: `parts` are what is stacked in it, each a name and the values by (category[, second])."""

    def __init__(self, second, parts):
        self.second, self.parts = second, parts


class BarPanel:
    def __init__(self, axes, categories, failed, is_log):
        self.axes, self.categories, self.failed, self.is_log = axes, categories, failed, is_log
        self.tops = []    # (x, height) of each bar
        self.width = GROUP_WIDTH

    def draw(self, series):
        """Draws a bar for each of `series` in each category; returns what a legend shows."""
        self.width = GROUP_WIDTH / len(series)
        heights = [sum(values[key] for _, values in one.parts) for one in series for key in one.parts[0][1]
                   if self.is_of(one, key)]
        (axis.set_log if self.is_log else axis.set_linear)(self.axes, "y", heights)
        self.base = self.axes.get_ylim()[0] if self.is_log else 0
        handles = []
        for place, one in enumerate(series):
            bottoms = {}
            for number, (name, values) in enumerate(one.parts):
                look = number if len(one.parts) > 1 else place
                shown = [(self.x(key[0], place), values[key], key) for key in values if self.is_of(one, key)]
                style = {"facecolor": COLOURS[look % len(COLOURS)], "edgecolor": "#1a1a1a", "linewidth": 0.4,
                         "hatch": HATCHES[look % len(HATCHES)]}
                for x, height, key in sorted(shown):
                    bottom = bottoms.get(key, self.base)
                    (bar,) = self.axes.bar([x], [height - bottom if self.is_log else height], 0.92 * self.width,
                                           bottom=bottom, zorder=3, **style)
                    bar.set_gid(f"bar-{look}-{self.categories.index(key[0])}-{place}")
                    bottoms[key] = height if self.is_log else bottom + height
                if len(one.parts) == 1 or place == 0:
                    handles.append(Patch(label=name, **style))
            self.tops += [(self.x(key[0], place), top) for key, top in bottoms.items()]
            self.mark_failed(one, place)
        self.axes.set_xlim(-0.5, len(self.categories) - 0.5)
        return handles[::-1] if len(series[0].parts) > 1 else handles

    @staticmethod
    def is_of(one, key):
        return one.second is None or key[1] == one.second

    def x(self, category, place):
        return self.categories.index(category) - GROUP_WIDTH / 2 + (place + 0.5) * self.width

    def mark_failed(self, one, place):
        for key in sorted(self.failed):
            if self.is_of(one, key):
                self.axes.annotate("×", (self.x(key[0], place), self.base), xytext=(0, 2), textcoords="offset points",
                                   ha="center", va="bottom", fontsize=8, color="#4d4d4d")

    def write_values(self):
        """The height above each bar, where there is room. The layout must be final."""
        write_values(self.axes, sorted(self.tops), self.width, self.is_log)
