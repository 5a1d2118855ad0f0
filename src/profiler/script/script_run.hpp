/// Forward passes of a TorchScript module. Internal to the room.
#pragma once

#include <torch/script.h>

#include <string>
#include <vector>

#include "profiler/pass_order.hpp"
#include "profiler/recorder.hpp"
#include "profiler/script/script_hooks.hpp"
#include "profiler/script/script_layers.hpp"

namespace upmem_des::profiler {

/// Runs a module under a recorder. Nothing is fused or optimised, so that what is recorded is what the network says;
/// what it forks runs at once, in the calling thread, so that all of it is recorded.
class ScriptRun {
 public:
  /// `file` is what errors name. `network` must not have run before.
  ScriptRun(torch::jit::Module network, std::string file);

  Recorder& recorder() { return recorder_; }

  /// What has been recorded since the last take(): the events of whole passes.
  std::vector<LayerEvent> take();

  /// One forward pass. Throws InputError where it fails: "FILE: in layer 'head.0' (Linear): …", and SimulationError
  /// where memory runs out.
  c10::IValue forward(const std::vector<c10::IValue>& inputs);

 private:
  std::string file_;
  torch::jit::Module network_;
  torch::jit::Method forward_;
  torch::jit::GraphOptimizerEnabledGuard not_optimised_;
  ScriptLayers layers_;
  Recorder recorder_;
  ScriptHooks hooks_;
  PassOrder order_;
};

}  // namespace upmem_des::profiler
