#include "timeline/chart/activity_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "platform/device_names.hpp"
#include "timeline/activity_bound.hpp"
#include "timeline/activity_label.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/stated.hpp"
#include "util/json_text.hpp"

namespace upmem_des {

namespace {

constexpr int transfer_bound = 3;

std::size_t class_of(const ActivityRecord& activity) {
  if (activity.kind == ActivityKind::Transfer) return operator_classes.size();
  const OperatorClass which = activity.event != nullptr ? operator_class(*activity.event) : OperatorClass::Other;
  return static_cast<std::size_t>(std::find(operator_classes.begin(), operator_classes.end(), which) -
                                  operator_classes.begin());
}

std::string joined(const std::vector<std::string>& items, const char* separator) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : separator) + items[i];
  return text;
}

}  // namespace

void ActivityList::start(const ActivityRecord& activity) {
  if (kept_.size() == limit_) {
    ++left_out_;
    if (activity.step() < 0) return;
    first_step_left_out_ = step_left_out_ ? std::min(first_step_left_out_, activity.step()) : activity.step();
    step_left_out_ = true;
    return;
  }
  open_[activity.id] = kept_.size();
  Kept kept;
  kept.kind = activity.kind;
  kept.stream = activity.stream;
  kept.start_s = kept.end_s = activity.start_s;
  kept.label = label(activity_label(activity));
  kept.activity_class = class_of(activity);
  kept.step = activity.step();
  kept_.push_back(kept);
}

void ActivityList::end(const ActivityRecord& activity) {
  const auto open = open_.find(activity.id);
  if (open == open_.end()) return;
  Kept& kept = kept_[open->second];
  open_.erase(open);
  const bool transfer = activity.kind == ActivityKind::Transfer;
  kept.end_s = activity.end_s;
  kept.flop = activity.flop;
  kept.bytes = transfer ? activity.bytes : activity.memory_bytes;
  kept.energy_J = activity.energy_J;
  kept.bound = transfer ? transfer_bound : static_cast<int>(activity_bound(activity));
}

double ActivityList::start_s() const {
  return kept_.empty() ? 0 : kept_.front().start_s;
}

double ActivityList::end_s() const {
  double latest_s = 0;
  for (const Kept& kept : kept_) latest_s = std::max(latest_s, kept.end_s);
  return latest_s;
}

bool ActivityList::keep_whole_steps() {
  const auto is_whole = [this](const Kept& kept) {
    return kept.step >= 0 && (!step_left_out_ || kept.step < first_step_left_out_);
  };
  if (std::none_of(kept_.begin(), kept_.end(), is_whole)) return false;
  kept_.erase(std::remove_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return !is_whole(kept); }),
              kept_.end());
  return true;
}

std::string ActivityList::steps_text() const {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = -1;
  for (const Kept& kept : kept_) {
    if (kept.step < 0) continue;
    first = std::min(first, kept.step);
    last = std::max(last, kept.step);
  }
  if (last < 0) return "";
  return first == last ? fmt::format("step {}", first) : fmt::format("steps {} to {}", first, last);
}

std::string ActivityList::json() const {
  const std::map<Stream, std::size_t> rows = stream_rows();
  std::vector<std::string> streams(rows.size());
  for (const auto& [stream, row] : rows) {
    const auto& [kind, index] = stream;
    const bool compute = kind == ActivityKind::Compute;
    streams[row] =
        fmt::format(R"({{"name": {}, "device": {}, "kind": "{}"}})",
                    json_text(compute ? platform_.devices[index].name : route_name(platform_, platform_.routes[index])),
                    json_text(platform_.devices[device_of(stream)].name), compute ? "compute" : "transfer");
  }
  std::vector<std::string> labels;
  std::map<std::size_t, std::size_t> label_places;  // of the labels that are shown
  std::vector<std::string> activities;
  for (const Kept& kept : kept_) {
    const auto [place, is_new] = label_places.try_emplace(kept.label, labels.size());
    if (is_new) labels.push_back(json_text(labels_[kept.label]));
    activities.push_back(fmt::format("[{}, {}, {}, {}, {}, {}, {}, {}, {}, {}]", rows.at({kept.kind, kept.stream}),
                                     kept.start_s, kept.end_s - kept.start_s, place->second, kept.activity_class,
                                     kept.step, kept.flop, kept.bytes,
                                     is_stated(kept.energy_J) ? fmt::format("{}", kept.energy_J) : "null", kept.bound));
  }
  std::vector<std::string> classes;
  for (const OperatorClass which : operator_classes) classes.push_back(json_text(operator_colour(which).name));
  classes.push_back(json_text(transfer_colour().name));
  return fmt::format("\"streams\": [{}],\n\"labels\": [{}],\n\"classes\": [{}],\n\"activities\": [\n{}]",
                     joined(streams, ", "), joined(labels, ", "), joined(classes, ", "), joined(activities, ",\n"));
}

std::size_t ActivityList::label(const std::string& text) {
  const auto [place, is_new] = label_places_.try_emplace(text, labels_.size());
  if (is_new) labels_.push_back(text);
  return place->second;
}

/// By device, its own computes first, then its transfers in the order of the routes.
std::map<ActivityList::Stream, std::size_t> ActivityList::stream_rows() const {
  std::map<std::pair<DeviceIndex, Stream>, std::size_t> sorted;
  for (const Kept& kept : kept_) {
    const Stream stream{kept.kind, kept.stream};
    sorted.emplace(std::pair{device_of(stream), stream}, 0);
  }
  std::map<Stream, std::size_t> rows;
  for (const auto& entry : sorted) rows.emplace(entry.first.second, rows.size());
  return rows;
}

/// That a stream is shown at: of a transfer the accelerator at one of its ends; the source where there are two.
DeviceIndex ActivityList::device_of(const Stream& stream) const {
  if (stream.first == ActivityKind::Compute) return stream.second;
  const RouteSpec& route = platform_.routes[stream.second];
  return route.from == host_device && !route.broadcast() ? route.to.front() : route.from;
}

}  // namespace upmem_des
