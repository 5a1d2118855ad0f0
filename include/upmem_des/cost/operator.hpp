/// What one type of layer or function does, whatever the device: the rules that the roofline model is made of.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/efficiency/kernel_sizes.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// An event that is to be costed, with the sizes of its numbers.
struct OperatorCall {
  const LayerEvent& event;
  const CostOptions& options;
  double element_bytes = 0;                          ///< of an activation
  double kv_element_bytes = 0;                       ///< of a key or value in the cache
  std::optional<std::int64_t> held_key_value_heads;  ///< see CostState
  double weight_element_bytes = element_bytes;       ///< of a weight in the run's weight format
  double computed_element_bytes = element_bytes;     ///< of what products of weights are computed in
  ContextPart context{};                             ///< see CostState
  /// Rows that share one reading of what they are multiplied by: all, but where banks have no room to keep it.
  double rows_per_pass = std::numeric_limits<double>::infinity();
  double cache_bytes = 0;  ///< of the device's last level of cache; 0: none that its profile tells

  /// Bytes of a weight in a format.
  double weight_bytes(operation::WeightFormat format) const {
    return format == operation::WeightFormat::OfWeights ? weight_element_bytes : element_bytes;
  }
  /// Times that a matrix is read for so many rows.
  double passes(double rows) const { return std::max(1.0, std::ceil(rows / rows_per_pass)); }
};

/// The work of one event. An event without any of it costs nothing, not even the launch overhead.
struct OperatorWork {
  double flop = 0;                     ///< ignored for elementwise operators: theirs is flop_per_element · elements
  double elements = 0;                 ///< elements computed; for elementwise operators only
  double memory_bytes = 0;             ///< activations, read and written; weights too, where they are not told apart
  double kv_bytes = 0;                 ///< keys and values of the cache, read
  double weight_bytes = 0;             ///< weights, read
  double passes = 1;                   ///< times that weights or a cache are read; of sequences, most times
  double outputs = 0;                  ///< of a product: columns of its weights, of one matrix
  double caches = 0;                   ///< of attention: KV heads of all sequences
  double input_bytes = 0;              ///< of vectors that a matrix in the memory is multiplied by
  double output_bytes = 0;             ///< of what comes of it
  double softmax_elements = 0;         ///< of fused attention: scores,
  double softmax_flop = 0;             ///< their flop, which is in `flop`,
  double softmax_bytes = 0;            ///< and their bytes, which stay with the arithmetic units but in banks
  std::optional<KernelSizes> sizes{};  ///< of the kernel, for what a device reaches of its peaks; none: told by no form
  /// Its part of the kernel that computes all experts of a layer, for devices of which it is known what that takes;
  /// they then do without `sizes`.
  std::optional<ExpertSizes> of_experts{};
};

/// The work of an event whose input and output both have elements. Throws InputError
/// where the event's shapes make no sense.
using OperatorCost = std::function<OperatorWork(const OperatorCall&)>;

/// Operators for which a profile may state a time per element; it then stands in place of the arithmetic roofline.
enum class ElementClass { None, Softmax, Norm, Activation };

/// The rule of one type.
struct Operator {
  /// An operator that counts its own flop.
  explicit Operator(OperatorCost rule) : cost(std::move(rule)) {}

  /// An operator of `flop` (above 0) for each of the elements that its rule counts.
  Operator(ElementClass kind, double flop, OperatorCost rule)
      : cost(std::move(rule)), element_class(kind), flop_per_element(flop) {}

  OperatorCost cost;
  ElementClass element_class = ElementClass::None;
  double flop_per_element = 0;     ///< 0: the rule's flop counts
  bool by_sizes = false;           ///< see CostModel::costs_by_sizes()
  double input_element_bytes = 0;  ///< of an input that moves between host and device; 0: the data type's
};

/// Adds an operator to the roofline model, or replaces the one of that type; layers and functions are told apart by
/// their types' names alone. Models that already exist do not change. Call it before scenarios are loaded.
/// Throws InputError on an empty type, a rule that is no function, and an element class without flop an element.
void register_operator(const std::string& type, Operator op);

/// The same for an operator that counts its own flop.
void register_operator(const std::string& type, OperatorCost rule);

}  // namespace upmem_des
