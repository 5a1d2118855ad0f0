#include "profiler/script/script_run.hpp"

#include <torch/csrc/jit/api/function_impl.h>

#include <functional>
#include <unordered_set>

#include "profile/reached_place.hpp"
#include "profiler/libtorch_message.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::profiler {

namespace {

using Functions = std::unordered_set<const torch::jit::Function*>;

void compile(torch::jit::Function& function, Functions& done);

void compile_called(const torch::jit::Block* block, Functions& done) {
  for (const torch::jit::Node* node : block->nodes()) {
    for (const torch::jit::Value* output : node->outputs())
      if (const auto type = output->type()->cast<c10::FunctionType>()) compile(*type->function(), done);
    for (const torch::jit::Block* inner : node->blocks()) compile_called(inner, done);
  }
}

void compile(torch::jit::Function& function, Functions& done) {
  auto* const with_graph = torch::jit::tryToGraphFunction(function);
  if (with_graph == nullptr || !done.insert(&function).second) return;
  torch::jit::Stack no_values;  // not looked at as long as nothing is optimised
  with_graph->get_executor().getPlanFor(no_values);
  compile_called(with_graph->graph()->block(), done);
}

/// Libtorch compiles a function for its interpreter when it is called first. Done before, that does not count to the
/// first pass.
void compile(const torch::jit::Module& network) {
  Functions done;
  for (const torch::jit::Module& module : network.modules())
    for (const torch::jit::Method& method : module.get_methods()) compile(method.function(), done);
}

}  // namespace

ScriptRun::ScriptRun(torch::jit::Module network, std::string file)
    : file_(std::move(file)),
      network_(std::move(network)),
      forward_(network_.get_method("forward")),
      not_optimised_(false),
      layers_(network_),
      recorder_(Recorder::Functions::All),
      hooks_(layers_) {
  recorder_.set_parameters(&layers_.parameters());
  compile(network_);
}

std::vector<LayerEvent> ScriptRun::take() {
  std::vector<LayerEvent> events = recorder_.take();
  layers_.complete(events);
  order_.fill(events);
  return events;
}

c10::IValue ScriptRun::forward(const std::vector<c10::IValue>& inputs) {
  const auto at_once = [](const std::function<void()>& task) { task(); };
  try {
    const auto future = forward_.run_async(inputs, {}, at_once);
    future->waitAndThrow();
    return future->value();
  } catch (const std::exception& error) {
    hooks_.reset();
    const std::string message = libtorch_message(error);
    const std::string where = reached_place().text();
    if (is_out_of_memory(message))
      throw SimulationError(file_ + ": out of memory" + (where.empty() ? "" : " ") + where + ": " + message);
    throw InputError({file_}, where + (where.empty() ? "" : ": ") + message);
  }
}

}  // namespace upmem_des::profiler
