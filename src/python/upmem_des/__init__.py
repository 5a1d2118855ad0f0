"""What upmem-des knows of devices, machines, models and traces, from Python."""

from upmem_des._native import version as __version__
from upmem_des.catalogue import architectures, data_folder, model, platforms
from upmem_des.errors import ScenarioError, SimulationError
from upmem_des.traces import Trace, trace

__all__ = ["ScenarioError", "SimulationError", "Trace", "__version__", "architectures", "data_folder", "model", "platforms",
           "trace"]
