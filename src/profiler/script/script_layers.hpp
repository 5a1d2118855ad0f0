/// The layers of a TorchScript module. Internal to the room.
#pragma once

#include <torch/script.h>

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "profiler/parameter_table.hpp"
#include "profiler/recorder.hpp"
#include "profiler/table_layers.hpp"

namespace upmem_des::profiler {

/// The leaf modules of a module in the order of Python's named_modules(): a module that is registered twice counts
/// once, under its first name. A file may hold such a module as two; those of one class that have the same parameters,
/// and at least one, are taken for it. A leaf module is one without modules inside, or a quantised
/// one. Not among them are frozen ones,
/// which have no parameters any more but constants in their code, and a network that is itself a leaf, unless its class
/// is of torch.nn: of these the functions tell more.
class ScriptLayers {
 public:
  explicit ScriptLayers(const torch::jit::Module& network);

  /// The layer of a leaf module, null for every other object.
  const LayerInfo* of(const c10::ivalue::Object* object) const;

  const std::deque<torch::jit::Module>& leaves() const { return leaves_; }

  /// All parameters, buffers and constants of the network.
  ParameterTable& parameters() { return parameters_; }
  const ParameterTable& parameters() const { return parameters_; }

  /// To be called with the events of each pass: what is known only after it.
  void complete(std::vector<LayerEvent>& events) { tables_.complete(events); }

 private:
  /// A class and where its parameters lie.
  using Identity = std::tuple<std::string, std::vector<const void*>, std::vector<std::int64_t>>;

  void add(const torch::jit::Module& module, const std::string& path);
  void add_leaf(const torch::jit::Module& module, const std::string& path);
  void add_tensors(const torch::jit::Module& module, const std::string& path);
  void add_constants(const torch::jit::Block* block);
  void describe(const torch::jit::Module& module, LayerInfo& layer);

  std::deque<torch::jit::Module> leaves_;
  std::deque<LayerInfo> layers_;  ///< where they are they stay
  std::unordered_set<const c10::ivalue::Object*> seen_;
  std::unordered_set<const torch::jit::Function*> seen_code_;
  std::unordered_set<const torch::jit::Value*> seen_constants_;
  std::unordered_map<const c10::ivalue::Object*, LayerInfo*> by_object_;
  std::map<Identity, LayerInfo*> by_identity_;
  ParameterTable parameters_;
  std::size_t constants_ = 0;
  TableLayers tables_;
};

}  // namespace upmem_des::profiler
