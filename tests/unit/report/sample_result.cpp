#include "sample_result.hpp"

#include <vector>

using namespace upmem_des;

SimulationResult sample_result() {
  SimulationResult result;
  result.scenario = "A run, by hand";
  result.model = "tiny";
  result.cost_model = "roofline";
  result.schedule = "sequential";
  result.dtype = DataType::int8;
  result.batch = 2;
  result.time_s = 8;
  result.forward_passes = 4;
  result.events = 10;
  result.phase(Phase::Prefill) = {2, {1, 2, 4, 10, 0}, {0.1, 0.2, 1.5, 0.5, 0.25}, {2e9, 3e9}, 4};
  result.phase(Phase::Decode) = {6, {3, 3, 6, 24, 0}, {0.3, 0.6, 3, 1.5, 0.75}, {6e6, 12e6}, 6};
  result.devices.push_back({"HOST", {0, 0, 1, 2, 0}, {0, 0, 0.4, 0.2, 0}, {0, 0}, 3});
  result.devices.push_back({"DEV", {4, 5, 9, 32, 0}, {0.4, 0.8, 4.1, 1.8, 1}, {2.006e9, 3.012e9}, 7});
  EventClass linear{EventKind::Layer, Name("Linear"), Name("q_proj"), Phase::Prefill, 4, {}};
  linear.cost = {1.5, {1, 2, 4, 9, 0}, {0.1, 0.2, 1.25, 0.5, 0}, {2e9, 3e9}, 1e12, 5e9};
  EventClass softmax{EventKind::Function, Name("softmax"), Name("attn, \"weights\""), Phase::Prefill, 1, {}};
  softmax.cost = {0.5, {0, 0, 0, 1, 0}, {0, 0, 0.25, 0, 0.25}, {0, 0}, 1e6, 2e6};
  EventClass decode = linear;
  decode.phase = Phase::Decode;
  decode.count = 5;
  decode.cost.time_s = 3;
  result.event_classes = {softmax, linear, decode};
  return result;
}

namespace {

class Thorns {
 public:
  double next() {
    ++count_;
    return static_cast<double>(count_) / 7 * (count_ % 3 == 0 ? 1e-15 : 1e12);
  }
  void fill(EnergyParts& energy) { energy = {next(), next(), next(), next(), next()}; }
  void fill(BusyTimes& busy) { busy = {next(), next(), next(), next(), next()}; }
  void fill(MovedBytes& moved) { moved = {next(), next()}; }
  template <class Part>
  void fill_parts(Part& part) {
    fill(part.energy);
    fill(part.busy);
    fill(part.moved);
  }
  std::int64_t count() { return ++count_; }

 private:
  std::int64_t count_ = 0;
};

}  // namespace

SimulationResult thorny_result() {
  Thorns thorns;
  SimulationResult result = sample_result();
  result.scenario = "quotes \" and \\, a line\nend, µ and \x01";
  result.model = "";
  result.cost_model = "reference";
  result.schedule = "other";
  result.dtype = DataType::int4;
  result.batch = thorns.count();
  result.time_s = thorns.next();
  result.forward_passes = thorns.count();
  result.events = std::int64_t{1} << 60;
  for (PhaseResult& phase : result.phases) {
    thorns.fill_parts(phase);
    phase.time_s = thorns.next();
    phase.events = thorns.count();
  }
  for (DeviceResult& device : result.devices) {
    thorns.fill_parts(device);
    device.events = thorns.count();
  }
  for (EventClass& events : result.event_classes) {
    thorns.fill_parts(events.cost);
    events.count = thorns.count();
    events.cost.time_s = thorns.next();
    events.cost.flop = thorns.next();
    events.cost.memory_bytes = thorns.next();
  }
  return result;
}
