#include "profiler/decoder/rotary_embedding.hpp"

#include <cmath>

namespace upmem_des::profiler {

namespace {

constexpr double pi = 3.14159265358979323846;

/// Frequencies of Llama 3.1 from unscaled ones.
torch::Tensor llama3_frequencies(const torch::Tensor& unscaled, const RopeScaling& scaling) {
  const auto original = static_cast<double>(scaling.original_max_position_embeddings);
  const torch::Tensor wavelength = 2 * pi / unscaled;
  const torch::Tensor stretched = unscaled / scaling.factor;
  const torch::Tensor kept =
      (original / wavelength - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor);
  const torch::Tensor mixed = (1 - kept) * stretched + kept * unscaled;
  const torch::Tensor is_long = wavelength > original / scaling.low_freq_factor;
  const torch::Tensor is_short = wavelength < original / scaling.high_freq_factor;
  return torch::where(is_long, stretched, torch::where(is_short, unscaled, mixed));
}

}  // namespace

RotaryEmbedding::RotaryEmbedding(const DecoderNumerics& numerics, std::int64_t head_dim) {
  const torch::Tensor exponents =
      torch::arange(0, head_dim, 2, torch::kInt64).to(torch::kFloat32) / static_cast<double>(head_dim);
  frequencies_ = 1.0 / torch::pow(numerics.rope_theta, exponents);
  switch (numerics.rope_scaling.type) {
    case RopeScaling::Type::none:
      break;
    case RopeScaling::Type::linear:
      frequencies_ = frequencies_ / numerics.rope_scaling.factor;
      break;
    case RopeScaling::Type::llama3:
      frequencies_ = llama3_frequencies(frequencies_, numerics.rope_scaling);
      break;
  }
}

RotaryEmbedding::Angles RotaryEmbedding::angles(std::int64_t first_position, std::int64_t tokens,
                                                const torch::Tensor& like) const {
  const torch::Tensor positions =
      torch::arange(first_position, first_position + tokens, torch::dtype(torch::kInt64).device(like.device()))
          .to(torch::kFloat32);
  const torch::Tensor turns = positions.unsqueeze(1) * frequencies_.to(like.device());
  const torch::Tensor both = torch::cat({turns, turns}, -1);
  return {both.cos().to(like.scalar_type()), both.sin().to(like.scalar_type())};
}

torch::Tensor RotaryEmbedding::rotated(const torch::Tensor& heads, const Angles& angles) {
  const std::int64_t half = heads.size(-1) / 2;
  const torch::Tensor turned = torch::cat({heads.narrow(-1, half, half).neg(), heads.narrow(-1, 0, half)}, -1);
  return heads * angles.cosine + turned * angles.sine;
}

}  // namespace upmem_des::profiler
