"""What ends a sweep."""


class SweepError(Exception):
    """What is wrong with a sweep's file, its options, its folder or its engine, in one line. Exit code 2."""
