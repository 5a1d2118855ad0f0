#include "cost/roofline_model.hpp"

#include <algorithm>
#include <optional>

#include "cost/checks.hpp"
#include "util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// The profile's time per element for a class of operators, if it has one.
const std::optional<double>& time_per_element(const Architecture& device, ElementClass kind) {
  static const std::optional<double> none;
  switch (kind) {
    case ElementClass::Softmax:
      return device.softmax_s_per_element;
    case ElementClass::Norm:
      return device.rmsnorm_s_per_element;
    case ElementClass::Activation:
      return device.silu_s_per_element;
    case ElementClass::None:
      break;
  }
  return none;
}

bool is_empty(const Shape& shape) {
  return std::find(shape.begin(), shape.end(), 0) != shape.end();
}

Work streaming(const Port& memory, double efficiency, double bytes) {
  return {bytes / (memory.bandwidth_Bps * efficiency), bytes * memory.energy_J_per_byte};
}

}  // namespace

RooflineModel::RooflineModel(const CostOptions& options)
    : options_(options),
      element_bytes_(bytes_per_element(options.dtype)),
      kv_element_bytes_(bytes_per_element(options.kv_dtype)),
      operators_(registered_operators()) {
  check_options(options);
}

const Operator& RooflineModel::operator_of(const LayerEvent& event) const {
  if (const Operator* op = operators_.find(event.type)) return *op;
  const std::vector<std::string> types = operators_.types();
  throw InputError("no rule for operator '" + event.type.str() + "' (event " + std::to_string(event.seq) + ", '" +
                   event.name.str() +
                   "'); expected one that docs/models.md lists, or that register_operator() has added" +
                   did_you_mean(event.type.str(), types));
}

Demand RooflineModel::cost(const LayerEvent& event, const Architecture& device, const CostState& state) const {
  const Operator& op = operator_of(event);
  if (is_empty(event.input_shape) || is_empty(event.output_shape)) return {};
  const OperatorWork work = op.cost({event, options_, element_bytes_, kv_element_bytes_, state.held_key_value_heads});

  Step step;
  step.flop = op.flop_per_element > 0 ? op.flop_per_element * work.elements : work.flop;
  step.memory_bytes = work.memory_bytes;
  step.kv_bytes = work.kv_bytes;
  if (step.flop == 0 && step.memory_bytes == 0 && step.kv_bytes == 0) return {};

  step.overhead_s = device.launch_overhead_s;
  step.compute.energy_J = step.flop * device.energy_J_per_flop;
  if (const std::optional<double>& s_per_element = time_per_element(device, op.element_class)) {
    step.unit = ComputeUnit::Vector;
    step.compute.time_s = work.elements * *s_per_element;
  } else {
    step.compute.time_s = step.flop / (device.peak_flops_per_s(options_.dtype) * device.compute_efficiency);
  }
  step.memory = streaming(device.memory, device.memory_efficiency, work.memory_bytes);
  step.kv = streaming(device.memory, device.memory_efficiency, work.kv_bytes);
  return Demand(step);
}

bool RooflineModel::costs_by_sizes(Name type) const {
  const Operator* op = operators_.find(type);
  return op != nullptr && op->by_sizes;
}

double RooflineModel::input_bytes(const LayerEvent& event) const {
  const Operator* op = operators_.find(event.type);
  const bool own = op != nullptr && op->input_element_bytes > 0;
  return (own ? op->input_element_bytes : element_bytes_) * event.input_shape.elements();
}

DeviceRatings RooflineModel::ratings(const Architecture& device) const {
  DeviceRatings ratings;
  ratings.flops_per_s = device.peak_flops_per_s(options_.dtype);
  ratings.arithmetic_W = ratings.flops_per_s * device.energy_J_per_flop;
  for (const Operator& op : operators_.all())
    if (const std::optional<double>& s_per_element = time_per_element(device, op.element_class))
      ratings.vector_W = std::max(ratings.vector_W, op.flop_per_element * device.energy_J_per_flop / *s_per_element);
  ratings.memory_Bps = device.memory.bandwidth_Bps;
  ratings.memory_W = device.memory.power_W();
  return ratings;
}

}  // namespace upmem_des
