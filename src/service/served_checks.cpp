#include "service/served_checks.hpp"

#include <string>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

/// What has no meaning where each step is planned by itself, one after the other.
void check_simulation(const Scenario& scenario) {
  const SimulationSection& simulation = scenario.simulation;
  const SourceLocation file{scenario.file};
  if (simulation.cost_model == "reference")
    throw InputError(simulation.cost_model_where, "simulation.cost_model",
                     "'reference' knows no requests; expected roofline");
  if (!simulation.segments)
    throw InputError(file, "simulation.segments",
                     "false does not go with requests: a step's time comes from its timetable; expected true");
  const auto refuse = [&](bool given, const char* key) {
    if (given)
      throw InputError(file, std::string("simulation.") + key,
                       "does not go with requests: each step is planned by itself; expected a scenario without it");
  };
  refuse(simulation.microbatches > 1, "microbatches");
}

/// As layers, tokens are chosen at the beginning of the step after their own, which has parts of other sequences.
void check_sampling(const Scenario& scenario) {
  const DecoderSettings& run = scenario.workload.run;
  if (run.sampling && run.detail == Detail::layers && (ranks_of(scenario) > 1 || scenario.simulation.interleave > 1))
    throw InputError({scenario.file}, "workload.sampling",
                     "true with detail: layers does not go with parallel.dp or simulation.interleave and requests; "
                     "expected detail: kernels");
}

/// Ranks of data-parallel attention step together since they share experts.
void check_ranks(const Scenario& scenario, const ServingSection& serving) {
  if (ranks_of(scenario) == 1) return;
  const ParallelSection& parallel = *scenario.parallel;
  if (serving.speculative)
    throw InputError(parallel.where, "parallel.dp",
                     "does not go with serving.speculative: drafts are one engine's; expected tp or ep");
  if (serving.cache_tier)
    throw InputError(parallel.where, "parallel.dp",
                     "does not go with serving.cache_tier, which is one engine's; expected tp or ep");
  if (parallel.experts == 1)
    throw InputError(parallel.where, "parallel.dp",
                     "without ep, its ranks share nothing; expected ep above 1, or serving.replicas in place of dp");
  if (parallel.pipeline > 1)
    throw InputError(parallel.where, "parallel.dp",
                     "with pp does not go with requests: ranks step together; expected tp, dp and ep");
  if (scenario.simulation.interleave > 1)
    throw InputError(
        scenario.simulation.interleave_where, "simulation.interleave",
        "does not go with parallel.dp and requests: a rank's sequences are computed together; expected one "
        "of them");
}

}  // namespace

std::int64_t ranks_of(const Scenario& scenario) {
  return scenario.parallel ? scenario.parallel->data : 1;
}

void check_served(const Scenario& scenario, const ServingSection& serving) {
  if (scenario.workload.model.empty() || scenario.workload.profile)
    throw InputError(serving.where, "serving", "without a described model; expected workload.model, not profiled");
  if (!scenario.workload.requests)
    throw InputError(serving.where, "serving", "needs what a server is asked; expected workload.requests");
  check_simulation(scenario);
  check_ranks(scenario, serving);
  check_sampling(scenario);
  if (scenario.parallel && scenario.parallel->context > 1)
    throw InputError(scenario.parallel->where, "parallel.cp",
                     "shares tokens of one prompt, and a step has many; expected tp, pp or ep");
  if (serving.speculative && scenario.parallel && scenario.parallel->pipeline > 1)
    throw InputError(scenario.parallel->where, "parallel.pp",
                     "does not go with serving.speculative: a step verifies what was drafted after the one before; "
                     "expected tp or ep");
  for (const Phase phase : {Phase::Prefill, Phase::Decode})
    if (!scenario.mapping_of(phase).empty())
      throw InputError(serving.where, "serving",
                       "with a mapping of " + std::string(to_string(phase)) +
                           ", but a step has prompts and tokens together; expected one mapping for both");
}

}  // namespace upmem_des
