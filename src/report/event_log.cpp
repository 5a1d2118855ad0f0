#include "report/event_log.hpp"

#include <fmt/format.h>

#include <iterator>

#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"
#include "upmem_des/util/stated.hpp"
#include "util/harmless_text.hpp"

namespace upmem_des {

EventLog::EventLog(std::function<void(std::string_view)> write, bool peers) : write_(std::move(write)), peers_(peers) {
  write_(fmt::format("{:>16} {:>13} {:>7} {:>6} {:<16} {:<30} {:<26} {:>11} {:>11}{} {:>11} {:>11} {:>11} {:>13}  {}\n",
                     "start s", "duration s", "phase", "step", "device", "type", "name", "to device s", "to host s",
                     peers_ ? fmt::format(" {:>11}", "peers s") : "", "compute s", "memory s", "KV load s", "energy J",
                     "input -> output"));
}

void EventLog::on_event(const EventRecord& record) {
  const BusyTimes& busy = record.cost.busy;
  const LayerEvent* event = record.event;
  const double energy_J = record.cost.energy.total_J();
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line),
                 "{:>16.12f} {:>13.6e} {:>7} {:>6} {:<16} {:<30} {:<26} {:>11.5e} {:>11.5e}{} {:>11.5e} {:>11.5e} "
                 "{:>11.5e} {:>13}  {}\n",
                 record.start_s, record.end_s - record.start_s, to_string(record.phase),
                 event != nullptr ? std::to_string(event->step) : "-", one_line(record.device),
                 event != nullptr ? one_line(event->type.str()) : "-",
                 event != nullptr ? one_line(event->name.str()) : "(final transfer)", busy.host_to_device_s,
                 busy.device_to_host_s, peers_ ? fmt::format(" {:>11.5e}", busy.device_to_device_s) : "",
                 busy.compute_s, busy.mem_transfer_s, busy.kv_load_s,
                 is_stated(energy_J) ? fmt::format("{:.6e}", energy_J) : std::string(not_stated_text),
                 event != nullptr ? event->input_shape.str() + " -> " + event->output_shape.str() : "");
  write_(std::string_view(line.data(), line.size()));
}

}  // namespace upmem_des
