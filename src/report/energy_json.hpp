/// Parts of an energy in JSON. Internal to the room.
#pragma once

#include <nlohmann/json.hpp>

#include "upmem_des/result/event_record.hpp"

namespace upmem_des {

/// In joules: what each part draws, and `total`, their sum.
nlohmann::ordered_json energy_json(const EnergyParts& energy);

}  // namespace upmem_des
