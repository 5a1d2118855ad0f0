/// The parameters of a network by where they lie. Internal to the room.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "profiler/packed_weights.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des::profiler {

/// Knows a parameter, a buffer or a constant again in a view or a part of it. Of those that lie in the same place the
/// first counts. The network keeps them alive.
class ParameterTable {
 public:
  struct Parameter {
    Name path;                ///< "encoder.in_proj_weight"
    bool is_table = false;    ///< of an embedding
    bool multiplies = false;  ///< is it the matrix of a product, too? Then table and head are tied.

    bool is_tied() const { return is_table && multiplies; }
  };

  /// Gives the parameter that is there now: another one where `tensor` has been added under another path. Null of a
  /// tensor without storage.
  Parameter* add(const std::string& path, const at::Tensor& tensor);

  /// Null of what is no parameter, nor a part of one.
  Parameter* find(const at::Tensor& tensor);
  bool has(const at::Tensor& tensor) { return find(tensor) != nullptr; }

  struct Packed {
    Name path;
    PackedWeights weights;
  };

  /// Weights of a quantised layer; of any other value nothing happens.
  void add_packed(const std::string& path, const c10::IValue& value);
  /// Null of what has not been added.
  const Packed* find_packed(const c10::IValue& value) const;

 private:
  struct Place {
    std::int64_t begin = 0;  ///< elements into the storage
    std::int64_t end = 0;
    Parameter parameter;
  };

  std::unordered_map<const c10::StorageImpl*, std::deque<Place>> places_;
  std::unordered_map<const void*, Packed> packed_;
};

}  // namespace upmem_des::profiler
