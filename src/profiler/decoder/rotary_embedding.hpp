/// Positions as rotations of the queries and keys.
#pragma once

#include <torch/torch.h>

#include "model/decoder_numerics.hpp"

namespace upmem_des::profiler {

/// Pairs (i, i + d/2) of a head's d elements turn by the angle position · frequency_i.
class RotaryEmbedding {
 public:
  /// d: an even number.
  RotaryEmbedding(double theta, const RopeScaling& scaling, std::int64_t head_dim);
  RotaryEmbedding(const DecoderNumerics& numerics, std::int64_t head_dim)
      : RotaryEmbedding(numerics.rope_theta, numerics.rope_scaling, head_dim) {}

  /// Cosine and sine of all angles, [T, d] each, in the number format and on the device of `like`.
  struct Angles {
    torch::Tensor cosine;
    torch::Tensor sine;
  };
  Angles angles(std::int64_t first_position, std::int64_t tokens, const torch::Tensor& like) const;

  /// x · cos + rotate_half(x) · sin for x [B, heads, T, d].
  static torch::Tensor rotated(const torch::Tensor& heads, const Angles& angles);
  /// The same for pairs (2i, 2i + 1); they come out as (i, i + d/2).
  static torch::Tensor rotated_pairs(const torch::Tensor& heads, const Angles& angles);

  /// Of the d/2 pairs, in radians a position, float32: theta^(−2i/d), stretched by the rope scaling.
  /// linear: divided by the factor. llama3, by wavelength 2π/f: those longer than original / low_freq_factor are
  /// divided by the factor, those shorter than original / high_freq_factor kept, those between mixed from both, evenly
  /// in original / wavelength. yarn, by turns within the original positions: pairs of more than beta_fast turns are
  /// kept, those of less than beta_slow divided by the factor, those between mixed evenly in i; cosines and sines are
  /// multiplied by the attention factor. As Hugging Face computes them.
  const torch::Tensor& frequencies() const { return frequencies_; }

 private:
  torch::Tensor frequencies_;
  double magnitude_ = 1;  ///< of cosines and sines
};

}  // namespace upmem_des::profiler
