#include "profiler/skip_heavy.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>
#include <optional>
#include <vector>

#include "profiler/libtorch_compat.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;

namespace {

namespace F = torch::nn::functional;
using at::Tensor;
using Operation = std::function<Tensor(const std::vector<Tensor>&)>;
using Sizes = std::vector<std::int64_t>;

/// Sizes of the result, or the fact that there is an error.
struct Outcome {
  std::optional<Sizes> sizes;
  at::ScalarType type = at::kFloat;
  bool zero = true;
};

Outcome outcome(const Operation& operation, const std::vector<Tensor>& operands) {
  try {
    const Tensor result = operation(operands);
    return {result.sizes().vec(), result.scalar_type(), !at::any(result != 0).item<bool>()};
  } catch (const c10::Error&) {
    return {};
  }
}

/// The real operator and the skipped one agree on shape and type, or that the operands do not fit.
void expect_same(const char* name, const Operation& operation, const std::vector<Sizes>& operands,
                 at::ScalarType type = at::kFloat) {
  std::vector<Tensor> tensors;
  std::string text = name;
  for (const Sizes& sizes : operands) {
    tensors.push_back(at::ones(sizes, type));
    text += " " + c10::str(c10::IntArrayRef(sizes));
  }
  const Outcome real = outcome(operation, tensors);
  const SkipHeavyOperators skip;
  const Outcome skipped = outcome(operation, tensors);
  EXPECT_EQ(real.sizes, skipped.sizes) << text;
  EXPECT_EQ(real.type, skipped.type) << text;
  EXPECT_TRUE(skipped.zero) << text;
}

Tensor two(const std::vector<Tensor>& t, Tensor (*function)(const Tensor&, const Tensor&)) {
  return function(t[0], t[1]);
}

}  // namespace

TEST(SkipHeavy, Products) {
  const std::vector<std::vector<Sizes>> cases = {{{2, 3}, {3, 4}},
                                                 {{0, 3}, {3, 4}},
                                                 {{2, 0}, {0, 4}},
                                                 {{2, 3}, {3, 0}},
                                                 {{2, 3}, {4, 3}},
                                                 {{2}, {2}},
                                                 {{2}, {3}},
                                                 {{0}, {0}},
                                                 {{2, 3}, {3}},
                                                 {{2, 3}, {2}},
                                                 {{3}, {3, 4}},
                                                 {{5, 2, 3}, {5, 3, 4}},
                                                 {{5, 2, 3}, {4, 3, 4}},
                                                 {{0, 2, 3}, {0, 3, 4}},
                                                 {{5, 2, 3}, {3, 4}},
                                                 {{6, 1, 2, 3}, {5, 3, 4}},
                                                 {{5, 2, 3}, {3}},
                                                 {{1, 2, 2, 3}, {7, 1, 3, 4}},
                                                 {{2, 3}, {}}};
  for (const auto& operands : cases) {
    expect_same(
        "mm", [](const auto& t) { return two(t, at::mm); }, operands);
    expect_same(
        "bmm", [](const auto& t) { return two(t, at::bmm); }, operands);
    expect_same(
        "mv", [](const auto& t) { return two(t, at::mv); }, operands);
    expect_same(
        "dot", [](const auto& t) { return two(t, at::dot); }, operands);
    expect_same(
        "matmul", [](const auto& t) { return two(t, at::matmul); }, operands);
  }
}

TEST(SkipHeavy, ProductsThatAreAddedTo) {
  const auto addmm = [](const auto& t) { return at::addmm(t[0], t[1], t[2]); };
  for (const Sizes& added : std::vector<Sizes>{{2, 4}, {4}, {1, 4}, {2, 1}, {1}, {}, {3}, {2, 2, 4}})
    expect_same("addmm", addmm, {added, {2, 3}, {3, 4}});
  expect_same("addmm", addmm, {{4}, {0, 3}, {3, 4}});
  expect_same("addmm", addmm, {{4}, {2, 3}, {2, 4}});
  const auto addmv = [](const auto& t) { return at::addmv(t[0], t[1], t[2]); };
  for (const Sizes& added : std::vector<Sizes>{{2}, {1}, {}, {3}}) expect_same("addmv", addmv, {added, {2, 3}, {3}});
  const auto baddbmm = [](const auto& t) { return at::baddbmm(t[0], t[1], t[2]); };
  for (const Sizes& added : std::vector<Sizes>{{5, 2, 4}, {1, 2, 4}, {2, 4}, {4}, {3}})
    expect_same("baddbmm", baddbmm, {added, {5, 2, 3}, {5, 3, 4}});
}

TEST(SkipHeavy, IntoAGivenTensor) {
  const auto out = [](const auto& t) {
    Tensor result = at::empty({0});
    return at::mm_out(result, t[0], t[1]);
  };
  expect_same("mm.out", out, {{2, 3}, {3, 4}});
  expect_same("addmm_", [](const auto& t) { return t[0].clone().addmm_(t[1], t[2]); }, {{2, 4}, {2, 3}, {3, 4}});
  expect_same("addmm_", [](const auto& t) { return t[0].clone().addmm_(t[1], t[2]); }, {{4}, {2, 3}, {3, 4}});
  expect_same("baddbmm_", [](const auto& t) { return t[0].clone().baddbmm_(t[1], t[2]); },
              {{5, 2, 4}, {5, 2, 3}, {5, 3, 4}});
}

TEST(SkipHeavy, Linear) {
  for (const Sizes& input : std::vector<Sizes>{{3}, {2, 3}, {5, 2, 3}, {0, 3}, {5, 0, 3}, {2, 2, 2, 3}, {2, 4}}) {
    expect_same("linear", [](const auto& t) { return at::linear(t[0], t[1], t[2] * 0); }, {input, {4, 3}, {4}});
    expect_same("linear", [](const auto& t) { return at::linear(t[0], t[1]); }, {input, {4, 3}});
  }
}

TEST(SkipHeavy, Convolutions) {
  const auto plain = [](const auto& t) { return at::conv2d(t[0], t[1], t[2]); };
  for (const Sizes& input : std::vector<Sizes>{{1, 3, 8, 9}, {3, 8, 9}, {0, 3, 8, 9}, {2, 4, 8, 9}, {2, 3, 1, 9}})
    expect_same("conv2d", plain, {input, {4, 3, 3, 5}, {4}});
  expect_same("conv2d", plain, {{1, 3, 8, 9}, {4, 3, 3, 5}, {3}});
  const auto strided = [](const auto& t) {
    return at::conv2d(t[0], t[1], {}, c10::IntArrayRef{2, 3}, c10::IntArrayRef{1, 2}, c10::IntArrayRef{2, 1}, 2);
  };
  expect_same("conv2d", strided, {{2, 4, 11, 12}, {6, 2, 3, 5}});
  const auto same = [](const auto& t) { return at::conv2d(t[0], t[1], {}, 1, "same", 2); };
  expect_same("conv2d", same, {{2, 4, 11, 12}, {6, 4, 3, 5}});
  expect_same("conv2d", same, {{2, 4, 11, 12}, {6, 4, 4, 2}});
  expect_same("conv1d", [](const auto& t) { return at::conv1d(t[0], t[1], {}, 2, 1); }, {{2, 4, 11}, {6, 4, 3}});
  expect_same("conv3d", [](const auto& t) { return at::conv3d(t[0], t[1]); }, {{2, 4, 5, 6, 7}, {6, 4, 1, 2, 3}});
}

TEST(SkipHeavy, TransposedConvolutions) {
  for (const std::int64_t stride : {1, 2, 3})
    for (const std::int64_t output_padding : {0, 1})
      if (output_padding < stride)
        expect_same(
            "conv_transpose2d",
            [&](const auto& t) { return at::conv_transpose2d(t[0], t[1], t[2], stride, 1, output_padding, 2, 2); },
            {{2, 4, 5, 6}, {4, 3, 3, 2}, {6}});
  expect_same("conv_transpose1d", [](const auto& t) { return at::conv_transpose1d(t[0], t[1]); },
              {{2, 4, 5}, {4, 3, 3}});
}

/// Libtorch has kernels for CPUs that do all of it at once.
TEST(SkipHeavy, WhatIsMadeOfProducts) {
  for (const bool causal : {false, true})
    expect_same("attention", [causal](const auto& t) { return libtorch::attention(t[0], t[1], t[2], {}, causal); },
                {{2, 3, 8, 16}, {2, 3, 8, 16}, {2, 3, 8, 16}});
  expect_same(
      "lstm",
      [](const auto& t) {
        return std::get<0>(at::lstm(t[0], {t[1] * 0, t[1] * 0}, {t[2], t[3]}, /*has_biases=*/false, /*num_layers=*/1,
                                    /*dropout=*/0, /*train=*/false, /*bidirectional=*/false, /*batch_first=*/true));
      },
      {{2, 4, 3}, {1, 2, 5}, {20, 3}, {20, 5}});
}

TEST(SkipHeavy, OtherTypes) {
  for (const at::ScalarType type : {at::kBFloat16, at::kDouble}) {
    expect_same(
        "mm", [](const auto& t) { return two(t, at::mm); }, {{2, 3}, {3, 4}}, type);
    expect_same(
        "linear", [](const auto& t) { return at::linear(t[0], t[1], t[2] * 0); }, {{5, 2, 3}, {4, 3}, {4}}, type);
    expect_same(
        "conv2d", [](const auto& t) { return at::conv2d(t[0], t[1]); }, {{1, 3, 8, 9}, {4, 3, 3, 5}}, type);
  }
  // Libtorch's CPU kernels do not compute these in float16, but their shapes are clear.
  const SkipHeavyOperators skip;
  const Tensor half = at::zeros({2, 3}, at::kHalf);
  EXPECT_EQ(at::linear(half, at::zeros({4, 3}, at::kHalf)).sizes(), (Sizes{2, 4}));
  EXPECT_EQ(at::linear(half, at::zeros({4, 3}, at::kHalf)).scalar_type(), at::kHalf);
  EXPECT_THROW(at::mm(half, at::zeros({3, 4})), c10::Error);
}

/// A product that would take 16e12 operations, of matrices that have one element in memory each.
TEST(SkipHeavy, NothingIsComputed) {
  const SkipHeavyOperators skip;
  const Tensor ones = at::ones({1}).expand({20000, 20000});
  const Tensor product = at::mm(ones, ones);
  EXPECT_EQ(product.sizes(), (Sizes{20000, 20000}));
  EXPECT_EQ(at::abs(product[0]).max().item<float>(), 0);
  EXPECT_EQ(at::abs(product[19999]).max().item<float>(), 0);
  const Tensor row = at::ones({1, 20000});
  EXPECT_EQ(at::linear(row, ones).abs().max().item<float>(), 0);
}

TEST(SkipHeavy, ModulesInEveryMode) {
  const SkipHeavyOperators skip;
  torch::nn::Sequential network(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 4, 3).padding(1).bias(false)),
                                torch::nn::ReLU(), torch::nn::Flatten(),
                                torch::nn::Linear(torch::nn::LinearOptions(4 * 5 * 6, 7).bias(true)));
  const Tensor input = at::ones({2, 3, 5, 6});
  const auto check = [&] {
    const Tensor result = network->forward(input);
    EXPECT_EQ(result.sizes(), (Sizes{2, 7}));
    EXPECT_EQ(result.abs().max().item<float>(), 0);
  };
  check();
  {
    const c10::InferenceMode inference;
    check();
  }
  const torch::NoGradGuard no_gradients;
  check();
}

TEST(SkipHeavy, EndsWithItsLife) {
  const Tensor a = at::full({2, 3}, 2.0);
  const Tensor b = at::full({3, 2}, 5.0);
  testing::internal::CaptureStderr();
  {
    const SkipHeavyOperators skip;
    EXPECT_EQ(at::mm(a, b)[0][0].item<float>(), 0);
    const SkipHeavyOperators inner;
    EXPECT_EQ(at::mm(a, b)[0][0].item<float>(), 0);
  }
  EXPECT_EQ(at::mm(a, b)[0][0].item<float>(), 30);
  EXPECT_EQ(at::conv1d(at::ones({1, 1, 3}), at::ones({1, 1, 2}))[0][0][0].item<float>(), 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");  // no warnings of replaced kernels
}
