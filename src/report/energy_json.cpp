#include "report/energy_json.hpp"

namespace upmem_des {

nlohmann::ordered_json energy_json(const EnergyParts& energy) {
  return {{"host_to_device", energy.host_to_device_J},
          {"device_to_host", energy.device_to_host_J},
          {"device_to_device", energy.device_to_device_J},
          {"main_mem", energy.main_mem_J},
          {"compute", energy.compute_J},
          {"active", energy.active_J},
          {"idle", energy.idle_J},
          {"total", energy.total_J()}};
}

EnergyParts read_energy(const JsonNode& node) {
  EnergyParts energy;
  energy.host_to_device_J = node.at("host_to_device").number_or_not_stated();
  energy.device_to_host_J = node.at("device_to_host").number_or_not_stated();
  energy.device_to_device_J = node.at("device_to_device").number_or_not_stated();
  energy.main_mem_J = node.at("main_mem").number_or_not_stated();
  energy.compute_J = node.at("compute").number_or_not_stated();
  // Results of earlier programs have no such part.
  energy.active_J = node.has("active") ? node.at("active").number_or_not_stated() : 0;
  energy.idle_J = node.at("idle").number_or_not_stated();
  return energy;
}

void add_energy_gaps(const std::vector<EnergyGap>& gaps, nlohmann::ordered_json& document) {
  for (const EnergyGap& gap : gaps)
    document["energy_not_stated"].push_back({{"architecture", gap.architecture}, {"missing", gap.keys}});
}

std::vector<EnergyGap> read_energy_gaps(const JsonNode& document) {
  std::vector<EnergyGap> gaps;
  if (!document.has("energy_not_stated")) return gaps;
  for (const JsonNode& node : document.at("energy_not_stated").items()) {
    EnergyGap& gap = gaps.emplace_back();
    gap.architecture = node.at("architecture").text();
    for (const JsonNode& key : node.at("missing").items()) gap.keys.push_back(key.text());
  }
  return gaps;
}

}  // namespace upmem_des
