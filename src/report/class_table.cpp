#include "report/class_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

std::string milli(double value) {
  return rounded_text(value * 1e3, 5);
}

void append_phase(const SimulationResult& result, Phase which, std::string& text) {
  using Align = TextTable::Align;
  std::vector<const EventClass*> classes;
  for (const EventClass& events : result.event_classes)
    if (events.phase == which) classes.push_back(&events);
  if (classes.empty()) return;
  std::stable_sort(classes.begin(), classes.end(),
                   [](const EventClass* a, const EventClass* b) { return a->cost.time_s > b->cost.time_s; });
  const double phase_s = result.phase(which).time_s;
  TextTable table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right,
                   Align::Right, Align::Right, Align::Right, Align::Right});
  table.row(
      {"type", "name", "count", "time", "share", "to device", "to host", "compute", "memory", "KV load", "energy"});
  table.row({"", "", "", "ms", "%", "ms", "ms", "ms", "ms", "ms", "mJ"});
  table.rule();
  for (const EventClass* events : classes) {
    const EventCost& cost = events->cost;
    table.row({events->type.str(), events->name.str(), std::to_string(events->count), milli(cost.time_s),
               fmt::format("{:.1f}", phase_s > 0 ? 100 * cost.time_s / phase_s : 0), milli(cost.busy.host_to_device_s),
               milli(cost.busy.device_to_host_s), milli(cost.busy.compute_s), milli(cost.busy.mem_transfer_s),
               milli(cost.busy.kv_load_s), milli(cost.energy.total_J())});
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
