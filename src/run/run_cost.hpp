/// What a run of a batch costs. Internal to the room.
#pragma once

#include "price/cost_formulas.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A request is a sequence of the batch. Prefill's time and energy are those of the prompts' tokens, decode's those of
/// all tokens that are generated, the first ones included.
RunFigures run_figures(const Workload& workload, const SimulationResult& result);

}  // namespace upmem_des
