/// Served results back from JSON.
#pragma once

#include "json/json_node.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Reads what serving_json() wrote, whose format has been looked at. What it does not say of the machine is left out:
/// the energy counts as decode. Throws InputError on anything else.
ServingRun read_served(const JsonNode& root);

}  // namespace upmem_des
