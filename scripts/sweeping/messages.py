"""What is said of points: in the words of the program, at the lines of the sweep's file."""

MOST = 10


def blame(sweep, point, error):
    """An error with file and line where the setting stands that it names."""
    said = error.removeprefix("--set: ")
    if said != error:
        # The longest key that fits: mapping.default before mapping.
        for key, value in sorted([*sweep.common, *point.settings], key=lambda setting: -len(setting[0])):
            if said.startswith(key) and not said[len(key):len(key) + 1].isalnum():
                return f"{sweep.path}:{value.line}: {said}"
    return f"{sweep.path}: {error}"


def grouped(pairs):
    """Of (point's number, message) a line for each message, in order, saying which points it is of; at most MOST and
    one that counts the others."""
    numbers = {}
    for number, message in pairs:
        numbers.setdefault(message, []).append(number)
    lines = []
    for message, points in list(numbers.items())[:MOST]:
        more = f" and {len(points) - 1} more" if len(points) > 1 else ""
        lines.append(f"{message} (point {points[0]}{more})")
    if len(numbers) > MOST:
        lines.append(f"… and {len(numbers) - MOST} more messages")
    return lines
