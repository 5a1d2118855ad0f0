"""What a run gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from upmem_des.errors import ScenarioError
from upmem_des.tables import table_of

if TYPE_CHECKING:
    import pandas

NAMED = ("phases", "devices", "links", "architectures")  # dictionaries by name
LISTED = ("event_classes", "operators", "collectives")


class Result:
    """One run. `data` is the program's JSON (docs/result.md); units are in the keys' names."""

    def __init__(self, data: dict[str, Any], settings: Mapping[str, Any], warnings: list[str], version: str) -> None:
        self.data = data
        self.settings = dict(settings)  #: what the run changed of its scenario
        self.warnings = warnings  #: the program's, a line each
        self.version = version  #: of the program

    @property
    def is_served(self) -> bool:
        """Did the scenario serve requests? Then `serving` has latencies, and there are no phases."""
        return "serving" in self.data

    @property
    def time_s(self) -> float:
        return self.data["time_s"]

    @property
    def energy_J(self) -> float | None:
        """Of all devices and links; None where one of them does not state it (`data["energy_not_stated"]`)."""
        return self.data["energy_J"]

    @property
    def prefill(self) -> dict[str, Any]:
        return self.data["phases"]["prefill"]

    @property
    def decode(self) -> dict[str, Any]:
        return self.data["phases"]["decode"]

    @property
    def serving(self) -> dict[str, Any]:
        return self.data["serving"]

    @property
    def time_to_first_token_s(self) -> float:
        """Of served requests the mean."""
        return mean(self.serving["ttft_s"]) if self.is_served else self.data["time_to_first_token_s"]

    @property
    def time_per_output_token_s(self) -> float:
        """Of served requests the mean."""
        return mean(self.serving["tpot_s"]) if self.is_served else self.data["time_per_output_token_s"]

    @property
    def tokens_per_s(self) -> float:
        """Of decode; of served requests the throughput of output tokens."""
        return (self.serving["throughput"]["output_tokens_per_s"] if self.is_served
                else self.decode["tokens_per_s"])

    def figures(self) -> dict[str, Any]:
        """The main figures, for a row of a table."""
        return {"time_s": self.time_s, "time_to_first_token_s": self.time_to_first_token_s,
                "time_per_output_token_s": self.time_per_output_token_s, "tokens_per_s": self.tokens_per_s,
                "energy_J": self.energy_J, "power_W": self.data["power_W"],
                "peak_power_W": self.data.get("peak_power_W")}

    def rows(self, of: str | None = None) -> list[dict[str, Any]]:
        """Parts of `data` as rows: "phases" (the default), "devices", "links", "architectures", "event_classes" (each type
        and name of call, by phase), "operators" (their work), "collectives"; of served requests "instances" (the default)
        and "devices"."""
        of = of or ("instances" if self.is_served else "phases")
        place = self.serving if of == "instances" and self.is_served else self.data
        known = [name for name in (*NAMED, *LISTED) if name in self.data] + ["instances"] * self.is_served
        if of not in known:
            raise ScenarioError(f"'{of}': this result has no such rows; expected one of {', '.join(known)}")
        if isinstance(place[of], dict):
            return [{of.removesuffix("s"): name, **row} for name, row in place[of].items()]
        return [dict(row) for row in place[of]]

    def table(self, of: str | None = None) -> pandas.DataFrame:
        """rows() as a table of pandas; what is nested has a dot in its column, as `energy_J.total`."""
        rows = self.rows(of)
        return table_of(rows, next(iter(rows[0])) if rows and (of or "phases") in NAMED and not (
            self.is_served and of is None) else None)

    def classes(self) -> pandas.DataFrame:
        """A row for each phase, kind, type and name of call."""
        return self.table("event_classes")

    def operators(self) -> pandas.DataFrame:
        """The work of each architecture, phase, kind, type and name: points of a roofline plot."""
        return self.table("operators")

    def __repr__(self) -> str:
        energy = "energy not stated" if self.energy_J is None else f"{self.energy_J:.6g} J"
        rate = "" if self.tokens_per_s is None else f", {self.tokens_per_s:.6g} tokens/s"
        return f"<upmem_des.Result {self.data.get('scenario')!r}: {self.time_s:.6g} s, {energy}{rate}>"


class Results(list["Result"]):
    """Several runs, in the order of their points."""

    def rows(self) -> list[dict[str, Any]]:
        """Each run's settings and main figures."""
        return [{**result.settings, **result.figures()} for result in self]

    def table(self) -> pandas.DataFrame:
        """A row a run: its settings and main figures."""
        return table_of(self.rows())


def mean(spread: dict[str, Any] | None) -> float:
    """NaN where there is none."""
    return float("nan") if not spread or spread["mean"] is None else spread["mean"]
