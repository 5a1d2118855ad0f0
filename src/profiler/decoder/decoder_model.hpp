/// Llama, Mistral and Mixtral.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "profiler/decoder/decoder_layer.hpp"
#include "profiler/decoder/embedding.hpp"

namespace upmem_des::profiler {

/// A decoder that computes what Hugging Face 4.44's does. Its calls are the current Recorder's events, equal to those
/// that DecoderSource generates for the same configuration and run, before their deps are filled in.
///
/// Attention sees all tokens so far; Mistral's sees the last sliding_window. Mixtral's sees all, as Hugging Face's
/// eager attention.
class DecoderModel {
 public:
  /// Takes all weights from `weights`. Throws InputError as it does, on a family that is not one of
  /// runnable_families(), and on heads of an odd size.
  DecoderModel(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
               WeightSource& weights);

  static const std::vector<std::string>& runnable_families();

  /// A cache for `tokens` positions of `batch` rows.
  KvCache cache(std::int64_t batch, std::int64_t tokens) const;

  /// The logits of new tokens [B, T] that follow those of the cache: [B, T, vocab_size], or [B, 1, vocab_size] of the
  /// last with Logits::last, in the weights' number format. More than one new token only where the cache is empty.
  torch::Tensor forward(const torch::Tensor& ids, KvCache& cache) const;

 private:
  explicit DecoderModel(ModelBuilder builder);

  DecoderConfig config_;
  DecoderOptions options_;
  RotaryEmbedding rotary_;

  // In the order of construction, which ids count.
  Embedding embed_tokens_;
  std::vector<DecoderLayer> layers_;
  RmsNorm norm_;
  std::optional<LayerInfo> rotary_emb_;  ///< Llama's rotary embedding is a layer
  Linear lm_head_;
};

}  // namespace upmem_des::profiler
