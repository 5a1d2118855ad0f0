/// The layers of a TorchScript module. Internal to the room.
#pragma once

#include <torch/script.h>

#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

/// The leaf modules of a module in the order of Python's named_modules(): a module that is registered twice counts
/// once, under its first name. A leaf module is one without modules inside. A network that is itself one (a frozen one
/// has no modules left) is a layer only where its class is of torch.nn; of others the functions tell more.
class ScriptLayers {
 public:
  explicit ScriptLayers(const torch::jit::Module& network);

  /// The layer of a leaf module, null for every other object.
  const LayerInfo* of(const c10::ivalue::Object* object) const;

  const std::deque<torch::jit::Module>& leaves() const { return leaves_; }

 private:
  void add(const torch::jit::Module& module, const std::string& path);
  void add_leaf(const torch::jit::Module& module, const std::string& path);

  std::deque<torch::jit::Module> leaves_;
  std::deque<LayerInfo> layers_;  ///< where they are they stay
  std::unordered_set<const c10::ivalue::Object*> seen_;
  std::unordered_map<const c10::ivalue::Object*, const LayerInfo*> by_object_;
};

}  // namespace upmem_des::profiler
