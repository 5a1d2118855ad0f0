#include "profiler/script/script_hooks.hpp"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "profiler/event_shape.hpp"

namespace upmem_des::profiler {

namespace {

using torch::jit::Stack;

thread_local ScriptHooks* current_hooks = nullptr;

constexpr const char* begin_name = "upmem_des::layer_begins";
constexpr const char* end_name = "upmem_des::layer_ends";

/// Conservative: an operator that is neither left out nor moved.
void register_operators() {
  const auto add = [](const char* name, void (*operation)(Stack&)) {
    torch::jit::registerOperator(
        torch::jit::Operator(std::string(name) + "(...) -> ()", operation, c10::AliasAnalysisKind::CONSERVATIVE));
    return true;
  };
  static const bool registered = add(begin_name, ScriptHooks::layer_begins) && add(end_name, ScriptHooks::layer_ends);
  static_cast<void>(registered);
}

/// "forward"; "forward12", which tracing makes of a later call; "forward__1", one of several overloads;
/// "forward_tensor" and "forward_packed", those of quantised recurrent layers.
bool is_forward(std::string_view name) {
  if (name == "forward_tensor" || name == "forward_packed") return true;
  constexpr std::string_view forward = "forward";
  constexpr std::string_view overload = "__";
  if (name.substr(0, forward.size()) != forward) return false;
  name.remove_prefix(forward.size());
  if (name.substr(0, overload.size()) == overload) name.remove_prefix(overload.size());
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void put_into(torch::jit::Graph& graph) {
  using torch::jit::Node;
  using torch::jit::Symbol;
  Node* const begin = graph.create(Symbol::fromQualString(begin_name), graph.inputs(), 0);
  graph.prependNode(begin);
  std::vector<torch::jit::Value*> results{graph.inputs().at(0)};
  for (torch::jit::Value* result : graph.outputs()) results.push_back(result);
  graph.appendNode(graph.create(Symbol::fromQualString(end_name), results, 0));
}

/// The values of a call of one of our operators, taken from the stack.
template <typename Use>
void with_values(Stack& stack, const Use& use) {
  const auto count = static_cast<std::size_t>(torch::jit::pop(stack).toInt());
  use(c10::ArrayRef<c10::IValue>(stack.data() + (stack.size() - count), count));
  torch::jit::drop(stack, count);
}

c10::IntArrayRef sizes_of(const std::optional<at::Tensor>& tensor) {
  if (!tensor || tensor->is_nested()) return {};
  return tensor->sizes();
}

std::optional<at::Tensor> first_of(c10::ArrayRef<c10::IValue> values) {
  for (const c10::IValue& value : values)
    if (auto tensor = first_tensor(value)) return tensor;
  return std::nullopt;
}

}  // namespace

ScriptHooks::ScriptHooks(ScriptLayers& layers) : layers_(layers) {
  register_operators();
  std::unordered_set<const torch::jit::Function*> changed;
  for (const torch::jit::Module& leaf : layers.leaves())
    for (const auto& method : leaf.get_methods()) {
      if (!is_forward(method.name()) || !changed.insert(&method.function()).second) continue;
      method.function().ensure_defined();
      put_into(*method.graph());
    }
  current_hooks = this;
}

ScriptHooks::~ScriptHooks() {
  current_hooks = nullptr;
}

c10::IntArrayRef ScriptHooks::input_sizes(c10::ArrayRef<c10::IValue> arguments) {
  for (const c10::IValue& argument : arguments)
    if (const auto tensor = first_tensor(argument); tensor && !layers_.parameters().has(*tensor))
      return sizes_of(tensor);
  return sizes_of(first_of(arguments));
}

void ScriptHooks::layer_begins(Stack& stack) {
  with_values(stack, [](c10::ArrayRef<c10::IValue> values) {
    if (current_hooks == nullptr) return;
    const LayerInfo* const layer = current_hooks->layers_.of(values[0].toObject().get());
    if (layer == nullptr) return;
    const auto arguments = values.slice(1);
    current_hooks->calls_.emplace_back(*layer, current_hooks->input_sizes(arguments), arguments);
  });
}

void ScriptHooks::layer_ends(Stack& stack) {
  with_values(stack, [](c10::ArrayRef<c10::IValue> values) {
    if (current_hooks == nullptr || current_hooks->layers_.of(values[0].toObject().get()) == nullptr) return;
    if (current_hooks->calls_.empty()) return;
    const auto results = values.slice(1);
    current_hooks->calls_.back().done(sizes_of(first_of(results)), results);
    current_hooks->calls_.pop_back();
  });
}

}  // namespace upmem_des::profiler
