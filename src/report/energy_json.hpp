/// Energies in JSON. Internal to the room.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "json/json_node.hpp"
#include "upmem_des/result/event_record.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// In joules: what each part draws, and `total`, their sum; null what is not stated.
nlohmann::ordered_json energy_json(const EnergyParts& energy);
EnergyParts read_energy(const JsonNode& node);

/// Adds `energy_not_stated` where there are gaps: which devices lack what.
void add_energy_gaps(const std::vector<EnergyGap>& gaps, nlohmann::ordered_json& document);
std::vector<EnergyGap> read_energy_gaps(const JsonNode& document);

}  // namespace upmem_des
