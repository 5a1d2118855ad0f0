/// Profiling of networks that are written with libtorch's C++ frontend.
///
///   upmem_des::Profiler profiler;
///   profiler.start(network);                 // a torch::nn::Module with its children registered
///   network.forward(input);
///   const upmem_des::RecordedTrace trace = profiler.end();
///
/// In CMake: find_package(upmem-des COMPONENTS profiler), and the target `profiler` of that package.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>

#include "upmem_des/trace/recorded_trace.hpp"

namespace upmem_des {

namespace profiler {
class LayerCall;
}

/// Records what one thread does between start() and end().
///
/// Layers are the leaf modules of the network, under the names that they were registered with. Libtorch does not say
/// which module is being called, only which operator runs. So a call is known
/// - by its parameters: an operator that reads a leaf module's own parameter or buffer is a call of that module (of
///   tied ones, of the module whose type is like the operator's name), and the next one that reads other parameters of
///   it belongs to the same call;
/// - by its operator, where a module has none: `relu` is a call of a registered ReLU. Several of one type are taken in
///   the order of registration, beginning anew with each pass;
/// - by a ModuleCall in its forward(), the exact way, for modules of one's own that run several operators.
/// Everything else is a function event by the operator's name.
class Profiler {
 public:
  /// What the trace says of itself, and where passes end.
  struct Options {
    std::string model;                   ///< name for people; empty: the network's type
    std::string source;                  ///< where it comes from, for people
    std::int64_t batch = 1;              ///< rows that the network is called with
    std::string last_layer = "lm_head";  ///< a call of the layer of this name ends a pass, as next_pass() does
  };

  Profiler();
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;
  ~Profiler();

  /// From here on events are recorded. `network` outlives the recording. The trace's dtype is that of its first
  /// parameter, float32 for those that traces do not know (double). Throws InputError when the thread has a profiler
  /// started already, and on a batch below 1.
  void start(const torch::nn::Module& network, Options options);
  /// With the options as they are by default.
  void start(const torch::nn::Module& network) { start(network, Options()); }

  /// The next forward pass begins: the first is prefill, later ones are decode.
  void next_pass();

  /// Stops and gives what was recorded. Throws InputError without start(), and when nothing was recorded.
  RecordedTrace end();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Made at the beginning of the forward() of a leaf module of one's own. Does nothing where no profiler is started or
/// the module does not belong to its network.
///
///   torch::Tensor RMSNormImpl::forward(const torch::Tensor& x) {
///     upmem_des::ModuleCall call(*this, x);
///     return call.done(x * torch::rsqrt(x.pow(2).mean(-1, true) + epsilon) * weight);
///   }
class ModuleCall {
 public:
  /// `module` is called with `input`.
  ModuleCall(const torch::nn::Module& module, const torch::Tensor& input);
  ModuleCall(const ModuleCall&) = delete;
  ModuleCall& operator=(const ModuleCall&) = delete;
  ~ModuleCall();

  /// Ends the call and gives `output` back.
  torch::Tensor done(torch::Tensor output);

 private:
  std::unique_ptr<profiler::LayerCall> call_;
};

}  // namespace upmem_des
