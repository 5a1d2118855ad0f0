/// The physically right cost model.
#pragma once

#include "cost/roofline/operator_table.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/cost/operator.hpp"

namespace upmem_des {

/// An event takes the launch overhead, then the longer of arithmetic and memory streaming; docs/models.md defines the
/// work of each operator.
///
/// - arithmetic: flop / (peak · compute_efficiency), flop · J/flop. Where the profile has a time per element for the
///   operator's class (softmax; RMSNorm and LayerNorm; SiLU and GELU) that time instead, on the Vector unit.
/// - memory: bytes / (bandwidth · memory_efficiency), bytes · J/byte; the KV cache apart from weights and activations.
/// - a device that computes in the banks of its memory (`pim`) is fed as its profile says, and its controller does the
///   rest.
class RooflineModel : public CostModel {
 public:
  /// Takes the operators that are registered by now. Throws InputError when KV heads or sliding window are below 1.
  explicit RooflineModel(const CostOptions& options);

  std::string name() const override { return "roofline"; }

  /// One step; none where the input or the output is empty (an expert without tokens reads no weights) or the operator
  /// does nothing (Dropout); two of fused attention in banks beside a controller. Throws InputError on a type that has
  /// no operator, naming the nearest, on shapes that make no sense, and on what neither banks nor a controller compute.
  Demand cost(const LayerEvent& event, const Architecture& device, const CostState& state) const override;

  /// Of a kernel that a form of efficiency may say the time of; none: of none. Throws InputError on shapes that make no
  /// sense.
  std::optional<KernelSizes> kernel_sizes(const LayerEvent& event) const;

  /// Of all operations, and of the operators that are registered as such.
  bool costs_by_sizes(const LayerEvent& event) const override;
  bool depends_on_cache(const LayerEvent& event) const override;

  /// All but events of types that are neither recognised nor registered.
  bool has_rule(const LayerEvent& event) const override;

  /// D · all elements of the input_shape; 8 bytes for each id of an Embedding.
  double input_bytes(const LayerEvent& event) const override;

  /// vector_W: the largest flop an element · J/flop / time an element of the profile's classes, 0 without any.
  DeviceRatings ratings(const Architecture& device) const override;

 private:
  /// The rule of an event: one that a program has added, else its operation's. The other is nullptr.
  struct Found {
    const Operator* added = nullptr;
    const Operation* operation = nullptr;
  };
  Found find(const LayerEvent& event) const;
  OperatorWork work_of_event(const Found& found, const LayerEvent& event, const CostState& state, NumberFormat format,
                             double rows_per_pass, double cache_bytes) const;
  NumberFormat computed_in(const Operation& operation) const;
  /// Of the forms of a device, that for the experts of this run's weights.
  NumberFormat experts_in() const;
  [[noreturn]] void fail_without_rule(const LayerEvent& event) const;
  void expect_controller(const LayerEvent& event, OperatorClass kind, const Architecture& device) const;

  CostOptions options_;
  double element_bytes_;
  double kv_element_bytes_;
  double weight_element_bytes_;
  OperatorTable operators_;
};

}  // namespace upmem_des
