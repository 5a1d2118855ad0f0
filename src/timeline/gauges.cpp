#include "timeline/gauges.hpp"

#include <algorithm>
#include <cmath>

namespace upmem_des {

namespace {

/// Twelve digits: the last ones are noise of divisions and of the clock, which would make equal rates different.
double without_noise(double value) {
  if (value <= 0) return value;
  const double unit = std::pow(10, 11 - std::floor(std::log10(value)));
  const double rounded = std::round(value * unit) / unit;
  return std::isfinite(rounded) ? rounded : value;
}

double power_W(const std::vector<ResourceUse>& uses) {
  double sum = 0;
  for (const ResourceUse& use : uses) sum += use.energy_J / use.duration_s();
  return sum;
}

double rate_Bps(const std::vector<ResourceUse>& uses) {
  double sum = 0;
  for (const ResourceUse& use : uses) sum += use.bytes / use.duration_s();
  return sum;
}

void remove(std::vector<ResourceUse>& uses, const ResourceUse& ended) {
  const auto same = std::find_if(uses.begin(), uses.end(), [&](const ResourceUse& use) {
    return use.activity == ended.activity && use.start_s == ended.start_s && use.end_s == ended.end_s;
  });
  if (same != uses.end()) uses.erase(same);
}

}  // namespace

Gauges::Gauges(const PlatformSpec& platform, std::vector<double> weights_B)
    : platform_(platform),
      stated_(platform),
      weights_B_(std::move(weights_B)),
      kv_cache_B_(platform.devices.size()),
      activations_B_(platform.devices.size()),
      arithmetic_(platform.devices.size()),
      memory_(platform.devices.size()),
      drawing_(platform.devices.size()),
      links_(platform.links.size()) {
  weights_B_.resize(platform.devices.size());
}

void Gauges::mark(const ResourceUse& use) {
  if (use.resource == Resource::Route) {
    for (const LinkIndex link : platform_.routes[use.index].links) {
      mark(Quantity::LinkUse, link);
      mark(Quantity::LinkPower, link);
    }
    return;
  }
  mark(Quantity::DevicePower, use.index);
  if (use.resource == Resource::Memory) mark(Quantity::MemoryBandwidth, use.index);
  mark(use.resource == Resource::Memory ? Quantity::MemoryUse : Quantity::ComputeUse, use.index);
}

void Gauges::start(const ResourceUse& use) {
  if (use.resource == Resource::Route) {
    for (const LinkIndex link : platform_.routes[use.index].links) links_[link].push_back(use);
  } else {
    (use.resource == Resource::Memory ? memory_ : arithmetic_)[use.index].push_back(use);
    if (use.resource == Resource::Memory && draws_for_s(use) > 0) ++drawing_[use.index];
  }
  mark(use);
}

/// Memory streams at full rate and power, for as long as its energy takes.
double Gauges::draws_for_s(const ResourceUse& use) const {
  const double power_W = platform_.devices[use.index].memory.power_W;
  return power_W > 0 ? std::min(use.energy_J / power_W, use.end_s - use.start_s) : 0;
}

void Gauges::end_draw(const ResourceUse& use) {
  --drawing_[use.index];
  mark(Quantity::DevicePower, use.index);
}

void Gauges::end(const ResourceUse& use) {
  if (use.resource == Resource::Route) {
    for (const LinkIndex link : platform_.routes[use.index].links) remove(links_[link], use);
  } else {
    remove((use.resource == Resource::Memory ? memory_ : arithmetic_)[use.index], use);
  }
  mark(use);
}

void Gauges::start(const ActivityRecord& activity) {
  if (activity.kind != ActivityKind::Compute) return;
  activations_B_[activity.stream].emplace_back(activity.id, activity.activations_B);
  mark(Quantity::DevicePower, activity.stream);
  mark(Quantity::ActivationsHeld, activity.stream);
}

void Gauges::end(const ActivityRecord& activity) {
  if (activity.kind != ActivityKind::Compute) return;
  auto& held = activations_B_[activity.stream];
  held.erase(std::remove_if(held.begin(), held.end(), [&](const auto& part) { return part.first == activity.id; }),
             held.end());
  mark(Quantity::DevicePower, activity.stream);
  mark(Quantity::ActivationsHeld, activity.stream);
  mark(Quantity::KvCacheHeld, activity.stream);
  hold(activity.stream, activity.kv_cache_B);
}

void Gauges::hold(std::size_t device, double kv_cache_B) {
  kv_cache_B_[device] = std::max(kv_cache_B_[device], kv_cache_B);
}

void Gauges::mark_all() {
  constexpr Quantity of_device[] = {Quantity::ComputeUse,     Quantity::MemoryUse,   Quantity::MemoryBandwidth,
                                    Quantity::DevicePower,    Quantity::WeightsHeld, Quantity::KvCacheHeld,
                                    Quantity::ActivationsHeld};
  for (std::size_t device = 0; device < platform_.devices.size(); ++device)
    for (const Quantity quantity : of_device) mark(quantity, device);
  for (std::size_t link = 0; link < platform_.links.size(); ++link)
    for (const Quantity quantity : {Quantity::LinkUse, Quantity::LinkPower}) mark(quantity, link);
}

/// A task, its overhead included, or something to fetch ahead of one.
bool Gauges::has_work(std::size_t device) const {
  return !activations_B_[device].empty() || !memory_[device].empty();
}

double Gauges::value_of(const Key& key) const {
  const std::size_t index = key.first;
  switch (key.second) {
    case Quantity::ComputeUse:
      return static_cast<double>(arithmetic_[index].size());
    case Quantity::MemoryUse:
      return static_cast<double>(memory_[index].size());
    case Quantity::MemoryBandwidth:
      return without_noise(rate_Bps(memory_[index]));
    case Quantity::DevicePower:
      if (!stated_.of_device(index)) return 0;
      return without_noise(platform_.devices[index].architecture.idle_W +
                           (has_work(index) ? platform_.devices[index].architecture.active_W : 0) +
                           power_W(arithmetic_[index]) +
                           static_cast<double>(drawing_[index]) * platform_.devices[index].memory.power_W);
    case Quantity::WeightsHeld:
      return weights_B_[index];
    case Quantity::KvCacheHeld:
      return kv_cache_B_[index];
    case Quantity::ActivationsHeld: {
      double sum = 0;
      for (const auto& part : activations_B_[index]) sum += part.second;
      return sum;
    }
    case Quantity::LinkUse:
      return without_noise(rate_Bps(links_[index]) / platform_.links[index].bandwidth_Bps);
    case Quantity::LinkPower:
      break;
  }
  if (!stated_.of_link(index)) return 0;
  return without_noise(rate_Bps(links_[index]) * platform_.links[index].energy_J_per_byte());
}

void Gauges::take(double time_s, std::vector<QuantityChange>& changes) {
  changes.clear();
  for (const Key& key : changed_) {
    const double value = value_of(key);
    double& told = told_[key];
    if (value == told) continue;
    told = value;
    changes.push_back({key.second, key.first, time_s, value});
  }
  changed_.clear();
}

}  // namespace upmem_des
