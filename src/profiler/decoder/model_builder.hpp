/// What the modules of a model are made with.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "model/decoder_numerics.hpp"
#include "profiler/decoder/described_layers.hpp"
#include "profiler/decoder/weight_source.hpp"
#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_description.hpp"
#include "upmem_des/model/decoder_run.hpp"

namespace upmem_des::profiler {

/// How a model is run, as far as its modules depend on it.
struct DecoderOptions {
  Attention attention = Attention::sdpa;
  Logits logits = Logits::all;
  bool route_by_rule = false;  ///< else the router's probabilities decide
  Routing routing = Routing::round_robin;
  std::uint64_t routing_seed = 0;
  double routing_exponent = 1;
  bool call_empty_experts = true;
};

class ModelBuilder {
 public:
  /// All of them must outlive the builder. Throws InputError as describe_decoder() does.
  ModelBuilder(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
               WeightSource& weights);

  const DecoderConfig& config() const { return config_; }
  const DecoderNumerics& numerics() const { return numerics_; }
  const DecoderOptions& options() const { return options_; }

  /// The layer of that path, as the model's description has it; see DescribedLayers::at().
  const DescribedLayers::Entry& layer(const std::string& path) const { return layers_.at(path); }

  /// Rows that attention of decoder layer `layer` sees, as described: 0 without a window.
  std::int64_t window(std::int64_t layer) const;
  /// Has decoder layer `layer` a window of its own, as described? Also where it is wider than any run.
  bool is_windowed(std::int64_t layer) const;
  /// Is there a router in decoder layer `layer`?
  bool has_experts(std::int64_t layer) const { return group(layer).experts.experts > 0; }
  /// Of a layer that has_experts(): how many there are, and how they are chosen.
  const ExpertGroup& experts(std::int64_t layer) const { return group(layer).experts; }

  /// The next weight; random ones are drawn in the order in which they are asked for.
  torch::Tensor weight(const std::string& name, c10::IntArrayRef sizes, Initial initial = Initial::normal) {
    return weights_.weight(name, sizes, initial);
  }

 private:
  const LayerGroup& group(std::int64_t layer) const;
  operation::Attention attention(std::int64_t layer) const;

  const DecoderConfig& config_;
  const DecoderNumerics& numerics_;
  const DecoderOptions& options_;
  WeightSource& weights_;
  DecoderDescription description_;
  DescribedLayers layers_;
};

}  // namespace upmem_des::profiler
