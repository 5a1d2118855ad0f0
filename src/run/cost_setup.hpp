/// From a scenario to its cost model. Internal to the room.
#pragma once

#include <memory>

#include "scenario/scenario.hpp"
#include "upmem_des/architecture/catalogue.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/trace/event_source.hpp"

namespace upmem_des {

/// The shipped devices and those of the scenario's files, with the scenario's figures. Throws InputError as Catalogue
/// does.
Catalogue catalogue_of(const Scenario& scenario);

CostOptions make_cost_options(const Scenario& scenario, const TraceHeader& header);

/// Throws InputError on an unknown cost model. Adds to `options` what the trace tells where the model makes use of it.
std::unique_ptr<CostModel> make_cost_model(const Scenario& scenario, const TraceHeader& header, CostOptions& options);

}  // namespace upmem_des
