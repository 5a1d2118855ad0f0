#include "simulation/operator_uses.hpp"

#include <map>
#include <string>
#include <tuple>

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

void OperatorUses::add(DeviceIndex device, std::size_t place, const LayerEvent& event, Phase phase,
                       const Demand& demand) {
  if (demand.size() == 0) return;
  const std::size_t architecture = architecture_of_[device];
  std::vector<std::size_t>& places = places_[architecture];
  if (places.size() <= place) places.resize(place + 1);
  if (places[place] == 0) {
    OperatorUse& made = uses_.emplace_back();
    made.architecture = architecture;
    made.kind = event.kind;
    made.type = event.type;
    made.name = event.name;
    made.phase = phase;
    made.operator_class = operator_class(event);
    places[place] = uses_.size();
  }
  OperatorUse& use = uses_[places[place] - 1];
  ++use.count;
  for (const Step& step : demand) {
    use.time_s += step.time_s();
    use.compute_s += step.compute.time_s;
    use.memory_s += step.memory.time_s + step.kv.time_s;
    use.flop += step.flop;
    use.memory_bytes += step.memory_bytes + step.kv_bytes;
    use.energy_J += step.compute.energy_J + step.memory.energy_J + step.kv.energy_J;
  }
}

void OperatorUses::fill(SimulationResult& result) const {
  result.architectures = architectures_;
  result.operators = uses_;
  for (std::size_t i = 0; i < result.devices.size(); ++i) result.devices[i].architecture = architecture_of_[i];
}

}  // namespace upmem_des
