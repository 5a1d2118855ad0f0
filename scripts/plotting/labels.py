"""Labels beside points such that nothing overlaps."""

from matplotlib.transforms import Bbox

from pictures.figure import escape

FONT_SIZE = 7.5
DISTANCES = (5, 9, 15, 24, 36, 50)   # points
LEADER_FROM = 14                     # points; nearer labels need no line to their point
MARKER = 4                           # points: half of a marker


def place_labels(axes, points, texts, others, stairs, towards):
    """Writes `texts` beside `points`; `others` are further points and `stairs` corners of a line that
    labels must not cover, all in data's coordinates.
    `towards`: signs of x and y of the side that is tried first. The layout must be final. False where there is no room
    for one of them: then nothing is written."""
    figure = axes.figure
    pixel = figure.dpi / 72
    renderer = figure.canvas.get_renderer()
    frame = axes.get_window_extent(renderer)
    markers = [around(place, MARKER * pixel) for place in axes.transData.transform([*points, *others])]
    corners = axes.transData.transform(stairs)
    lines = [padded(Bbox([corners[i:i + 2].min(axis=0), corners[i:i + 2].max(axis=0)]), pixel)
             for i in range(len(corners) - 1)]
    taken, chosen = markers + lines, []
    for text, place in zip(texts, axes.transData.transform(points)):
        size = text_size(axes, text, renderer)
        spot = next((spot for spot in spots(place, size, towards, pixel)
                     if inside(spot[0], frame) and not any(overlap(spot[0], box) for box in taken)), None)
        if spot is None:
            return False
        taken.append(padded(spot[0], 1.5 * pixel))
        chosen.append((text, place, spot))
    to_data = axes.transData.inverted().transform
    for number, (text, place, (box, distance)) in enumerate(chosen):
        middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        if distance >= LEADER_FROM:
            end = (min(max(place[0], box.x0), box.x1), min(max(place[1], box.y0), box.y1))
            axes.plot(*zip(to_data(place), to_data(end)), color="#7f7f7f", linewidth=0.6, zorder=2.5)
        axes.text(*to_data(middle), escape(text), ha="center", va="center", fontsize=FONT_SIZE, zorder=5,
                  gid=f"label-{number}")
    return True


def spots(place, size, towards, pixel):
    """Boxes for a text of `size` around a point, the nearest first, with their distance in points."""
    right, up = towards
    sides = [(right, up), (right, 0), (0, up), (right, -up), (-right, up), (-right, 0), (0, -up), (-right, -up)]
    width, height = size
    for distance in DISTANCES:
        for side_x, side_y in sides:
            away = distance * pixel * (0.75 if side_x and side_y else 1)
            x = place[0] + side_x * (away + width / 2)
            y = place[1] + side_y * (away + height / 2)
            yield Bbox([[x - width / 2, y - height / 2], [x + width / 2, y + height / 2]]), distance


def text_size(axes, text, renderer):
    artist = axes.text(0, 0, escape(text), fontsize=FONT_SIZE)
    box = artist.get_window_extent(renderer)
    artist.remove()
    return box.width, box.height


def around(place, radius):
    return Bbox([[place[0] - radius, place[1] - radius], [place[0] + radius, place[1] + radius]])


def padded(box, space):
    return Bbox([[box.x0 - space, box.y0 - space], [box.x1 + space, box.y1 + space]])


def inside(box, frame):
    return frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1


def overlap(a, b):
    return a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1
