"""How many points go to a host or a node at once: enough for the way there not to matter."""

import math

# What a run takes to start and to write its result, and what it simulates in a second. Rough, and only for batches.
START_S = 0.05
EVENTS_PER_S = 1e6


def estimated_time_s(task):
    return START_S + task.events / EVENTS_PER_S


def in_turn(tasks, count):
    """Deals tasks out to `count` batches, the first to the first, the second to the second: neighbours take about the
    same time, and so do batches. None is empty unless there are fewer tasks."""
    count = min(count, len(tasks))
    return [tasks[first::count] for first in range(count)]


def wanted_count(tasks, time_s, least=1):
    """How many batches of about `time_s` tasks make; `least` where there are as many tasks."""
    total_s = sum(map(estimated_time_s, tasks))
    return min(len(tasks), max(least, math.ceil(total_s / time_s)))
