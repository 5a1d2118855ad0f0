#include "report/machine_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "report/folded_rows.hpp"
#include "report/summary_table.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

constexpr std::size_t max_link_rows = 12;

/// A heading of two lines: what, and in which unit.
struct Heading {
  std::vector<std::string> names;
  std::vector<std::string> units;

  void add(const std::string& name, const std::string& unit) {
    names.push_back(name);
    units.push_back(unit);
  }
};

std::string table_text(const Heading& heading, const FoldedRows& rows, std::size_t row_count) {
  std::vector<Align> columns(heading.names.size(), Align::Right);
  columns.front() = Align::Left;
  TextTable table(columns);
  table.row(heading.names);
  table.row(heading.units);
  table.rule();
  for (std::size_t i = 0; i < row_count; ++i) table.row(rows.row(i));
  return table.str();
}

std::string share_text(double share) {
  return fmt::format("{:.1f}", 100 * share);
}

class DeviceTable {
 public:
  explicit DeviceTable(const SimulationResult& result) : result_(result) {
    for (const DeviceResult& device : result.devices) {
      between_devices_ = between_devices_ || device.busy.device_to_device_s > 0;
      largest_B_ = std::max(largest_B_, device.memory.total_B());
      any_capacity_ = any_capacity_ || device.memory.capacity_B;
      any_power_ = any_power_ || device.peak_power_W();
    }
    scale_ = scale_for(largest_B_, "B");
  }

  std::string text() const {
    FoldedRows rows;
    for (const DeviceResult& device : result_.devices) rows.add(device.name, cells(device));
    return table_text(heading(), rows, rows.size());
  }

 private:
  Heading heading() const {
    Heading heading;
    heading.add("device", "");
    heading.add("events", "");
    for (const char* part : {"compute", "memory", "to device", "to host"}) heading.add(part, "% busy");
    if (between_devices_) heading.add("peers", "% busy");
    heading.add("energy", "J");
    if (any_power_) heading.add("power", "W peak");
    if (largest_B_ == 0) return heading;
    for (const char* part : {"weights", "KV cache", "peak"}) heading.add(part, scale_.unit);
    if (any_capacity_) heading.add("full", "%");
    return heading;
  }

  std::vector<std::string> cells(const DeviceResult& device) const {
    const BusyTimes& busy = device.busy;
    const auto share = [&](double busy_s) { return share_text(result_.time_s > 0 ? busy_s / result_.time_s : 0); };
    std::vector<std::string> all{std::to_string(device.events), share(busy.compute_s),
                                 share(busy.mem_transfer_s + busy.kv_load_s), share(busy.host_to_device_s),
                                 share(busy.device_to_host_s)};
    if (between_devices_) all.push_back(share(busy.device_to_device_s));
    all.push_back(rounded_text(device.energy.total_J(), summary_digits));
    if (any_power_) all.push_back(device.peak_power_W() ? rounded_text(*device.peak_power_W(), summary_digits) : "-");
    if (largest_B_ == 0) return all;
    const MemoryUse& memory = device.memory;
    for (const double bytes : {memory.weights_B, memory.kv_cache_B, memory.total_B()})
      all.push_back(rounded_text(bytes / scale_.factor, summary_digits));
    if (any_capacity_) all.push_back(memory.capacity_B ? percent_text(memory.total_B(), *memory.capacity_B) : "-");
    return all;
  }

  const SimulationResult& result_;
  bool between_devices_ = false;
  bool any_capacity_ = false;
  bool any_power_ = false;
  double largest_B_ = 0;
  Scale scale_;
};

}  // namespace

std::string device_table(const SimulationResult& result) {
  return DeviceTable(result).text();
}

std::string link_table(const SimulationResult& result) {
  bool told = false;
  double most_B = 0;
  double most_J = 0;
  for (const LinkResult& link : result.links) {
    told = told || !link.owner || (link.kind == "device_to_device" && link.total_moved_B() > 0);
    most_B = std::max(most_B, link.total_moved_B());
    most_J = std::max({most_J, link.energy_J[0], link.energy_J[1]});
  }
  if (!told) return "";
  const Scale bytes = scale_for(most_B, "B");
  const Scale energy = scale_for(most_J, "J");
  FoldedRows rows;
  for (const LinkResult& link : result.links) {
    if (!(link.total_moved_B() > 0 || link.total_energy_J() > 0)) continue;
    rows.add(link.name, {rounded_text(link.total_moved_B() / bytes.factor, summary_digits),
                         share_text(link.utilisation(result.time_s)),
                         rounded_text(link.energy_J[0] / energy.factor, summary_digits),
                         rounded_text(link.energy_J[1] / energy.factor, summary_digits)});
  }
  if (rows.empty()) return "";
  Heading heading;
  heading.add("link", "");
  heading.add("moved", bytes.unit);
  heading.add("busy", "%");
  heading.add("prefill", energy.unit);
  heading.add("decode", energy.unit);
  const std::size_t shown = std::min(rows.size(), max_link_rows);
  std::string text = table_text(heading, rows, shown);
  if (rows.size() > shown) text += fmt::format("and {} more lines: --json FILE has all links\n", rows.size() - shown);
  return text;
}

std::string collective_table(const SimulationResult& result) {
  if (result.collectives.empty()) return "";
  double most_B = 0;
  for (const CollectiveUse& use : result.collectives) most_B = std::max(most_B, use.most_B);
  const Scale bytes = scale_for(most_B, "B");
  FoldedRows rows;
  for (const CollectiveUse& use : result.collectives)
    rows.add(one_line(use.collective) + ", " + one_line(use.devices),
             {one_line(use.algorithm), rounded_text(use.least_B / bytes.factor, summary_digits),
              rounded_text(use.most_B / bytes.factor, summary_digits)});
  Heading heading;
  heading.add("collective", "");
  heading.add("algorithm", "");
  heading.add("from", bytes.unit);
  heading.add("to", bytes.unit);
  const std::size_t shown = std::min(rows.size(), max_link_rows);
  std::string text = table_text(heading, rows, shown);
  if (rows.size() > shown)
    text += fmt::format("and {} more lines: --json FILE has all collectives\n", rows.size() - shown);
  return text;
}

}  // namespace upmem_des
