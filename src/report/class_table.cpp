#include "report/class_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "upmem_des/trace/layer_event.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

std::string milli(double value) {
  return rounded_text(value * 1e3, 5);
}

void append_phase(const SimulationResult& result, Phase which, std::string& text) {
  std::vector<const EventClass*> classes;
  for (const EventClass& events : result.event_classes)
    if (events.phase == which) classes.push_back(&events);
  if (classes.empty()) return;
  std::stable_sort(classes.begin(), classes.end(),
                   [](const EventClass* a, const EventClass* b) { return a->cost.time_s > b->cost.time_s; });
  const double phase_s = result.phase(which).time_s;
  const bool peers = std::any_of(classes.begin(), classes.end(),
                                 [](const EventClass* events) { return events->cost.busy.device_to_device_s > 0; });
  std::vector<Align> columns(peers ? 12 : 11, Align::Right);
  columns[0] = columns[1] = Align::Left;
  TextTable table(columns);
  // What lies between devices has a column only where there is any.
  const auto row = [&](std::vector<std::string> cells) {
    if (!peers) cells.erase(cells.begin() + 7);
    table.row(std::move(cells));
  };
  row({"type", "name", "count", "time", "share", "to device", "to host", "peers", "compute", "memory", "KV load",
       "energy"});
  row({"", "", "", "ms", "%", "ms", "ms", "ms", "ms", "ms", "ms", "mJ"});
  table.rule();
  for (const EventClass* events : classes) {
    const EventCost& cost = events->cost;
    row({events->type.str(), events->name.str(), std::to_string(events->count), milli(cost.time_s),
         fmt::format("{:.1f}", phase_s > 0 ? 100 * cost.time_s / phase_s : 0), milli(cost.busy.host_to_device_s),
         milli(cost.busy.device_to_host_s), milli(cost.busy.device_to_device_s), milli(cost.busy.compute_s),
         milli(cost.busy.mem_transfer_s), milli(cost.busy.kv_load_s), milli(cost.energy.total_J())});
  }
  text += fmt::format("{}{}, simulated\n{}", text.empty() ? "" : "\n", to_string(which), table.str(2));
}

}  // namespace

std::string class_table(const SimulationResult& result) {
  std::string text;
  append_phase(result, Phase::Prefill, text);
  append_phase(result, Phase::Decode, text);
  return text;
}

}  // namespace upmem_des
