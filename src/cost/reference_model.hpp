/// The cost model of the published UPMEM tool, quirks included.
#pragma once

#include <cstdint>
#include <vector>

#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des {

/// Gives the numbers that the published Python tool gives, for comparison with published results; docs/models.md
/// defines each formula and names each quirk. In short:
///
/// - (b, h, r, c) are the last four sizes of a shape, 1 for missing ones; numel is the product of all sizes.
/// - product(flop, bytes): arithmetic and memory streaming side by side.
/// - Layers: product(numel(input) · weight[0] · 2, D · weight[0] · weight[1]), whatever their type, but for LayerNorm,
///   Conv2d, LlamaRMSNorm and SiLUActivation, which have formulas of their own.
/// - Functions: softmax, matmul and scaled_dot_product_attention; all others are errors.
///
/// A profile's compute_efficiency, memory_efficiency and launch_overhead_s do not exist in that tool and are ignored.
/// Times per element that a profile does not give are those of one PIM chip, as there.
class ReferenceModel : public CostModel {
 public:
  /// Throws InputError when KV heads or sliding window are below 1. `kv_dtype` is ignored: the cache has 2 bytes an
  /// element always.
  explicit ReferenceModel(const CostOptions& options);

  std::string name() const override { return "reference"; }

  /// One step; two for scaled_dot_product_attention (keys, then values), and for the matmul "attn_weights" in decode
  /// (the cache, then the product). Throws InputError on a function without a formula, a layer without weight_shape, a
  /// Conv2d without stride and padding, a matmul without output sizes, and a dot product of keys without sizes.
  Demand cost(const LayerEvent& event, const Architecture& device, const CostState& state) const override;

  bool costs_by_sizes(const LayerEvent& /*event*/) const override { return true; }

  /// D · the last four sizes of the input, token ids included.
  double input_bytes(const LayerEvent& event) const override;

  /// vector_W: 1500 flop an element in the smallest of the profile's three times per element.
  DeviceRatings ratings(const Architecture& device) const override;

  /// A constant device, whatever the catalogue says: 1 TFLOP/s at 1 pJ/TFLOP, memory 1 GB/s at 1 pJ/bit, links 1 GB/s
  /// at 25 pJ/bit, no times per element (so those of one PIM chip).
  Architecture host_profile(const Architecture& catalogue_host) const override;

  TransferRules transfer_rules() const override { return TransferRules::Published; }

  /// False: that tool knew KV heads and sliding window only where it was told.
  bool uses_trace_attention_shape() const override { return false; }

  /// What an element of softmax, a norm or an activation costs in energy (1500/1e12 TFLOP in the published tool).
  static constexpr double flop_per_element = 1500;

 private:
  enum class Rule : std::uint8_t { Unsupported, Product, LayerNorm, Conv2d, RmsNorm, Silu, Softmax, Matmul, Attention };

  Rule rule_of(const LayerEvent& event) const;

  Step product(const Architecture& device, double flop, double bytes) const;
  Step elementwise(const Architecture& device, double elements, double s_per_element) const;
  Demand convolution(const LayerEvent& event, const Architecture& device) const;
  Demand matmul(const LayerEvent& event, const Architecture& device, const CostState& state) const;
  Demand attention(const LayerEvent& event, const Architecture& device, const CostState& state) const;

  CostOptions options_;
  double element_bytes_;
  std::vector<Rule> layer_rules_;     // by Name::index() of the type; beyond the end: Product
  std::vector<Rule> function_rules_;  // by Name::index() of the type; beyond the end: Unsupported
};

}  // namespace upmem_des
