#include "report/json_report.hpp"

#include <nlohmann/json.hpp>

#include "report/cost_json.hpp"
#include "report/energy_json.hpp"
#include "report/what_was_run_json.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

Json busy_json(const BusyTimes& busy) {
  return {{"host_to_device", busy.host_to_device_s},     {"device_to_host", busy.device_to_host_s},
          {"device_to_device", busy.device_to_device_s}, {"compute", busy.compute_s},
          {"mem_transfer", busy.mem_transfer_s},         {"kv_load", busy.kv_load_s}};
}

Json moved_json(const MovedBytes& moved) {
  return {{"host_to_device", moved.host_to_device_B},
          {"device_to_host", moved.device_to_host_B},
          {"device_to_device", moved.device_to_device_B}};
}

Json phase_json(const PhaseResult& phase) {
  return {{"time_s", phase.time_s},
          {"events", phase.events},
          {"energy_J", energy_json(phase.energy)},
          {"busy_s", busy_json(phase.busy)},
          {"moved_bytes", moved_json(phase.moved)},
          {"power_W", phase.power_W()}};
}

void add_peak_power(Json& json, const std::optional<double>& peak_W) {
  if (peak_W) json["peak_power_W"] = *peak_W;
}

Json time_use_json(const TimeUse& use) {
  return {{"compute", use.compute_s},
          {"memory", use.memory_s},
          {"overhead", use.overhead_s},
          {"communication", use.communication_s},
          {"waiting", use.waiting_s}};
}

Json device_phases_json(const DeviceResult& device) {
  Json phases;
  for (const Phase phase : {Phase::Prefill, Phase::Decode}) {
    const auto place = static_cast<std::size_t>(phase);
    phases[to_string(phase)]["energy_J"] = energy_json(device.phase_energy[place]);
    add_peak_power(phases[to_string(phase)], device.phase_peak_power_W[place]);
    if (device.phase_use[place]) phases[to_string(phase)]["time_s"] = time_use_json(*device.phase_use[place]);
  }
  return phases;
}

Json memory_json(const MemoryUse& memory) {
  Json bytes = {{"weights", memory.weights_B}, {"kv_cache", memory.kv_cache_B}, {"activations", memory.activations_B}};
  if (memory.streams_B > 0) bytes["streams"] = memory.streams_B;
  bytes["total"] = memory.total_B();
  bytes["capacity"] = memory.capacity_B ? Json(*memory.capacity_B) : Json();
  return bytes;
}

Json architecture_json(const ArchitectureResult& architecture) {
  return {{"devices", architecture.devices},
          {"flops_per_s", architecture.flops_per_s},
          {"memory_Bps", architecture.memory_Bps}};
}

Json device_json(const DeviceResult& device, const SimulationResult& result) {
  const auto share = [&](double busy_s) { return result.time_s > 0 ? busy_s / result.time_s : 0; };
  Json json{{"architecture", result.architectures.at(device.architecture).name},
            {"events", device.events},
            {"energy_J", energy_json(device.energy)}};
  add_peak_power(json, device.peak_power_W());
  json.update(Json{{"busy_s", busy_json(device.busy)},
                   {"moved_bytes", moved_json(device.moved)},
                   {"utilisation",
                    {{"host_to_device", share(device.busy.host_to_device_s)},
                     {"device_to_host", share(device.busy.device_to_host_s)},
                     {"device_to_device", share(device.busy.device_to_device_s)},
                     {"compute", share(device.busy.compute_s)},
                     {"memory", share(device.busy.mem_transfer_s + device.busy.kv_load_s)}}},
                   {"phases", device_phases_json(device)},
                   {"memory_bytes", memory_json(device.memory)}});
  return json;
}

Json by_phase_json(const std::array<double, phase_count>& values, double total) {
  return {{"prefill", values[0]}, {"decode", values[1]}, {"total", total}};
}

Json link_json(const LinkResult& link, const SimulationResult& result) {
  return {{"kind", link.kind},
          {"device", link.owner ? Json(result.devices.at(*link.owner).name) : Json()},
          {"bandwidth_Bps", link.bandwidth_Bps},
          {"energy_J", by_phase_json(link.energy_J, link.total_energy_J())},
          {"moved_bytes", by_phase_json(link.moved_B, link.total_moved_B())},
          {"utilisation", link.utilisation(result.time_s)}};
}

Json class_json(const EventClass& events) {
  return {{"phase", to_string(events.phase)},
          {"kind", to_string(events.kind)},
          {"type", events.type.str()},
          {"name", events.name.str()},
          {"count", events.count},
          {"time_s", events.cost.time_s},
          {"energy_J", energy_json(events.cost.energy)},
          {"busy_s", busy_json(events.cost.busy)},
          {"moved_bytes", moved_json(events.cost.moved)},
          {"flop", events.cost.flop},
          {"memory_bytes", events.cost.memory_bytes}};
}

Json operator_json(const OperatorUse& use, const SimulationResult& result) {
  return {{"architecture", result.architectures.at(use.architecture).name},
          {"phase", to_string(use.phase)},
          {"kind", to_string(use.kind)},
          {"type", use.type.str()},
          {"name", use.name.str()},
          {"class", to_string(use.operator_class)},
          {"count", use.count},
          {"time_s", use.time_s},
          {"compute_s", use.compute_s},
          {"memory_s", use.memory_s},
          {"flop", use.flop},
          {"memory_bytes", use.memory_bytes},
          {"energy_J", use.energy_J}};
}

std::string dumped(const Json& json) {
  return harmless_json(json.dump(1, ' ', false, Json::error_handler_t::replace));
}

void expect_size(const std::string& text, const SimulationResult& result) {
  if (text.size() <= max_result_MiB << 20U) return;
  throw InputError("the result would be larger than " + std::to_string(max_result_MiB) + " MiB, with " +
                   std::to_string(result.event_classes.size()) + " classes of events and " +
                   std::to_string(result.devices.size()) + " devices; expected one that can be read again");
}

/// One more member of the document, made item by item: as a tree of values, tens of thousands would take a gigabyte.
template <class Item, class MakeJson>
void add_list(std::string& text, const char* key, const std::vector<Item>& items, const MakeJson& make_json) {
  text += std::string(",\n \"") + key + "\": [";
  for (const Item& item : items) {
    text += &item == &items.front() ? "\n  " : ",\n  ";
    for (const char c : dumped(make_json(item))) {
      text += c;
      if (c == '\n') text += "  ";
    }
    if (text.size() > max_result_MiB << 20U) return;  // which is an error already
  }
  text += items.empty() ? "]" : "\n ]";
}

}  // namespace

std::string result_json(const SimulationResult& result) {
  Json phases;
  phases["prefill"] = phase_json(result.phase(Phase::Prefill));
  phases["decode"] = phase_json(result.phase(Phase::Decode));
  for (const Phase phase : {Phase::Prefill, Phase::Decode})
    add_peak_power(phases[to_string(phase)], result.phase(phase).peak_power_W);
  phases["decode"]["tokens"] = result.decode_tokens();
  // Without decode there is no rate of it.
  const auto of_decode = [&](double value) { return result.decode_tokens() > 0 ? Json(value) : Json(); };
  phases["decode"]["tokens_per_s"] = of_decode(result.tokens_per_s());
  phases["decode"]["energy_per_token_J"] = of_decode(result.energy_per_token_J());
  Json architectures = Json::object();
  for (const ArchitectureResult& architecture : result.architectures)
    architectures[architecture.name] = architecture_json(architecture);
  Json devices = Json::object();
  for (const DeviceResult& device : result.devices) devices[device.name] = device_json(device, result);
  Json links = Json::object();
  for (const LinkResult& link : result.links) links[link.name] = link_json(link, result);
  Json document{{"format", "upmem-des-result"},
                {"version", 1},
                {"scenario", result.scenario},
                {"model", result.model},
                {"cost_model", result.cost_model},
                {"schedule", result.schedule},
                {"dtype", to_string(result.dtype)},
                {"weight_dtype", to_string(result.weight_dtype)},
                {"batch", result.batch},
                {"time_s", result.time_s},
                {"energy_J", result.energy_J()},
                {"power_W", result.power_W()}};
  add_peak_power(document, result.peak_power_W());
  document.update(Json{{"events", result.events},
                       {"forward_passes", result.forward_passes},
                       {"generated_tokens", result.generated_tokens()},
                       {"time_to_first_token_s", result.time_to_first_token_s()},
                       {"time_per_output_token_s", of_decode(result.time_per_output_token_s())},
                       {"energy_per_generated_token_J",
                        result.generated_tokens() > 0 ? Json(result.energy_per_generated_token_J()) : Json()},
                       {"phases", phases},
                       {"architectures", architectures},
                       {"devices", devices},
                       {"links", links}});
  if (!result.what_was_run.program.empty()) document["run"] = what_was_run_json(result.what_was_run);
  for (const WhatIf& answer : result.what_if)
    document["what_if"].push_back(
        {{"what", answer.what},
         {"factor", answer.factor},
         {"time_s", answer.time_s},
         {"phases", {{"prefill", answer.phase_time_s[0]}, {"decode", answer.phase_time_s[1]}}}});
  if (result.unknown.events > 0)
    document["unknown_operators"] = {
        {"handling", result.unknown.handling}, {"events", result.unknown.events}, {"types", result.unknown.types}};
  add_energy_gaps(result.energy_gaps, document);
  if (result.all_devices_ideal) document["all_devices_ideal"] = *result.all_devices_ideal;
  if (result.cost) document["cost"] = cost_json(*result.cost);
  for (const CollectiveUse& use : result.collectives)
    document["collectives"].push_back({{"collective", use.collective},
                                       {"devices", use.devices},
                                       {"algorithm", use.algorithm},
                                       {"least_bytes", use.least_B},
                                       {"most_bytes", use.most_B}});
  std::string text = dumped(document);
  text.resize(text.size() - 2);  // up to the closing brace
  add_list(text, "event_classes", result.event_classes, class_json);
  add_list(text, "operators", result.operators, [&](const OperatorUse& use) { return operator_json(use, result); });
  text += "\n}\n";
  expect_size(text, result);
  return text;
}

}  // namespace upmem_des
