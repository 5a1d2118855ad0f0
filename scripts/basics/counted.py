"""Numbers of things in words."""


def counted(count, what, several=None):
    """1 point, 2 points; `several` of what has another plural."""
    return f"{count} {what if count == 1 else several or what + 's'}"
