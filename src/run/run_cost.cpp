#include "run/run_cost.hpp"

#include <numeric>

#include "upmem_des/util/stated.hpp"

namespace upmem_des {

namespace {

/// Of all sequences, where the workload says it: a trace does not, nor a file of token ids without being read.
std::optional<std::int64_t> prompt_tokens(const Workload& workload, std::int64_t batch) {
  if (workload.model.empty()) return std::nullopt;
  if (workload.profile)
    if (const auto* decoder = std::get_if<DecoderRequest>(&workload.profile->network))
      return decoder->prompt_ids_file.empty() ? std::optional(decoder->run.prompt_tokens * batch) : std::nullopt;
  const DecoderRun run = decoder_run(workload);
  if (run.prompts.empty()) return run.prompt_tokens * batch;
  return std::accumulate(run.prompts.begin(), run.prompts.end(), std::int64_t{0});
}

double share(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

}  // namespace

RunFigures run_figures(const Workload& workload, const SimulationResult& result) {
  RunFigures figures;
  figures.time_s = result.time_s;
  if (is_stated(result.energy_J())) figures.energy_J = result.energy_J();
  figures.answered = {result.batch, prompt_tokens(workload, result.batch), result.generated_tokens()};
  const PhaseResult& prefill = result.phase(Phase::Prefill);
  figures.prompt_time_share = share(prefill.time_s, result.time_s);
  figures.prompt_energy_share = share(prefill.energy.total_J(), result.energy_J());
  return figures;
}

}  // namespace upmem_des
