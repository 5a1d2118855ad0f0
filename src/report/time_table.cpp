#include "report/time_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "report/folded_rows.hpp"
#include "report/summary_table.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_rows = 24;
/// What would be 0.0 %.
constexpr double least_share = 5e-4;

/// Shares of a time by device, in columns that have something to say.
class Shares {
 public:
  using Parts = std::vector<double>;

  explicit Shares(std::vector<std::string> names, const std::vector<std::string>& left_out_without)
      : names_(std::move(names)), shown_(names_.size(), true) {
    for (std::size_t i = 0; i < names_.size(); ++i)
      shown_[i] = std::find(left_out_without.begin(), left_out_without.end(), names_[i]) == left_out_without.end();
  }

  /// `group` comes before the name in a column of its own; those of one follow each other.
  void add(const std::string& group, const std::string& device, const Parts& parts, double time_s) {
    for (std::size_t i = 0; i < parts.size(); ++i) shown_[i] = shown_[i] || parts[i] >= least_share * time_s;
    if (groups_.empty() || groups_.back().name != group) groups_.push_back({group, {}});
    groups_.back().lines.push_back({device, parts, time_s});
  }

  std::string text(const std::string& group_heading) const {
    if (groups_.empty()) return "";
    const bool has_groups = !group_heading.empty();
    const auto shares = static_cast<std::size_t>(std::count(shown_.begin(), shown_.end(), true));
    std::vector<TextTable::Align> columns(shares + (has_groups ? 2 : 1), TextTable::Align::Right);
    columns[0] = TextTable::Align::Left;
    if (has_groups) columns[1] = TextTable::Align::Left;
    TextTable table(columns);
    std::vector<std::string> heading{"device"}, units{""};
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (shown_[i]) {
        heading.push_back(names_[i]);
        units.emplace_back("% of time");
      }
    if (has_groups) {
      heading.insert(heading.begin(), group_heading);
      units.insert(units.begin(), "");
    }
    table.row(heading);
    table.row(units);
    table.rule();
    std::size_t rows = 0;
    for (const Group& group : groups_) {
      FoldedRows folded;
      for (const Line& line : group.lines) folded.add(line.device, cells(line));
      for (std::size_t i = 0; i < folded.size(); ++i) {
        if (++rows > max_rows) continue;
        std::vector<std::string> row = folded.row(i);
        if (has_groups) row.insert(row.begin(), group.name);
        table.row(row);
      }
    }
    std::string text = table.str();
    if (rows > max_rows) text += fmt::format("and {} more lines: --json FILE has all devices\n", rows - max_rows);
    return text;
  }

 private:
  struct Line {
    std::string device;
    Parts parts;
    double time_s = 0;
  };
  struct Group {
    std::string name;
    std::vector<Line> lines;
  };

  std::vector<std::string> cells(const Line& line) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < line.parts.size(); ++i)
      if (shown_[i]) all.push_back(percent_text(line.parts[i], line.time_s));
    return all;
  }

  std::vector<std::string> names_;
  std::vector<bool> shown_;
  std::vector<Group> groups_;
};

}  // namespace

std::string time_table(const SimulationResult& result) {
  Shares shares({"compute", "memory", "overhead", "communication", "waiting"}, {"overhead", "communication"});
  for (const Phase phase : {Phase::Prefill, Phase::Decode})
    for (const DeviceResult& device : result.devices) {
      const std::optional<TimeUse>& use = device.phase_use[static_cast<std::size_t>(phase)];
      if (!use || use->total_s() - use->waiting_s <= least_share * result.phase(phase).time_s) continue;
      shares.add(to_string(phase), device.name,
                 {use->compute_s, use->memory_s, use->overhead_s, use->communication_s, use->waiting_s},
                 result.phase(phase).time_s);
    }
  return shares.text("phase");
}

std::string time_table(const ServingRun& run) {
  Shares shares({"work", "waiting", "host", "no step"}, {"host"});
  const std::vector<DeviceTime>& times = run.serving.device_times;
  for (std::size_t i = 0; i < std::min(times.size(), run.machine.devices.size()); ++i)
    if (times[i].works_s > least_share * run.machine.time_s)
      shares.add("", run.machine.devices[i].name,
                 {times[i].works_s, times[i].waits_s, times[i].host_s, times[i].idle_s}, run.machine.time_s);
  return shares.text("");
}

}  // namespace upmem_des
