#include "profiler/script/script_layers.hpp"

#include <cstring>

#include "profiler/layer_operation.hpp"
#include "profiler/leaf_layer.hpp"
#include "profiler/script/quantised_layers.hpp"
#include "profiler/script/script_weights.hpp"

namespace upmem_des::profiler {

namespace {

bool is_of_torch_nn(const torch::jit::Module& module) {
  const auto name = module.type()->name();
  return name && name->qualifiedName().rfind("__torch__.torch.nn.", 0) == 0;
}

/// Freezing takes away all attributes that the code does not read any more, and this one is always among them.
bool is_frozen(const torch::jit::Module& module) {
  return !module.hasattr("training");
}

/// "__torch__.torch.nn.modules.linear.___torch_mangle_3.Linear": the class is the last part. An activation that a
/// quantised layer has taken in is not told.
std::string class_of(const torch::jit::Module& module) {
  const auto name = module.type()->name();
  if (!name) return {};
  if (is_quantised(module)) {
    if (name->name() == "LinearReLU") return "Linear";
    if (name->name().rfind("ConvReLU", 0) == 0) return "Conv" + name->name().substr(std::strlen("ConvReLU"));
  }
  // A Linear that is not to be quantised, as in MultiheadAttention.
  if (is_of_torch_nn(module) && name->name() == "NonDynamicallyQuantizableLinear") return "Linear";
  return name->name();
}

template <typename Kind>
bool is_named(const LayerInfo& layer) {
  return as<Kind>(named_operation(layer)) != nullptr;
}

}  // namespace

ScriptLayers::ScriptLayers(const torch::jit::Module& network) {
  add(network, "");
  // All parameters have to be known before it can be said which of them are shared.
  for (const torch::jit::Module& leaf : leaves_) {
    const at::Tensor weight = weight_of(leaf);
    ParameterTable::Parameter* const found = parameters_.find(weight);
    if (found == nullptr || weight.dim() != 2) continue;
    const LayerInfo& layer = *by_object_.at(leaf._ivalue().get());
    if (is_named<operation::Gather>(layer)) found->is_table = true;
    if (is_named<operation::Product>(layer)) found->multiplies = true;
  }
  for (const torch::jit::Module& leaf : leaves_) describe(leaf, *by_object_.at(leaf._ivalue().get()));
}

const LayerInfo* ScriptLayers::of(const c10::ivalue::Object* object) const {
  const auto found = by_object_.find(object);
  return found == by_object_.end() ? nullptr : found->second;
}

void ScriptLayers::add(const torch::jit::Module& module, const std::string& path) {
  if (!seen_.insert(module._ivalue().get()).second) return;
  add_tensors(module, path);
  const auto children = module.named_children();
  if (is_quantised(module)) {
    // Modules in it hold its weights.
    for (const torch::jit::Module& inner : module.modules()) {
      if (!(inner == module) && seen_.insert(inner._ivalue().get()).second) add_tensors(inner, path);
    }
    add_leaf(module, path);
    return;
  }
  if (children.size() == 0) {
    if (!is_frozen(module) && (!path.empty() || is_of_torch_nn(module))) add_leaf(module, path);
    return;
  }
  for (const auto& child : children) add(child.value, path.empty() ? child.name : path + "." + child.name);
}

void ScriptLayers::add_leaf(const torch::jit::Module& module, const std::string& path) {
  const std::string type = class_of(module);
  Identity identity{type, {}, {}};
  for (const auto& parameter : module.named_parameters(/*recurse=*/false)) {
    if (!parameter.value.has_storage()) continue;
    std::get<1>(identity).push_back(parameter.value.storage().unsafeGetStorageImpl());
    std::get<2>(identity).push_back(parameter.value.storage_offset());
  }
  const bool has_parameters = !std::get<1>(identity).empty();
  const auto known = has_parameters ? by_identity_.find(identity) : by_identity_.end();
  LayerInfo* const layer =
      known != by_identity_.end() ? known->second : &layers_.emplace_back(leaf_layer(type, path, layers_.size()));
  if (has_parameters) by_identity_.emplace(std::move(identity), layer);
  by_object_.emplace(module._ivalue().get(), layer);
  leaves_.push_back(module);
}

void ScriptLayers::add_tensors(const torch::jit::Module& module, const std::string& path) {
  const std::string prefix = path.empty() ? "" : path + ".";
  for (const auto& attribute : module.named_attributes(/*recurse=*/false)) {
    if (attribute.value.isTensor()) parameters_.add(prefix + attribute.name, attribute.value.toTensor());
    parameters_.add_packed(prefix + attribute.name, attribute.value);
  }
  for (const torch::jit::Method& method : module.get_methods()) {
    if (!seen_code_.insert(&method.function()).second) continue;
    method.function().ensure_defined();
    add_constants(method.graph()->block());
  }
}

/// Numbered as in the file's code: in the order in which they are read.
void ScriptLayers::add_constants(const torch::jit::Block* block) {
  for (const torch::jit::Node* node : block->nodes()) {
    for (const torch::jit::Value* input : node->inputs()) {
      if (input->node()->kind() != c10::prim::Constant || !seen_constants_.insert(input).second) continue;
      const auto value = torch::jit::toIValue(input);
      if (!value || !(value->isTensor() || value->isObject())) continue;
      const std::string path = "CONSTANTS.c" + std::to_string(constants_++);
      if (value->isObject()) parameters_.add_packed(path, *value);
      if (value->isTensor() && value->toTensor().dim() > 0) parameters_.add(path, value->toTensor());
    }
    for (const torch::jit::Block* inner : node->blocks()) add_constants(inner);
  }
}

void ScriptLayers::describe(const torch::jit::Module& module, LayerInfo& layer) {
  if (is_quantised(module)) {
    describe_quantised(module, parameters_, layer);
    return;
  }
  describe_weight(module, layer);
  const at::Tensor weight = weight_of(module);
  ParameterTable::Parameter* const found = parameters_.find(weight);
  if (weight.defined() && weight.dim() == 2 && weight.size(0) > 0) {
    if (is_named<operation::Product>(layer)) {
      layer.operation = linear_operation(layer, has_bias(module), found != nullptr && found->is_tied());
      return;
    }
    const auto* const gather = as<operation::Gather>(named_operation(layer));
    if (gather != nullptr && gather->kind == operation::Gather::Kind::Layer && found != nullptr)
      tables_.add(layer, weight.size(0), *found);
  }
}

}  // namespace upmem_des::profiler
