/// The layers of a torch::nn module. Internal to the room.
#pragma once

#include <torch/torch.h>

#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "profiler/parameter_table.hpp"
#include "profiler/recorded_operators.hpp"
#include "profiler/recorder.hpp"
#include "profiler/table_layers.hpp"

namespace upmem_des::profiler {

/// The leaf modules below a module, in the order of registration, and how their calls are known (see Profiler).
class ModuleLayers {
 public:
  explicit ModuleLayers(const torch::nn::Module& network);

  /// The layer of a leaf module; null for every other module.
  const LayerInfo* of(const torch::nn::Module& module) const;

  /// The layer that an operator outside of layers is a call of; its input is the first argument that is no parameter.
  /// An operator that follows one of the same layer continues its call where it reads other parameters of it, as an
  /// addition of a bias does after a product with a weight.
  /// One that looks at a parameter prepares its layer's call.
  Recorder::Owner owner(const OperatorInfo& info, c10::ArrayRef<const c10::IValue> arguments);

  /// All parameters and buffers of the network.
  ParameterTable& parameters() { return parameters_; }

  /// To be called with the events of each pass: what is known only after it.
  void complete(std::vector<LayerEvent>& events) { tables_.complete(events); }

  /// Layers of one type are taken from the first again.
  void begin_pass();

 private:
  /// Layers without parameters that run the same operator.
  struct Turn {
    std::vector<const LayerInfo*> layers;
    std::size_t next = 0;
  };

  /// A layer of a parameter.
  struct Holder {
    const LayerInfo* layer = nullptr;
    Name key;  ///< operator_key() of its type
  };

  void add(const torch::nn::Module& module, const std::string& path);
  void add_leaf(const torch::nn::Module& module, const std::string& path);
  void add_tensor(const at::Tensor& tensor, const LayerInfo& layer);
  const LayerInfo* next_in_turn(Name key);
  const LayerInfo* owner_of_tensor(const c10::IValue& value, Name key) const;

  std::deque<LayerInfo> layers_;  ///< where they are they stay
  std::vector<std::pair<const torch::nn::Module*, LayerInfo*>> leaves_;
  ParameterTable parameters_;
  TableLayers tables_;
  std::unordered_map<const torch::nn::Module*, const LayerInfo*> by_module_;
  /// Views of a parameter have its storage. Tied parameters are of several layers.
  std::unordered_map<const c10::StorageImpl*, std::vector<Holder>> by_storage_;
  std::unordered_map<Name, Turn> by_operator_;  ///< by operator_key()
  const LayerInfo* last_ = nullptr;             ///< that the operator before was a call of
  std::vector<const void*> last_read_;          ///< storages of its parameters that the call has read
};

}  // namespace upmem_des::profiler
