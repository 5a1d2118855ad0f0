"""Runs scenarios."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

from upmem_des import _native
from upmem_des.errors import ScenarioError, SimulationError
from upmem_des.program import Children, call, matching_program
from upmem_des.result import Result, Results
from upmem_des.scenario_file import ScenarioFile, scenario_path, set_options


def run(scenario: str | os.PathLike[str] | Mapping[str, Any], settings: Mapping[str, Any] | None = None, *,
        timeout_s: float | None = None, program: str | os.PathLike[str] | None = None) -> Result:
    """Simulates a scenario in a process of its own.

    `scenario` is a file, or a dictionary with a scenario's keys, whose relative paths are relative to the current folder,
    then to the installed data. `settings` change it: {"workload.batch": 8}.
    Raises ScenarioError (bad input), SimulationError, TimeoutError after `timeout_s`, FileNotFoundError without the
    program. Ctrl-C ends the process."""
    with scenario_path(scenario) as file:
        return run_file(file, settings or {}, timeout_s, program, Children())


def run_file(file: ScenarioFile, settings: Mapping[str, Any], timeout_s: float | None, program: str | os.PathLike[str] | None,
             children: Children) -> Result:
    # Without a summary, but not -q, which leaves warnings out.
    done = call(["run", file.path, "--json", "-", *set_options(settings)], timeout_s=timeout_s, program=program,
                children=children)
    return Result(json.loads(done.output), settings, file.in_words(done.warnings), _native.version)


def run_many(scenario: str | os.PathLike[str] | Mapping[str, Any], points: Iterable[Mapping[str, Any]], *,
             processes: int | None = None, timeout_s: float | None = None,
             program: str | os.PathLike[str] | None = None) -> Results:
    """Simulates a scenario with each point's settings, `processes` at once (as many as there are CPUs). `timeout_s` is
    each run's. The first that fails ends all, and its error says which point it was. For long sweeps that go on after
    an interruption there is `upmem-des-sweep`."""
    points = [dict(point) for point in points]
    if processes is not None and processes < 1:
        raise ScenarioError(f"processes: {processes}; expected 1 or more")
    if not points:
        return Results()
    matching_program(program)
    children = Children()
    with scenario_path(scenario) as file, ThreadPoolExecutor(processes or os.cpu_count() or 1) as pool:
        runs = [pool.submit(run_file, file, point, timeout_s, program, children) for point in points]
        try:
            ended, _ = wait(runs, return_when=FIRST_EXCEPTION)
            # Of several that have failed meanwhile the first.
            for at, one in enumerate(runs):
                if one in ended and (error := one.exception()):
                    if isinstance(error, (ScenarioError, SimulationError, TimeoutError)):
                        raise type(error)(f"point {at}: {error}") from None
                    raise error
        except BaseException:
            for one in runs:
                one.cancel()
            children.stop()
            raise
        return Results(one.result() for one in runs)


def check(scenario: str | os.PathLike[str] | Mapping[str, Any], settings: Mapping[str, Any] | None = None, *,
          program: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """Checks a scenario without simulating it: `events` (None where they are not known before), `inputs` (a digest of all
    that decides the numbers) and `warnings`. Raises ScenarioError, SimulationError."""
    with scenario_path(scenario) as file:
        done = call(["check", file.path, *set_options(settings)], program=program)
    what, _, inputs = done.output.strip().rpartition(", inputs ")
    events = what.rpartition(": ok, ")[2].removesuffix(" events")
    return {"events": int(events) if events.isdigit() else None, "inputs": inputs, "warnings": file.in_words(done.warnings)}
