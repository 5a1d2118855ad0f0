"""Time and energy of whole passes."""

from __future__ import annotations

import time
from typing import Any, Callable, Sequence


class Meter:
    """`phases`: the first pass, and all others together; of each `time_s`, `passes`, and `energy_uj`, what each counter has
    counted, or None where one could not be read. Counters are the kernel's, `RANGE:FILE` each, with the largest value that
    it has before it begins again at 0."""

    def __init__(self, counters: Sequence[str]):
        self.phases: list[dict[str, Any]] = [{"time_s": 0.0, "passes": 0, "energy_uj": [0] * len(counters)} for _ in range(2)]
        self._ranges = [int(counter.partition(":")[0]) for counter in counters]
        self._files = [counter.partition(":")[2] for counter in counters]

    def run(self, call: Callable[[], Any]) -> None:
        phase = self.phases[self.phases[0]["passes"] > 0]
        before = self._read()
        begin = time.perf_counter()
        call()
        phase["time_s"] += time.perf_counter() - begin
        after = self._read()
        phase["passes"] += 1
        if before is None or after is None or phase["energy_uj"] is None:
            phase["energy_uj"] = None
            return
        for at, size in enumerate(self._ranges):
            counted = after[at] - before[at]
            phase["energy_uj"][at] += counted if counted >= 0 else max(counted + size, 0)

    def _read(self) -> list[int] | None:
        try:
            readings = []
            for path in self._files:
                with open(path, encoding="ascii") as file:
                    readings.append(int(file.read()))
            return readings
        except (OSError, ValueError):
            return None
