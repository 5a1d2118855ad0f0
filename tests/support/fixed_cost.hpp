/// A cost model and an event stream for tests of planning and simulation: what an event asks for is written in the
/// test.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des::test {

/// Asks every device for what `demand` says; ratings are the device's own figures, its fixed-time unit drawing 3 W.
class FixedCost : public CostModel {
 public:
  using Rule = std::function<Demand(const LayerEvent&, const Architecture&, const CostState&)>;

  explicit FixedCost(Rule rule, TransferRules rules = TransferRules::ByValues)
      : rule_(std::move(rule)), rules_(rules) {}

  std::string name() const override { return "fixed"; }
  Demand cost(const LayerEvent& event, const Architecture& device, const CostState& state) const override {
    return rule_(event, device, state);
  }
  double input_bytes(const LayerEvent& event) const override { return 2 * event.input_shape.elements(); }
  DeviceRatings ratings(const Architecture& device) const override {
    return {device.flops_per_s, device.flops_per_s * device.energy_J_per_flop, 3, device.memory.bandwidth_Bps,
            device.memory.power_W()};
  }
  TransferRules transfer_rules() const override { return rules_; }

 private:
  Rule rule_;
  TransferRules rules_;
};

/// Events from a list.
class ListSource : public EventSource {
 public:
  explicit ListSource(std::vector<LayerEvent> events) : events_(std::move(events)) {}

  const TraceHeader& header() const override { return header_; }
  bool next(LayerEvent& event) override {
    if (at_ == events_.size()) return false;
    event = events_[at_++];
    return true;
  }

 private:
  TraceHeader header_;
  std::vector<LayerEvent> events_;
  std::size_t at_ = 0;
};

inline LayerEvent layer(const char* name, const Shape& input, const Shape& output, const char* type = "Linear") {
  LayerEvent event;
  event.type = Name(type);
  event.name = Name(name);
  event.input_shape = input;
  event.output_shape = output;
  event.weight_shape = Shape{input.from_end(0), output.from_end(0)};
  event.id = 0;
  return event;
}

/// 1 TFLOP/s at 2 J/TFLOP (2 W), memory 100 GB/s at 10 pJ/bit (8 W), 10 GB/s to it at 20 pJ/bit (1.6 W), 5 GB/s from it
/// at 50 pJ/bit (2 W).
inline Architecture device(const char* name) {
  Architecture profile;
  profile.name = name;
  profile.host_to_device = {10e9, 20 * 8e-12};
  profile.device_to_host = {5e9, 50 * 8e-12};
  profile.memory = {100e9, 10 * 8e-12};
  profile.flops_per_s = 1e12;
  profile.energy_J_per_flop = 2e-12;
  return profile;
}

/// Arithmetic of `flop` beside memory traffic of `bytes`, at the device's peaks.
inline Step product(const Architecture& device, double flop, double bytes) {
  Step step;
  step.flop = flop;
  step.compute = {flop / device.flops_per_s, flop * device.energy_J_per_flop};
  step.memory_bytes = bytes;
  step.memory = {bytes / device.memory.bandwidth_Bps, bytes * device.memory.energy_J_per_byte};
  return step;
}

}  // namespace upmem_des::test
