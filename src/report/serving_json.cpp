#include "upmem_des/report/serving_json.hpp"

#include <nlohmann/json.hpp>

#include "report/cost_json.hpp"
#include "report/energy_json.hpp"
#include "report/serving_course_json.hpp"
#include "report/what_was_run_json.hpp"
#include "util/harmless_text.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

Json spread_json(const SpreadOf& spread) {
  const auto value = [&](double of) { return spread.count > 0 ? Json(of) : Json(); };
  return {{"count", spread.count},    {"mean", value(spread.mean)}, {"p50", value(spread.p50)},
          {"p90", value(spread.p90)}, {"p95", value(spread.p95)},   {"p99", value(spread.p99)},
          {"max", value(spread.max)}};
}

Json optional_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json share_json(double part, double whole) {
  return whole > 0 ? Json(part / whole) : Json();
}

Json goodput_json(const ServingResult& result) {
  const auto each = [&](const std::optional<double>& objective_s, std::int64_t meeting) {
    return objective_s ? share_json(static_cast<double>(meeting), static_cast<double>(result.completed)) : Json();
  };
  return {{"slo",
           {{"ttft_s", optional_json(result.objectives.ttft_s)},
            {"tpot_s", optional_json(result.objectives.tpot_s)},
            {"e2e_s", optional_json(result.objectives.e2e_s)}}},
          {"requests_per_s", result.per_second(result.meeting_objectives)},
          {"share", share_json(static_cast<double>(result.meeting_objectives), static_cast<double>(result.completed))},
          {"each",
           {{"ttft_s", each(result.objectives.ttft_s, result.meeting.ttft)},
            {"tpot_s", each(result.objectives.tpot_s, result.meeting.tpot)},
            {"e2e_s", each(result.objectives.e2e_s, result.meeting.e2e)}}}};
}

Json kv_json(const ServingResult::Cache& cache) {
  return {{"block_tokens", cache.block_tokens},
          {"blocks", cache.blocks},
          {"from_capacity", cache.is_derived},
          {"peak", cache.peak_blocks},
          {"mean", cache.mean_blocks},
          {"hit_tokens", cache.hit_tokens},
          {"evicted_blocks", cache.evicted_blocks},
          {"preemptions", cache.preemptions},
          {"recomputed_tokens", cache.recomputed_tokens}};
}

Json tier_json(const ServingResult::Tier& tier) {
  return {{"blocks", tier.blocks},
          {"block_bytes", tier.block_B},
          {"peak", tier.peak_blocks},
          {"hit_tokens", tier.hit_tokens},
          {"stored_blocks", tier.stored_blocks},
          {"stored_bytes", static_cast<double>(tier.stored_blocks) * tier.block_B},
          {"not_stored_blocks", tier.refused_blocks},
          {"evicted_blocks", tier.evicted_blocks},
          {"fetched_blocks", tier.fetched_blocks},
          {"fetched_bytes", static_cast<double>(tier.fetched_blocks) * tier.block_B},
          {"store_J", tier.store_J},
          {"fetch_J", tier.fetch_J},
          {"fetch_s", spread_json(tier.fetch_s)}};
}

Json served_energy_json(const ServingResult& result) {
  const auto each = [&](double energy_J, std::int64_t count) {
    return share_json(energy_J, static_cast<double>(count));
  };
  return {{"total_J", result.energy_J},
          {"idle_J", result.idle_J},
          {"requests_J", result.requests_J},
          {"prompts_J", result.of_prompt_tokens_J},
          {"per_request_J", each(result.requests_J, result.completed)},
          {"per_output_token_J", each(result.requests_J - result.of_prompt_tokens_J, result.output_tokens)},
          {"per_prompt_token_J", each(result.of_prompt_tokens_J, result.prompt_tokens)},
          {"total_per_request_J", each(result.energy_J, result.completed)},
          {"total_per_output_token_J", each(result.energy_J, result.output_tokens)}};
}

Json speculation_json(const ServingResult& result) {
  const ServingResult::Speculation& drafts = result.speculation;
  double busy_s = 0;
  for (const InstanceResult& instance : result.instances) busy_s += instance.busy_s;
  return {{"method", drafts.method},
          {"drafted_tokens", drafts.drafted_tokens},
          {"accepted_tokens", drafts.accepted_tokens},
          {"verifications", drafts.verifications},
          {"acceptance",
           share_json(static_cast<double>(drafts.accepted_tokens), static_cast<double>(drafts.drafted_tokens))},
          {"mean_accepted_length", drafts.verifications > 0 ? Json(drafts.mean_accepted_length()) : Json()},
          {"draft_s", drafts.draft_s},
          {"draft_time_share", share_json(drafts.draft_s, busy_s)},
          {"draft_J", drafts.draft_J}};
}

Json serving_section(const ServingRun& run) {
  const ServingResult& result = run.serving;
  Json json{{"scheduler", result.scheduler},
            {"router", result.router},
            {"requests",
             {{"submitted", result.submitted},
              {"completed", result.completed},
              {"rejected", result.refused},
              {"preempted", result.preempted}}},
            {"makespan_s", result.makespan_s},
            {"throughput",
             {{"requests_per_s", result.per_second(result.completed)},
              {"prompt_tokens_per_s", result.per_second(result.prompt_tokens)},
              {"output_tokens_per_s", result.per_second(result.output_tokens)}}},
            {"prompt_tokens", result.prompt_tokens},
            {"output_tokens", result.output_tokens},
            {"ttft_s", spread_json(result.time_to_first_token_s)},
            {"tpot_s", spread_json(result.time_per_output_token_s)},
            {"itl_s", spread_json(result.inter_token_s)},
            {"e2e_s", spread_json(result.end_to_end_s)},
            {"queue_s", spread_json(result.queued_s)}};
  json["goodput"] = result.objectives.any() ? goodput_json(result) : Json();
  json["kv"] = kv_json(result.cache);
  if (result.tier.is_there) json["kv"]["tier"] = tier_json(result.tier);
  json["steps"] = {{"count", result.steps.count},
                   {"mean_tokens", result.steps.mean_tokens},
                   {"mean_running", result.steps.mean_running},
                   {"distinct_costed", result.steps.planned_sizes}};
  json["energy"] = served_energy_json(result);
  if (result.transfers.is_apart)
    json["transfers"] = {{"count", result.transfers.count},
                         {"bytes", result.transfers.bytes},
                         {"energy_J", result.transfers.energy_J},
                         {"transfer_s", spread_json(result.transfers.time_s)}};
  if (!result.speculation.method.empty()) json["speculation"] = speculation_json(result);
  json["instances"] = Json::array();
  for (const InstanceResult& instance : result.instances)
    json["instances"].push_back({{"name", instance.name},
                                 {"devices", instance.devices},
                                 {"requests", instance.requests},
                                 {"steps", instance.steps},
                                 {"idle_steps", instance.idle_steps},
                                 {"busy_s", instance.busy_s},
                                 {"kv_blocks", instance.kv_blocks},
                                 {"peak_kv_blocks", instance.peak_kv_blocks}});
  for (const ServedWhatIf& answer : result.what_if)
    json["what_if"].push_back({{"what", answer.what},
                               {"factor", answer.factor},
                               {"ttft_s", optional_json(answer.time_to_first_token_s)},
                               {"tpot_s", optional_json(answer.time_per_output_token_s)},
                               {"output_tokens_per_s", answer.output_tokens_per_s}});
  json["saturated"] = result.is_saturated;
  add_course_json(result, json);
  return json;
}

/// Lists of numbers in a line each.
std::string with_short_lists(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') in_string = !in_string;
    text += c;
    if (in_string && c == '\\') text += json[++i];
    if (in_string || c != '[') continue;
    const std::size_t end = json.find_first_not_of("0123456789+-.eE, \nnul", i + 1);
    if (end == std::string::npos || json[end] != ']') continue;
    for (++i; i < end; ++i)
      if (json[i] != ' ' && json[i] != '\n') text += json[i];
    text += ']';
  }
  return text;
}

}  // namespace

std::string serving_json(const ServingRun& run) {
  const SimulationResult& machine = run.machine;
  Json document{{"format", "upmem-des-result"},      {"version", 1},
                {"scenario", machine.scenario},      {"model", machine.model},
                {"cost_model", machine.cost_model},  {"schedule", machine.schedule},
                {"dtype", to_string(machine.dtype)}, {"weight_dtype", to_string(machine.weight_dtype)},
                {"time_s", machine.time_s},          {"energy_J", machine.energy_J()},
                {"power_W", machine.power_W()}};
  if (run.serving.peak_power_W) document["peak_power_W"] = *run.serving.peak_power_W;
  document["serving"] = serving_section(run);
  if (!machine.what_was_run.program.empty()) document["run"] = what_was_run_json(machine.what_was_run);
  Json devices = Json::object();
  const std::vector<DeviceTime>& times = run.serving.device_times;
  for (std::size_t i = 0; i < machine.devices.size(); ++i) {
    const DeviceResult& device = machine.devices[i];
    Json& json = devices[device.name];
    json = {{"architecture", machine.architectures.at(device.architecture).name},
            {"energy_J", energy_json(device.energy)}};
    if (i < times.size())
      json["time_s"] = {{"works", times[i].works_s},
                        {"waits", times[i].waits_s},
                        {"host", times[i].host_s},
                        {"idle", times[i].idle_s}};
  }
  document["devices"] = devices;
  if (machine.cost) document["cost"] = cost_json(*machine.cost);
  add_energy_gaps(machine.energy_gaps, document);
  if (machine.all_devices_ideal) document["all_devices_ideal"] = *machine.all_devices_ideal;
  return harmless_json(with_short_lists(document.dump(1, ' ', false, Json::error_handler_t::replace))) + "\n";
}

void write_json(const ServingRun& run, const std::string& path) {
  write_file(path, serving_json(run));
}

}  // namespace upmem_des
