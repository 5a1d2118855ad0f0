#include "report/csv_report.hpp"

#include <fmt/format.h>

#include "upmem_des/trace/layer_event.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

std::string result_csv(const SimulationResult& result) {
  std::string text =
      "phase,kind,type,name,count,time_s,time_share,host_to_device_s,device_to_host_s,compute_s,mem_transfer_s,"
      "kv_load_s,energy_J,host_to_device_J,device_to_host_J,main_mem_J,compute_J,host_to_device_bytes,"
      "device_to_host_bytes,flop,memory_bytes,device_to_device_s,device_to_device_J,device_to_device_bytes\n";
  for (const EventClass& events : result.event_classes) {
    const EventCost& cost = events.cost;
    const double phase_s = result.phase(events.phase).time_s;
    text += fmt::format("{},{},{},{},{}", to_string(events.phase), to_string(events.kind), csv_cell(events.type.str()),
                        csv_cell(events.name.str()), events.count);
    for (const double value :
         {cost.time_s, phase_s > 0 ? cost.time_s / phase_s : 0, cost.busy.host_to_device_s, cost.busy.device_to_host_s,
          cost.busy.compute_s, cost.busy.mem_transfer_s, cost.busy.kv_load_s, cost.energy.total_J(),
          cost.energy.host_to_device_J, cost.energy.device_to_host_J, cost.energy.main_mem_J, cost.energy.compute_J,
          cost.moved.host_to_device_B, cost.moved.device_to_host_B, cost.flop, cost.memory_bytes,
          cost.busy.device_to_device_s, cost.energy.device_to_device_J, cost.moved.device_to_device_B})
      text += "," + stated_number_text(value);
    text += "\n";
  }
  return text;
}

}  // namespace upmem_des
