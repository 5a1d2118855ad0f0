#include "service/serve.hpp"

#include <algorithm>
#include <utility>

#include "platform/device_names.hpp"
#include "platform/platform_file.hpp"
#include "requests/random_stream.hpp"
#include "run/run.hpp"
#include "service/course_recorder.hpp"
#include "service/draft_run.hpp"
#include "service/drafter.hpp"
#include "service/engine.hpp"
#include "service/handover.hpp"
#include "service/instance.hpp"
#include "service/kv_capacity.hpp"
#include "service/pools.hpp"
#include "service/replicas.hpp"
#include "service/served_checks.hpp"
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

/// The run that an instance is surveyed with: a step's tokens as one prompt of each rank, and a token after it.
Scenario surveyed(Scenario scenario, std::int64_t tokens) {
  Workload& workload = scenario.workload;
  workload.batch = ranks_of(scenario);
  scenario.simulation.interleave = 1;
  workload.run.prompts.clear();
  workload.run.prompt_tokens = tokens;
  workload.run.output_tokens = 2;
  return scenario;
}

constexpr double large_memory_B = 70.0 * (1U << 30U);

/// What engines resolve by the devices' memory, and what the model says.
SchedulerOptions sized(const ServingSection& section, const PreparedRun& run) {
  SchedulerOptions options = section.options;
  std::optional<double> least_B;
  for (DeviceIndex i = 0; i < run.platform().devices.size(); ++i) {
    const std::optional<double>& capacity_B = run.platform().devices[i].architecture.capacity_B;
    if (run.held()[i].kv_cache_B > 0 && capacity_B) least_B = std::min(least_B.value_or(*capacity_B), *capacity_B);
  }
  const bool is_large = least_B && *least_B >= large_memory_B;
  options.max_num_batched_tokens = section.max_num_batched_tokens.value_or(is_large ? 8192 : 2048);
  options.max_num_seqs =
      section.max_num_seqs.value_or(std::min<std::int64_t>(is_large ? 1024 : 256, options.max_num_batched_tokens));
  if (const auto& parallel = run.scenario().parallel) options.pipeline_stages = parallel->pipeline;
  if (options.max_model_len == 0) options.max_model_len = run.workload().max_positions();
  return options;
}

/// From where to where caches go. The survey ends with a cache of its prompt and of one more token.
Handover::Options handover_options(const PreparedServing& prepared) {
  const DisaggregationSection& apart = *prepared.section().disaggregation;
  const PreparedServing::Pool& prefill = prepared.pools()[0];
  const PreparedServing::Pool& decode = prepared.pools()[1];
  Handover::Options options;
  options.by_layer = apart.by_layer;
  options.layers = std::max<std::int64_t>(1, prefill.run->workload().layers());
  options.decode_gives_first = apart.decode_gives_first;
  options.min_tokens = apart.min_tokens;
  options.prefill_devices = prefill.devices;
  for (const std::vector<DeviceIndex>& instance : decode.devices) {
    auto& devices = options.decode_devices.emplace_back();
    for (std::size_t i = 0; i < instance.size(); ++i)
      if (const double held_B = decode.run->held()[decode.devices.front()[i]].kv_cache_B; held_B > 0)
        devices.emplace_back(instance[i], held_B / static_cast<double>(decode.surveyed_tokens + 1));
  }
  return options;
}

/// The devices of each engine, without HOST.
std::vector<std::vector<DeviceIndex>> engine_devices(const PreparedServing& prepared) {
  std::vector<std::vector<DeviceIndex>> all;
  const auto add = [&](const std::vector<DeviceIndex>& devices) {
    std::vector<DeviceIndex>& of_engine = all.emplace_back();
    for (const DeviceIndex device : devices)
      if (device != host_device) of_engine.push_back(device);
  };
  for (const PreparedServing::Pool& pool : prepared.pools())
    for (std::size_t i = 0; i < pool.instances.size(); ++i) {
      const std::vector<DeviceIndex>& places = pool.instances[i].devices;
      if (pool.ranks.empty()) add(pool.devices.empty() ? places : pool.devices[i]);
      for (std::vector<DeviceIndex> rank : pool.ranks) {
        for (DeviceIndex& device : rank) device = places[device];
        add(rank);
      }
    }
  return all;
}

std::unique_ptr<Drafter> make_drafter(const SpeculativeSection& section, const PreparedRun* draft,
                                      const StepCosts::Options& options) {
  return std::make_unique<Drafter>(draft == nullptr ? nullptr : std::make_unique<StepCosts>(*draft, options),
                                   Drafter::Options{section.tokens, section.draft_us * 1e-6});
}

}  // namespace

PreparedServing::PreparedServing(const Scenario& scenario, const Warn& warn)
    : section_(scenario.serving.value_or(ServingSection{})), sub_batches_(scenario.simulation.interleave) {
  check_served(scenario, section_);
  if (section_.disaggregation) {
    make_pools(scenario, warn);
    return;
  }
  Scenario part = scenario;
  take_part(part, section_);
  Pool pool = make_pool(part, {}, warn);
  const PlatformSpec& platform = pool.run->platform();
  const auto replicas = static_cast<std::size_t>(section_.replicas);
  machine_ = replicated(platform, replicas);
  pool.instances = replicated_placements(platform.devices.size(), platform.links.size(), replicas);
  pools_.push_back(std::move(pool));
}

PreparedServing::Pool PreparedServing::make_pool(const Scenario& scenario, const PoolSection& sizes,
                                                 const Warn& warn) const {
  // What is set follows from the machine, and the machine's survey from what is set.
  ServingSection section = section_;
  if (sizes.max_num_batched_tokens) section.max_num_batched_tokens = sizes.max_num_batched_tokens;
  if (sizes.max_num_seqs) section.max_num_seqs = sizes.max_num_seqs;
  if (sizes.kv_blocks) section.options.kv_blocks = *sizes.kv_blocks;
  const std::int64_t few = section.max_num_batched_tokens.value_or(2048);
  Pool pool;
  pool.run = std::make_unique<PreparedRun>(surveyed(scenario, few), [](const std::string&) {});
  pool.options = sized(section, *pool.run);
  pool.surveyed_tokens = pool.options.max_num_batched_tokens;
  pool.run = std::make_unique<PreparedRun>(surveyed(scenario, pool.surveyed_tokens), warn);
  KvRoom room{section.memory_utilization, section.reserve_GB * 1e9, pool.options.block_tokens, {}};
  if (section.speculative) {
    const Scenario as_surveyed = surveyed(scenario, pool.surveyed_tokens);
    pool.draft = draft_run(as_surveyed, *pool.run, *section.speculative, pool.options.max_model_len, warn);
    if (pool.draft != nullptr)
      room.draft = draft_bytes(as_surveyed, *pool.run, *pool.draft, *section.speculative, warn);
  }
  pool.derives_blocks = pool.options.kv_blocks == 0;
  if (pool.derives_blocks) pool.options.kv_blocks = kv_blocks_that_fit(*pool.run, pool.surveyed_tokens + 1, room);
  check_options(pool.options, warn);
  if (section.cache_tier) add_tier(pool, room.draft);
  pool.ranks = pool.run->attention_ranks();
  // What cannot be shared by requests of different lengths is said before anything is simulated.
  std::vector<Slice> slices;
  std::vector<std::size_t> rank_ends;
  for (std::size_t rank = 0; rank < pool.engines_of_instance(); ++rank) {
    slices.push_back({static_cast<SequenceId>(slices.size()), 1, 2, 0});
    slices.push_back({static_cast<SequenceId>(slices.size()), 1, 1, 3});
    if (!pool.ranks.empty()) rank_ends.push_back(slices.size());
  }
  StepCost cost;
  StepCosts(*pool.run, cost_options(pool, {})).cost(slices, cost, rank_ends);
  if (pool.draft != nullptr) StepCosts(*pool.draft, {}).cost(std::move(slices), cost);
  return pool;
}

void PreparedServing::add_tier(Pool& pool, const DraftBytes& draft) const {
  const CacheTierSection& tier = *section_.cache_tier;
  pool.tier =
      place_tier(tier, *pool.run, {pool.surveyed_tokens + 1, pool.options.block_tokens, section_.replicas, draft});
  pool.options.tier_blocks = pool.tier->blocks;
  pool.options.tier_takes_evicted = tier.takes_evicted;
  if (make_scheduler(section_.scheduler, pool.options)->tier() == nullptr)
    throw InputError(tier.where, "serving.cache_tier",
                     "scheduler '" + section_.scheduler +
                         "' finds nothing of what others have computed; expected one that does, such as vllm_v1");
}

StepCosts::Options PreparedServing::cost_options(const Pool& pool, StepCosts::Options options) const {
  options.ranks = pool.engines_of_instance();
  options.sub_batches = sub_batches_;
  return options;
}

void PreparedServing::make_pools(const Scenario& scenario, const Warn& warn) {
  const DisaggregationSection& apart = *section_.disaggregation;
  if (scenario.parallel || !scenario.mapping.empty())
    throw InputError(apart.where, "serving.disaggregation",
                     "does not go with mapping and parallel of the scenario; expected mapping of its pools alone");
  const PlatformSpec named = named_devices(scenario);
  std::vector<bool> is_taken(named.devices.size());
  for (const auto& [name, section] : {std::pair("prefill", &apart.prefill), std::pair("decode", &apart.decode)}) {
    const auto instances = instances_of(*section, name, named);
    for (const std::vector<DeviceIndex>& instance : instances)
      for (const DeviceIndex device : instance) {
        if (is_taken[device])
          throw InputError(section->mapping.where, std::string("serving.disaggregation.") + name + ".mapping",
                           named.devices[device].name + " is in both pools; expected devices of one alone");
        is_taken[device] = true;
      }
    Scenario of_pool = pool_scenario(scenario, *section, instances.front(), named);
    if (section == &apart.decode && apart.kv_dtype) of_pool.workload.kv_dtype = apart.kv_dtype;
    Pool pool = make_pool(of_pool, *section, warn);
    pool.instances = pool_placements(pool.run->platform(), instances, *section, name);
    pool.devices = instances;
    pools_.push_back(std::move(pool));
  }
  machine_ = pools_.front().run->platform();
}

/// As check() of the options does, at the line of the file.
void PreparedServing::check_options(const SchedulerOptions& options, const Warn& warn) const {
  const std::string budget = "is " + std::to_string(options.max_num_batched_tokens);
  const auto refuse = [&](const std::string& problem) {
    throw InputError(section_.budget_where, "serving.max_num_batched_tokens", problem);
  };
  if (options.max_num_batched_tokens < options.max_num_seqs)
    refuse(budget + ", which " + std::to_string(options.max_num_seqs) +
           " seats (max_num_seqs) do not find a token each in; expected at least that");
  if (!options.chunked_prefill && options.max_model_len > options.max_num_batched_tokens)
    refuse(budget + ", and prompts are whole without chunked_prefill; expected at least max_model_len, " +
           std::to_string(options.max_model_len));
  check(options);
  // Those behind find no place in a step while all others have drafts.
  if (const std::int64_t rows = options.max_num_seqs * (1 + options.draft_tokens);
      options.draft_tokens > 0 && rows > options.max_num_batched_tokens)
    warn(InputError(section_.budget_where, "serving.max_num_batched_tokens",
                    budget + ", and " + std::to_string(options.max_num_seqs) + " seats with " +
                        std::to_string(options.draft_tokens) + " drafts each have " + std::to_string(rows) +
                        " tokens a step; the last ones then wait for a place, or have fewer drafts")
             .what());
}

ServingRun serve(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options) {
  const ServingSection& section = prepared.section();
  const SimulationSection& simulation = prepared.instance().scenario().simulation;
  const HostTime host{simulation.step_overhead_us * 1e-6, simulation.per_sequence_overhead_us * 1e-6};
  std::vector<InstancePlace> placements;
  for (const PreparedServing::Pool& pool : prepared.pools())
    placements.insert(placements.end(), pool.instances.begin(), pool.instances.end());
  double idle_W = 0;
  for (const DeviceSpec& device : prepared.machine().devices) idle_W += device.architecture.idle_W;
  std::size_t engine_count = 0;
  for (const PreparedServing::Pool& pool : prepared.pools())
    engine_count += pool.instances.size() * pool.engines_of_instance();
  CourseRecorder course(engine_count, idle_W);
  std::vector<ServingObserver*> of_steps = options.watchers;
  of_steps.push_back(&course);
  ServingTally tally(section.objectives, section.request_overhead_ms * 1e-3, {options.requests, std::move(of_steps)},
                     section.disaggregation);
  MachineWindows windows(prepared.machine().devices.size(), prepared.machine().links.size(), placements);
  std::vector<std::unique_ptr<StepCosts>> pool_costs;
  std::vector<StepCosts*> costs;  // by instance
  std::vector<std::unique_ptr<Drafter>> drafters;
  std::vector<std::unique_ptr<Engine>> engines;
  std::vector<std::unique_ptr<Instance>> instances;
  for (const PreparedServing::Pool& pool : prepared.pools()) {
    StepCosts::Options of_costs;
    of_costs.ideal_links = simulation.ideal_links;
    of_costs.remembers = options.remembers_steps;
    pool_costs.push_back(std::make_unique<StepCosts>(*pool.run, prepared.cost_options(pool, of_costs)));
    Drafter* drafter = nullptr;
    if (section.speculative)
      drafter = drafters.emplace_back(make_drafter(*section.speculative, pool.draft.get(), of_costs)).get();
    StepCost of_result;
    pool_costs.back()->cost_of_end(1, of_result);
    for (std::size_t i = 0; i < pool.instances.size(); ++i) {
      costs.push_back(pool_costs.back().get());
      std::vector<Engine*> ranks;
      for (std::size_t rank = 0; rank < pool.engines_of_instance(); ++rank) {
        engines.push_back(
            std::make_unique<Engine>(engines.size(), make_scheduler(section.scheduler, pool.options), tally));
        ranks.push_back(engines.back().get());
      }
      const Instance::Options of_instance{host, of_result.dynamic_J, pool.options.pipeline_stages > 1, drafter};
      instances.push_back(
          std::make_unique<Instance>(instances.size(), std::move(ranks), *costs.back(), windows, of_instance));
    }
  }
  const std::unique_ptr<Router> router = make_router(section.router.policy, section.router.options);
  std::optional<CacheTransfers> transfers;
  std::optional<Handover> handover;
  if (section.disaggregation) {
    transfers.emplace(prepared.machine(), windows, simulation.ideal_links);
    // What one draws is to say nothing of what the other does.
    RouterOptions of_decode = section.router.options;
    of_decode.seed = mixed_bits(of_decode.seed, 1);
    Handover::Options of_handover = handover_options(prepared);
    of_handover.course = &course;
    handover.emplace(engines, make_router(section.router.policy, section.router.options),
                     make_router(section.router.policy, of_decode), *transfers, std::move(of_handover));
  }
  std::optional<TierTraffic> tiers;
  if (const PreparedServing::Pool& pool = prepared.pools().front(); pool.tier)
    tiers.emplace(engines, pool.run->platform(), *pool.tier, placements, windows, simulation.ideal_links);
  ServingLoop loop(requests, engines, instances, *router, tally, windows, prepared.machine(),
                   {options.sample_s, section.router.options.signal_delay_s, options.watchers,
                    handover ? &*handover : nullptr, tiers ? &*tiers : nullptr, &course});
  bool has_results = true;
  ServingRun run;
  std::vector<double> works_s(prepared.machine().devices.size(), 0);
  run.machine = simulate_windows(prepared.machine(), [&](Window& window) {
    if (loop.next(window)) {
      for (std::size_t i = 0; i < works_s.size(); ++i) works_s[i] += window.devices[i].active_s;
      return true;
    }
    if (!std::exchange(has_results, false)) return false;
    // As at the end of any run, results go to the host.
    double end_s = windows.start_s();
    for (std::size_t i = 0; i < instances.size(); ++i) {
      if (instances[i]->results() == 0) continue;
      StepCost end;
      costs[i]->cost_of_end(instances[i]->results(), end);
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
  if (section.speculative) result.speculation.method = to_string(section.speculative->method);
  result.cache.block_tokens = prepared.scheduler_options().block_tokens;
  result.cache.is_derived = prepared.derives_blocks();
  result.cache.peak_blocks = loop.peak_blocks();
  double block_seconds = 0;
  const std::vector<std::vector<DeviceIndex>> devices = engine_devices(prepared);
  for (std::size_t i = 0; i < engines.size(); ++i) {
    const Engine& engine = *engines[i];
    const SchedulerCounts& counts = engine.scheduler().counts();
    result.cache.blocks += engine.scheduler().blocks_total();
    result.cache.hit_tokens += counts.hit_tokens;
    result.cache.preemptions += counts.preemptions;
    result.cache.recomputed_tokens += counts.recomputed_tokens;
    result.cache.evicted_blocks += engine.scheduler().blocks_evicted();
    result.speculation.drafted_tokens += counts.drafted_tokens;
    result.speculation.accepted_tokens += counts.accepted_tokens;
    result.speculation.verifications += counts.verifications;
    result.request_seconds += engine.request_seconds();
    block_seconds += engine.block_seconds(loop.now_s());
    InstanceResult of_engine;
    of_engine.name = std::to_string(i);
    for (const DeviceIndex device : devices[i]) of_engine.devices.push_back(prepared.machine().devices[device].name);
    of_engine.requests = engine.added();
    of_engine.steps = engine.steps();
    of_engine.idle_steps = engine.idle_steps();
    of_engine.busy_s = engine.busy_s();
    of_engine.kv_blocks = engine.scheduler().blocks_total();
    of_engine.peak_kv_blocks = engine.peak_blocks();
    result.instances.push_back(std::move(of_engine));
  }
  result.cache.mean_blocks = result.makespan_s > 0 ? block_seconds / result.makespan_s : 0;
  for (const auto& instance : instances) {
    result.speculation.draft_s += instance->draft_s();
    result.speculation.draft_J += instance->draft_J();
  }
  for (const auto& of_pool : pool_costs) result.steps.planned_sizes += of_pool->planned_steps();
  for (const auto& drafter : drafters) result.steps.planned_sizes += drafter->planned_steps();
  if (handover) handover->fill(result.transfers);
  if (tiers) tiers->fill(result.tier);
  for (const DeviceResult& device : run.machine.devices) result.idle_J += device.energy.idle_J;
  result.energy_J = run.machine.energy_J();
  result.course = course.course(loop.now_s());
  result.device_times = course.device_times(devices, works_s, run.machine.time_s);
  set_what_was_run(prepared.instance(), run.machine);
  return run;
}

}  // namespace upmem_des
