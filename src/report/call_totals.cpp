#include "report/call_totals.hpp"

#include <algorithm>
#include <limits>

namespace upmem_des {

namespace {

constexpr std::int64_t no_id = -1;  // ids are 0 or more

std::size_t place(EventKind kind) {
  return static_cast<std::size_t>(kind);
}

std::int64_t rank_of(const CallGroup* group) {
  return group->id.value_or(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

void CallTimes::add(std::optional<double> call_s) {
  ++count;
  if (!call_s) return;
  ++timed;
  time_s += *call_s;
}

CallTimes& CallTimes::operator+=(const CallTimes& other) {
  count += other.count;
  timed += other.timed;
  time_s += other.time_s;
  return *this;
}

std::optional<double> CallTimes::mean_s() const {
  if (timed == 0) return std::nullopt;
  return time_s / static_cast<double>(timed);
}

CallTimes CallGroup::total() const {
  CallTimes sum = phases[0];
  sum += phases[1];
  return sum;
}

std::size_t CallTotals::KeyHash::operator()(const Key& key) const noexcept {
  // Names' indices stay below 2^20, so that both fit beside the kind; ids are spread over the rest by a large odd
  // number.
  static_assert(Name::max_names < std::size_t{1} << 20);
  const std::uint64_t names =
      std::uint64_t{key.type.index()} << 21 | std::uint64_t{key.name.index()} << 1 | place(key.kind);
  return std::hash<std::uint64_t>{}(names ^ static_cast<std::uint64_t>(key.id) * 0x9E3779B97F4A7C15U);
}

CallGroup* CallTotals::find(const LayerEvent& event) {
  const bool layer = event.kind == EventKind::Layer;
  const Key key{event.kind, layer ? event.id.value_or(no_id) : no_id, event.type, event.name};
  if (const auto found = places_.find(key); found != places_.end()) return &groups_[found->second];
  if (kept_[place(event.kind)] >= max_groups) return nullptr;
  ++kept_[place(event.kind)];
  places_.emplace(key, groups_.size());
  CallGroup& group = groups_.emplace_back();
  group.kind = event.kind;
  group.type = event.type;
  group.name = event.name;
  if (layer) {
    group.id = event.id;
    group.path = event.path;
  }
  return &group;
}

void CallTotals::add(const LayerEvent& event, Phase phase, std::optional<double> time_s, Name device) {
  CallGroup* const group = find(event);
  if (group == nullptr) return others_[place(event.kind)][static_cast<std::size_t>(phase)].add(time_s);
  if (group->device.empty()) group->device = device;
  group->more_devices = group->more_devices || device != group->device;
  group->input.add(event.input_shape);
  if (event.weight_shape) group->weight.add(*event.weight_shape);
  group->output.add(event.output_shape);
  group->phases[static_cast<std::size_t>(phase)].add(time_s);
}

std::vector<const CallGroup*> CallTotals::of_kind(EventKind kind) const {
  std::vector<const CallGroup*> groups;
  for (const CallGroup& group : groups_)
    if (group.kind == kind) groups.push_back(&group);
  return groups;
}

std::vector<const CallGroup*> CallTotals::layers() const {
  std::vector<const CallGroup*> groups = of_kind(EventKind::Layer);
  std::stable_sort(groups.begin(), groups.end(),
                   [](const CallGroup* a, const CallGroup* b) { return rank_of(a) < rank_of(b); });
  return groups;
}

std::vector<const CallGroup*> CallTotals::functions() const {
  return of_kind(EventKind::Function);
}

const std::array<CallTimes, phase_count>& CallTotals::others(EventKind kind) const {
  return others_[place(kind)];
}

CallTimes CallTotals::total(EventKind kind) const {
  CallTimes sum = others(kind)[0];
  sum += others(kind)[1];
  for (const CallGroup& group : groups_)
    if (group.kind == kind) sum += group.total();
  return sum;
}

}  // namespace upmem_des
