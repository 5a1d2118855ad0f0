#include "report/json_serving.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "report/cost_json.hpp"
#include "report/energy_json.hpp"
#include "report/serving_course_json.hpp"
#include "report/what_was_run_json.hpp"

namespace upmem_des {

namespace {

SpreadOf read_spread(const JsonNode& node) {
  SpreadOf spread;
  spread.count = node.at("count").count();
  if (spread.count == 0) return spread;
  spread.mean = node.at("mean").number();
  spread.p50 = node.at("p50").number();
  spread.p90 = node.at("p90").number();
  spread.p95 = node.at("p95").number();
  spread.p99 = node.at("p99").number();
  spread.max = node.at("max").number();
  return spread;
}

std::optional<double> optional_number(const JsonNode& node) {
  if (node.is_null()) return std::nullopt;
  return node.number();
}

class ServedReader {
 public:
  explicit ServedReader(const JsonNode& root) : root_(root), section_(root.at("serving")) {}

  ServingRun read() {
    read_machine();
    read_devices();
    read_requests();
    read_objectives();
    read_cache_and_steps();
    read_energy();
    if (section_.has("transfers")) read_transfers();
    if (section_.has("speculation")) read_speculation();
    for (const JsonNode& node : section_.at("instances").items()) read_instance(node);
    if (section_.has("what_if"))
      for (const JsonNode& node : section_.at("what_if").items())
        result_.what_if.push_back({node.at("what").text(), node.at("factor").number(),
                                   optional_number(node.at("ttft_s")), optional_number(node.at("tpot_s")),
                                   node.at("output_tokens_per_s").number()});
    result_.is_saturated = section_.at("saturated").truth();
    read_course(section_, result_);
    if (root_.has("cost")) run_.machine.cost = read_cost_json(root_.at("cost"));
    return std::move(run_);
  }

 private:
  void read_machine() {
    SimulationResult& machine = run_.machine;
    machine.scenario = root_.at("scenario").text();
    machine.what_was_run = read_what_was_run(root_);
    machine.model = root_.at("model").text();
    machine.cost_model = root_.at("cost_model").text();
    machine.schedule = root_.at("schedule").text();
    machine.dtype = root_.at("dtype").one_of(number_formats());
    machine.weight_dtype = root_.at("weight_dtype").one_of(number_formats());
    machine.time_s = root_.at("time_s").number();
    machine.energy_gaps = read_energy_gaps(root_);
    if (root_.has("all_devices_ideal")) machine.all_devices_ideal = root_.at("all_devices_ideal").truth();
  }

  void read_devices() {
    std::map<std::string, std::size_t> places;
    for (const JsonNode& node : root_.at("devices").members()) {
      DeviceResult device;
      device.name = node.key();
      const auto [place, is_new] = places.emplace(node.at("architecture").text(), places.size());
      if (is_new) run_.machine.architectures.push_back({place->first, 0, 0, 0});
      ++run_.machine.architectures[place->second].devices;
      device.architecture = place->second;
      device.energy = upmem_des::read_energy(node.at("energy_J"));
      run_.machine.devices.push_back(device);
      if (!node.has("time_s")) continue;
      const JsonNode time = node.at("time_s");
      result_.device_times.push_back(
          {time.at("works").number(), time.at("waits").number(), time.at("host").number(), time.at("idle").number()});
    }
    if (!result_.device_times.empty() && result_.device_times.size() != run_.machine.devices.size())
      root_.at("devices").fail("only some have \"time_s\"; expected it in all of them, or in none");
  }

  void read_requests() {
    result_.scheduler = section_.at("scheduler").text();
    result_.router = section_.at("router").text();
    const JsonNode requests = section_.at("requests");
    result_.submitted = requests.at("submitted").count();
    result_.completed = requests.at("completed").count();
    result_.refused = requests.at("rejected").count();
    result_.preempted = requests.at("preempted").count();
    result_.makespan_s = section_.at("makespan_s").number();
    result_.prompt_tokens = section_.at("prompt_tokens").count();
    result_.output_tokens = section_.at("output_tokens").count();
    for (const std::int64_t count : {result_.completed, result_.prompt_tokens, result_.output_tokens})
      if (!std::isfinite(result_.per_second(count)))
        section_.at("makespan_s").fail("is so short that rates are beyond 1.8e308; expected a longer time");
    result_.time_to_first_token_s = read_spread(section_.at("ttft_s"));
    result_.time_per_output_token_s = read_spread(section_.at("tpot_s"));
    result_.inter_token_s = read_spread(section_.at("itl_s"));
    result_.end_to_end_s = read_spread(section_.at("e2e_s"));
    result_.queued_s = read_spread(section_.at("queue_s"));
  }

  /// Of so many requests as `share` is of those that were completed.
  std::int64_t requests(const JsonNode& share) const {
    if (share.is_null()) return 0;
    if (share.number() > 1) share.fail("is above 1; expected a share of the completed requests");
    if (share.number() == 1) return result_.completed;
    return std::llround(share.number() * static_cast<double>(result_.completed));
  }

  void read_objectives() {
    const JsonNode goodput = section_.at("goodput");
    if (goodput.is_null()) return;
    const JsonNode slo = goodput.at("slo");
    result_.objectives = {optional_number(slo.at("ttft_s")), optional_number(slo.at("tpot_s")),
                          optional_number(slo.at("e2e_s"))};
    result_.meeting_objectives = requests(goodput.at("share"));
    if (!goodput.has("each")) return;
    const JsonNode each = goodput.at("each");
    result_.meeting = {requests(each.at("ttft_s")), requests(each.at("tpot_s")), requests(each.at("e2e_s"))};
  }

  void read_cache_and_steps() {
    const JsonNode kv = section_.at("kv");
    ServingResult::Cache& cache = result_.cache;
    cache.block_tokens = kv.at("block_tokens").count();
    cache.blocks = kv.at("blocks").count();
    cache.is_derived = kv.at("from_capacity").truth();
    cache.peak_blocks = kv.at("peak").count();
    cache.mean_blocks = kv.at("mean").number();
    cache.hit_tokens = kv.at("hit_tokens").count();
    cache.evicted_blocks = kv.at("evicted_blocks").count();
    cache.preemptions = kv.at("preemptions").count();
    cache.recomputed_tokens = kv.at("recomputed_tokens").count();
    if (kv.has("tier")) read_tier(kv.at("tier"));
    const JsonNode steps = section_.at("steps");
    result_.steps = {steps.at("count").count(), steps.at("mean_tokens").number(), steps.at("mean_running").number(),
                     steps.at("distinct_costed").count()};
  }

  void read_tier(const JsonNode& node) {
    ServingResult::Tier& tier = result_.tier;
    tier.is_there = true;
    tier.blocks = node.at("blocks").count();
    tier.block_B = node.at("block_bytes").number();
    tier.peak_blocks = node.at("peak").count();
    tier.hit_tokens = node.at("hit_tokens").count();
    tier.stored_blocks = node.at("stored_blocks").count();
    tier.refused_blocks = node.at("not_stored_blocks").count();
    tier.evicted_blocks = node.at("evicted_blocks").count();
    tier.fetched_blocks = node.at("fetched_blocks").count();
    tier.store_J = node.at("store_J").number_or_not_stated();
    tier.fetch_J = node.at("fetch_J").number_or_not_stated();
    tier.fetch_s = read_spread(node.at("fetch_s"));
  }

  void read_energy() {
    const JsonNode energy = section_.at("energy");
    result_.energy_J = energy.at("total_J").number_or_not_stated();
    result_.idle_J = energy.at("idle_J").number_or_not_stated();
    result_.requests_J = energy.at("requests_J").number_or_not_stated();
    // Results of earlier programs have it by token.
    if (energy.has("prompts_J"))
      result_.of_prompt_tokens_J = energy.at("prompts_J").number_or_not_stated();
    else
      result_.of_prompt_tokens_J =
          optional_number(energy.at("per_prompt_token_J")).value_or(0) * static_cast<double>(result_.prompt_tokens);
    if (root_.has("peak_power_W")) result_.peak_power_W = root_.at("peak_power_W").number_or_not_stated();
    // In one part, since only the sum is told.
    run_.machine.phase(Phase::Decode).energy.main_mem_J = root_.at("energy_J").number_or_not_stated();
    for (const double energy_J : {result_.energy_J, run_.machine.energy_J()})
      if (run_.machine.time_s > 0 && std::isinf(energy_J / run_.machine.time_s))
        root_.at("time_s").fail("is so short that power is beyond 1.8e308; expected a longer time");
  }

  void read_transfers() {
    const JsonNode node = section_.at("transfers");
    ServingResult::Transfers& transfers = result_.transfers;
    transfers.is_apart = true;
    transfers.count = node.at("count").count();
    transfers.bytes = node.at("bytes").number();
    transfers.energy_J = node.at("energy_J").number_or_not_stated();
    transfers.time_s = read_spread(node.at("transfer_s"));
  }

  void read_speculation() {
    const JsonNode node = section_.at("speculation");
    ServingResult::Speculation& drafts = result_.speculation;
    drafts.method = node.at("method").text();
    drafts.drafted_tokens = node.at("drafted_tokens").count();
    drafts.accepted_tokens = node.at("accepted_tokens").count();
    drafts.verifications = node.at("verifications").count();
    drafts.draft_s = node.at("draft_s").number();
    drafts.draft_J = node.at("draft_J").number_or_not_stated();
  }

  void read_instance(const JsonNode& node) {
    InstanceResult instance;
    instance.name = node.at("name").text();
    for (const JsonNode& device : node.at("devices").items()) instance.devices.push_back(device.text());
    instance.requests = node.at("requests").count();
    instance.steps = node.at("steps").count();
    instance.idle_steps = node.at("idle_steps").count();
    instance.busy_s = node.at("busy_s").number();
    instance.kv_blocks = node.at("kv_blocks").count();
    instance.peak_kv_blocks = node.at("peak_kv_blocks").count();
    result_.instances.push_back(std::move(instance));
  }

  const JsonNode root_;
  const JsonNode section_;
  ServingRun run_;
  ServingResult& result_ = run_.serving;
};

}  // namespace

ServingRun read_served(const JsonNode& root) {
  return ServedReader(root).read();
}

}  // namespace upmem_des
