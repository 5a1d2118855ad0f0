"""What of a trace is drawn, in as many bars as can be seen."""

import re

from pictures.command import BadInput
from pictures.palette import COLOURS as SPARE_COLOURS
from timeline_plot.paje_trace import Trace

MOST_ROWS = 40
MOST_ARROWS = 60
BINS = 1000  # activities shorter than such a part of the time shown are drawn together
SHORTEST_S = 1e-24
UNITS = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


class Row:
    """What a stream does in the time shown: bars, and for each bin how long the classes of what is shorter take."""

    def __init__(self, container):
        self.container, self.count = container, 1
        self.bars = []    # (start, end, class, label)
        self.bins = {}    # number: {class: seconds}

    def add(self, start, end, kind, label, first, width):
        if end - start >= width:
            self.bars.append((start, end, kind, label))
            return
        place = self.bins.setdefault(min(int((start - first) / width), BINS - 1), {})
        place[kind] = place.get(kind, 0) + end - start

    def join_bins(self, first, width):
        """Each bin as a bar of the class that takes most of it; bins of one class in a row are one bar."""
        last = None
        for number in sorted(self.bins):
            kind = max(self.bins[number], key=self.bins[number].get)
            start, end = first + number * width, first + (number + 1) * width
            if last and last[2] == kind and start - last[1] < width / 2:
                last = self.bars[-1] = (last[0], end, kind, "")
            else:
                last = (start, end, kind, "")
                self.bars.append(last)

    def name(self):
        return self.container.name + (f" and {self.count - 1} alike" if self.count > 1 else "")

    def place(self):
        """Devices in the trace's order, then routes by where they start."""
        is_route = self.container.kind == "route"
        # Texts and digits by turns; of numbers, whatever their length, the longer is the greater.
        parts = re.split(r"(\d+)", self.container.name)
        numbers = [(len(part.lstrip("0")), part.lstrip("0")) if at % 2 else part for at, part in enumerate(parts)]
        return (True, self.container.parent.order, numbers) if is_route else (False, self.container.order, [])

    def shape(self, width):
        return (self.container.kind, tuple((round(start / width), round(end / width), kind, label)
                                           for start, end, kind, label in self.bars))


class Picture:
    """What is drawn of a trace between two times."""

    def __init__(self, path, first, last):
        whole = Trace(path, on_state=self.count).read()
        if not self.has_states:
            raise BadInput(f"{path}: no states: nothing to draw")
        self.first = whole.start if first is None else first
        self.last = whole.end if last is None else last
        if self.last - self.first < SHORTEST_S:
            raise BadInput(f"{path}: nothing to draw between {self.first:g} s and {self.last:g} s")
        self.width = (self.last - self.first) / BINS
        self.rows, self.phases, self.colours, self.arrows = {}, [], {}, []
        self.binned = False
        trace = Trace(path, self.add_state, self.add_arrow).read()
        self.title = next((c.name for c in trace.containers.values() if c.parent is None), "")
        if not self.rows and not self.phases:
            raise BadInput(f"{path}: no states between {self.first:g} s and {self.last:g} s")
        self.few_arrows = len(self.arrows) <= MOST_ARROWS
        if self.few_arrows:
            for source, _, destination, _ in self.arrows:
                for end in (source, destination):
                    self.rows.setdefault(end, Row(end))
        for row in self.rows.values():
            self.binned = self.binned or bool(row.bins)
            row.join_bins(self.first, self.width)
        self.notes = []
        self.shown = self.fold(sorted(self.rows.values(), key=Row.place))

    has_states = False

    def count(self, container, start, end, label, kind, colour):
        self.has_states = True

    def add_state(self, container, start, end, label, kind, colour):
        start, end = max(start, self.first), min(end, self.last)
        if end < start or (end == start and start == self.last > self.first):
            return
        if container.parent is None:
            self.phases.append((start, end, label, colour or "#bfbfbf"))
            return
        kind = kind or label
        self.colours.setdefault(kind, colour or SPARE_COLOURS[len(self.colours) % len(SPARE_COLOURS)])
        self.rows.setdefault(container, Row(container)).add(start, end, kind, label, self.first, self.width)

    def add_arrow(self, source, start, destination, end):
        if start >= self.first and end <= self.last and len(self.arrows) <= MOST_ARROWS:
            self.arrows.append((source, start, destination, end))

    def fold(self, rows):
        """Where there are too many, rows that look alike are one, and what is still too much is left out."""
        if len(rows) > MOST_ROWS:
            kept = {}
            for row in rows:
                first = kept.setdefault(row.shape(self.width), row)
                if first is not row:
                    first.count += 1
                    self.rows[row.container] = first
            rows = list(kept.values())
            if any(row.count > 1 for row in rows):
                self.notes.append("streams that do the same are one row")
        if len(rows) > MOST_ROWS:
            self.notes.append(f"{len(rows) - MOST_ROWS} more streams are not shown")
            rows = rows[:MOST_ROWS]
        if not self.few_arrows:
            self.notes.append("too many transfers for arrows")
        if self.binned:
            self.notes.append(f"what is shorter than {time_text(self.width)} is drawn together, in the colour of what takes "
                              "most of it")
        return rows


def time_text(seconds):
    for unit in ("s", "ms", "µs", "ns"):
        if seconds >= UNITS[unit]:
            break
    return f"{seconds / UNITS[unit]:.3g} {unit}"
