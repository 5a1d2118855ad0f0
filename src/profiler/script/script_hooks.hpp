/// Calls of TorchScript modules, seen from inside. Internal to the room.
#pragma once

#include <torch/script.h>

#include <deque>

#include "profiler/recorder.hpp"
#include "profiler/script/script_layers.hpp"

namespace upmem_des::profiler {

/// While it lives, each call of a leaf module's forward is a LayerCall.
///
/// Libtorch tells of operators, not of calls: two calls in a row look like one. So two operators of our own are put
/// into the graph of every leaf type's forward, at its begin and end; which module it is they see when they run.
/// Tracing makes of a second call of a module a method "forward1" and so on, which count alike. To be made before the
/// network has run, one at a time in a thread; the graphs stay changed.
class ScriptHooks {
 public:
  explicit ScriptHooks(ScriptLayers& layers);
  ScriptHooks(const ScriptHooks&) = delete;
  ScriptHooks& operator=(const ScriptHooks&) = delete;
  ~ScriptHooks();

  /// Forgets calls that an exception has ended.
  void reset() { calls_.clear(); }

  /// The operators: on the stack are the module, then the arguments or the result.
  static void layer_begins(torch::jit::Stack& stack);
  static void layer_ends(torch::jit::Stack& stack);

 private:
  /// Of the first tensor among the arguments that is no parameter: tracing hands those that modules share to them.
  c10::IntArrayRef input_sizes(c10::ArrayRef<c10::IValue> arguments);

  ScriptLayers& layers_;
  std::deque<LayerCall> calls_;
};

}  // namespace upmem_des::profiler
