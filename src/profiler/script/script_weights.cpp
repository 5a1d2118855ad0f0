#include "profiler/script/script_weights.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "profiler/leaf_layer.hpp"

namespace upmem_des::profiler {

namespace {

using Pair = std::array<std::int64_t, 2>;
using torch::jit::Module;

/// The sizes of the parameter "weight"; empty where there is none.
std::vector<std::int64_t> weight_sizes(const Module& module) {
  if (!module.hasattr("weight")) return {};
  const c10::IValue weight = module.attr("weight");
  if (!weight.isTensor() || !weight.toTensor().defined()) return {};
  return weight.toTensor().sizes().vec();
}

std::optional<Pair> pair_of(const c10::IValue& value) {
  if (value.isInt()) return Pair{value.toInt(), value.toInt()};
  std::vector<std::int64_t> numbers;
  const auto take = [&numbers](const c10::IValue& element) {
    if (element.isInt()) numbers.push_back(element.toInt());
  };
  if (value.isTuple())
    for (const c10::IValue& element : value.toTupleRef().elements()) take(element);
  else if (value.isIntList())
    for (const c10::IValue& element : value.toListRef()) take(element);
  if (numbers.size() == 1) return Pair{numbers[0], numbers[0]};
  if (numbers.size() != 2) return std::nullopt;
  return Pair{numbers[0], numbers[1]};
}

/// What a value of a graph is where that does not depend on a run.
std::optional<c10::IValue> constant(const torch::jit::Value* value) {
  if (auto known = torch::jit::toIValue(value)) return known;
  const torch::jit::Node* const node = value->node();
  if (node->kind() != c10::prim::ListConstruct) return std::nullopt;
  c10::List<std::int64_t> numbers;
  for (const torch::jit::Value* element : node->inputs()) {
    const auto number = torch::jit::toIValue(element);
    if (!number || !number->isInt()) return std::nullopt;
    numbers.push_back(number->toInt());
  }
  return c10::IValue(numbers);
}

const torch::jit::Node* find_convolution(const torch::jit::Block* block) {
  for (const torch::jit::Node* node : block->nodes()) {
    const std::string_view kind = node->kind().toQualString();
    if ((kind == "aten::conv2d" || kind == "aten::_convolution" || kind == "aten::_convolution_mode") &&
        node->inputs().size() > 5)
      return node;
    for (const torch::jit::Block* inner : node->blocks())
      if (const auto* found = find_convolution(inner)) return found;
  }
  return nullptr;
}

struct Geometry {
  std::optional<c10::IValue> stride;
  std::optional<c10::IValue> padding;
  std::optional<c10::IValue> dilation;
};

/// A scripted module keeps the constants of its class; a traced one has them in the call of the convolution only, whose
/// arguments 3, 4 and 5 they are.
Geometry geometry_of(const Module& module) {
  const auto type = module.type();
  if (type->findConstant("stride") && type->findConstant("padding"))
    return {type->findConstant("stride"), type->findConstant("padding"), type->findConstant("dilation")};
  for (const auto& method : module.get_methods()) {
    method.function().ensure_defined();
    if (const auto* call = find_convolution(method.graph()->block()))
      return {constant(call->input(3)), constant(call->input(4)), constant(call->input(5))};
  }
  return {};
}

bool in_bounds(const Pair& pair, std::int64_t min) {
  return std::all_of(pair.begin(), pair.end(),
                     [min](std::int64_t value) { return value >= min && value <= 1'000'000; });
}

void describe_convolution(const Module& module, LayerInfo& layer) {
  const auto sizes = weight_sizes(module);
  if (sizes.size() != 4) return;
  layer.weight = {sizes[2], sizes[3]};
  const Geometry geometry = geometry_of(module);
  if (geometry.stride)
    if (const auto stride = pair_of(*geometry.stride); stride && in_bounds(*stride, 1)) layer.stride = stride;
  if (!geometry.padding) return;
  std::optional<Pair> padding = pair_of(*geometry.padding);
  if (geometry.padding->isString()) {
    const auto dilation = geometry.dilation ? pair_of(*geometry.dilation) : std::nullopt;
    const bool same = geometry.padding->toStringRef() == "same";
    padding = same ? same_padding(dilation.value_or(Pair{1, 1}), {sizes[2], sizes[3]}) : Pair{0, 0};
  }
  if (padding && in_bounds(*padding, 0)) layer.padding = padding;
}

}  // namespace

void describe_weight(const Module& module, LayerInfo& layer) {
  if (layer.type == "Conv2d") {
    describe_convolution(module, layer);
  } else if (layer.type == "Linear") {
    if (const auto sizes = weight_sizes(module); sizes.size() == 2) layer.weight = {sizes[1], sizes[0]};
  } else if (is_rms_norm(layer)) {
    if (const auto sizes = weight_sizes(module); sizes.size() == 1) layer.weight = {sizes[0], sizes[0]};
  }
  if (layer.weight[0] < 1 || layer.weight[1] < 1) layer.weight = {1, 1};
}

}  // namespace upmem_des::profiler
