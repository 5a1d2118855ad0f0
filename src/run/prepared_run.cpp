#include "run/prepared_run.hpp"

#include <algorithm>

#include "run/capacity.hpp"
#include "run/changed_profiles.hpp"
#include "run/cost_setup.hpp"
#include "run/fixed_algorithms.hpp"
#include "run/left_behind.hpp"
#include "run/machine_price.hpp"
#include "run/offload.hpp"
#include "run/parallel_mapping.hpp"
#include "run/profile_workload.hpp"
#include "run/scenario_platform.hpp"
#include "run/sums_on_host.hpp"
#include "run/survey.hpp"
#include "run/unserved_algorithms.hpp"
#include "run/workload_facts.hpp"

namespace upmem_des {

namespace {

bool has_no_mapping(const Scenario& scenario) {
  const auto& phases = scenario.phase_mapping;
  return !scenario.parallel && scenario.mapping.empty() &&
         std::all_of(phases.begin(), phases.end(), [](const MappingSection& section) { return section.empty(); });
}

/// Layers that the scenario names stay events of their own.
Scenario asking(Scenario scenario) {
  std::vector<std::string>& names = scenario.workload.run.asked_for;
  const auto add = [&](const MappingSection& section) {
    for (const MappingEntry& line : section.lines) names.push_back(line.layer);
  };
  add(scenario.mapping);
  for (const MappingSection& section : scenario.phase_mapping) add(section);
  if (scenario.moe) names.push_back(scenario.moe->end);
  const std::string& last = scenario.workload.last_layer;
  names.push_back(last.substr(last.rfind('.') + 1));
  return scenario;
}

void check_batch_pieces(const SimulationSection& simulation, std::int64_t batch) {
  if (batch % simulation.batch_pieces() == 0) return;
  const bool interleaves = simulation.interleave > 1;
  throw InputError(interleaves ? simulation.interleave_where : simulation.microbatches_where,
                   interleaves ? "simulation.interleave" : "simulation.microbatches",
                   std::to_string(simulation.batch_pieces()) + " do not divide the batch of " + std::to_string(batch) +
                       " rows; expected a divisor of it");
}

}  // namespace

void check_simgrid_routes(const PlatformSpec& platform, const SourceLocation& where) {
  const std::size_t routes = platform.routes.used_count();
  if (routes > most_simgrid_routes)
    throw InputError(where, "leaves every piece to SimGrid, and the machine has " + std::to_string(routes) +
                                " ways; expected at most " + std::to_string(most_simgrid_routes) + " for that");
}

PreparedRun::PreparedRun(const Scenario& scenario, const Warn& warn)
    : scenario_(asking(profiled(scenario, warn))),
      workload_(scenario_.workload),
      cost_options_(make_cost_options(scenario_, workload_.header())),
      model_(make_cost_model(scenario_, workload_.header(), cost_options_)) {
  for (const std::string& warning : workload_.warnings()) warn(warning);
  if (has_no_mapping(scenario_))
    warn(InputError({scenario_.file}, "mapping",
                    "none, so everything runs on HOST; expected the devices that layers run on, such as "
                    "mapping: {default: PIM-AI-4chip}")
             .what());
  warn_of_left_behind(scenario_, warn);
  check_batch_pieces(scenario_.simulation, workload_.header().batch);
  platform_ = scenario_platform(scenario_, *model_);
  warn_of_unused_changes(scenario_, platform_, warn);
  if (scenario_.cost) priced_machine(*scenario_.cost, platform_);  // says what is wrong with it
  if (!scenario_.simulation.segments)
    check_simgrid_routes(platform_, {scenario_.file + ": simulation.segments: false"});
  const WorkloadFacts facts = facts_of(*workload_.open_survey(), workload_.last_layer());
  mapping_ = build_mapping(laid_out(scenario_, platform_, facts), platform_, *model_, warn);
  const bool is_published = model_->transfer_rules() == TransferRules::Published;
  if (is_published && !scenario_.collectives.empty())
    throw InputError(scenario_.collectives.front().where, "collectives",
                     "without meaning under cost model " + scenario_.simulation.cost_model +
                         ", which moves tensors as published; expected another cost model");
  if (!is_published)
    collectives_ =
        std::make_unique<CollectiveTable>(platform_, mapping_.groups(), bytes_per_element(cost_options_.dtype),
                                          fixed_algorithms(platform_.collectives, scenario_.collectives));
  // Ahead of its use one event's comes while another's is in use, see OffloadStreams.
  const Offload offload(scenario_.offload, platform_, *model_, scenario_.simulation.schedule == "dataflow" ? 2 : 1);
  query_heads_ = facts.query_heads;
  key_value_heads_ = cost_options_.num_key_value_heads ? cost_options_.num_key_value_heads : facts.shown_heads;
  vocabulary_rows_ = workload_.header().vocab_size.value_or(facts.vocabulary_rows);
  CollectiveLog log;
  TaskRules rules = task_rules();
  rules.collective_log = &log;
  const SurveyResult surveyed = survey(scenario_, workload_, rules, cost_options_, memory_options(), warn);
  events_ = workload_.expected_events().value_or(surveyed.events);
  held_ = surveyed.held;
  if (surveyed.unknown_events > 0)
    unknown_ = {scenario_.simulation.unknown_operators, surveyed.unknown_events, surveyed.unknown_types};
  warn_of_unserved(log, platform_, scenario_.collectives, warn);
  warn_of_sums_on_host(log, platform_, rules.bytes_per_element, {scenario_.file}, warn);
  offload_ = offload.place(memory_options(), held_);
  check_capacity(warn);
}

std::optional<bool> PreparedRun::all_devices_ideal() const {
  if (model_->transfer_rules() == TransferRules::Published) return std::nullopt;
  const std::vector<DeviceSpec>& devices = platform_.devices;
  return std::all_of(devices.begin() + (devices.size() > 1 ? 1 : 0), devices.end(),
                     [](const DeviceSpec& device) { return device.architecture.is_ideal(); });
}

void PreparedRun::check_capacity(const Warn& warn) const {
  const std::string missing = missing_capacity(platform_, held_);
  if (missing.empty()) return;
  if (!scenario_.simulation.allow_overflow)
    throw SimulationError("capacity: " + missing +
                          "; expected more or larger devices, offload, or simulation.allow_overflow: true");
  warn(InputError(
           {scenario_.file}, "simulation.allow_overflow",
           missing + ", which is not charged for; expected more or larger devices, or offload, which has it streamed")
           .what());
}

TaskRules PreparedRun::task_rules() const {
  const SimulationSection& simulation = scenario_.simulation;
  TaskRules task_rules(platform_, mapping_, *model_);
  if (scenario_.moe) task_rules.moe = {Name(scenario_.moe->end), scenario_.moe->experts_per_token};
  task_rules.last_layer = workload_.last_layer();
  task_rules.collectives = collectives_.get();
  task_rules.bytes_per_element = bytes_per_element(cost_options_.dtype);
  task_rules.schedule = simulation.schedule == "dataflow" ? Schedule::Dataflow : Schedule::Sequential;
  task_rules.prefetch_weights = simulation.prefetch_weights;
  task_rules.chunks = simulation.chunks;
  task_rules.microbatches = simulation.batch_pieces();
  task_rules.interleaves = simulation.interleave > 1;
  task_rules.batch = workload_.header().batch;
  task_rules.query_heads = query_heads_;
  task_rules.key_value_heads = key_value_heads_;
  task_rules.offload = offload_;
  task_rules.step_overhead_s = simulation.step_overhead_us * 1e-6;
  task_rules.per_sequence_overhead_s = simulation.per_sequence_overhead_us * 1e-6;
  return task_rules;
}

std::vector<std::vector<DeviceIndex>> PreparedRun::attention_ranks() const {
  if (!scenario_.parallel || scenario_.parallel->data == 1) return {};
  return devices_of_ranks(scenario_, platform_);
}

MemoryAccount::Options PreparedRun::memory_options() const {
  MemoryAccount::Options options;
  options.bytes_per_element = bytes_per_element(cost_options_.dtype);
  options.weight_bytes_per_element = bytes_per_element(cost_options_.weights());
  options.kv_bytes_per_element = bytes_per_element(cost_options_.kv_dtype);
  options.key_value_heads = key_value_heads_;
  options.sliding_window = cost_options_.sliding_window;
  options.embedding_rows = vocabulary_rows_;
  return options;
}

}  // namespace upmem_des
