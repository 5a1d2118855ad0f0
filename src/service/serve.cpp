#include "service/serve.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "platform/idle_power.hpp"
#include "requests/random_stream.hpp"
#include "run/run.hpp"
#include "service/course_recorder.hpp"
#include "service/drafter.hpp"
#include "service/engine.hpp"
#include "service/handover.hpp"
#include "service/instance.hpp"
#include "service/serving_loop.hpp"
#include "service/tier_traffic.hpp"
#include "service/withheld_service.hpp"
#include "simulation/window_run.hpp"
#include "upmem_des/serving/scheduler_registry.hpp"
#include "upmem_des/util/stated.hpp"

namespace upmem_des {

namespace {

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

std::vector<InstancePlace> all_places(const PreparedServing& prepared) {
  std::vector<InstancePlace> places;
  for (const PreparedServing::Pool& pool : prepared.pools())
    places.insert(places.end(), pool.instances.begin(), pool.instances.end());
  return places;
}

/// Whatever serves requests, and what it gives.
class Server {
 public:
  Server(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options);

  /// The next window of the machine's work; false where there is none.
  bool next(Window& window);
  void fill(ServingRun& run);
  std::optional<CostReport> cost(const ServingRun& run) const;

 private:
  void add_pool(const PreparedServing::Pool& pool, const ServeOptions& options);
  void add_handover();
  bool take_results(Window& window);
  double peak_power_W() const;
  void fill_caches(ServingResult& result) const;
  void fill_instances(ServingResult& result) const;

  const PreparedServing& prepared_;
  const ServingSection& section_;
  const SimulationSection& simulation_;
  const std::vector<InstancePlace> places_;                 // of instances
  const std::vector<std::vector<DeviceIndex>> of_engines_;  // devices
  CourseRecorder course_;
  ServingTally tally_;
  MachineWindows windows_;
  std::vector<std::unique_ptr<StepCosts>> costs_;  // by pool
  std::vector<StepCosts*> of_instances_;
  std::vector<std::unique_ptr<Drafter>> drafters_;
  std::vector<std::unique_ptr<Engine>> engines_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::unique_ptr<Router> router_;
  std::optional<CacheTransfers> transfers_;
  std::optional<Handover> handover_;
  std::optional<TierTraffic> tiers_;
  std::optional<ServingLoop> loop_;
  std::vector<double> works_s_;  // by device
  double results_W_ = 0;         // that results draw on their way to the host, of all instances
  bool has_results_ = true;
};

std::vector<ServingObserver*> with(std::vector<ServingObserver*> observers, ServingObserver& further) {
  observers.push_back(&further);
  return observers;
}

Server::Server(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options)
    : prepared_(prepared),
      section_(prepared.section()),
      simulation_(prepared.instance().scenario().simulation),
      places_(all_places(prepared)),
      of_engines_(engine_devices(prepared)),
      course_(of_engines_.size(), idle_W(prepared.machine()), most_W(prepared.machine())),
      tally_(section_.objectives, section_.request_overhead_ms * 1e-3,
             {options.requests, with(options.watchers, course_)}, section_.disaggregation),
      windows_(prepared.machine().devices.size(), prepared.machine().links.size(), places_),
      router_(make_router(section_.router.policy, section_.router.options)),
      works_s_(prepared.machine().devices.size(), 0) {
  for (const PreparedServing::Pool& pool : prepared.pools()) add_pool(pool, options);
  if (section_.disaggregation) add_handover();
  if (const PreparedServing::Pool& pool = prepared.pools().front(); pool.tier)
    tiers_.emplace(engines_, pool.run->platform(), *pool.tier, places_, windows_, simulation_.ideal_links,
                   [this](double at_s, double more_W) { course_.change_power(at_s, more_W); });
  loop_.emplace(requests, engines_, instances_, *router_, tally_, windows_, prepared.machine(),
                ServingLoop::Options{options.sample_s, section_.router.options.signal_delay_s, options.watchers,
                                     handover_ ? &*handover_ : nullptr, tiers_ ? &*tiers_ : nullptr, &course_});
}

void Server::add_pool(const PreparedServing::Pool& pool, const ServeOptions& options) {
  StepCosts::Options of_costs;
  of_costs.ideal_links = simulation_.ideal_links;
  of_costs.remembers = options.remembers_steps;
  StepCosts& costs =
      *costs_.emplace_back(std::make_unique<StepCosts>(*pool.run, prepared_.cost_options(pool, of_costs)));
  Instance::Options of_instance;
  of_instance.host = {simulation_.step_overhead_us * 1e-6, simulation_.per_sequence_overhead_us * 1e-6};
  of_instance.pipelines = pool.options.pipeline_stages > 1;
  StepCost of_result;
  costs.cost_of_end(1, of_result);
  of_instance.result_J = of_result.dynamic_J;
  if (section_.speculative) {
    auto of_draft = pool.draft == nullptr ? nullptr : std::make_unique<StepCosts>(*pool.draft, of_costs);
    drafters_.push_back(std::make_unique<Drafter>(
        std::move(of_draft), Drafter::Options{section_.speculative->tokens, section_.speculative->draft_us * 1e-6}));
    of_instance.drafter = drafters_.back().get();
  }
  for (std::size_t i = 0; i < pool.instances.size(); ++i) {
    std::vector<Engine*> ranks;
    for (std::size_t rank = 0; rank < pool.engines_of_instance(); ++rank) {
      engines_.push_back(
          std::make_unique<Engine>(engines_.size(), make_scheduler(section_.scheduler, pool.options), tally_));
      ranks.push_back(engines_.back().get());
    }
    instances_.push_back(std::make_unique<Instance>(instances_.size(), std::move(ranks), costs, windows_, of_instance));
    of_instances_.push_back(&costs);
  }
}

void Server::add_handover() {
  transfers_.emplace(prepared_.machine(), windows_, simulation_.ideal_links, std::vector<LinkIndex>(),
                     [this](double at_s, double more_W) { course_.change_power(at_s, more_W); });
  // What one router draws is to say nothing of what the other does.
  RouterOptions of_decode = section_.router.options;
  of_decode.seed = mixed_bits(of_decode.seed, 1);
  Handover::Options options = handover_options(prepared_);
  options.course = &course_;
  handover_.emplace(engines_, make_router(section_.router.policy, section_.router.options),
                    make_router(section_.router.policy, of_decode), *transfers_, std::move(options));
}

bool Server::next(Window& window) {
  if (!loop_->next(window)) return std::exchange(has_results_, false) && take_results(window);
  for (std::size_t i = 0; i < works_s_.size(); ++i) works_s_[i] += window.devices[i].active_s;
  return true;
}

/// As at the end of any run, results go to the host.
bool Server::take_results(Window& window) {
  double end_s = windows_.start_s();
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    if (instances_[i]->results() == 0) continue;
    StepCost end;
    of_instances_[i]->cost_of_end(instances_[i]->results(), end);
    windows_.add(i, end, 1);
    results_W_ += end.most_W;
    end_s = std::max(end_s, windows_.start_s() + end.time_s);
  }
  if (end_s <= windows_.start_s()) return false;
  window = windows_.take(end_s);
  return true;
}

double Server::peak_power_W() const {
  const PlatformSpec& machine = prepared_.machine();
  return std::min(idle_W(machine) + std::max(course_.highest_W(), results_W_), most_W(machine));
}

void Server::fill_caches(ServingResult& result) const {
  result.cache.block_tokens = prepared_.scheduler_options().block_tokens;
  result.cache.is_derived = prepared_.derives_blocks();
  result.cache.peak_blocks = loop_->peak_blocks();
  double block_seconds = 0;
  for (const auto& engine : engines_) {
    const SchedulerCounts& counts = engine->scheduler().counts();
    result.cache.blocks += engine->scheduler().blocks_total();
    result.cache.hit_tokens += counts.hit_tokens;
    result.cache.preemptions += counts.preemptions;
    result.cache.recomputed_tokens += counts.recomputed_tokens;
    result.cache.evicted_blocks += engine->scheduler().blocks_evicted();
    result.speculation.drafted_tokens += counts.drafted_tokens;
    result.speculation.accepted_tokens += counts.accepted_tokens;
    result.speculation.verifications += counts.verifications;
    block_seconds += engine->block_seconds(loop_->now_s());
  }
  result.cache.mean_blocks = result.makespan_s > 0 ? block_seconds / result.makespan_s : 0;
}

void Server::fill_instances(ServingResult& result) const {
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    const Engine& engine = *engines_[i];
    result.request_seconds += engine.request_seconds();
    InstanceResult of_engine;
    of_engine.name = std::to_string(i);
    for (const DeviceIndex device : of_engines_[i])
      of_engine.devices.push_back(prepared_.machine().devices[device].name);
    of_engine.requests = engine.added();
    of_engine.steps = engine.steps();
    of_engine.idle_steps = engine.idle_steps();
    of_engine.busy_s = engine.busy_s();
    of_engine.kv_blocks = engine.scheduler().blocks_total();
    of_engine.peak_kv_blocks = engine.peak_blocks();
    result.instances.push_back(std::move(of_engine));
  }
  for (const auto& instance : instances_) {
    result.speculation.draft_s += instance->draft_s();
    result.speculation.draft_J += instance->draft_J();
  }
}

void Server::fill(ServingRun& run) {
  ServingResult& result = run.serving;
  tally_.fill(result);
  result.scheduler = section_.scheduler;
  result.router = section_.router.policy;
  if (section_.speculative) result.speculation.method = to_string(section_.speculative->method);
  fill_caches(result);
  fill_instances(result);
  for (const auto& of_pool : costs_) result.steps.planned_sizes += of_pool->planned_steps();
  for (const auto& drafter : drafters_) result.steps.planned_sizes += drafter->planned_steps();
  if (handover_) handover_->fill(result.transfers);
  if (tiers_) tiers_->fill(result.tier);
  for (const DeviceResult& device : run.machine.devices) result.idle_J += device.energy.idle_J;
  result.energy_J = run.machine.energy_J();
  result.course = course_.course(loop_->now_s());
  result.peak_power_W = peak_power_W();
  result.device_times = course_.device_times(of_engines_, works_s_, run.machine.time_s);
}

/// Rates are those from the first arrival to the last token, at the mean power of the run.
std::optional<CostReport> Server::cost(const ServingRun& run) const {
  if (!prepared_.price()) return std::nullopt;
  const ServingResult& served = run.serving;
  RunFigures figures;
  figures.time_s = served.makespan_s;
  if (is_stated(run.machine.power_W())) figures.energy_J = run.machine.power_W() * served.makespan_s;
  figures.answered = {served.completed, served.prompt_tokens, served.output_tokens};
  figures.prompt_time_share = tally_.prompt_time_share();
  figures.prompt_energy_share = tally_.prompt_energy_share();
  figures.meeting = tally_.meeting_counts();
  return cost_report({prepared_.cost(), *prepared_.price(), figures});
}

}  // namespace

ServingRun serve(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options) {
  const StatedEnergies stated(prepared.machine());
  ServiceWithoutEnergy without_energy(options.requests, options.watchers);
  ServeOptions told = options;
  if (!stated.all()) {
    told.requests = {&without_energy};
    told.watchers = {&without_energy};
  }
  Server server(prepared, requests, told);
  ServingRun run;
  run.machine = simulate_windows(prepared.machine(), [&](Window& window) { return server.next(window); });
  server.fill(run);
  withhold_energies(stated, run);
  run.machine.cost = server.cost(run);
  set_what_was_run(prepared.instance(), run.machine);
  return run;
}

}  // namespace upmem_des
