"""The texts at bars: values above them, categories below."""

from pictures.figure import escape
from plotting.words import number_words, value_words

FONT_SIZE = 7
SPACE = 2   # points between a bar and its value


def write_values(axes, tops, width, is_log):
    """Three digits above each bar at `tops`, (x, height): along it where they are too wide, not at all where they
    are too high for that, too. Makes room above the highest."""
    texts = [value_text(height) for _, height in tops]
    sizes = [text_size(axes, text, FONT_SIZE) for text in texts]
    (left, right), (first, last) = axes.transData.transform([(0, 1), (width, 1)])[:, 0], axes.bbox.intervaly
    room, height = right - left, last - first
    pixel = axes.figure.dpi / 72
    widest, highest = max(size[0] for size in sizes), max(size[1] for size in sizes)
    if widest <= room - pixel:
        rotation, needed = 0, highest
    elif highest <= room:
        rotation, needed = 90, widest
    else:
        return
    share = min((needed + 2 * SPACE * pixel) / height, 0.4)
    raise_top(axes, share, is_log)
    for number, ((x, top), text) in enumerate(zip(tops, texts)):
        axes.annotate(text, (x, top), xytext=(0, SPACE), textcoords="offset points", ha="center", va="bottom",
                      rotation=rotation, fontsize=FONT_SIZE, zorder=4, gid=f"value-{number}")


def value_text(value):
    """Three digits, zeros at the end among them."""
    rounded = float(f"{value:.3g}")
    return number_words(rounded) if rounded == 0 or abs(rounded) >= 1000 else f"{rounded:#.3g}".rstrip(".")


def raise_top(axes, share, is_log):
    """The highest bar leaves `share` of the height free."""
    low, high = axes.get_ylim()
    top = axes.dataLim.y1
    if is_log:
        axes.set_ylim(low, max(high, low * (top / low) ** (1 / (1 - share))))
    else:
        axes.set_ylim(low, max(high, low + (top - low) / (1 - share)))


def put_categories(axes, categories, seconds, width):
    """Names below the bars, oblique where they are too wide. With `seconds`, what each bar of a category is stands
    above the category's name."""
    names = [escape(value_words(name)) for name in categories]
    axes.tick_params(axis="x", length=0)
    if seconds != [None]:
        axes.xaxis.remove_overlapping_locs = False  # the middle bar's name stands above the category's
        middle = (len(seconds) - 1) / 2
        bars = [(number + (place - middle) * width, escape(value_words(second)))
                for number in range(len(names)) for place, second in enumerate(seconds)]
        axes.set_xticks([x for x, _ in bars], [text for _, text in bars], minor=True, fontsize=7)
        axes.tick_params(axis="x", which="minor", length=0, pad=2)
        room = axes.bbox.width * 0.8 / len(names) * width
        is_steep = max(text_size(axes, text, 7)[0] for _, text in bars) > room
        longest = max(text_size(axes, text, 7)[0] for _, text in bars)
        if is_steep:
            axes.tick_params(axis="x", which="minor", rotation=90)
        pixel = axes.figure.dpi / 72
        axes.tick_params(axis="x", which="major", pad=4 + (longest / pixel if is_steep else 9))
    axes.set_xticks(range(len(names)), names)
    room = axes.bbox.width * 0.78 / len(names)
    if max(text_size(axes, name, 9)[0] for name in names) > room:
        axes.set_xticks(range(len(names)), names, rotation=25, ha="right", rotation_mode="anchor")


def text_size(axes, text, size):
    artist = axes.text(0, 0, text, fontsize=size)
    box = artist.get_window_extent(axes.figure.canvas.get_renderer())
    artist.remove()
    return box.width, box.height
