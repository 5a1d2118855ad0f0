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

}  // namespace upmem_des
