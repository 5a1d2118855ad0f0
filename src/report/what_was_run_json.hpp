/// Where a result comes from, as its JSON has it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

class JsonNode;

/// The object `run`: program, inputs, prompt_tokens, output_tokens, mapping, settings. What is not known is null.
nlohmann::ordered_json what_was_run_json(const WhatWasRun& run);

/// The same of a result's document; of one of an earlier program nothing. Throws as JsonNode does.
WhatWasRun read_what_was_run(const JsonNode& root);

}  // namespace upmem_des
