"""What is said of points: in the words of the program, at the lines of the sweep's file."""

import re

from basics.counted import counted

MOST = 10


def located(sweep, point, error):
    """An error in a setting with file and line where that stands; others as they are."""
    said = error.removeprefix("--set: ")
    if said == error:
        return error
    named = words_of(said)
    # The longest key that fits, mapping.default before mapping; else the one that has most in common with what is named.
    key, value = max([*sweep.common, *point.settings], default=("", None),
                     key=lambda setting: (fits(setting[0], said) * len(setting[0]), alike(words_of(setting[0]), named)))
    if not fits(key, said) and not alike(words_of(key), named):
        return f"{sweep.path}: {said}"
    is_named = fits(key, said) or words_of(key)[:len(named)] == named
    return f"{sweep.path}:{value.line}: {said if is_named else f'{key}: {said}'}"


def blame(sweep, point, error):
    """An error with the sweep's file, and its line where it has one."""
    said = located(sweep, point, error)
    return f"{sweep.path}: {error}" if said == error else said


def fits(key, said):
    return said.startswith(key) and not said[len(key):len(key) + 1].isalnum()


def words_of(key):
    """The parts of a key with dots that a text begins with."""
    return re.match(r"[^:\s]*", key)[0].split(".")


def alike(words, others):
    """How many they have in common from the beginning."""
    return next((i for i, (one, other) in enumerate(zip(words, others)) if one != other), min(len(words), len(others)))


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
        lines.append(f"… and {counted(len(numbers) - MOST, 'more message')}")
    return lines
