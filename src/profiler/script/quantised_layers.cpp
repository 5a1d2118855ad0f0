#include "profiler/script/quantised_layers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "profiler/layer_operation.hpp"
#include "profiler/script/script_weights.hpp"

namespace upmem_des::profiler {

namespace {

using torch::jit::Module;

constexpr std::array<std::string_view, 4> quantised_packages{
    "__torch__.torch.ao.nn.quantized.", "__torch__.torch.ao.nn.intrinsic.quantized.", "__torch__.torch.nn.quantized.",
    "__torch__.torch.nn.intrinsic.quantized."};

/// What the module or one within it holds.
const ParameterTable::Packed* packed_in(const Module& module, const ParameterTable& parameters) {
  for (const Module& inner : module.modules())
    for (const auto& attribute : inner.named_attributes(/*recurse=*/false))
      if (const auto* const found = parameters.find_packed(attribute.value)) return found;
  return nullptr;
}

std::optional<std::array<std::int64_t, 2>> pair_of(const std::vector<std::int64_t>& sizes, std::int64_t least) {
  const bool is_pair = sizes.size() == 2 && std::all_of(sizes.begin(), sizes.end(), [least](std::int64_t size) {
                         return size >= least && size <= 1'000'000;
                       });
  return is_pair ? std::optional(std::array<std::int64_t, 2>{sizes[0], sizes[1]}) : std::nullopt;
}

void describe_convolution(const PackedWeights& weights, LayerInfo& layer) {
  operation::Convolution convolution;
  convolution.dimensions = layer.type.str().find("1d") != std::string::npos ? 1 : weights.dimensions();
  convolution.groups = weights.groups;
  convolution.bias = weights.bias;
  convolution.is_transposed = weights.is_transposed;
  convolution.stored = weights.stored;
  const bool is_flat = convolution.dimensions == 2;
  layer.weight = is_flat ? Shape{weights.sizes[2], weights.sizes[3]} : Shape{1, weights.kernel()};
  if (!is_flat) convolution.kernel = weights.kernel();
  layer.operation = operation_unless_named(convolution, layer);
  if (layer.type != "Conv2d") return;
  layer.stride = pair_of(weights.stride, 1);
  layer.padding = pair_of(weights.padding, 0);
}

/// Zero of an attribute that is not there.
std::int64_t number(const Module& module, const char* name) {
  if (!module.hasattr(name)) return 0;
  const c10::IValue value = module.attr(name);
  return value.isInt() ? value.toInt() : value.isBool() ? static_cast<std::int64_t>(value.toBool()) : 0;
}

/// LSTM, GRU and their cells that are quantised when they are called.
void describe_recurrence(const Module& module, LayerInfo& layer) {
  const auto* const named = as<operation::Recurrent>(named_operation(layer));
  operation::Recurrent found = named == nullptr ? operation::Recurrent() : *named;
  found.hidden = number(module, "hidden_size");
  if (named == nullptr || found.hidden < 1) return;
  if (!found.is_step) {
    found.layers = std::max<std::int64_t>(number(module, "num_layers"), 1);
    found.directions = number(module, "bidirectional") != 0 ? 2 : 1;
    found.is_batch_first = number(module, "batch_first") != 0;
  }
  found.bias = number(module, "bias") != 0;
  using Type = c10::ScalarType;
  const std::int64_t type = number(module, found.is_step ? "weight_dtype" : "dtype");
  if (type == static_cast<std::int64_t>(Type::QInt8)) found.stored = operation::StoredAs::Int8;
  if (type == static_cast<std::int64_t>(Type::Half)) found.stored = operation::StoredAs::Float16;
  layer.operation = operation_unless_named(found, layer);
}

}  // namespace

bool is_quantised(const Module& module) {
  const auto name = module.type()->name();
  if (!name) return false;
  const std::string whole = name->qualifiedName();
  return std::any_of(quantised_packages.begin(), quantised_packages.end(),
                     [&whole](std::string_view package) { return whole.rfind(package, 0) == 0; });
}

void describe_quantised(const Module& module, const ParameterTable& parameters, LayerInfo& layer) {
  const auto* const packed = packed_in(module, parameters);
  if (packed == nullptr) {
    describe_recurrence(module, layer);
    return;
  }
  const PackedWeights& weights = packed->weights;
  if (weights.sizes.size() == 2 && as<operation::Product>(named_operation(layer)) != nullptr) {
    if (weights.sizes[0] < 1 || weights.sizes[1] < 1) return;
    layer.weight = {weights.sizes[1], weights.sizes[0]};
    layer.operation = linear_operation(layer, weights.bias, /*is_tied=*/false, weights.stored);
  } else if (weights.sizes.size() > 2 && as<operation::Convolution>(named_operation(layer)) != nullptr) {
    describe_convolution(weights, layer);
  }
}

}  // namespace upmem_des::profiler
