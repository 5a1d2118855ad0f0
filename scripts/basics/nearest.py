"""What was meant by a misspelt name."""

import difflib


def nearest(name, known, cutoff=0.6):
    """One of `known`; "" where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return near[0] if near else ""


def did_you_mean(name, known):
    """The end of a message that has said what was expected; empty where nothing is near."""
    near = nearest(name, known)
    return f"; did you mean '{near}'?" if near else ""


def meant(name, known):
    """A name that is near, else all of them."""
    near = nearest(name, known, cutoff=0.5)
    return f"did you mean '{near}'?" if near else "expected one of " + ", ".join(known)
