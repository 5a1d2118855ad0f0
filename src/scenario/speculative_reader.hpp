/// serving.speculative. Internal to the room.
#pragma once

#include <string>

#include "scenario/serving_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// `file` is the scenario's. Throws InputError on whatever is wrong.
SpeculativeSection read_speculative(const YamlNode& node, const std::string& file);

/// Reads back as it was.
YamlNode speculative_value(const SpeculativeSection& section);

/// What schedulers have to know of it. Heads need the hidden state of what comes before a prompt's first new token, so
/// the last block that is found in the cache is computed again.
void set_drafts(const SpeculativeSection& section, SchedulerOptions& options);

}  // namespace upmem_des
