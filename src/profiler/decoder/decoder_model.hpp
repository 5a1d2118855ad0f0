/// A language model that is run.
#pragma once

#include <string>
#include <vector>

#include "profiler/decoder/runnable_family.hpp"

namespace upmem_des::profiler {

/// A decoder that computes what Hugging Face's does. Its calls are the current Recorder's events, equal to those that
/// DecoderSource generates for the same configuration and run, before their deps are filled in.
class DecoderModel {
 public:
  /// Takes all weights from `weights`. Throws InputError as it does, on a family that is not one of
  /// runnable_families(), on a model without a head for words, and on what its family does not compute.
  DecoderModel(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
               WeightSource& weights);

  static const std::vector<std::string>& runnable_families() { return profiler::runnable_families(); }

  /// A cache for `tokens` positions of `batch` rows.
  KvCache cache(std::int64_t batch, std::int64_t tokens) const;

  /// Positions that the model can have at most; 0: any number.
  std::int64_t positions() const { return parts_.tables->positions(); }
  /// Elements that all layers together keep of a token.
  double cache_elements() const;
  /// Elements of a token that the largest layer works on in a first pass, beside what it keeps.
  double expanded_elements() const;

  /// The logits of new tokens [B, T] that follow those of the cache: [B, T, vocab_size], or [B, 1, vocab_size] of the
  /// last with Logits::last, in the weights' number format. More than one new token only where the cache is empty.
  torch::Tensor forward(const torch::Tensor& ids, KvCache& cache) const;

 private:
  AttentionView view(std::int64_t window, const ForwardPass& pass, const torch::Tensor& hidden) const;

  DecoderOptions options_;
  DecoderParts parts_;
  std::vector<std::int64_t> windows_;  ///< all different ones of the layers
};

}  // namespace upmem_des::profiler
