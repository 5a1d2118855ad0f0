#include "run/run.hpp"

#include <exception>
#include <filesystem>
#include <optional>

#include "platform/device_names.hpp"
#include "run/machine_price.hpp"
#include "run/run_cost.hpp"
#include "run/withheld_energies.hpp"
#include "scenario/requests_writer.hpp"
#include "simulation/simulator.hpp"

namespace upmem_des {

namespace {

/// Passes steps on and reports how far they have come.
class ProgressSteps : public CallSource {
 public:
  ProgressSteps(CallSource& source, std::int64_t total, std::function<void(std::int64_t, std::int64_t)> progress)
      : source_(source), total_(total), progress_(std::move(progress)) {}

  Answer next(const Progress& so_far, StepCalls& step) override {
    constexpr std::int64_t every = 4096;
    if (progress_ && done_ >= told_ + every) {
      progress_(done_, total_);
      told_ = done_;
    }
    const Answer answer = source_.next(so_far, step);
    if (answer.kind == Answer::Kind::Step) done_ += static_cast<std::int64_t>(step.size());
    return answer;
  }

 private:
  CallSource& source_;
  std::int64_t total_;
  std::int64_t done_ = 0;
  std::int64_t told_ = 0;
  std::function<void(std::int64_t, std::int64_t)> progress_;
};

std::optional<FetchRules> fetch_rules(const SimulationSection& simulation) {
  if (!simulation.prefetch_weights) return std::nullopt;
  if (!simulation.prefetch_buffer_MB) return FetchRules::one_task();
  return FetchRules::of_buffer(*simulation.prefetch_buffer_MB * 1e6);
}

SimulationResult run_tasks(CallSource& source, const PreparedRun& prepared, const SimulationOptions& how) {
  TaskRules rules = prepared.task_rules();
  rules.reuses_plans = how.observer == nullptr && how.watch.observer == nullptr;
  CollectiveLog log;
  rules.collective_log = &log;
  TaskPlanner planner(source, rules, how.watch.memory);
  SimulationResult result = simulate(planner, prepared.platform(), how);
  result.events = planner.events();
  result.forward_passes = planner.forward_passes();
  for (const CollectiveLog::Entry& entry : log.entries())
    result.collectives.push_back({name_of(entry.collective), device_set_name(prepared.platform(), entry.devices),
                                  entry.algorithm->title(), entry.least_B, entry.most_B});
  return result;
}

/// Whatever goes wrong with a trace that is not the one that was checked any more goes wrong because of that.
SimulationResult simulate_checked(CallSource& source, const PreparedRun& prepared, const SimulationOptions& how) {
  try {
    return run_tasks(source, prepared, how);
  } catch (const std::exception&) {
    if (const auto& contents = prepared.scenario().workload.contents) contents->expect_same();
    throw;
  }
}

std::vector<std::pair<std::string, std::string>> mapping_lines(const Scenario& scenario) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto add = [&lines](const MappingEntry& entry) {
    std::string value = entry.device;
    for (const std::string& flags : {entry.flags, entry.more})
      if (!flags.empty()) value += "," + flags;
    lines.emplace_back(entry.section + entry.layer, value);
  };
  scenario.mapping.for_each(add);
  for (const MappingSection& section : scenario.phase_mapping) section.for_each(add);
  return lines;
}

/// Every value of a section by the keys that lead to it: "arrivals.rate".
void add_values(const YamlNode& node, const std::string& key,
                std::vector<std::pair<std::string, std::string>>& values) {
  const std::string before = key.empty() ? "" : key + ".";
  for (const auto& [name, entry] : node.entries) add_values(entry, before + name, values);
  for (std::size_t i = 0; i < node.items.size(); ++i) add_values(node.items[i], before + std::to_string(i), values);
  if (node.kind != YamlNode::Kind::Scalar) return;
  const std::filesystem::path path(node.scalar);
  values.emplace_back(key, path.is_absolute() ? path.filename().string() : node.scalar);
}

/// What the scenario says of them, defaults included; of files their names.
std::vector<std::pair<std::string, std::string>> request_lines(const Scenario& scenario) {
  std::vector<std::pair<std::string, std::string>> lines;
  add_values(requests_node(*scenario.workload.requests), "", lines);
  return lines;
}

WhatWasRun what_was_run(const Scenario& scenario) {
  WhatWasRun run;
  run.program = UPMEM_DES_VERSION;
  const Workload& workload = scenario.workload;
  if (!workload.model.empty() && !workload.requests) {
    const DecoderSettings& decoder = workload.run;
    run.prompt_tokens = decoder.prompts;
    if (run.prompt_tokens.empty()) run.prompt_tokens.push_back(decoder.prompt_tokens);
    run.output_tokens = decoder.output_tokens;
  }
  if (workload.requests) run.requests = request_lines(scenario);
  run.mapping = mapping_lines(scenario);
  for (const ChangedKey& change : scenario.changes) run.settings.emplace_back(change.key, change.value);
  return run;
}

}  // namespace

void set_what_was_run(const PreparedRun& prepared, SimulationResult& result) {
  const Scenario& scenario = prepared.scenario();
  result.scenario = title_of(scenario);
  result.what_was_run = what_was_run(scenario);
  result.model = prepared.workload().header().model;
  result.cost_model = scenario.simulation.cost_model;
  result.schedule = scenario.simulation.schedule;
  result.dtype = prepared.cost_options().dtype;
  result.weight_dtype = prepared.cost_options().weights();
  result.all_devices_ideal = prepared.all_devices_ideal();
}

SimulationResult run(const PreparedRun& prepared, const RunOptions& options) {
  if (!options.trace_file.empty()) check_simgrid_routes(prepared.platform(), {"SimGrid's trace"});
  const std::unique_ptr<CallSource> steps = prepared.workload().open_steps();
  ProgressSteps source(*steps, prepared.events(), options.progress);
  const Scenario& scenario = prepared.scenario();
  std::optional<MemoryAccount> memory;
  if (options.watcher != nullptr) memory.emplace(prepared.platform().devices.size(), prepared.memory_options());
  const StatedEnergies stated(prepared.platform());
  std::optional<EventsWithoutEnergy> events;
  if (options.observer != nullptr && !stated.all()) events.emplace(*options.observer);
  std::optional<StatedActivities> activities;
  if (options.watcher != nullptr && !stated.all()) activities.emplace(prepared.platform(), stated, *options.watcher);
  const SimulationOptions how{scenario.simulation.segments,
                              events ? &*events : options.observer,
                              scenario.simulation.ideal_links,
                              {activities ? &*activities : options.watcher, memory ? &*memory : nullptr},
                              options.trace_file,
                              scenario.simulation.interleave > 1 ? QueueOrder::ReadyById : QueueOrder::ById,
                              fetch_rules(scenario.simulation)};
  SimulationResult result = simulate_checked(source, prepared, how);
  withhold_energies(stated, result);
  for (std::size_t i = 0; i < result.devices.size(); ++i) {
    const HeldBytes& held = prepared.held()[i];
    result.devices[i].memory = {held.weights_B, held.kv_cache_B, held.activations_B, held.streams_B,
                                prepared.platform().devices[i].architecture.capacity_B};
  }
  set_what_was_run(prepared, result);
  result.batch = prepared.workload().header().batch;
  result.unknown = prepared.unknown();
  if (const auto& cost = scenario.cost)
    result.cost =
        cost_report({*cost, priced_machine(*cost, prepared.platform()), run_figures(scenario.workload, result)});
  return result;
}

SimulationResult run(const Scenario& scenario, const RunOptions& options) {
  const PreparedRun prepared(
      scenario, options.warn ? options.warn : [](const std::string&) {});
  return run(prepared, options);
}

}  // namespace upmem_des
