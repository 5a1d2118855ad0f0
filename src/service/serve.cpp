#include "service/serve.hpp"

#include <algorithm>
#include <utility>

#include "platform/device_names.hpp"
#include "platform/platform_file.hpp"
#include "service/engine.hpp"
#include "service/kv_capacity.hpp"
#include "service/replicas.hpp"
#include "service/serving_loop.hpp"
#include "serving/scheduler_registry.hpp"
#include "simulation/window_run.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

/// What an instance has of a machine that several share: an equal part of each group's devices.
void take_part(Scenario& scenario, const ServingSection& serving) {
  if (serving.replicas == 1 || scenario.platform.empty()) return;
  const PlatformFile file = read_platform_file(scenario.platform, scenario.platform_changes);
  if (scenario.platform_changes.kind != YamlNode::Kind::Map) scenario.platform_changes = YamlNode::map();
  for (const PlatformFile::Devices& group : file.devices) {
    const auto count = static_cast<std::int64_t>(group.count);
    if (count % serving.replicas != 0)
      throw InputError(serving.replicas_where, "serving.replicas",
                       std::to_string(serving.replicas) + " do not divide the " + std::to_string(count) +
                           " devices of '" + group.name + "'; expected a divisor of it");
    set_yaml_value(scenario.platform_changes, "devices." + group.name + ".count",
                   std::to_string(count / serving.replicas), "serving.replicas");
  }
}

/// Steps of requests have prompts and tokens at once.
void refuse_phases(const Scenario& scenario, const ServingSection& serving) {
  for (const Phase phase : {Phase::Prefill, Phase::Decode})
    if (!scenario.mapping_of(phase).empty())
      throw InputError(serving.where, "serving",
                       "with a mapping of " + std::string(to_string(phase)) +
                           ", but a step has prompts and tokens together; expected one mapping for both");
}

/// The run that an instance is surveyed with: a step's tokens as one prompt, and a token after it.
Scenario instance_scenario(Scenario scenario, const ServingSection& serving, std::int64_t tokens) {
  take_part(scenario, serving);
  Workload& workload = scenario.workload;
  workload.batch = 1;
  workload.run.prompts.clear();
  workload.run.prompt_tokens = tokens;
  workload.run.output_tokens = 2;
  return scenario;
}

/// What was run.
void name(const PreparedRun& instance, SimulationResult& result) {
  const Scenario& scenario = instance.scenario();
  result.scenario = scenario.name;
  result.model = instance.workload().header().model;
  result.cost_model = scenario.simulation.cost_model;
  result.schedule = scenario.simulation.schedule;
  result.dtype = instance.cost_options().dtype;
  result.weight_dtype = instance.cost_options().weights();
  result.all_devices_ideal = instance.all_devices_ideal();
}

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
  refuse(simulation.interleave > 1, "interleave");
}

void check_served(const Scenario& scenario, const ServingSection& serving) {
  if (scenario.workload.model.empty() || scenario.workload.profile)
    throw InputError(serving.where, "serving", "without a described model; expected workload.model, not profiled");
  if (!scenario.workload.requests)
    throw InputError(serving.where, "serving", "needs what a server is asked; expected workload.requests");
  check_simulation(scenario);
  if (scenario.parallel && scenario.parallel->data > 1)
    throw InputError(scenario.parallel->where, "parallel.dp",
                     "shares rows of one batch, whose requests are all alike; expected serving.replicas, which have "
                     "requests of their own");
  if (scenario.parallel && scenario.parallel->context > 1)
    throw InputError(scenario.parallel->where, "parallel.cp",
                     "shares tokens of one prompt, and a step has many; expected tp, pp or ep");
}

constexpr double large_memory_B = 70.0 * (1U << 30U);

}  // namespace

PreparedServing::PreparedServing(const Scenario& scenario, const Warn& warn)
    : section_(scenario.serving.value_or(ServingSection{})) {
  check_served(scenario, section_);
  refuse_phases(scenario, section_);
  // What is set follows from the machine, and the machine's survey from what is set.
  const std::int64_t few = section_.max_num_batched_tokens.value_or(2048);
  const auto quiet = [](const std::string&) {};
  instance_ = std::make_unique<PreparedRun>(instance_scenario(scenario, section_, few), quiet);
  set_sizes();
  instance_ = std::make_unique<PreparedRun>(instance_scenario(scenario, section_, options_.max_num_batched_tokens),
                                            [&](const std::string& warning) { warn(warning); });
  if (derives_blocks())
    options_.kv_blocks =
        kv_blocks_that_fit(*instance_, options_.max_num_batched_tokens + 1,
                           {section_.memory_utilization, section_.reserve_GB * 1e9, options_.block_tokens});
  check_options();
  // What cannot be shared by requests of different lengths is said before anything is simulated.
  StepCost cost;
  StepCosts(*instance_, {}).cost({{0, 1, 2, 0}, {1, 1, 1, 3}}, cost);
  machine_ = replicated(instance_->platform(), static_cast<std::size_t>(section_.replicas));
}

/// As check() of the options does, at the line of the file.
void PreparedServing::check_options() const {
  const std::string budget = "is " + std::to_string(options_.max_num_batched_tokens);
  const auto refuse = [&](const std::string& problem) {
    throw InputError(section_.budget_where, "serving.max_num_batched_tokens", problem);
  };
  if (options_.max_num_batched_tokens < options_.max_num_seqs)
    refuse(budget + ", which " + std::to_string(options_.max_num_seqs) +
           " seats (max_num_seqs) do not find a token each in; expected at least that");
  if (!options_.chunked_prefill && options_.max_model_len > options_.max_num_batched_tokens)
    refuse(budget + ", and prompts are whole without chunked_prefill; expected at least max_model_len, " +
           std::to_string(options_.max_model_len));
  check(options_);
}

/// What engines resolve by the devices' memory, and what the model says.
void PreparedServing::set_sizes() {
  options_ = section_.options;
  double least_B = 0;
  for (DeviceIndex i = 0; i < instance_->platform().devices.size(); ++i) {
    const std::optional<double>& capacity_B = instance_->platform().devices[i].architecture.capacity_B;
    if (instance_->held()[i].kv_cache_B > 0 && capacity_B) least_B = std::max(least_B, *capacity_B);
  }
  const bool is_large = least_B >= large_memory_B;
  options_.max_num_batched_tokens = section_.max_num_batched_tokens.value_or(is_large ? 8192 : 2048);
  options_.max_num_seqs =
      section_.max_num_seqs.value_or(std::min<std::int64_t>(is_large ? 1024 : 256, options_.max_num_batched_tokens));
  if (const auto& parallel = instance_->scenario().parallel) options_.pipeline_stages = parallel->pipeline;
  if (options_.max_model_len == 0) options_.max_model_len = instance_->workload().max_positions();
}

ServingRun serve(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options) {
  const ServingSection& section = prepared.section();
  const PreparedRun& instance = prepared.instance();
  const SimulationSection& simulation = instance.scenario().simulation;
  const auto replicas = static_cast<std::size_t>(section.replicas);
  StepCosts costs(instance, {simulation.ideal_links, options.remembers_steps});
  StepCost of_result;
  costs.cost_of_end(1, of_result);
  const HostTime host{simulation.step_overhead_us * 1e-6, simulation.per_sequence_overhead_us * 1e-6};
  ServingTally tally(section.objectives, section.request_overhead_ms * 1e-3, {options.requests, options.watchers});
  MachineWindows windows(instance.platform().devices.size(), instance.platform().links.size(), replicas);
  std::vector<std::unique_ptr<Engine>> engines;
  for (std::size_t i = 0; i < replicas; ++i)
    engines.push_back(std::make_unique<Engine>(i, make_scheduler(section.scheduler, prepared.scheduler_options()),
                                               costs, host, of_result.dynamic_J, tally, windows,
                                               prepared.scheduler_options().pipeline_stages > 1));
  const std::unique_ptr<Router> router = make_router(section.router.policy, section.router.options);
  ServingLoop loop(requests, engines, *router, tally, windows, prepared.machine(),
                   {options.sample_s, section.router.options.signal_delay_s, options.watchers});
  bool has_results = true;
  ServingRun run;
  run.machine = simulate_windows(prepared.machine(), [&](Window& window) {
    if (loop.next(window)) return true;
    if (!std::exchange(has_results, false)) return false;
    // As at the end of any run, results go to the host.
    double end_s = windows.start_s();
    for (std::size_t i = 0; i < replicas; ++i) {
      if (engines[i]->results() == 0) continue;
      StepCost end;
      costs.cost_of_end(engines[i]->results(), end);
      windows.add(i, end, 1);
      end_s = std::max(end_s, windows.start_s() + end.time_s);
    }
    if (end_s <= windows.start_s()) return false;
    window = windows.take(end_s);
    return true;
  });
  ServingResult& result = run.serving;
  tally.fill(result);
  result.scheduler = section.scheduler;
  result.router = section.router.policy;
  result.cache.block_tokens = prepared.scheduler_options().block_tokens;
  result.cache.is_derived = prepared.derives_blocks();
  result.cache.peak_blocks = loop.peak_blocks();
  double block_seconds = 0;
  for (std::size_t i = 0; i < replicas; ++i) {
    const Engine& engine = *engines[i];
    const SchedulerCounts& counts = engine.scheduler().counts();
    result.cache.blocks += engine.scheduler().blocks_total();
    result.cache.hit_tokens += counts.hit_tokens;
    result.cache.preemptions += counts.preemptions;
    result.cache.recomputed_tokens += counts.recomputed_tokens;
    result.cache.evicted_blocks += engine.scheduler().blocks_evicted();
    result.request_seconds += engine.request_seconds();
    block_seconds += engine.block_seconds(loop.now_s());
    InstanceResult of_engine;
    of_engine.name = std::to_string(i);
    of_engine.requests = engine.added();
    of_engine.steps = engine.steps();
    of_engine.busy_s = engine.busy_s();
    of_engine.kv_blocks = engine.scheduler().blocks_total();
    of_engine.peak_kv_blocks = engine.peak_blocks();
    result.instances.push_back(std::move(of_engine));
  }
  result.cache.mean_blocks = result.makespan_s > 0 ? block_seconds / result.makespan_s : 0;
  result.steps.planned_sizes = costs.planned_steps();
  for (const DeviceResult& device : run.machine.devices) result.idle_J += device.energy.idle_J;
  result.energy_J = run.machine.energy_J();
  name(instance, run.machine);
  return run;
}

}  // namespace upmem_des
