/// Positions as rotations of the queries and keys.
#pragma once

#include <torch/torch.h>

#include "model/decoder_numerics.hpp"

namespace upmem_des::profiler {

/// Pairs (i, i + d/2) of a head's d elements turn by the angle position · frequency_i.
class RotaryEmbedding {
 public:
  /// d: an even number.
  RotaryEmbedding(const DecoderNumerics& numerics, std::int64_t head_dim);

  /// Cosine and sine of all angles, [T, d] each, in the number format and on the device of `like`.
  struct Angles {
    torch::Tensor cosine;
    torch::Tensor sine;
  };
  Angles angles(std::int64_t first_position, std::int64_t tokens, const torch::Tensor& like) const;

  /// x · cos + rotate_half(x) · sin for x [B, heads, T, d].
  static torch::Tensor rotated(const torch::Tensor& heads, const Angles& angles);

  /// Of the d/2 pairs, in radians a position, float32: theta^(−2i/d), stretched by the rope scaling.
  /// linear: divided by the factor. llama3, by wavelength 2π/f: those longer than original / low_freq_factor are
  /// divided by the factor, those shorter than original / high_freq_factor kept, those between mixed from both, evenly
  /// in original / wavelength. As Hugging Face 4.44 computes them.
  const torch::Tensor& frequencies() const { return frequencies_; }

 private:
  torch::Tensor frequencies_;
};

}  // namespace upmem_des::profiler
