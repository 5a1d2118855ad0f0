#include "timeline/chart/chart_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "upmem_des/trace/layer_event.hpp"
#include "util/json_text.hpp"

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

ChartData::ChartData(const PlatformSpec& platform, std::string window_text, std::size_t limit)
    : platform_(platform),
      stated_(platform),
      window_text_(std::move(window_text)),
      limit_(limit),
      row_of_(platform.devices.size()),
      members_(values * platform.devices.size() + platform.links.size()),
      sums_(values * row_count(platform) + 2),
      bins_(sums_.size()) {
  if (platform.devices.size() <= most_devices) {
    for (const DeviceSpec& device : platform.devices) {
      row_of_[rows_.size()] = rows_.size();
      rows_.push_back({device.name, 1, stated_.of_device(rows_.size())});
    }
    return;
  }
  rows_.push_back({platform.devices[host_device].name, 1, stated_.of_device(host_device)});
  for (const DeviceGroup& group : platform.groups) {
    std::fill_n(row_of_.begin() + static_cast<std::ptrdiff_t>(group.first), group.count, rows_.size());
    rows_.push_back(
        {group.count == 1 ? group.name : fmt::format("{}[0..{}]", group.name, group.count - 1), group.count, true});
    for (std::size_t i = 0; i < group.count; ++i)
      rows_.back().states_power = rows_.back().states_power && stated_.of_device(group.first + i);
  }
}

std::size_t ChartData::links_value() const {
  return values * rows_.size();
}

void ChartData::on_begin(double time_s) {
  bins_.begin(time_s);
}

void ChartData::on_phase(Phase phase, double time_s) {
  is_prefill_ = phase == Phase::Prefill;
  bins_.begin_phase(phase, time_s);
  round_.reset();
  called_.clear();
}

/// Layers of a model are its rounds; whoever computes a call first begins it.
void ChartData::look_for_rounds(const ActivityRecord& activity) {
  if (activity.event == nullptr || activity.kind != ActivityKind::Compute) return;
  const LayerEvent& event = *activity.event;
  const std::uint64_t key = (std::uint64_t{event.type.index()} << 32U) | event.name.index();
  if (!round_) {
    const auto [first, is_new] = called_.try_emplace(key, event.seq);
    if (is_new || first->second == event.seq) return;
    round_ = Call{key, first->second};
  }
  if (key != round_->key || event.seq <= round_->seq) return;
  round_->seq = event.seq;
  bins_.begin_round(activity.start_s);
}

std::optional<ChartPart>& ChartData::part_of(const ActivityRecord& activity) {
  return parts_[static_cast<std::size_t>(activity.phase)];
}

void ChartData::on_start(const ActivityRecord& activity) {
  if (activity.step() > latest_step_) {
    latest_step_ = activity.step();
    add_up_again();
    bins_.begin_step(activity.start_s);
    called_.clear();
  }
  look_for_rounds(activity);
  std::optional<ChartPart>& part = part_of(activity);
  if (!part) {
    // Each phase has half of the room while prefill goes on; after it decode has what prefill has left.
    const auto& prefill = parts_[static_cast<std::size_t>(Phase::Prefill)];
    const std::size_t taken = is_prefill_ ? limit_ / 2 : prefill ? prefill->size() : 0;
    part.emplace(platform_, activity.phase, limit_ - taken);
  }
  part->start(activity);
}

void ChartData::on_end(const ActivityRecord& activity) {
  if (std::optional<ChartPart>& part = part_of(activity)) part->end(activity);
}

void ChartData::on_change(const QuantityChange& told) {
  const auto of = [&](std::size_t sum, std::size_t member, bool is_power) {
    const double before = std::exchange(members_[member], told.value);
    change(sum, before, told);
    if (is_power) change(machine_value(), before, told);
  };
  const auto of_device = [&](std::size_t value) {
    of(values * row_of_[told.index] + value, values * told.index + value, value == power_value);
  };
  switch (told.quantity) {
    case Quantity::ComputeUse:
      return of_device(compute_value);
    case Quantity::MemoryUse:
      return of_device(memory_value);
    case Quantity::DevicePower:
      return of_device(power_value);
    case Quantity::LinkPower:
      return of(links_value(), values * platform_.devices.size() + told.index, true);
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
  for (std::optional<ChartPart>& part : parts_)
    if (part) part->choose(window_text_);
}

void ChartData::change(std::size_t place, double before, const QuantityChange& change) {
  Sum& sum = sums_[place];
  if (before != 0) --sum.not_zero;
  if (change.value != 0) ++sum.not_zero;
  if (sum.not_zero <= 1)
    sum.total = sum.not_zero == 0 ? 0 : change.value != 0 ? change.value : std::max(0.0, sum.total - before);
  else
    sum.total += change.value - before;
  bins_.set(place, change.time_s, sum.total);
}

/// What grows and shrinks all the time would not stay the sum of its members.
void ChartData::add_up_again() {
  for (Sum& sum : sums_) sum.total = 0;
  const auto add = [&](std::size_t value, std::size_t member) { sums_[value].total += members_[member]; };
  for (std::size_t i = 0; i < row_of_.size(); ++i) {
    for (std::size_t value = 0; value < values; ++value) add(values * row_of_[i] + value, values * i + value);
    add(machine_value(), values * i + power_value);
  }
  for (std::size_t i = values * row_of_.size(); i < members_.size(); ++i) {
    add(links_value(), i);
    add(machine_value(), i);
  }
}

std::string ChartData::json() const {
  std::string parts;
  for (const std::optional<ChartPart>& part : parts_)
    if (part) parts += (parts.empty() ? "" : ",\n") + part->json();
  return fmt::format("{{\"chosen_by\": \"{}\",\n\"parts\": [{}],\n\"over_time\": {}}}",
                     window_text_.empty() ? "page" : "user", parts, over_time_json());
}

namespace {

template <class Numbers, class Value>
std::string list_json(const Numbers& numbers, const char* format, const Value& value) {
  std::string json = "[";
  for (const auto& number : numbers) {
    if (json.size() > 1) json += ", ";
    fmt::format_to(std::back_inserter(json), fmt::runtime(format), value(number));
  }
  return json + "]";
}

constexpr const char* seven_digits = "{:.7g}";
constexpr const char* all_digits = "{}";

}  // namespace

/// The means as they are told, each times `share`.
std::string ChartData::means_json(std::size_t value, double share) const {
  return list_json(bins_.bins(value), seven_digits, [&](const StepBins::Bin& bin) { return bin.mean * share; });
}

std::string ChartData::power_json(std::size_t value, const char* format, bool is_stated) const {
  const std::vector<StepBins::Bin> bins = bins_.bins(value);
  const auto numbers = [&](double (*of)(const StepBins::Bin&)) {
    if (is_stated) return list_json(bins, format, of);
    return list_json(bins, all_digits, [](const StepBins::Bin&) { return "null"; });
  };
  return fmt::format(R"("power_W": {}, "least_W": {}, "most_W": {})",
                     numbers([](const StepBins::Bin& bin) { return bin.mean; }),
                     numbers([](const StepBins::Bin& bin) { return bin.least; }),
                     numbers([](const StepBins::Bin& bin) { return bin.most; }));
}

std::string ChartData::over_time_json() const {
  const auto phase_json = [](const StepBins::PhaseBins& phase) {
    return fmt::format(R"({{"phase": "{}", "bins": {}}})", to_string(phase.phase), phase.bins);
  };
  std::string json = fmt::format("{{\"edges_s\": {}, \"phases\": {},\n\"machine\": {{{}}}, \"devices\": [",
                                 list_json(bins_.edges_s(), all_digits, [](double edge_s) { return edge_s; }),
                                 list_json(bins_.phases(), all_digits, phase_json),
                                 power_json(machine_value(), all_digits, stated_.all()));
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    const double share = 1 / static_cast<double>(rows_[row].devices);
    fmt::format_to(std::back_inserter(json), "\n{{\"name\": {}, \"compute\": {}, \"memory\": {}, {}}},",
                   json_text(rows_[row].name), means_json(values * row + compute_value, share),
                   means_json(values * row + memory_value, share),
                   power_json(values * row + power_value, seven_digits, rows_[row].states_power));
  }
  return json + "\n{\"name\": \"links\", " + power_json(links_value(), seven_digits, stated_.all_links()) + "}]}";
}

}  // namespace upmem_des
