#include "profiler/script/script_weights.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "profiler/layer_operation.hpp"
#include "profiler/leaf_layer.hpp"

namespace upmem_des::profiler {

namespace {

using Pair = std::array<std::int64_t, 2>;
using torch::jit::Module;

at::Tensor tensor_of(const Module& module, const char* name) {
  if (!module.hasattr(name)) return {};
  const c10::IValue value = module.attr(name);
  return value.isTensor() ? value.toTensor() : at::Tensor();
}

/// The sizes of the parameter "weight"; empty where there is none.
std::vector<std::int64_t> weight_sizes(const Module& module) {
  const at::Tensor weight = weight_of(module);
  return weight.defined() ? weight.sizes().vec() : std::vector<std::int64_t>();
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

/// libtorch's optionals are std's from 2.5 on only.
template <typename Optional>
auto optional_of(const Optional& value) {
  using Value = std::decay_t<decltype(*value)>;
  return value ? std::optional<Value>(*value) : std::nullopt;
}

/// What a value of a graph is where that does not depend on a run.
std::optional<c10::IValue> constant(const torch::jit::Value* value) {
  if (auto known = torch::jit::toIValue(value)) return *known;
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

/// The first node of a kind that `is_wanted` says yes to.
template <typename Wanted>
const torch::jit::Node* find_node(const torch::jit::Block* block, const Wanted& is_wanted) {
  for (const torch::jit::Node* node : block->nodes()) {
    if (is_wanted(std::string_view(node->kind().toQualString()))) return node;
    for (const torch::jit::Block* inner : node->blocks())
      if (const auto* found = find_node(inner, is_wanted)) return found;
  }
  return nullptr;
}

template <typename Wanted>
const torch::jit::Node* find_node(const Module& module, const Wanted& is_wanted) {
  for (const auto& method : module.get_methods()) {
    method.function().ensure_defined();
    if (const auto* found = find_node(method.graph()->block(), is_wanted)) return found;
  }
  return nullptr;
}

/// An argument of an operator's call, by its name in the schema, where it does not depend on a run.
std::optional<c10::IValue> argument(const torch::jit::Node* call, const char* name) {
  const c10::FunctionSchema* const schema = call->maybeSchema();
  const auto place = schema == nullptr ? std::nullopt : optional_of(schema->argumentIndexWithName(name));
  if (!place || static_cast<std::size_t>(*place) >= call->inputs().size()) return std::nullopt;
  return constant(call->input(static_cast<std::size_t>(*place)));
}

struct Geometry {
  std::optional<c10::IValue> stride;
  std::optional<c10::IValue> padding;
  std::optional<c10::IValue> dilation;
  std::optional<c10::IValue> groups;
};

/// A scripted module keeps the constants of its class; a traced one has them in the call of the convolution only.
Geometry geometry_of(const Module& module) {
  const auto type = module.type();
  const auto constant_of = [&type](const char* name) { return optional_of(type->findConstant(name)); };
  if (type->findConstant("stride") && type->findConstant("padding"))
    return {constant_of("stride"), constant_of("padding"), constant_of("dilation"), constant_of("groups")};
  const auto* const call = find_node(module, [](std::string_view kind) {
    return kind.rfind("aten::conv", 0) == 0 || kind.rfind("aten::_convolution", 0) == 0;
  });
  if (call == nullptr) return {};
  return {argument(call, "stride"), argument(call, "padding"), argument(call, "dilation"), argument(call, "groups")};
}

bool in_bounds(const Pair& pair, std::int64_t min) {
  return std::all_of(pair.begin(), pair.end(),
                     [min](std::int64_t value) { return value >= min && value <= 1'000'000; });
}

/// "Conv1d", "ConvTranspose3d": along how many sizes; 0 of other classes.
std::size_t dimensions_of(std::string_view type) {
  const bool is_convolution = type.substr(0, 4) == "Conv" && type.back() == 'd';
  const std::string_view rest = is_convolution ? type.substr(4) : std::string_view();
  for (const char digit : {'1', '2', '3'})
    if (rest == std::string{digit, 'd'} || rest == std::string("Transpose") + digit + 'd')
      return static_cast<std::size_t>(digit - '0');
  return 0;
}

void describe_convolution(const Module& module, std::size_t dimensions, LayerInfo& layer) {
  const auto sizes = weight_sizes(module);
  if (sizes.size() != dimensions + 2) return;
  const Geometry geometry = geometry_of(module);
  operation::Convolution convolution;
  convolution.dimensions = static_cast<std::int64_t>(dimensions);
  convolution.bias = has_bias(module);
  convolution.is_transposed = layer.type.str().find("Transpose") != std::string::npos;
  if (geometry.groups && geometry.groups->isInt()) convolution.groups = geometry.groups->toInt();
  std::int64_t places = 1;
  for (std::size_t i = 2; i < sizes.size(); ++i) places *= sizes[i];
  layer.weight = dimensions == 2 ? Shape{sizes[2], sizes[3]} : Shape{1, places};
  if (dimensions != 2) convolution.kernel = places;
  layer.operation = operation_unless_named(convolution, layer);
  if (layer.type != "Conv2d") return;
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

/// LSTM, GRU, RNN and their cells, by the sizes of their weights. Only whether the batch comes first do these not tell.
bool describe_recurrence(const Module& module, LayerInfo& layer) {
  using Cell = operation::Recurrent::Cell;
  std::string_view type = layer.type.str();
  constexpr std::string_view cell = "Cell";
  operation::Recurrent found;
  found.is_step = type.size() > cell.size() && type.substr(type.size() - cell.size()) == cell;
  if (found.is_step) type.remove_suffix(cell.size());
  if (type != "LSTM" && type != "GRU" && type != "RNN") return false;
  found.cell = type == "LSTM" ? Cell::Lstm : type == "GRU" ? Cell::Gru : Cell::Rnn;
  const std::string suffix = found.is_step ? "" : "_l0";
  const at::Tensor state = tensor_of(module, ("weight_hh" + suffix).c_str());
  if (!state.defined() || state.dim() != 2) return false;
  found.hidden = state.size(0) / found.gates();
  found.bias = tensor_of(module, ("bias_hh" + suffix).c_str()).defined();
  if (!found.is_step) {
    while (module.hasattr("weight_hh_l" + std::to_string(found.layers))) ++found.layers;
    found.directions = module.hasattr("weight_hh_l0_reverse") ? 2 : 1;
    if (const at::Tensor projection = tensor_of(module, "weight_hr_l0"); projection.defined())
      found.projection = projection.size(0);
    auto batch_first = optional_of(module.type()->findConstant("batch_first"));
    if (!batch_first)
      if (const auto* const call = find_node(module, [](std::string_view kind) {
            return kind == "aten::lstm" || kind == "aten::gru" || kind.rfind("aten::rnn_", 0) == 0;
          }))
        batch_first = argument(call, "batch_first");
    found.is_batch_first = batch_first && batch_first->isBool() && batch_first->toBool();
  }
  layer.operation = operation_unless_named(found, layer);
  return true;
}

/// A GELU of its own approximation.
void describe_gelu(const Module& module, LayerInfo& layer) {
  auto approximate = optional_of(module.type()->findConstant("approximate"));
  if (!approximate)
    if (const auto* const call = find_node(module, [](std::string_view kind) { return kind == "aten::gelu"; }))
      approximate = argument(call, "approximate");
  if (approximate && approximate->isString())
    layer.operation = gelu_operation(layer, approximate->toStringRef() == "tanh");
}

}  // namespace

at::Tensor weight_of(const Module& module) {
  return tensor_of(module, "weight");
}

bool has_bias(const Module& module) {
  return tensor_of(module, "bias").defined();
}

void describe_weight(const Module& module, LayerInfo& layer) {
  if (const std::size_t dimensions = dimensions_of(layer.type.str()); dimensions > 0) {
    describe_convolution(module, dimensions, layer);
  } else if (describe_recurrence(module, layer)) {
    return;
  } else if (layer.type == "GELU") {
    describe_gelu(module, layer);
  } else if (layer.type == "Linear") {
    if (const auto sizes = weight_sizes(module); sizes.size() == 2) layer.weight = {sizes[1], sizes[0]};
  } else if (layer.type == "Conv1D") {
    if (const auto sizes = weight_sizes(module); sizes.size() == 2) layer.weight = {sizes[0], sizes[1]};
  } else if (is_rms_norm(layer)) {
    if (const auto sizes = weight_sizes(module); sizes.size() == 1) layer.weight = {sizes[0], sizes[0]};
  }
  if (layer.weight[0] < 1 || layer.weight[1] < 1) layer.weight = {1, 1};
}

}  // namespace upmem_des::profiler
