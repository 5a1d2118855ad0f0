#include "profiler/module_layers.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "profiler/event_shape.hpp"
#include "profiler/leaf_layer.hpp"
#include "profiler/module_weights.hpp"

namespace upmem_des::profiler {

namespace {

/// "torch::nn::LinearImpl" → "Linear"; "(anonymous namespace)::NormImpl" → "Norm".
std::string type_name(const torch::nn::Module& module) {
  std::string name = module.name();
  // Of what a template holds the name may have colons, too.
  const std::size_t template_list = name.find('<');
  const std::size_t colon = name.rfind(':', template_list);
  if (colon != std::string::npos) name.erase(0, colon + 1);
  constexpr std::string_view ending = "Impl";
  const std::size_t end = std::min(name.find('<'), name.size());
  if (end > ending.size() && name.compare(end - ending.size(), ending.size(), ending) == 0)
    name.erase(end - ending.size(), ending.size());
  return name;
}

}  // namespace

ModuleLayers::ModuleLayers(const torch::nn::Module& network) {
  for (const auto& parameter : network.named_parameters()) parameters_.add(parameter.key(), parameter.value());
  for (const auto& buffer : network.named_buffers()) parameters_.add(buffer.key(), buffer.value());
  add(network, "");
  // Which tables are multiplied by, too, is known once all layers are.
  for (const auto& [module, layer] : leaves_) describe_operation(*module, *layer, parameters_, tables_);
}

void ModuleLayers::add(const torch::nn::Module& module, const std::string& path) {
  const auto children = module.named_children();
  if (children.is_empty()) return add_leaf(module, path);
  for (const auto& child : children) add(*child.value(), path.empty() ? child.key() : path + "." + child.key());
}

void ModuleLayers::add_leaf(const torch::nn::Module& module, const std::string& path) {
  if (by_module_.count(&module) != 0) return;
  LayerInfo layer = leaf_layer(type_name(module), path, layers_.size());
  describe_weight(module, layer);
  LayerInfo* const kept = &layers_.emplace_back(layer);
  leaves_.emplace_back(&module, kept);
  note_use(module, parameters_);
  by_module_.emplace(&module, kept);
  const auto parameters = module.named_parameters(false);
  const auto buffers = module.named_buffers(false);
  for (const auto& parameter : parameters) add_tensor(parameter.value(), *kept);
  for (const auto& buffer : buffers) add_tensor(buffer.value(), *kept);
  // Weights are tied by assigning to the member, which does not change what was registered.
  if (const auto* linear = dynamic_cast<const torch::nn::LinearImpl*>(&module)) add_tensor(linear->weight, *kept);
  if (const auto* table = dynamic_cast<const torch::nn::EmbeddingImpl*>(&module)) add_tensor(table->weight, *kept);
  if (parameters.is_empty() && buffers.is_empty()) by_operator_[operator_key(layer.type.str())].layers.push_back(kept);
}

void ModuleLayers::add_tensor(const at::Tensor& tensor, const LayerInfo& layer) {
  if (tensor.defined() && tensor.has_storage())
    by_storage_[tensor.storage().unsafeGetStorageImpl()].push_back({&layer, operator_key(layer.type.str())});
}

const LayerInfo* ModuleLayers::of(const torch::nn::Module& module) const {
  const auto found = by_module_.find(&module);
  return found == by_module_.end() ? nullptr : found->second;
}

const LayerInfo* ModuleLayers::owner_of_tensor(const c10::IValue& value, Name key) const {
  if (!value.isTensor() || !value.toTensor().defined() || !value.toTensor().has_storage()) return nullptr;
  const auto found = by_storage_.find(value.toTensor().storage().unsafeGetStorageImpl());
  if (found == by_storage_.end()) return nullptr;
  for (const Holder& holder : found->second)
    if (holder.key == key) return holder.layer;
  // Tied to an embedding is the layer that multiplies by its table, with an operator of any name.
  for (const Holder& holder : found->second)
    if (holder.layer->type != "Embedding") return holder.layer;
  return found->second.front().layer;
}

const LayerInfo* ModuleLayers::next_in_turn(Name key) {
  const auto found = by_operator_.find(key);
  if (found == by_operator_.end()) return nullptr;
  Turn& turn = found->second;
  const LayerInfo* const layer = turn.layers[turn.next];
  turn.next = (turn.next + 1) % turn.layers.size();
  return layer;
}

Recorder::Owner ModuleLayers::owner(const OperatorInfo& info, c10::ArrayRef<const c10::IValue> arguments) {
  Recorder::Owner owner;
  if (info.looks) {
    if (!arguments.empty()) owner.layer = owner_of_tensor(arguments[0], info.key);
    owner.prepares = owner.layer != nullptr;
    return owner;
  }
  const c10::IValue* first_input = nullptr;
  std::vector<const void*> read;
  const auto look_at = [&](const c10::IValue& argument) {
    if (!argument.isTensor() || !argument.toTensor().defined()) return;
    if (const LayerInfo* layer = owner_of_tensor(argument, info.key)) {
      if (owner.layer == nullptr) owner.layer = layer;
      read.push_back(argument.toTensor().storage().unsafeGetStorageImpl());
    } else if (first_input == nullptr) {
      first_input = &argument;
    }
  };
  for (const c10::IValue& argument : arguments)
    if (argument.isTensorList())
      for (const c10::IValue& element : argument.toListRef()) look_at(element);
    else
      look_at(argument);
  if (owner.layer == nullptr) {
    owner.layer = next_in_turn(info.key);
    last_ = nullptr;
    return owner;
  }
  if (first_input != nullptr) owner.input = event_shape(first_input->toTensor());
  owner.continues = owner.layer == last_ &&
                    std::find_first_of(read.begin(), read.end(), last_read_.begin(), last_read_.end()) == read.end();
  if (!owner.continues) last_read_.clear();
  last_read_.insert(last_read_.end(), read.begin(), read.end());
  last_ = owner.layer;
  return owner;
}

void ModuleLayers::begin_pass() {
  for (auto& [key, turn] : by_operator_) turn.next = 0;
}

}  // namespace upmem_des::profiler
