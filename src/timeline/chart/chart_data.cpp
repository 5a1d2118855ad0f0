#include "timeline/chart/chart_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "util/json_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

// Of each device and row.
constexpr std::size_t compute_value = 0;
constexpr std::size_t memory_value = 1;
constexpr std::size_t power_value = 2;
constexpr std::size_t values = 3;

std::size_t row_count(const PlatformSpec& platform) {
  return platform.devices.size() > ChartData::most_devices ? 1 + platform.groups.size() : platform.devices.size();
}

}  // namespace

ChartData::ChartData(const PlatformSpec& platform, bool window_is_users, std::string window_text, std::size_t limit)
    : platform_(platform),
      window_is_users_(window_is_users),
      text_(std::move(window_text)),
      row_of_(platform.devices.size()),
      members_(values * platform.devices.size() + platform.links.size()),
      sums_(values * row_count(platform) + 1),
      bins_(sums_.size()),
      list_(platform, limit) {
  if (platform.devices.size() <= most_devices) {
    for (const DeviceSpec& device : platform.devices) {
      row_of_[rows_.size()] = rows_.size();
      rows_.push_back({device.name, 1});
    }
    return;
  }
  rows_.push_back({platform.devices[host_device].name, 1});
  for (const DeviceGroup& group : platform.groups) {
    std::fill_n(row_of_.begin() + static_cast<std::ptrdiff_t>(group.first), group.count, rows_.size());
    rows_.push_back(
        {group.count == 1 ? group.name : fmt::format("{}[0..{}]", group.name, group.count - 1), group.count});
  }
}

void ChartData::on_begin(double time_s) {
  start_s_ = time_s;
  bins_.begin(time_s);
}

void ChartData::on_phase(Phase, double) {}

void ChartData::on_start(const ActivityRecord& activity) {
  list_.start(activity);
}

void ChartData::on_end(const ActivityRecord& activity) {
  list_.end(activity);
}

void ChartData::on_change(const QuantityChange& told) {
  const auto of_device = [&](std::size_t value) {
    change(values * row_of_[told.index] + value, values * told.index + value, told);
  };
  switch (told.quantity) {
    case Quantity::ComputeUse:
      return of_device(compute_value);
    case Quantity::MemoryUse:
      return of_device(memory_value);
    case Quantity::DevicePower:
      return of_device(power_value);
    case Quantity::LinkPower:
      return change(values * rows_.size(), values * platform_.devices.size() + told.index, told);
    case Quantity::MemoryBandwidth:
    case Quantity::WeightsHeld:
    case Quantity::KvCacheHeld:
    case Quantity::ActivationsHeld:
    case Quantity::LinkUse:
      return;
  }
}

void ChartData::on_finish(double time_s) {
  bins_.finish(time_s);
  end_s_ = time_s;
  choose();
}

void ChartData::change(std::size_t place, std::size_t member, const QuantityChange& change) {
  Sum& sum = sums_[place];
  double& before = members_[member];
  if (before != 0) --sum.not_zero;
  if (change.value != 0) ++sum.not_zero;
  if (sum.not_zero <= 1)
    sum.total = sum.not_zero == 0 ? 0 : change.value != 0 ? change.value : std::max(0.0, sum.total - before);
  else
    sum.total += change.value - before;
  before = change.value;
  bins_.set(place, change.time_s, sum.total);
}

void ChartData::choose() {
  if (list_.all_fit()) {
    whole_ = !window_is_users_;
    if (whole_) text_ = "the whole run";
    return;
  }
  if (window_is_users_) {
    text_ = fmt::format("the first {} activities of {}; the others are left out", list_.size(), text_);
  } else if (list_.keep_whole_steps()) {
    text_ = list_.steps_text() +
            (list_.lacks_steps() ? "; later ones are left out" : "; the transfer that ends the run is left out");
  } else {
    const double time_s = list_.end_s() - list_.start_s();
    const Scale scale = scale_for(time_s, "s");
    const std::string step = list_.steps_text();
    text_ = fmt::format("the first {} {}{}; the rest is left out", rounded_plain(time_s / scale.factor, 3), scale.unit,
                        step.empty() ? "" : " of " + step);
  }
  start_s_ = list_.start_s();
  end_s_ = list_.end_s();
}

std::string ChartData::json() const {
  return fmt::format(
      "{{\"window\": {{\"text\": {}, \"chosen_by\": \"{}\", \"whole\": {}, \"start_s\": {}, \"end_s\": {}, "
      "\"activities\": {}}},\n{},\n\"over_time\": {}}}",
      json_text(text_), window_is_users_ ? "user" : "page", whole_, start_s_, end_s_, list_.size(), list_.json(),
      over_time_json());
}

/// The means as they are told, each times `share`.
std::string ChartData::means_json(std::size_t value, double share) const {
  std::string json = "[";
  for (const double mean : bins_.means(value, bins))
    fmt::format_to(std::back_inserter(json), "{}{}", json.size() == 1 ? "" : ", ", mean * share);
  return json + "]";
}

std::string ChartData::over_time_json() const {
  std::string json = fmt::format("{{\"start_s\": {}, \"bin_s\": {}, \"devices\": [", bins_.begin_s(),
                                 (bins_.end_s() - bins_.begin_s()) / static_cast<double>(bins));
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    const double share = 1 / static_cast<double>(rows_[row].devices);
    fmt::format_to(std::back_inserter(json), "\n{{\"name\": {}, \"compute\": {}, \"memory\": {}, \"power_W\": {}}},",
                   json_text(rows_[row].name), means_json(values * row + compute_value, share),
                   means_json(values * row + memory_value, share), means_json(values * row + power_value, 1));
  }
  return json + "\n{\"name\": \"links\", \"power_W\": " + means_json(values * rows_.size(), 1) + "}]}";
}

}  // namespace upmem_des
