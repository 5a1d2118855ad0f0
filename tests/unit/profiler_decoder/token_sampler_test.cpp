#include "profiler/decoder/token_sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "profiler/recorder.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

constexpr int draws = 4'000;
/// Five standard deviations of a frequency of one half among that many draws.
constexpr double share_tolerance = 5 * 0.5 / 63.25;

SamplingOptions options(double temperature, std::int64_t top_k = 0, double top_p = 1) {
  SamplingOptions made;
  made.temperature = temperature;
  made.top_k = top_k;
  made.top_p = top_p;
  return made;
}

/// How often each token comes out for probabilities 0.5, 0.1, 0.3, 0.1 at temperature 1.
std::vector<double> frequencies(const SamplingOptions& of) {
  TokenSampler sampler(of, 3);
  const torch::Tensor logits = torch::tensor({{0.5F, 0.1F, 0.3F, 0.1F}}).log();
  std::vector<double> found(4, 0);
  for (int i = 0; i < draws; ++i) found[static_cast<std::size_t>(sampler.next(logits)[0])] += 1.0 / draws;
  return found;
}

void expect_frequencies(const SamplingOptions& of, const std::vector<double>& expected) {
  const std::vector<double> found = frequencies(of);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], share_tolerance) << i;
    EXPECT_EQ(found[i] == 0, expected[i] == 0) << i;
  }
}

std::string problem(const SamplingOptions& of) {
  return input_error([&] { const TokenSampler sampler(of, 1); });
}

}  // namespace

TEST(TokenSamplerTest, GreedyTakesTheLargest) {
  TokenSampler sampler;
  EXPECT_EQ(sampler.next(torch::tensor({{1.0F, 3.0F, 2.0F}, {-1.0F, -3.0F, -2.0F}})),
            (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(sampler.next(torch::empty({2, 9}, torch::device(torch::kMeta))), (std::vector<std::int64_t>{0, 0}));
}

TEST(TokenSamplerTest, Probabilities) {
  expect_frequencies(options(1), {0.5, 0.1, 0.3, 0.1});
  // Squared and scaled: 0.25, 0.01, 0.09, 0.01 of 0.36.
  expect_frequencies(options(0.5), {0.25 / 0.36, 0.01 / 0.36, 0.09 / 0.36, 0.01 / 0.36});
  expect_frequencies(options(1, 2), {0.625, 0, 0.375, 0});
  expect_frequencies(options(1, 1), {1, 0, 0, 0});
  expect_frequencies(options(1, 9), {0.5, 0.1, 0.3, 0.1});
  expect_frequencies(options(1, 0, 0.7), {0.625, 0, 0.375, 0});
  expect_frequencies(options(1, 0, 0.45), {1, 0, 0, 0});
  expect_frequencies(options(1, 0, 1e-9), {1, 0, 0, 0});
}

TEST(TokenSamplerTest, DrawsAreThoseOfTheSeed) {
  const torch::Tensor logits = torch::zeros({4, 1000});
  TokenSampler one(options(1), 5);
  TokenSampler same(options(1), 5);
  TokenSampler other(options(1), 6);
  const auto first = one.next(logits);
  EXPECT_EQ(first, same.next(logits));
  EXPECT_NE(first, other.next(logits));
  EXPECT_NE(first, one.next(logits));
}

TEST(TokenSamplerTest, ExtremesStayFinite) {
  TokenSampler cold(options(1e-6), 1);
  EXPECT_EQ(cold.next(torch::tensor({{1e30F, -1e30F, 1.1e30F}})), (std::vector<std::int64_t>{2}));
  TokenSampler hot(options(1e3), 1);
  const auto token = hot.next(torch::tensor({{1.0F, 2.0F}}))[0];
  EXPECT_TRUE(token == 0 || token == 1);
  TokenSampler broken(options(1), 1);
  const auto nan = broken.next(torch::full({1, 7}, std::numeric_limits<float>::quiet_NaN()))[0];
  EXPECT_TRUE(nan >= 0 && nan < 7);
}

TEST(TokenSamplerTest, TheProbabilitiesAreAnEvent) {
  Recorder recorder(Recorder::Functions::Named);
  recorder.record(true);
  recorder.set_step(3);
  TokenSampler greedy;
  greedy.next(torch::zeros({2, 9}));
  EXPECT_TRUE(recorder.take().empty());
  TokenSampler sampler(options(1), 1);
  sampler.next(torch::zeros({2, 9}));
  const std::vector<LayerEvent> events = recorder.take();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, EventKind::Function);
  EXPECT_EQ(events[0].type.str(), "softmax");
  EXPECT_EQ(events[0].name.str(), "probs");
  EXPECT_EQ(events[0].step, 3);
  EXPECT_EQ(events[0].input_shape.str(), "[2, 9]");
  EXPECT_EQ(events[0].output_shape.str(), "[2, 9]");
}

TEST(TokenSamplerTest, OptionsOutOfRange) {
  EXPECT_EQ(problem(options(0)), "temperature: 0; expected a number from 1e-06 to 1000");
  EXPECT_EQ(problem(options(-1)), "temperature: -1; expected a number from 1e-06 to 1000");
  EXPECT_EQ(problem(options(1e7)), "temperature: 10000000; expected a number from 1e-06 to 1000");
  EXPECT_EQ(problem(options(std::nan(""))), "temperature: nan; expected a number from 1e-06 to 1000");
  EXPECT_EQ(problem(options(1, -1)), "top_k: -1; expected 0 for all tokens, or 1 or more");
  EXPECT_EQ(problem(options(1, 0, 0)), "top_p: 0; expected a number above 0 and at most 1");
  EXPECT_EQ(problem(options(1, 0, 1.5)), "top_p: 1.5; expected a number above 0 and at most 1");
  EXPECT_EQ(problem(options(1, 0, std::nan(""))), "top_p: nan; expected a number above 0 and at most 1");
}
