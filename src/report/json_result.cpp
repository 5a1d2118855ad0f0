#include "report/json_result.hpp"

#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "util/error.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

/// A count: whole, where get_to() would cut a fraction off.
void read(const Json& json, std::int64_t& count) {
  count = json.get_ref<const Json::number_integer_t&>();
}

void read(const Json& json, EnergyParts& energy) {
  json.at("host_to_device").get_to(energy.host_to_device_J);
  json.at("device_to_host").get_to(energy.device_to_host_J);
  json.at("device_to_device").get_to(energy.device_to_device_J);
  json.at("main_mem").get_to(energy.main_mem_J);
  json.at("compute").get_to(energy.compute_J);
  json.at("idle").get_to(energy.idle_J);
}

void read(const Json& json, BusyTimes& busy) {
  json.at("host_to_device").get_to(busy.host_to_device_s);
  json.at("device_to_host").get_to(busy.device_to_host_s);
  json.at("device_to_device").get_to(busy.device_to_device_s);
  json.at("compute").get_to(busy.compute_s);
  json.at("mem_transfer").get_to(busy.mem_transfer_s);
  json.at("kv_load").get_to(busy.kv_load_s);
}

void read(const Json& json, MovedBytes& moved) {
  json.at("host_to_device").get_to(moved.host_to_device_B);
  json.at("device_to_host").get_to(moved.device_to_host_B);
  json.at("device_to_device").get_to(moved.device_to_device_B);
}

template <class Part>
void read_parts(const Json& json, Part& part) {
  read(json.at("energy_J"), part.energy);
  read(json.at("busy_s"), part.busy);
  read(json.at("moved_bytes"), part.moved);
}

void read(const Json& json, PhaseResult& phase) {
  json.at("time_s").get_to(phase.time_s);
  read(json.at("events"), phase.events);
  read_parts(json, phase);
}

void read(const Json& json, MemoryUse& memory) {
  json.at("weights").get_to(memory.weights_B);
  json.at("kv_cache").get_to(memory.kv_cache_B);
  json.at("activations").get_to(memory.activations_B);
  if (!json.at("capacity").is_null()) memory.capacity_B = json.at("capacity").get<double>();
}

DeviceResult read_device(const std::string& name, const Json& json) {
  DeviceResult device;
  device.name = name;
  read(json.at("events"), device.events);
  read_parts(json, device);
  for (const Phase phase : {Phase::Prefill, Phase::Decode})
    read(json.at("phases").at(to_string(phase)).at("energy_J"), device.phase_energy[static_cast<std::size_t>(phase)]);
  read(json.at("memory_bytes"), device.memory);
  return device;
}

void read_by_phase(const Json& json, std::array<double, phase_count>& values) {
  json.at("prefill").get_to(values[0]);
  json.at("decode").get_to(values[1]);
}

/// `places` are those of the devices by name.
LinkResult read_link(const std::string& name, const Json& json, const std::map<std::string, std::size_t>& places,
                     const std::string& origin) {
  LinkResult link;
  link.name = name;
  json.at("kind").get_to(link.kind);
  if (link.kind != "host_to_device" && link.kind != "device_to_host" && link.kind != "device_to_device")
    throw InputError({origin}, "kind",
                     "unknown kind '" + link.kind + "'; expected host_to_device, device_to_host or device_to_device");
  if (!json.at("device").is_null()) {
    const auto device = json.at("device").get<std::string>();
    const auto place = places.find(device);
    if (place == places.end())
      throw InputError({origin}, "device", "no device '" + device + "'; expected one that \"devices\" has");
    link.owner = place->second;
  }
  json.at("bandwidth_Bps").get_to(link.bandwidth_Bps);
  read_by_phase(json.at("energy_J"), link.energy_J);
  read_by_phase(json.at("moved_bytes"), link.moved_B);
  return link;
}

/// The value of `key` as the one of two that is written so.
template <class Value>
Value read_either(const Json& json, const char* key, Value first, Value second, const std::string& origin) {
  const auto text = json.at(key).get<std::string>();
  if (text == to_string(first)) return first;
  if (text == to_string(second)) return second;
  throw InputError(
      {origin}, key,
      std::string("unknown ") + key + " '" + text + "'; expected " + to_string(first) + " or " + to_string(second));
}

EventClass read_class(const Json& json, const std::string& origin) {
  EventClass events;
  events.phase = read_either(json, "phase", Phase::Prefill, Phase::Decode, origin);
  events.kind = read_either(json, "kind", EventKind::Layer, EventKind::Function, origin);
  events.type = Name(json.at("type").get<std::string>());
  events.name = Name(json.at("name").get<std::string>());
  read(json.at("count"), events.count);
  json.at("time_s").get_to(events.cost.time_s);
  json.at("flop").get_to(events.cost.flop);
  json.at("memory_bytes").get_to(events.cost.memory_bytes);
  read_parts(json, events.cost);
  return events;
}

SimulationResult read_result(const Json& json, const std::string& origin) {
  if (json.at("format") != "upmem-des-result") throw InputError({origin}, "format", "not a result of this program");
  if (json.at("version") != 1) throw InputError({origin}, "version", "unknown version; expected 1");
  SimulationResult result;
  json.at("scenario").get_to(result.scenario);
  json.at("model").get_to(result.model);
  json.at("cost_model").get_to(result.cost_model);
  json.at("schedule").get_to(result.schedule);
  const auto dtype = parse_data_type(json.at("dtype").get<std::string>());
  if (!dtype) throw InputError({origin}, "dtype", "unknown data type");
  result.dtype = *dtype;
  read(json.at("batch"), result.batch);
  json.at("time_s").get_to(result.time_s);
  read(json.at("events"), result.events);
  read(json.at("forward_passes"), result.forward_passes);
  read(json.at("phases").at("prefill"), result.phase(Phase::Prefill));
  read(json.at("phases").at("decode"), result.phase(Phase::Decode));
  std::map<std::string, std::size_t> places;
  for (const auto& [name, device] : json.at("devices").get_ref<const Json::object_t&>()) {
    places.emplace(name, result.devices.size());
    result.devices.push_back(read_device(name, device));
  }
  for (const auto& [name, link] : json.at("links").get_ref<const Json::object_t&>())
    result.links.push_back(read_link(name, link, places, origin));
  for (const Json& events : json.at("event_classes").get_ref<const Json::array_t&>())
    result.event_classes.push_back(read_class(events, origin));
  return result;
}

}  // namespace

SimulationResult parse_result_json(const std::string& text, const std::string& origin) {
  try {
    return read_result(Json::parse(text), origin);
  } catch (const Json::exception& error) {
    throw InputError({origin}, std::string("not a result of this program: ") + error.what());
  }
}

}  // namespace upmem_des
