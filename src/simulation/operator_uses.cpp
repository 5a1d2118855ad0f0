#include "simulation/operator_uses.hpp"

#include <map>
#include <string>
#include <tuple>

#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

OperatorUses::OperatorUses(const PlatformSpec& platform) {
  std::map<std::tuple<std::string, double, double>, std::size_t> known;
  std::map<std::string, int> namesakes;
  for (const DeviceSpec& device : platform.devices) {
    const std::string& name = device.architecture.name;
    const DeviceRatings& ratings = device.ratings;
    const auto [entry, is_new] =
        known.emplace(std::make_tuple(name, ratings.flops_per_s, ratings.memory_Bps), architectures_.size());
    if (is_new) {
      const int number = ++namesakes[name];
      architectures_.push_back(
          {number == 1 ? name : name + " #" + std::to_string(number), 0, ratings.flops_per_s, ratings.memory_Bps});
    }
    ++architectures_[entry->second].devices;
    architecture_of_.push_back(entry->second);
  }
  places_.resize(architectures_.size());
}

std::size_t OperatorUses::find(DeviceIndex device, std::size_t event_class, const LayerEvent& event, Phase phase) {
  const std::size_t architecture = architecture_of_[device];
  std::vector<std::size_t>& places = places_[architecture];
  if (places.size() <= event_class) places.resize(event_class + 1);
  if (places[event_class] == 0) {
    OperatorUse& made = uses_.emplace_back();
    made.architecture = architecture;
    made.kind = event.kind;
    made.type = event.type;
    made.name = event.name;
    made.phase = phase;
    made.operator_class = operator_class(event);
    places[event_class] = uses_.size();
  }
  return places[event_class] - 1;
}

void OperatorUses::add(std::size_t place, const Demand& demand, std::int64_t pieces) {
  if (demand.size() == 0) return;
  OperatorUse& use = uses_[place];
  use.count += pieces;
  const auto times = static_cast<double>(pieces);
  for (const Step& step : demand) {
    use.time_s += times * step.time_s();
    use.compute_s += times * step.compute.time_s;
    use.memory_s += times * (step.memory.time_s + step.kv.time_s);
    use.flop += times * step.flop;
    use.memory_bytes += times * (step.memory_bytes + step.kv_bytes);
    use.energy_J += times * (step.compute.energy_J + step.memory.energy_J + step.kv.energy_J);
  }
}

void OperatorUses::fill(SimulationResult& result) const {
  result.architectures = architectures_;
  result.operators = uses_;
  for (std::size_t i = 0; i < result.devices.size(); ++i) result.devices[i].architecture = architecture_of_[i];
}

}  // namespace upmem_des
