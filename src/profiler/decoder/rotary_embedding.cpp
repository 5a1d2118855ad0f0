#include "profiler/decoder/rotary_embedding.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

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

/// Frequencies of YaRN from unscaled ones.
torch::Tensor yarn_frequencies(const torch::Tensor& unscaled, double theta, const RopeScaling& scaling) {
  const auto pairs = static_cast<double>(unscaled.size(0));
  const auto original = static_cast<double>(scaling.original_max_position_embeddings);
  const auto pair_of = [&](double turns) { return pairs * std::log(original / (turns * 2 * pi)) / std::log(theta); };
  double low = pair_of(scaling.beta_fast);
  double high = pair_of(scaling.beta_slow);
  if (scaling.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, 2 * pairs - 1);
  if (low == high) high += 0.001;  // as Hugging Face does
  const torch::Tensor stretched =
      ((torch::arange(unscaled.size(0), torch::kInt64).to(torch::kFloat32) - low) / (high - low)).clamp(0, 1);
  return unscaled / scaling.factor * stretched + unscaled * (1 - stretched);
}

}  // namespace

RotaryEmbedding::RotaryEmbedding(double theta, const RopeScaling& scaling, std::int64_t head_dim)
    : magnitude_(scaling.attention_factor) {
  const torch::Tensor exponents =
      torch::arange(0, head_dim, 2, torch::kInt64).to(torch::kFloat32) / static_cast<double>(head_dim);
  frequencies_ = 1.0 / torch::pow(theta, exponents);
  switch (scaling.type) {
    case RopeScaling::Type::none:
      break;
    case RopeScaling::Type::linear:
      frequencies_ = frequencies_ / scaling.factor;
      break;
    case RopeScaling::Type::llama3:
      frequencies_ = llama3_frequencies(frequencies_, scaling);
      break;
    case RopeScaling::Type::yarn:
      frequencies_ = yarn_frequencies(frequencies_, theta, scaling);
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
  if (magnitude_ == 1) return {both.cos().to(like.scalar_type()), both.sin().to(like.scalar_type())};
  return {(both.cos() * magnitude_).to(like.scalar_type()), (both.sin() * magnitude_).to(like.scalar_type())};
}

torch::Tensor RotaryEmbedding::rotated(const torch::Tensor& heads, const Angles& angles) {
  const std::int64_t half = heads.size(-1) / 2;
  const torch::Tensor turned = torch::cat({heads.narrow(-1, half, half).neg(), heads.narrow(-1, 0, half)}, -1);
  return heads * angles.cosine + turned * angles.sine;
}

torch::Tensor RotaryEmbedding::rotated_pairs(const torch::Tensor& heads, const Angles& angles) {
  const std::vector<std::int64_t> sizes = heads.sizes().vec();
  const torch::Tensor pairs = heads.reshape({sizes[0], sizes[1], sizes[2], sizes[3] / 2, 2});
  return rotated(pairs.transpose(3, 4).reshape(sizes), angles);
}

}  // namespace upmem_des::profiler
