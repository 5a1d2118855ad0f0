/// A scenario without a file, for a trace that a program holds.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenario/scenario.hpp"
#include "upmem_des/trace/recorded_trace.hpp"

namespace upmem_des {

/// A mapping's lines: {{"fc1", "PIM-AI-4chip,t"}, {"Linear", "H100"}}.
using MappingLines = std::vector<std::pair<std::string, std::string>>;

/// A scenario on `trace` with the defaults of a scenario file; its fields can be changed before run(). The layer that
/// ends a forward pass is found in the trace, see last_layer_of(). `default_device` is where everything runs that no
/// line names; without one it stays where the event before it ran. Throws InputError on lines without a device, on a
/// layer that is named twice and on the reserved keys of a mapping; that devices exist is checked by run().
Scenario scenario_for(RecordedTrace trace, const MappingLines& mapping, const std::string& default_device = "");

}  // namespace upmem_des
