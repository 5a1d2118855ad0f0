#include "service/prepared_serving.hpp"

#include <algorithm>
#include <utility>

#include "platform/device_names.hpp"
#include "platform/platform_file.hpp"
#include "run/machine_price.hpp"
#include "run/scenario_platform.hpp"
#include "service/kv_capacity.hpp"
#include "service/pools.hpp"
#include "service/replicas.hpp"
#include "service/served_checks.hpp"
#include "service/step_cost.hpp"
#include "upmem_des/serving/scheduler_registry.hpp"
#include "upmem_des/util/error.hpp"

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
  scenario.cost.reset();  // is that of the whole machine
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

}  // namespace

PreparedServing::PreparedServing(const Scenario& scenario, const Warn& warn)
    : section_(scenario.serving.value_or(ServingSection{})), sub_batches_(scenario.simulation.interleave) {
  check_served(scenario, section_);
  if (section_.disaggregation) {
    make_pools(scenario, warn);
    set_price(scenario);
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
  set_price(scenario);
}

/// Of a platform the whole, before instances take their parts; without one, what each replica has beside one host.
void PreparedServing::set_price(const Scenario& scenario) {
  cost_ = scenario.cost;
  if (!cost_) return;
  const bool has_file = !scenario.platform.empty();
  const PlatformSpec whole = has_file ? scenario_platform(scenario, instance().model()) : instance().platform();
  price_ = priced_machine(*cost_, whole, has_file ? 1 : static_cast<std::size_t>(section_.replicas));
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
  const Scenario as_surveyed = surveyed(scenario, pool.surveyed_tokens);
  pool.run = std::make_unique<PreparedRun>(as_surveyed, warn);
  KvRoom room{section.memory_utilization, section.reserve_GB * 1e9, pool.options.block_tokens, {}};
  if (section.speculative) {
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

}  // namespace upmem_des
