/// What a run costs, as JSON. Not for users of the library: needs nlohmann's headers.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "json/json_node.hpp"
#include "upmem_des/price/cost_report.hpp"

namespace upmem_des {

/// The section `cost` of a result. Ranges are {low, mid, high}; what cannot be told is null.
nlohmann::ordered_json cost_json(const CostReport& report);

/// The same back. Throws InputError on what no program wrote.
CostReport read_cost_json(const JsonNode& section);

}  // namespace upmem_des
