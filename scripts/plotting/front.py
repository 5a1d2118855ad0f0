"""The Pareto front."""

import math


def front_of_many(points, more):
    """Numbers of those of `points`, of any number of results, that no other is better than: as good in all and better in
    one. `more`, of each result: more of it is better. In their order."""
    costs = [tuple(-value if is_more else value for value, is_more in zip(point, more)) for point in points]
    return [number for number, one in enumerate(costs)
            if not any(other != one and all(a <= b for a, b in zip(other, one)) for other in costs)]


def front(points, more_x, more_y):
    """Numbers of those of `points`, pairs (x, y), that no other is better than: as good in both and better in one.
    Equal points are all on the front. `more_x`, `more_y`: more of it is better. From the best x on to the worst."""
    costs = [(-x if more_x else x, -y if more_y else y) for x, y in points]
    found, best, last = [], math.inf, None
    for number in sorted(range(len(costs)), key=lambda i: (*costs[i], i)):
        if costs[number][1] < best or costs[number] == last:
            found.append(number)
            last = costs[number]
            best = last[1]
    return found
