/// What the modules of a model are made with, in the order of construction.
#pragma once

#include <torch/torch.h>

#include <string>

#include "model/decoder_config.hpp"
#include "model/decoder_description.hpp"
#include "model/decoder_numerics.hpp"
#include "model/decoder_run.hpp"
#include "profiler/decoder/weight_source.hpp"
#include "profiler/recorder.hpp"

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
  /// All of them must outlive the builder.
  ModelBuilder(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
               WeightSource& weights)
      : config_(config), numerics_(numerics), options_(options), weights_(weights) {}

  const DecoderConfig& config() const { return config_; }
  const DecoderNumerics& numerics() const { return numerics_; }
  const DecoderOptions& options() const { return options_; }

  /// The next layer. `path` is what named_modules() of Hugging Face's model prints; `name` its last part unless given.
  LayerInfo layer(const char* type, const std::string& path, const Shape& weight = {1, 1}, const char* name = nullptr);

  /// Constructs a module that is never called.
  void skip_layer() { ids_.next(); }

  torch::Tensor weight(const std::string& name, c10::IntArrayRef sizes, Initial initial = Initial::normal) {
    return weights_.weight(name, sizes, initial);
  }

 private:
  const DecoderConfig& config_;
  const DecoderNumerics& numerics_;
  const DecoderOptions& options_;
  WeightSource& weights_;
  ModuleIds ids_;
};

}  // namespace upmem_des::profiler
