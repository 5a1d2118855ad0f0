#include "explore/explore_choices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

template <class Read>
std::string refusal(const Read& read) {
  try {
    read();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string refused_run(const std::string& json) {
  return refusal([&] { read_explore_run(json); });
}

std::string refused_curve(const std::string& json) {
  return refusal([&] { read_explore_curve(json); });
}

}  // namespace

TEST(ExploreChoicesTest, ARequestOfARun) {
  const ExploreRequest request =
      read_explore_run(R"({"page": "p", "choices": {"batch": "8", "dtype": "int8"}, "what_if": true})");
  EXPECT_EQ(request.page, "p");
  ASSERT_NE(request.choices.find("batch"), nullptr);
  EXPECT_EQ(*request.choices.find("batch"), "8");
  EXPECT_EQ(request.choices.find("model"), nullptr);
  EXPECT_EQ(request.choices.without("batch").find("batch"), nullptr);
  EXPECT_TRUE(request.what_if);
  EXPECT_FALSE(request.allow_overflow);
}

TEST(ExploreChoicesTest, ARequestOfACurve) {
  EXPECT_THAT(read_explore_curve(R"({"page": "p", "batches": [1, 2, 1000000000]})").batches,
              ElementsAre(1, 2, 1'000'000'000));
}

TEST(ExploreChoicesTest, WhatIsNoRequest) {
  EXPECT_EQ(refused_run("{"), "request: ends in the middle; expected a request");
  EXPECT_THAT(refused_run("[]"), HasSubstr("request"));
  EXPECT_EQ(refused_run("{}"), "request: page: missing; expected a value");
  EXPECT_EQ(refused_run(R"({"page": ""})"), "request: page: expected a text of 1 to 64 bytes");
  EXPECT_EQ(refused_run(R"({"page": ")" + std::string(65, 'x') + R"("})"),
            "request: page: expected a text of 1 to 64 bytes");
  EXPECT_EQ(refused_run(R"({"page": "p", "settings": ["architectures=/etc/passwd"]})"),
            "request: unknown key 'settings'; expected one of page, choices, what_if, allow_overflow");
  EXPECT_THAT(refused_run(R"({"page": "p", "what_if": 1})"), HasSubstr("request: what_if: "));
  EXPECT_THAT(refused_run(R"({"page": "p", "choices": {"batch": 8}})"), HasSubstr("request: choices.batch: "));
}

TEST(ExploreChoicesTest, OnlyControlsAreChosen) {
  EXPECT_EQ(refused_run(R"({"page": "p", "choices": {"architectures": "/etc/passwd"}})"),
            "request: choices.architectures: is no control; expected one of model, machine, device, tp, pp, dp, cp, "
            "ep, batch, "
            "prompt_tokens, output_tokens, dtype, weight_dtype, kv_dtype");
  const std::string expected =
      "request: choices.batch: expected a text of at most 200 bytes without control characters";
  EXPECT_EQ(refused_run(R"({"page": "p", "choices": {"batch": ")" + std::string(201, '1') + R"("}})"), expected);
  EXPECT_EQ(refused_run(R"({"page": "p", "choices": {"batch": "1\n2"}})"), expected);
  EXPECT_EQ(refusal([] {
              ExploreChoices({{"batch", "1"}, {"batch", "2"}});
            }),
            "request: choices.batch: is chosen twice");
}

TEST(ExploreChoicesTest, BatchesOfACurve) {
  const std::string expected = "request: batches: expected 1 to 16 batches, each from 1";
  EXPECT_EQ(refused_curve(R"({"page": "p", "batches": []})"), expected);
  EXPECT_EQ(refused_curve(R"({"page": "p", "batches": [0]})"), expected);
  EXPECT_EQ(refused_curve(R"({"page": "p", "batches": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]})"), expected);
  EXPECT_THAT(refused_curve(R"({"page": "p", "batches": [-1]})"), HasSubstr("request: batches[0]: -1; expected"));
  EXPECT_THAT(refused_curve(R"({"page": "p", "batches": [1.5]})"), HasSubstr("request: batches[0]: 1.5; expected"));
  EXPECT_EQ(refused_curve(R"({"page": "p"})"), "request: batches: missing; expected a value");
}
