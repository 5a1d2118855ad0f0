#include "profiler/script/script_layers.hpp"

#include "profiler/leaf_layer.hpp"
#include "profiler/script/script_weights.hpp"

namespace upmem_des::profiler {

namespace {

bool is_of_torch_nn(const torch::jit::Module& module) {
  const auto name = module.type()->name();
  return name && name->qualifiedName().rfind("__torch__.torch.nn.", 0) == 0;
}

}  // namespace

ScriptLayers::ScriptLayers(const torch::jit::Module& network) {
  add(network, "");
}

const LayerInfo* ScriptLayers::of(const c10::ivalue::Object* object) const {
  const auto found = by_object_.find(object);
  return found == by_object_.end() ? nullptr : found->second;
}

void ScriptLayers::add(const torch::jit::Module& module, const std::string& path) {
  if (!seen_.insert(module._ivalue().get()).second) return;
  const auto children = module.named_children();
  if (children.size() == 0) {
    if (!path.empty() || is_of_torch_nn(module)) add_leaf(module, path);
    return;
  }
  for (const auto& child : children) add(child.value, path.empty() ? child.name : path + "." + child.name);
}

void ScriptLayers::add_leaf(const torch::jit::Module& module, const std::string& path) {
  // "__torch__.torch.nn.modules.linear.___torch_mangle_3.Linear": the class is the last part.
  const auto name = module.type()->name();
  LayerInfo layer = leaf_layer(name ? name->name() : "", path, layers_.size());
  describe_weight(module, layer);
  by_object_.emplace(module._ivalue().get(), &layers_.emplace_back(layer));
  leaves_.push_back(module);
}

}  // namespace upmem_des::profiler
