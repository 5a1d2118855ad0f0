#include "plan/mapping.hpp"

#include <algorithm>
#include <set>

#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

bool writes_cache(const LayerEvent& event) {
  return event.operation != nullptr && as<operation::CacheWrite>(*event.operation) != nullptr;
}

/// What samples tokens goes where the logits are.
bool samples(const LayerEvent& event) {
  const auto* pointwise = event.operation == nullptr ? nullptr : as<operation::Pointwise>(*event.operation);
  return pointwise != nullptr && pointwise->last_rows;
}

}  // namespace

void Mapping::Section::set(Name key, const MapTarget& target) {
  if (by_name_.size() <= key.index()) by_name_.resize(key.index() + 1);
  by_name_[key.index()] = target;
}

void Mapping::Section::add_layers(std::int64_t first, std::int64_t last, const MapTarget& target,
                                  const std::optional<MapTarget>& experts) {
  layers_.push_back({first, last, target, experts});
}

bool Mapping::Section::empty() const {
  return by_name_.empty() && !experts_ && layers_.empty() && !default_;
}

const MapTarget* Mapping::Section::at(Name key) const {
  return key.index() < by_name_.size() && by_name_[key.index()] ? &*by_name_[key.index()] : nullptr;
}

const Mapping::Section::LayerRange* Mapping::Section::range_of(std::optional<std::int64_t> layer) const {
  if (!layer) return nullptr;
  for (const LayerRange& range : layers_)
    if (range.first <= *layer && *layer <= range.last) return &range;
  return nullptr;
}

void Mapping::set_default(DeviceIndex device) {
  MapTarget target;
  target.devices = {device};
  common_.set_default(target);
}

Mapping::Found Mapping::find(const LayerEvent& event, Phase phase, std::optional<std::int64_t> layer) const {
  Found found;
  for (const Section* section : {&phases_[static_cast<std::size_t>(phase)], &common_}) {
    if (section->empty()) continue;
    const Section::LayerRange* range = section->range_of(layer);
    if (range != nullptr && !found.stage) found.stage = static_cast<std::size_t>(range - section->layers_.data());
    if (found.target != nullptr) continue;
    const auto look_up = [&](Name key) {
      if (found.target == nullptr && (found.target = section->at(key)) != nullptr) found.key = key;
    };
    if (!event.map_key.empty()) {
      look_up(event.map_key);
    } else {
      look_up(event.name);
      look_up(event.type);
      if (writes_cache(event))
        for (const Name key : cache_reader_names()) look_up(key);
    }
    if (found.target == nullptr && section->experts_ && event.experts.size() == 1) found.target = &*section->experts_;
    if (found.target == nullptr && range != nullptr)
      found.target = range->experts && event.experts.size() == 1 ? &*range->experts : &range->target;
    if (found.target == nullptr && section->default_ && !samples(event)) found.target = &*section->default_;
  }
  return found;
}

template <class Visit>
void Mapping::for_each_target(Visit&& visit) const {
  for (const Section* section : {&common_, &phases_[0], &phases_[1]}) {
    for (const std::optional<MapTarget>& target : section->by_name_)
      if (target) visit(*target);
    for (const Section::LayerRange& range : section->layers_) {
      visit(range.target);
      if (range.experts) visit(*range.experts);
    }
    if (section->experts_) visit(*section->experts_);
    if (section->default_) visit(*section->default_);
  }
}

std::vector<std::vector<DeviceIndex>> Mapping::groups() const {
  std::vector<std::vector<DeviceIndex>> groups;
  std::set<std::vector<DeviceIndex>> known;
  for_each_target([&](const MapTarget& target) {
    const auto add = [&](const std::vector<DeviceIndex>& devices) {
      if (devices.size() > 1 && known.insert(devices).second) groups.push_back(devices);
    };
    if (target.context > 1)
      for (const std::vector<std::size_t>& places : target.context_columns()) {
        std::vector<DeviceIndex> column;
        for (const std::size_t place : places) column.push_back(target.devices[place]);
        add(column);
      }
    for (const Spread& group : target.expert_groups) add(group.devices);
    if (!target.is_grid()) return add(target.devices);
    for (std::size_t i = 0; i < target.replicas; ++i) add(target.group(i).devices);
    for (std::size_t i = 0; i < target.group_size(); ++i) add(target.column(i));
  });
  return groups;
}

std::vector<DeviceIndex> Mapping::devices() const {
  std::vector<DeviceIndex> devices;
  for_each_target(
      [&](const MapTarget& target) { devices.insert(devices.end(), target.devices.begin(), target.devices.end()); });
  std::sort(devices.begin(), devices.end());
  devices.erase(std::unique(devices.begin(), devices.end()), devices.end());
  return devices;
}

}  // namespace upmem_des
