"""Device profiles, machines and models: read in this process."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable
from typing import Any

from upmem_des import _native
from upmem_des.errors import native_errors
from upmem_des.places import data_folder

__all__ = ["architectures", "data_folder", "model", "platforms"]


def architectures(extra: Iterable[str | os.PathLike[str]] = ()) -> list[dict[str, Any]]:
    """The main figures of all device profiles, in SI units, then those of `extra` files; same names replace. Peaks, not
    what a device reaches of them. Raises ScenarioError."""
    if isinstance(extra, (str, os.PathLike)):
        extra = [extra]
    profiles: dict[str, dict[str, Any]] = {}
    with native_errors():
        for path in [*sorted((data_folder() / "architectures").glob("*.yaml")), *extra]:
            for profile in _native.architectures(os.fspath(path)):
                profiles[profile["name"].replace("-", "_")] = profile
    return list(profiles.values())


def platforms() -> list[dict[str, Any]]:
    """The machines that come with the program: `name` (for `platform:` of a scenario), `title`, `devices` (count and profile
    of each group), `path`. Raises ScenarioError."""
    with native_errors():
        return [{"name": path.name, **_native.platform(str(path))}
                for path in sorted((data_folder() / "platforms").glob("*.yaml"))]


def model(config: str | os.PathLike[str], dtype: str = "bfloat16", *, weight_dtype: str | None = None,
          kv_dtype: str | None = None) -> dict[str, Any]:
    """What a model is, from its config.json or the folder of it: parameters, weights, cache of a token, flop of a token, by
    part; as `upmem-des model show --json`. A relative path is relative to the current folder, then one of
    the models that come with the program: "llama-2-7b". Raises ScenarioError."""
    with native_errors():
        text, said = _native.model(os.fspath(config), dtype, weight_dtype, kv_dtype)
    for line in said:
        warnings.warn(line, stacklevel=2)
    return json.loads(text)
