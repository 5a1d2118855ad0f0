#include "scenario/check_settings.hpp"

#include <string>

#include "scenario/ranges.hpp"
#include "upmem_des/trace/recorded_trace.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

[[noreturn]] void fail(const SourceLocation& where, const std::string& member, const std::string& problem) {
  throw InputError(where, member, problem);
}

void check_count(const SourceLocation& where, const std::string& member, std::int64_t value, std::int64_t most) {
  if (value < 1 || value > most)
    fail(where, member, "'" + std::to_string(value) + "'; expected a whole number from 1 to " + std::to_string(most));
}

void check_source(const Workload& workload) {
  std::vector<std::string> given;
  if (!workload.model.empty()) given.emplace_back("model");
  if (!workload.trace.empty()) given.emplace_back("trace");
  if (workload.recorded) given.emplace_back("recorded");
  if (workload.profile && std::holds_alternative<ScriptRequest>(workload.profile->network))
    given.emplace_back("profile of a TorchScript file");
  if (workload.profile && std::holds_alternative<ExportedRequest>(workload.profile->network))
    given.emplace_back("profile of an archive of torch.export");
  const SourceLocation& where = workload.source_where;
  if (given.empty()) fail(where, "workload", "nothing to run; expected a model, a trace, a profile or recorded");
  if (given.size() > 1) fail(where, "workload", "has both " + given[0] + " and " + given[1] + "; expected one of them");
  if (workload.profiled && !workload.profile)
    fail(where, "workload.profiled", "a trace of no profile; expected workload.profile with it");
}

void check_profile(const Workload& workload) {
  if (!workload.profile) return;
  const auto* decoder = std::get_if<DecoderRequest>(&workload.profile->network);
  if (decoder == nullptr) return;
  const std::string member = "workload.profile";
  const SourceLocation& where = workload.source_where;
  if (workload.model.empty()) fail(where, member, "of a model; expected workload.model with it");
  if (decoder->folder != workload.model)
    fail(where, member + ".folder",
         "'" + decoder->folder + "' is not workload.model, '" + workload.model + "'; expected the same");
  const DecoderRun run = decoder_run(workload);
  if (!run.prompts.empty())
    fail(where, "workload.run.prompts", "given, but libtorch runs prompts of one length; expected none with a profile");
  std::string differs = difference(decoder->run, run);
  if (!differs.empty())
    fail(where, member + ".run." + differs, "is not workload.run." + differs + "; expected the same");
  if (decoder->run.batch != run.batch) differs = "batch";
  if (decoder->run.dtype != run.dtype) differs = "dtype";
  if (!differs.empty())
    fail(where, member + ".run." + differs,
         "is not what decoder_run() makes of workload." + differs + "; expected the same");
}

void check_workload(const Workload& workload) {
  check_source(workload);
  check_profile(workload);
  const std::string unused = difference(workload.run, DecoderSettings());
  if (workload.model.empty() && !unused.empty())
    fail(workload.source_where, "workload.run." + unused,
         "has no effect without a model; expected it to be left as it is by default");
  if (workload.batch)
    check_count(workload.batch_where, "workload.batch", *workload.batch, most_rows(!workload.model.empty()));
  const bool is_found = workload.profile.has_value() || workload.recorded;
  if (workload.last_layer.empty() && !is_found)
    fail(workload.last_layer_where, "workload.last_layer", "empty; expected the layer that ends a forward pass");
}

void check_buffer(const SimulationSection& simulation) {
  const std::string member = "simulation.prefetch_buffer_MB";
  if (!simulation.prefetch_buffer_MB) return;
  if (!simulation.prefetch_weights)
    fail({}, member, "a buffer for nothing; expected simulation.prefetch_weights with it");
  const double buffer_MB = *simulation.prefetch_buffer_MB;
  if (!(buffer_MB >= smallest_buffer_MB && buffer_MB <= largest_buffer_MB))
    fail({}, member,
         "'" + number_text(buffer_MB) + "'; expected a number from " + number_text(smallest_buffer_MB) + " to " +
             number_text(largest_buffer_MB));
}

void check_simulation(const SimulationSection& simulation) {
  const std::vector<std::string> schedules{"sequential", "dataflow"};
  if (simulation.schedule != schedules[0] && simulation.schedule != schedules[1])
    fail(simulation.schedule_where, "simulation.schedule",
         "'" + simulation.schedule + "'; expected one of " + listed(schedules) +
             did_you_mean(simulation.schedule, schedules));
  const auto check_optional = [](const char* member, const std::optional<std::int64_t>& value) {
    if (value) check_count({}, std::string("simulation.") + member, *value, largest_count);
  };
  check_optional("num_key_value_heads", simulation.num_key_value_heads);
  check_optional("sliding_window", simulation.sliding_window);
  check_buffer(simulation);
  check_count({}, "simulation.chunks", simulation.chunks, most_chunks);
  check_count(simulation.microbatches_where, "simulation.microbatches", simulation.microbatches, most_microbatches);
  check_count(simulation.interleave_where, "simulation.interleave", simulation.interleave, most_microbatches);
  check_interleave(simulation);
  if (simulation.schedule == "dataflow") return;
  const auto needs = [](const char* member, const char* unused) {
    fail({}, std::string("simulation.") + member,
         std::string("needs simulation.schedule: dataflow; expected that, or ") + unused + " with sequential");
  };
  if (simulation.prefetch_weights) needs("prefetch_weights", "false");
  if (simulation.chunks > 1) needs("chunks", "1");
  if (simulation.microbatches > 1) needs("microbatches", "1");
  if (simulation.interleave > 1) needs("interleave", "1");
}

void check_faster(const Faster& faster) {
  const auto check = [](const char* member, double value) {
    if (!(value >= least_factor && value <= largest_factor))
      fail({}, std::string("simulation.faster.") + member,
           "'" + number_text(value) + "'; expected a number from " + number_text(least_factor) + " to " +
               number_text(largest_factor));
  };
  check("memory", faster.memory);
  check("arithmetic", faster.arithmetic);
  check("links", faster.links);
}

void check_reference(const Scenario& scenario) {
  const SimulationSection& simulation = scenario.simulation;
  const auto check_overhead = [&](const std::string& member, double value) {
    if (!(value >= 0 && value <= largest_overhead_us))
      fail({}, member, "'" + number_text(value) + "'; expected a number from 0 to " + number_text(largest_overhead_us));
    if (value > 0 && simulation.cost_model == "reference")
      fail(simulation.cost_model_where, member,
           number_text(value) + " does not go with cost model reference; expected 0, or cost_model: roofline");
  };
  check_overhead("simulation.step_overhead_us", simulation.step_overhead_us);
  check_overhead("simulation.per_sequence_overhead_us", simulation.per_sequence_overhead_us);
  if (scenario.workload.run.detail == Detail::layers) return;
  if (scenario.workload.profile)
    fail(scenario.workload.source_where, "workload.run.detail",
         "kernels of a model that is profiled; expected layers, or no profile");
  if (simulation.cost_model == "reference")
    fail(simulation.cost_model_where, "workload.run.detail",
         "kernels do not go with cost model reference; expected layers, or cost_model: roofline");
}

void check_offload(const char* what, const std::optional<OffloadEntry>& entry) {
  if (!entry) return;
  const std::string key = std::string("offload.") + what;
  if (entry->to.empty()) fail(entry->where, key, "empty; expected devices");
  if (entry->share && !(*entry->share > 0 && *entry->share <= 1))
    fail(entry->where, key + ".share", "'" + number_text(*entry->share) + "'; expected a number above 0 and at most 1");
}

}  // namespace

void check_interleave(const SimulationSection& simulation) {
  if (simulation.interleave <= 1) return;
  const auto excludes = [&](bool used, const char* other) {
    if (used)
      fail(simulation.interleave_where, "simulation.interleave",
           std::string("does not go with ") + other + "; expected one of the two");
  };
  excludes(simulation.prefetch_weights, "prefetch_weights");
  excludes(simulation.chunks > 1, "chunks above 1");
  excludes(simulation.microbatches > 1, "microbatches above 1");
}

void check_settings(const Scenario& scenario) {
  check_workload(scenario.workload);
  check_simulation(scenario.simulation);
  check_faster(scenario.simulation.faster);
  check_reference(scenario);
  check_offload("weights", scenario.offload.weights);
  check_offload("kv_cache", scenario.offload.kv_cache);
  if (!scenario.moe) return;
  if (scenario.moe->end.empty()) fail(scenario.moe->where, "moe.end", "empty; expected a layer's name");
  check_count(scenario.moe->where, "moe.experts_per_token", scenario.moe->experts_per_token, most_experts_per_token);
}

}  // namespace upmem_des
