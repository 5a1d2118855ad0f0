#include "sample_result.hpp"

#include <vector>

#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;

namespace {

/// Nothing between devices, nothing idle.
EnergyParts energy(double to_device, double to_host, double memory, double compute) {
  return {to_device, to_host, 0, memory, compute, 0};
}

BusyTimes busy(double to_device, double to_host, double compute, double memory, double kv) {
  return {to_device, to_host, 0, compute, memory, kv};
}

MovedBytes moved(double to_device, double to_host) {
  return {to_device, to_host, 0};
}

}  // namespace

SimulationResult sample_result() {
  SimulationResult result;
  result.scenario = "A run, by hand";
  result.model = "tiny";
  result.cost_model = "roofline";
  result.schedule = "sequential";
  result.dtype = result.weight_dtype = NumberFormat::int8;
  result.batch = 2;
  result.time_s = 8;
  result.forward_passes = 4;
  result.events = 10;
  result.phase(Phase::Prefill) = {2, energy(1, 2, 4, 10), busy(0.1, 0.2, 1.5, 0.5, 0.25), moved(2e9, 3e9), 4};
  result.phase(Phase::Decode) = {6, energy(3, 3, 6, 24), busy(0.3, 0.6, 3, 1.5, 0.75), moved(6e6, 12e6), 6};
  result.phase(Phase::Prefill).peak_power_W = 12;
  result.phase(Phase::Decode).peak_power_W = 9.5;
  DeviceResult host;
  host.name = "HOST";
  host.phase_peak_power_W = {1.5, 0.5};
  host.phase_use = {TimeUse{0.25, 0.125, 0, 0.5, 1.125}, TimeUse{0, 0, 0, 0, 6}};
  host.energy = energy(0, 0, 1, 2);
  host.phase_energy = {energy(0, 0, 1, 0), energy(0, 0, 0, 2)};
  host.busy = busy(0, 0, 0.4, 0.2, 0);
  host.events = 3;
  DeviceResult device;
  device.name = "DEV";
  device.phase_peak_power_W = {8.75, 9};
  device.phase_use = {TimeUse{1, 0.5, 0.125, 0.25, 0.125}, TimeUse{2, 2.5, 0.5, 0.75, 0.25}};
  device.energy = energy(4, 5, 9, 32);
  device.phase_energy = {energy(1, 2, 3, 10), energy(3, 3, 6, 22)};
  device.busy = busy(0.4, 0.8, 4.1, 1.8, 1);
  device.moved = moved(2.006e9, 3.012e9);
  device.events = 7;
  result.devices = {host, device};
  result.links = {{"DEV.host_to_device", "host_to_device", 1, 5.015e9, {1, 3}, {2e9, 6e6}},
                  {"DEV.device_to_host", "device_to_host", 1, 3.765e9, {2, 3}, {3e9, 12e6}}};
  EventClass linear{EventKind::Layer, Name("Linear"), Name("q_proj"), Phase::Prefill, 4, {}};
  linear.cost = {1.5, energy(1, 2, 4, 9), busy(0.1, 0.2, 1.25, 0.5, 0), moved(2e9, 3e9), 1e12, 5e9};
  EventClass softmax{EventKind::Function, Name("softmax"), Name("attn, \"weights\""), Phase::Prefill, 1, {}};
  softmax.cost = {0.5, energy(0, 0, 0, 1), busy(0, 0, 0.25, 0, 0.25), moved(0, 0), 1e6, 2e6};
  EventClass decode = linear;
  decode.phase = Phase::Decode;
  decode.count = 5;
  decode.cost.time_s = 3;
  result.event_classes = {softmax, linear, decode};
  result.architectures = {{"CPU", 1, 1e12, 1e11}, {"PIM_AI_4chip", 1, 2e13, 4e11}};
  result.devices[1].architecture = 1;
  result.operators = {{1, EventKind::Function, Name("softmax"), Name("attn, \"weights\""), Phase::Prefill,
                       OperatorClass::Activation, 1, 0.5, 0.25, 0.125, 1e6, 2e6, 1},
                      {1, EventKind::Layer, Name("Linear"), Name("q_proj"), Phase::Prefill, OperatorClass::Linear, 4,
                       1.5, 1.25, 0.5, 1e12, 5e9, 13},
                      {0, EventKind::Layer, Name("Linear"), Name("q_proj"), Phase::Decode, OperatorClass::Linear, 5, 3,
                       1.25, 2.5, 1e12, 5e9, 13}};
  return result;
}

SimulationResult machine_result() {
  SimulationResult result;
  result.scenario = "Four modules";
  result.cost_model = "roofline";
  result.schedule = "dataflow";
  result.time_s = 10;
  result.forward_passes = 2;
  result.events = 6;
  // In each phase 2 J of each module's memory and 1 J of its arithmetic, 1 J of HOST, 3 J of channels, 0.5 J between.
  const EnergyParts module{0, 0, 0, 2, 1, 0};
  const EnergyParts of_host{0, 0, 0, 0, 1, 0};
  for (PhaseResult& phase : result.phases) phase = {5, {2, 1, 0.5, 8, 5, 0}, {2, 1, 2.5, 8, 4, 0}, {2e9, 1e9, 5e8}, 3};
  DeviceResult host;
  host.name = "HOST";
  host.phase_energy = {of_host, of_host};
  host.energy = {0, 0, 0, 0, 2, 0};
  host.busy.compute_s = 2;
  host.events = 2;
  result.architectures = {{"CPU", 1, 1e12, 1e11}, {"PIM_AI_chip", 4, 5e12, 1e11}};
  result.devices = {host};
  for (int i = 0; i < 4; ++i) {
    DeviceResult device;
    device.name = "dimm[" + std::to_string(i) + "]";
    device.architecture = 1;
    device.phase_energy = {module, module};
    device.energy = {0, 0, 0, 4, 2, 0};
    device.busy = {1, 0.5, i < 2 ? 2.5 : 0, 3.5, 2, 0};
    device.moved = {1e9, 5e8, i < 2 ? 1e9 : 0};
    device.events = 4;
    device.memory = {6e9, 1e9, 1e9, 0, 16e9};
    result.devices.push_back(device);
  }
  result.links = {{"channel[0].down", "host_to_device", {}, 1e9, {1, 1}, {1e9, 1e9}},
                  {"channel[0].up", "device_to_host", {}, 1e9, {0.5, 0.5}, {5e8, 5e8}},
                  {"channel[1].down", "host_to_device", {}, 1e9, {1, 1}, {1e9, 1e9}},
                  {"channel[1].up", "device_to_host", {}, 1e9, {0.5, 0.5}, {5e8, 5e8}},
                  {"dimm[0]-dimm[1]", "device_to_device", {}, 4e8, {0.5, 0.5}, {5e8, 5e8}},
                  {"dimm[2]-dimm[3]", "device_to_device", {}, 4e8, {0, 0}, {0, 0}}};
  EventClass linear{EventKind::Layer, Name("Linear"), Name("q_proj"), Phase::Decode, 3, {}};
  linear.cost.time_s = 4;
  linear.cost.busy.device_to_device_s = 0.5;
  linear.cost.energy.device_to_device_J = 0.25;
  linear.cost.moved.device_to_device_B = 5e8;
  result.event_classes = {linear};
  return result;
}

namespace {

class Thorns {
 public:
  double next() {
    ++count_;
    return static_cast<double>(count_) / 7 * (count_ % 3 == 0 ? 1e-15 : 1e12);
  }
  void fill(EnergyParts& energy) { energy = {next(), next(), next(), next(), next(), next()}; }
  void fill(BusyTimes& busy) { busy = {next(), next(), next(), next(), next(), next()}; }
  void fill(MovedBytes& moved) { moved = {next(), next(), next()}; }
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
  result.dtype = result.weight_dtype = NumberFormat::int4;
  result.batch = thorns.count();
  result.time_s = thorns.next();
  result.forward_passes = thorns.count();
  result.events = std::int64_t{1} << 60;
  for (PhaseResult& phase : result.phases) {
    thorns.fill_parts(phase);
    phase.time_s = thorns.next();
    phase.events = thorns.count();
  }
  result.devices.emplace_back().name = "a \"third\", µ[7]";
  for (DeviceResult& device : result.devices) {
    thorns.fill_parts(device);
    device.events = thorns.count();
    for (EnergyParts& energy : device.phase_energy) thorns.fill(energy);
    device.memory = {thorns.next(), thorns.next(), thorns.next(), thorns.next(), thorns.next()};
  }
  result.devices[1].memory.capacity_B.reset();
  result.collectives = {{"all-reduce", "gpu[0..7]\x1b[31m", "hierarchical (ring, then direct)", 0.5, 1.0 / 3}};
  result.links.push_back({"between", "device_to_device", {}, 1, {}, {}});
  result.links.front().owner = 2;
  for (LinkResult& link : result.links) {
    link.bandwidth_Bps = thorns.next();
    link.energy_J = {thorns.next(), thorns.next()};
    link.moved_B = {thorns.next(), thorns.next()};
  }
  for (EventClass& events : result.event_classes) {
    thorns.fill_parts(events.cost);
    events.count = thorns.count();
    events.cost.time_s = thorns.next();
    events.cost.flop = thorns.next();
    events.cost.memory_bytes = thorns.next();
  }
  result.architectures.push_back({"a \"fourth\", µ #2", 0, 0, 0});
  for (ArchitectureResult& architecture : result.architectures) {
    architecture.devices = thorns.count();
    architecture.flops_per_s = thorns.next();
    architecture.memory_Bps = thorns.next();
  }
  result.devices[2].architecture = 2;
  // One of each class, in every phase and kind.
  result.operators.assign(operator_classes.size(), result.operators.front());
  for (std::size_t i = 0; i < result.operators.size(); ++i) {
    OperatorUse& use = result.operators[i];
    use.architecture = i % 3;
    use.kind = i % 2 == 0 ? EventKind::Layer : EventKind::Function;
    use.name = Name("operator " + std::to_string(i));
    use.phase = i < 4 ? Phase::Prefill : Phase::Decode;
    use.operator_class = operator_classes[i];
    use.count = thorns.count();
    for (double OperatorUse::*value : {&OperatorUse::time_s, &OperatorUse::compute_s, &OperatorUse::memory_s,
                                       &OperatorUse::flop, &OperatorUse::memory_bytes, &OperatorUse::energy_J})
      use.*value = thorns.next();
  }
  return result;
}
