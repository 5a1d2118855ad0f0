#include "profiler/decoder/rotary_embedding.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace upmem_des;
using namespace upmem_des::profiler;

namespace {

DecoderNumerics numerics(double theta) {
  DecoderNumerics made;
  made.rope_theta = theta;
  return made;
}

void expect_frequencies(const DecoderNumerics& of, const std::vector<double>& expected) {
  const torch::Tensor found =
      RotaryEmbedding(of, 2 * static_cast<std::int64_t>(expected.size())).frequencies().to(torch::kFloat64);
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(found[static_cast<std::int64_t>(i)].item<double>(), expected[i], 1e-6 * expected[i]) << i;
}

}  // namespace

TEST(RotaryEmbeddingTest, Frequencies) {
  expect_frequencies(numerics(10000), {1, 0.1, 0.01, 0.001});
  expect_frequencies(numerics(16), {1, 0.25});
  DecoderNumerics linear = numerics(10000);
  linear.rope_scaling.type = RopeScaling::Type::linear;
  linear.rope_scaling.factor = 4;
  expect_frequencies(linear, {0.25, 0.025, 0.0025, 0.00025});
}

TEST(RotaryEmbeddingTest, FrequenciesOfLlama3) {
  // Wavelengths 2π, 20π, 200π, 2000π are 6.283, 62.83, 628.3 and 6283; kept below 1024 / 4 = 256, divided by 8 above
  // 1024 / 1. Of the third, (1024 / 628.3185307 − 1) / (4 − 1) = 0.2099155 is kept:
  // 0.01 · (0.2099155 + 0.7900845 / 8) = 0.003086761.
  DecoderNumerics llama3 = numerics(10000);
  llama3.rope_scaling.type = RopeScaling::Type::llama3;
  llama3.rope_scaling.factor = 8;
  llama3.rope_scaling.low_freq_factor = 1;
  llama3.rope_scaling.high_freq_factor = 4;
  llama3.rope_scaling.original_max_position_embeddings = 1024;
  expect_frequencies(llama3, {1, 0.1, 0.003086761, 0.000125});
}

TEST(RotaryEmbeddingTest, PairsTurnByTheirAngles) {
  const RotaryEmbedding rotary(numerics(16), 4);  // frequencies 1 and 1/4
  const torch::Tensor like = torch::empty({1});
  const RotaryEmbedding::Angles angles = rotary.angles(2, 1, like);
  ASSERT_EQ(angles.cosine.sizes(), (std::vector<std::int64_t>{1, 4}));
  // (1, 3) turn by 2, (2, 4) by 0.5.
  const torch::Tensor turned =
      RotaryEmbedding::rotated(torch::tensor({1.0F, 2.0F, 3.0F, 4.0F}).view({1, 1, 1, 4}), angles).flatten();
  const std::vector<double> expected = {std::cos(2.0) - 3 * std::sin(2.0), 2 * std::cos(0.5) - 4 * std::sin(0.5),
                                        3 * std::cos(2.0) + std::sin(2.0), 4 * std::cos(0.5) + 2 * std::sin(0.5)};
  for (std::int64_t i = 0; i < 4; ++i)
    EXPECT_NEAR(turned[i].item<double>(), expected[static_cast<std::size_t>(i)], 1e-6);
  EXPECT_EQ(rotary.angles(0, 3, like.to(torch::kBFloat16)).sine.scalar_type(), torch::kBFloat16);
}
