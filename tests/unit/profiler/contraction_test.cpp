/// einsum and tensordot as the products that PyTorch computes: which, of what sizes, and what reads what.
#include "profiler/contraction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace upmem_des::profiler;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::string text(const Sizes& sizes) {
  std::string all;
  for (const std::int64_t size : sizes) all += (all.empty() ? "" : " ") + std::to_string(size);
  return "[" + all + "]";
}

/// "product [1 2 3] = [1 2 4] of 0 and operands".
std::vector<std::string> told(const std::vector<ContractionStep>& steps) {
  std::vector<std::string> lines;
  for (const ContractionStep& step : steps) {
    using Kind = ContractionStep::Kind;
    std::string line = step.kind == Kind::Product ? "product" : step.kind == Kind::Multiply ? "multiply" : "sum";
    line += " " + text(step.input) + " = " + text(step.output) + " of";
    for (const std::size_t read : step.reads) line += " " + std::to_string(read);
    lines.push_back(line + (step.reads_operands ? " operands" : ""));
  }
  return lines;
}

double flop(const std::vector<ContractionStep>& steps) {
  double sum = 0;
  for (const ContractionStep& step : steps)
    if (step.kind == ContractionStep::Kind::Product) sum += step.flop();
  return sum;
}

}  // namespace

TEST(Contraction, TwoOperands) {
  EXPECT_THAT(told(einsum_steps("ij,jk->ik", {{2, 3}, {3, 4}})), ElementsAre("product [1 2 3] = [1 2 4] of operands"));
  // Batch 2 · 3 · 4, rows 5, summed over 7, columns 6.
  EXPECT_THAT(told(einsum_steps("bclhn, bcshn -> bclsh", {{2, 3, 5, 4, 7}, {2, 3, 6, 4, 7}})),
              ElementsAre("product [24 5 7] = [24 5 6] of operands"));
  EXPECT_THAT(told(einsum_steps("ij,jk", {{2, 3}, {3, 4}})), ElementsAre("product [1 2 3] = [1 2 4] of operands"));
  EXPECT_THAT(told(einsum_steps("...ij,...jk->...ik", {{8, 5, 2, 3}, {5, 3, 4}})),
              ElementsAre("product [5 16 3] = [5 16 4] of operands"));
}

/// The first two, then what they give and the third: 2 · 2 · 3 · 4 + 2 · 2 · 4 · 5 = 128 flop; the other way round
/// 2 · 3 · 4 · 5 + 2 · 2 · 3 · 5 = 180.
TEST(Contraction, ThreeOperands) {
  const std::vector<Sizes> operands{{2, 3}, {3, 4}, {4, 5}};
  const auto steps = einsum_steps("ij,jk,kl->il", operands);
  EXPECT_THAT(told(steps),
              ElementsAre("product [1 2 3] = [1 2 4] of operands", "product [1 2 4] = [1 2 5] of 0 operands"));
  EXPECT_EQ(flop(steps), 128);
  // opt_einsum's pairs: the second and third, whose product is then the last of two.
  const auto planned = einsum_steps("ij,jk,kl->il", operands, {1, 2, 0, 1});
  EXPECT_THAT(told(planned),
              ElementsAre("product [1 3 4] = [1 3 5] of operands", "product [1 2 3] = [1 2 5] of 0 operands"));
  EXPECT_EQ(flop(planned), 180);
}

TEST(Contraction, TwoProductsOfOperandsAlone) {
  EXPECT_THAT(told(einsum_steps("ab,bc,cd,de->ae", {{2, 3}, {3, 4}, {4, 5}, {5, 6}}, {2, 3, 0, 1, 0, 1})),
              ElementsAre("product [1 4 5] = [1 4 6] of operands", "product [1 2 3] = [1 2 4] of operands",
                          "product [1 6 4] = [1 6 2] of 0 1"));
}

/// A size that a later operand has is not summed over yet.
TEST(Contraction, SizesThatAreNeededLater) {
  EXPECT_THAT(told(einsum_steps("bi,bi,bi->b", {{2, 3}, {2, 3}, {2, 3}})),
              ElementsAre("multiply [2 3] = [2 3] of operands", "product [2 1 3] = [2 1 1] of 0 operands"));
}

TEST(Contraction, ElementByElementAndSums) {
  EXPECT_THAT(told(einsum_steps("ij,ij->ij", {{2, 3}, {2, 3}})), ElementsAre("multiply [2 3] = [2 3] of operands"));
  EXPECT_THAT(told(einsum_steps("ij,kl->kl", {{2, 3}, {4, 5}})),
              ElementsAre("sum [2 3] = [] of operands", "multiply [] = [4 5] of 0 operands"));
  EXPECT_THAT(told(einsum_steps("ij->j", {{2, 3}})), ElementsAre("sum [2 3] = [3] of operands"));
  EXPECT_THAT(einsum_steps("ij->ji", {{2, 3}}), IsEmpty());
  EXPECT_THAT(einsum_steps("ii->i", {{3, 3}}), IsEmpty());
  // A diagonal is no product.
  EXPECT_THAT(told(einsum_steps("ii,ij->j", {{3, 3}, {3, 4}})), ElementsAre("product [1 1 3] = [1 1 4] of operands"));
  // A size of 1 is repeated.
  EXPECT_THAT(told(einsum_steps("ij,jk->ik", {{2, 1}, {3, 4}})),
              ElementsAre("sum [3 4] = [4] of operands", "multiply [2] = [2 4] of 0 operands"));
}

TEST(Contraction, Tensordot) {
  EXPECT_THAT(told(tensordot_steps({2, 3, 4}, {3, 4, 5}, {1, 2}, {0, 1})),
              ElementsAre("product [1 2 12] = [1 2 5] of operands"));
  EXPECT_THAT(told(tensordot_steps({2, 3, 4}, {4, 3, 5}, {-1, 1}, {0, -2})),
              ElementsAre("product [1 2 12] = [1 2 5] of operands"));
  // Over nothing: PyTorch multiplies matrices all the same.
  EXPECT_THAT(told(tensordot_steps({2, 3}, {4}, {}, {})), ElementsAre("product [1 6 1] = [1 6 4] of operands"));
  EXPECT_THAT(told(tensordot_steps({2, 3}, {1, 4}, {1}, {0})),
              ElementsAre("sum [2 3] = [2] of operands", "product [1 2 1] = [1 2 4] of 0 operands"));
}

TEST(Contraction, WhatDoesNotGoTogetherHasNoSteps) {
  for (const char* equation : {"ij,jk->ik->x", "ij", "ij,jk,kl->il", "i,jk->ik", "ij,jk->i1", "i.j,jk->ik", ""})
    EXPECT_THAT(einsum_steps(equation, {{2, 3}, {3, 4}}), IsEmpty()) << equation;
  EXPECT_THAT(einsum_steps("ij,jk->ik", {{2, 3}, {5, 4}}), IsEmpty());
  EXPECT_THAT(einsum_steps("ij,jk->ik", {{0, 3}, {3, 4}}), IsEmpty());
  EXPECT_THAT(einsum_steps("ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 5}}, {1, 1, 0, 1}), IsEmpty());
  EXPECT_THAT(einsum_steps("ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 5}}, {0, 3, 0, 1}), IsEmpty());
  EXPECT_THAT(einsum_steps("ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 5}}, {0, 1}), IsEmpty());
  EXPECT_THAT(tensordot_steps({2, 3}, {3, 4}, {1}, {}), IsEmpty());
  EXPECT_THAT(tensordot_steps({2, 3}, {3, 4}, {2}, {0}), IsEmpty());
  EXPECT_THAT(tensordot_steps({2, 3}, {4, 4}, {1}, {0}), IsEmpty());
}

/// Whatever the equation, the last step gives what the result has, and each step before it is read once.
TEST(Contraction, EveryStepLeadsToTheResult) {
  std::mt19937 random(7);
  const auto below = [&random](std::size_t end) { return random() % end; };
  for (int i = 0; i < 2000; ++i) {
    const std::string letters = "abcde";
    std::string equation, all;
    std::vector<Sizes> operands(2 + below(3));
    for (Sizes& operand : operands) {
      std::string term = letters.substr(below(3), 1 + below(3));
      std::shuffle(term.begin(), term.end(), random);
      for (const char letter : term) operand.push_back(2 + (letter - 'a'));
      equation += (equation.empty() ? "" : ",") + term;
      all += term;
    }
    std::string result;
    double elements = 1;
    for (const char letter : letters)
      if (all.find(letter) != std::string::npos && below(2) == 0) {
        result += letter;
        elements *= 2 + (letter - 'a');
      }
    const auto steps = einsum_steps(equation + "->" + result, operands);
    ASSERT_FALSE(steps.empty()) << equation << "->" << result;
    double given = 1;
    for (const std::int64_t size : steps.back().output) given *= static_cast<double>(size);
    EXPECT_EQ(given, elements) << equation << "->" << result;
    std::vector<int> reads(steps.size(), 0);
    for (std::size_t at = 0; at < steps.size(); ++at)
      for (const std::size_t read : steps[at].reads) {
        ASSERT_LT(read, at);
        ++reads[read];
      }
    for (std::size_t at = 0; at + 1 < steps.size(); ++at) EXPECT_EQ(reads[at], 1) << equation << "->" << result;
  }
}
