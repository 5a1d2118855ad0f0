#include "cost/reference_model.hpp"

#include <algorithm>
#include <cmath>

#include "cost/checks.hpp"
#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

// Of one PIM chip; the published tool gives them to every device that has none of its own.
constexpr double default_softmax_s = 0.4e-9;
constexpr double default_silu_s = 0.6e-9;
constexpr double default_rmsnorm_s = 1.1e-9;

// An element of the cache, whatever the data type.
constexpr double kv_element_bytes = 2;

double softmax_s(const Architecture& device) {
  return device.softmax_s_per_element.value_or(default_softmax_s);
}
double silu_s(const Architecture& device) {
  return device.silu_s_per_element.value_or(default_silu_s);
}
double rmsnorm_s(const Architecture& device) {
  return device.rmsnorm_s_per_element.value_or(default_rmsnorm_s);
}

/// The last four sizes.
struct Sizes {
  explicit Sizes(const Shape& shape)
      : b(static_cast<double>(shape.from_end(3))),
        h(static_cast<double>(shape.from_end(2))),
        r(static_cast<double>(shape.from_end(1))),
        c(static_cast<double>(shape.from_end(0))) {}
  double product() const { return b * h * r * c; }

  double b, h, r, c;
};

/// Keys or values of the cache: `elements` of them, read once.
void add_kv(Step& step, const Architecture& device, double elements) {
  step.kv_bytes = kv_element_bytes * elements;
  step.kv.time_s = step.kv_bytes / device.memory.bandwidth_Bps;
  step.kv.energy_J = step.kv_bytes * device.memory.energy_J_per_byte;
}

template <typename Rule>
void set_rule(std::vector<Rule>& rules, const char* type, Rule rule, Rule others) {
  const std::size_t index = Name(type).index();
  if (rules.size() <= index) rules.resize(index + 1, others);
  rules[index] = rule;
}

bool gives_scores(const LayerEvent& event) {
  const operation::Attention* attention = attention_of(event);
  return attention != nullptr && attention->part == operation::Attention::Part::Scores;
}

}  // namespace

ReferenceModel::ReferenceModel(const CostOptions& options)
    : options_(options), element_bytes_(bytes_per_element(options.dtype)) {
  check_options(options);
  set_rule(layer_rules_, "LayerNorm", Rule::LayerNorm, Rule::Product);
  set_rule(layer_rules_, "Conv2d", Rule::Conv2d, Rule::Product);
  set_rule(layer_rules_, "LlamaRMSNorm", Rule::RmsNorm, Rule::Product);
  set_rule(layer_rules_, "SiLUActivation", Rule::Silu, Rule::Product);
  set_rule(function_rules_, "softmax", Rule::Softmax, Rule::Unsupported);
  set_rule(function_rules_, "matmul", Rule::Matmul, Rule::Unsupported);
  set_rule(function_rules_, "scaled_dot_product_attention", Rule::Attention, Rule::Unsupported);
}

ReferenceModel::Rule ReferenceModel::rule_of(const LayerEvent& event) const {
  const std::size_t index = event.type.index();
  if (event.kind == EventKind::Layer) return index < layer_rules_.size() ? layer_rules_[index] : Rule::Product;
  return index < function_rules_.size() ? function_rules_[index] : Rule::Unsupported;
}

Demand ReferenceModel::cost(const LayerEvent& event, const Architecture& device, const CostState& state) const {
  if (event.slices != nullptr)
    event_error(event, "sequences of different lengths, of which the published model knows nothing; expected roofline");
  const Shape& input = event.input_shape;
  switch (rule_of(event)) {
    case Rule::Product: {
      const Shape& weight = weight_of(event);
      const auto in = static_cast<double>(weight[0]);
      // Twice the weight's first size, where the right formula has the product of both: a quirk.
      return Demand(product(device, input.elements() * in * 2, element_bytes_ * static_cast<double>(weight[1]) * in));
    }
    case Rule::LayerNorm:
      return Demand(product(device, Sizes(input).product() * flop_per_element, element_bytes_));
    case Rule::RmsNorm: {
      Sizes sizes(input);
      sizes.c = static_cast<double>(weight_of(event)[1]);
      return Demand(elementwise(device, sizes.product(), rmsnorm_s(device)));
    }
    case Rule::Silu:
      return Demand(elementwise(device, Sizes(input).product(), silu_s(device)));
    case Rule::Softmax:
      return Demand(elementwise(device, Sizes(input).product(), softmax_s(device)));
    case Rule::Conv2d:
      return convolution(event, device);
    case Rule::Matmul:
      return matmul(event, device, state);
    case Rule::Attention:
      return attention(event, device, state);
    case Rule::Unsupported:
      break;
  }
  throw InputError("function '" + event.type.str() + "' (event " + std::to_string(event.seq) +
                   ") is not supported by the reference cost model; it knows softmax, matmul and "
                   "scaled_dot_product_attention" +
                   did_you_mean(event.type.str(), {"softmax", "matmul", "scaled_dot_product_attention"}));
}

Step ReferenceModel::product(const Architecture& device, double flop, double bytes) const {
  Step step;
  step.flop = flop;
  step.compute.time_s = flop / device.peak_flops_per_s(options_.dtype);
  step.compute.energy_J = flop * device.energy_J_per_flop;
  step.memory_bytes = bytes;
  step.memory.time_s = bytes / device.memory.bandwidth_Bps;
  step.memory.energy_J = bytes * device.memory.energy_J_per_byte;
  return step;
}

Step ReferenceModel::elementwise(const Architecture& device, double elements, double s_per_element) const {
  Step step;
  step.unit = ComputeUnit::Vector;
  step.flop = elements * flop_per_element;
  step.compute.time_s = elements * s_per_element;
  step.compute.energy_J = step.flop * device.energy_J_per_flop;
  return step;
}

Demand ReferenceModel::convolution(const LayerEvent& event, const Architecture& device) const {
  if (!event.stride || !event.padding) event_error(event, "no stride and padding; its cost follows from them");
  const Shape& kernel = weight_of(event);
  const Sizes sizes(event.input_shape);
  const double width = sizes.c + 2 * static_cast<double>((*event.padding)[1]);
  // The width stands for the height too, and 1 for the kernel's reach: quirks.
  const auto steps = [width](std::int64_t stride) {
    return std::max(0.0, std::ceil((width - 1) / static_cast<double>(stride)));
  };
  const double kernel_size = static_cast<double>(kernel[1]) * static_cast<double>(kernel[0]);
  const double flop = 2 * sizes.b * sizes.h * kernel_size * steps((*event.stride)[1]) * steps((*event.stride)[0]);
  return Demand(product(device, flop, element_bytes_ * kernel_size));
}

Demand ReferenceModel::matmul(const LayerEvent& event, const Architecture& device, const CostState& state) const {
  if (event.output_shape.empty()) event_error(event, "output_shape [] has no sizes; expected 1 or more");
  // The first size of the output (the batch) where the right formula has its last: a quirk.
  const double flop = event.input_shape.elements() * static_cast<double>(event.output_shape[0]) * 2;
  const Step step = product(device, flop, 0);
  if (state.phase == Phase::Prefill || !gives_scores(event)) return Demand(step);
  const Sizes sizes(event.input_shape);
  Step cache;
  add_kv(cache, device, 2 * sizes.b * static_cast<double>(state.cached_tokens) * sizes.h * sizes.c);
  return Demand(cache, step);
}

Demand ReferenceModel::attention(const LayerEvent& event, const Architecture& device, const CostState& state) const {
  const Shape& key = event.input_shape;
  if (key.empty()) event_error(event, "input_shape [] has no sizes; expected those of the key");
  const bool decode = state.phase == Phase::Decode;
  const double queries = event.output_shape.rank() > 2 ? static_cast<double>(event.output_shape.from_end(1)) : 1;
  Sizes sizes(key);
  if (decode && options_.sliding_window) sizes.r = static_cast<double>(*options_.sliding_window);
  if (decode && options_.num_key_value_heads) sizes.h = static_cast<double>(*options_.num_key_value_heads);

  // The batch where the right formula has the number of keys: a quirk.
  const double query_elements = sizes.b * sizes.h * queries * sizes.c;
  Step scores = product(device, query_elements * sizes.b * 2, 0);
  Step output = product(device, query_elements * static_cast<double>(key[0]) * 2, 0);
  if (decode) {
    add_kv(scores, device, sizes.product());
    add_kv(output, device, sizes.product());
  }
  return {scores, output};
}

double ReferenceModel::input_bytes(const LayerEvent& event) const {
  return element_bytes_ * Sizes(event.input_shape).product();
}

DeviceRatings ReferenceModel::ratings(const Architecture& device) const {
  DeviceRatings ratings;
  ratings.flops_per_s = device.peak_flops_per_s(options_.dtype);
  ratings.arithmetic_W = ratings.flops_per_s * device.energy_J_per_flop;
  ratings.vector_W =
      flop_per_element * device.energy_J_per_flop / std::min({softmax_s(device), silu_s(device), rmsnorm_s(device)});
  ratings.memory_Bps = device.memory.bandwidth_Bps;
  ratings.memory_W = device.memory.power_W();
  return ratings;
}

Architecture ReferenceModel::host_profile(const Architecture& catalogue_host) const {
  constexpr double giga = 1e9;
  constexpr double pj_per_bit = 8e-12;  // J per byte
  Architecture host;
  host.name = catalogue_host.name;
  host.where = catalogue_host.where;
  host.host_to_device = {1 * giga, 25 * pj_per_bit};
  host.device_to_host = {1 * giga, 25 * pj_per_bit};
  host.memory = {1 * giga, 1 * pj_per_bit};
  host.flops_per_s = 1e12;
  host.energy_J_per_flop = 1e-24;  // 1 pJ per TFLOP
  return host;
}

}  // namespace upmem_des
