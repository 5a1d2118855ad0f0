/// What a model is, as programs read it.
#pragma once

#include <string>

#include "upmem_des/model/model_facts.hpp"

namespace upmem_des {

/// The JSON of `upmem-des model show --json` and of the Python module, ending in a newline; counts are whole numbers.
std::string model_json(const DecoderConfig& config, const ModelFacts& facts);

}  // namespace upmem_des
