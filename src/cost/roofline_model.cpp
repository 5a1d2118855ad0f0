#include "cost/roofline_model.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>

#include "cost/checks.hpp"
#include "cost/power_limit.hpp"
#include "cost/roofline/bank_demand.hpp"
#include "cost/roofline/flop_counts.hpp"
#include "cost/roofline/operation_work.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"
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

double rows_per_pass(const Architecture& device, OperatorClass kind) {
  if (!device.pim || !device.pim->rows_per_weight_pass || !device.pim->compute(kind))
    return std::numeric_limits<double>::infinity();
  return static_cast<double>(*device.pim->rows_per_weight_pass);
}

double streaming_s(const Port& memory, double efficiency, double bytes) {
  return bytes / (memory.bandwidth_Bps * efficiency);
}

/// As the device's own form says; false where it has none for such kernels.
bool set_fitted_times(const Architecture& device, const KernelSizes& sizes, NumberFormat format, Step& step) {
  if (device.efficiency.fitted.empty()) return false;
  const double bytes = step.memory_bytes + step.kv_bytes;
  // Since the kernel ran last, other layers have been in the cache.
  DeviceRates rates = device.rates(format);
  rates.cache_B = 0;
  const std::optional<KernelTime> fitted = device.efficiency.time(sizes, format, rates);
  if (!fitted) return false;
  KernelTime time = *fitted;
  // The memory is the port that bytes go through, whatever is in caches; a form may leave one of the two out.
  time.compute_s = std::max(time.compute_s, step.flop / rates.flops_per_s);
  time.memory_s = std::max(time.memory_s, bytes / rates.memory_Bps);
  step.overhead_s = time.overhead_s;
  step.compute.time_s = time.compute_s;
  step.memory.time_s = bytes > 0 ? time.memory_s * (step.memory_bytes / bytes) : 0;
  step.kv.time_s = bytes > 0 ? time.memory_s * (step.kv_bytes / bytes) : 0;
  return true;
}

/// What the kernel of all experts takes beside their work, on a device of which that is known; else 0.
double launch_of_experts_s(const Architecture& device, NumberFormat format) {
  const std::optional<KernelTime> launch = device.efficiency.time(ExpertSizes{}, format, device.rates(format));
  return launch ? launch->overhead_s : 0;
}

bool precedes_experts(const Operation* operation) {
  const auto* product = operation == nullptr ? nullptr : as<operation::Product>(*operation);
  return product != nullptr && product->experts == operation::ExpertKernel::Before;
}

}  // namespace

RooflineModel::RooflineModel(const CostOptions& options)
    : options_(options),
      element_bytes_(bytes_per_element(options.dtype)),
      kv_element_bytes_(bytes_per_element(options.kv_dtype)),
      weight_element_bytes_(bytes_per_element(options.weights())),
      operators_(registered_operators()) {
  check_options(options);
}

RooflineModel::Found RooflineModel::find(const LayerEvent& event) const {
  const Operator* added = operators_.find(event.type);
  return {added, added == nullptr ? &operation_of(event) : nullptr};
}

void RooflineModel::fail_without_rule(const LayerEvent& event) const {
  // A function is not misspelt for a layer: conv1d is no Conv1D, which is a product.
  const auto is_like_a_layer = [](const std::string& type) {
    return std::isupper(static_cast<unsigned char>(type[0])) != 0;
  };
  std::vector<std::string> types = operators_.types();
  for (const std::string& type : recognised_types())
    if (is_like_a_layer(type) == (event.kind == EventKind::Layer)) types.push_back(type);
  std::sort(types.begin(), types.end());
  throw InputError("no rule for operator '" + event.type.str() + "' (event " + std::to_string(event.seq) + ", '" +
                   event.name.str() +
                   "'); expected one that docs/models.md lists, or that register_operator() has added" +
                   did_you_mean(event.type.str(), types));
}

/// A product is computed in the wider format of its operands: of weights alone that are narrower, in the activations',
/// which a model may quantize for it.
NumberFormat RooflineModel::computed_in(const Operation& operation) const {
  const auto* product = as<operation::Product>(operation);
  if (product == nullptr || product->second == operation::Product::Second::Tensor ||
      product->format == operation::WeightFormat::OfActivations)
    return options_.dtype;
  const NumberFormat activations = options_.activation_dtype.value_or(options_.dtype);
  return options_.weights().element_bits() > activations.element_bits() ? options_.weights() : activations;
}

/// Experts in mxfp4 are computed by a kernel of their own, whatever activations are in; others as products are.
NumberFormat RooflineModel::experts_in() const {
  if (options_.weights() == NumberFormat::mxfp4) return NumberFormat::mxfp4;
  static const Operation of_weights = operation::Product{};
  return computed_in(of_weights);
}

OperatorWork RooflineModel::work_of_event(const Found& found, const LayerEvent& event, const CostState& state,
                                          NumberFormat format, double rows_per_pass, double cache_bytes) const {
  const OperatorCall call{event,
                          options_,
                          element_bytes_,
                          kv_element_bytes_,
                          state.held_key_value_heads,
                          weight_element_bytes_,
                          static_cast<double>(format.element_bits()) / 8,
                          state.context,
                          rows_per_pass,
                          cache_bytes};
  return found.added != nullptr ? found.added->cost(call) : work_of(*found.operation, call);
}

std::optional<KernelSizes> RooflineModel::kernel_sizes(const LayerEvent& event) const {
  const Found found = find(event);
  const bool is_unknown = found.added == nullptr && std::holds_alternative<operation::Opaque>(*found.operation);
  if (is_unknown || is_empty(event.input_shape) || is_empty(event.output_shape)) return std::nullopt;
  const NumberFormat format = found.added != nullptr ? options_.dtype : computed_in(*found.operation);
  return work_of_event(found, event, {}, format, std::numeric_limits<double>::infinity(), 0).sizes;
}

Demand RooflineModel::cost(const LayerEvent& event, const Architecture& device, const CostState& state) const {
  const Found found = find(event);
  const bool is_unknown = found.added == nullptr && std::holds_alternative<operation::Opaque>(*found.operation);
  if (is_unknown && options_.unknown_operators == UnknownOperators::Error) fail_without_rule(event);
  if (is_empty(event.input_shape) || is_empty(event.output_shape)) return {};
  const NumberFormat format = found.added != nullptr ? options_.dtype : computed_in(*found.operation);
  const OperatorClass kind = found.added != nullptr ? OperatorClass::Other : operator_class(*found.operation);
  OperatorWork work = work_of_event(found, event, state, format, rows_per_pass(device, kind), device.cache_B);
  if (is_unknown && options_.unknown_operators == UnknownOperators::Memory)
    work.memory_bytes = element_bytes_ * (event.input_shape.elements() + event.output_shape.elements());
  const ElementRule element = found.added != nullptr
                                  ? ElementRule{found.added->element_class, found.added->flop_per_element}
                                  : element_rule(*found.operation);

  Step step;
  step.flop = element.flop > 0 ? element.flop * work.elements : work.flop;
  step.memory_bytes = work.weight_bytes + work.memory_bytes;
  step.kv_bytes = work.kv_bytes;
  if (step.flop == 0 && step.memory_bytes == 0 && step.kv_bytes == 0) return {};

  step.compute.energy_J = step.flop * device.energy_J_per_flop;
  step.memory.energy_J = step.memory_bytes * device.memory.energy_J_per_byte;
  step.kv.energy_J = step.kv_bytes * device.memory.energy_J_per_byte;
  if (work.of_experts && set_fitted_times(device, *work.of_experts, experts_in(), step))
    return Demand(saved_to_limit(step, device));
  // Once on each device that routes, whatever experts it has.
  const double expert_launch_s = precedes_experts(found.operation) ? launch_of_experts_s(device, experts_in()) : 0;
  if (work.sizes && set_fitted_times(device, *work.sizes, format, step)) {
    step.overhead_s += expert_launch_s;
    return Demand(saved_to_limit(step, device));
  }
  const std::optional<double>& s_per_element = time_per_element(device, element.kind);
  if (device.pim && !runs_in_banks(*device.pim, kind, element.kind, step.flop)) {
    expect_controller(event, kind, device);
    return slowed_to_limit(controller_demand(step, work, s_per_element, device), device);
  }
  step.overhead_s = device.launch_overhead_s + expert_launch_s;
  if (s_per_element) {
    step.unit = ComputeUnit::Vector;
    step.compute.time_s = work.elements * *s_per_element;
  } else {
    step.compute.time_s = step.flop / (device.peak_flops_per_s(format) * device.compute_efficiency);
  }
  step.memory.time_s = streaming_s(device.memory, device.memory_efficiency, step.memory_bytes);
  step.kv.time_s = streaming_s(device.memory, device.memory_efficiency, step.kv_bytes);
  return slowed_to_limit(device.pim ? bank_demand(step, work, device) : Demand(step), device);
}

void RooflineModel::expect_controller(const LayerEvent& event, OperatorClass kind, const Architecture& device) const {
  if (device.pim->controller) return;
  std::vector<std::string> computed;
  for (const OperatorClass one : device.pim->classes) computed.emplace_back(to_string(one));
  throw InputError("the banks of " + device.name + " compute " + listed(computed) + ", not " + to_string(kind) +
                   " (event " + std::to_string(event.seq) + ", '" + event.name.str() +
                   "'); expected pim.controller in its profile, or another device in the mapping");
}

bool RooflineModel::costs_by_sizes(const LayerEvent& event) const {
  const Operator* added = find(event).added;
  return added == nullptr || added->by_sizes;
}

bool RooflineModel::depends_on_cache(const LayerEvent& event) const {
  return find(event).added != nullptr || attention_of(event) != nullptr;
}

bool RooflineModel::has_rule(const LayerEvent& event) const {
  const Found found = find(event);
  return found.added != nullptr || !std::holds_alternative<operation::Opaque>(*found.operation);
}

double RooflineModel::input_bytes(const LayerEvent& event) const {
  const Found found = find(event);
  double bytes = found.added != nullptr ? found.added->input_element_bytes : 0;
  if (found.added == nullptr && takes_ids(event)) bytes = id_bytes;
  return (bytes > 0 ? bytes : element_bytes_) * event.input_shape.elements();
}

DeviceRatings RooflineModel::ratings(const Architecture& device) const {
  DeviceRatings ratings;
  // Products may be computed in another format than the rest.
  operation::Product product;
  ratings.flops_per_s =
      std::max(device.peak_flops_per_s(options_.dtype), device.peak_flops_per_s(computed_in(product)));
  if (device.efficiency.find(ExpertSizes{}, experts_in()) != nullptr)
    ratings.flops_per_s = std::max(ratings.flops_per_s, device.peak_flops_per_s(experts_in()));
  ratings.arithmetic_W = ratings.flops_per_s * device.energy_J_per_flop;
  const auto rate = [&](ElementClass kind, double flop) {
    if (const std::optional<double>& s_per_element = time_per_element(device, kind))
      ratings.vector_W = std::max(ratings.vector_W, flop * device.energy_J_per_flop / *s_per_element);
  };
  for (const Operator& op : operators_.all()) rate(op.element_class, op.flop_per_element);
  rate(ElementClass::Softmax, flop_counts::softmax);
  rate(ElementClass::Norm, flop_counts::rms_norm + flop_counts::silu + flop_counts::binary);
  rate(ElementClass::Activation, flop_counts::clamped_glu);
  ratings.memory_Bps = device.memory.bandwidth_Bps;
  ratings.memory_W = device.memory.power_W();
  if (device.pim) add_bank_ratings(device, ratings);
  return ratings;
}

}  // namespace upmem_des
