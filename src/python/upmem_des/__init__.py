"""Simulates language models on accelerators, from Python.

    import upmem_des
    result = upmem_des.run("llama-2-7b_4chip.yaml", {"workload.batch": 8})
    print(result.decode["tokens_per_s"], result.energy_J)
    result.table()                                   # pandas, a row a phase

A run is a process of its own, the program `upmem-des`; device profiles, machines, models and traces are read in this one.
docs/python.md tells more."""

from upmem_des._native import version as __version__
from upmem_des.catalogue import architectures, data_folder, model, platforms
from upmem_des.errors import ScenarioError, SimulationError
from upmem_des.profiling import Profile, capture, profile_exported, profile_model, profile_torchscript
from upmem_des.result import Result, Results
from upmem_des.runs import check, run, run_many
from upmem_des.traces import Trace, trace

__all__ = ["Profile", "Result", "Results", "ScenarioError", "SimulationError", "Trace", "__version__", "architectures",
           "capture", "check", "data_folder", "model", "platforms", "profile_exported", "profile_model",
           "profile_torchscript", "run", "run_many", "trace"]
