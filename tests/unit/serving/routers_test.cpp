/// Where requests go.
#include <gtest/gtest.h>

#include <map>

#include "upmem_des/serving/router.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;

namespace {

/// Engines with so many requests that wait, and that run.
std::vector<EngineLoad> loads(const std::vector<std::pair<int, int>>& of) {
  std::vector<EngineLoad> all;
  for (const auto& [waiting, running] : of) {
    EngineLoad load;
    load.waiting = waiting;
    load.running = running;
    load.outstanding_tokens = 100 * running + 10 * waiting;
    load.blocks = 10;
    load.free_blocks = 10 - running;
    all.push_back(load);
  }
  return all;
}

const Router::CachedTokens nothing = [](std::size_t) { return std::int64_t{0}; };

Request of_session(std::int64_t session) {
  Request request;
  request.session = session;
  request.prompt_tokens = 100;
  return request;
}

std::size_t chosen(Router& router, const std::vector<EngineLoad>& all, double now_s = 0, std::int64_t session = -1) {
  return router.choose(of_session(session), all, nothing, now_s);
}

}  // namespace

TEST(RoutersTest, RoundRobinTakesOneAfterTheOther) {
  const auto router = make_router("round_robin", {});
  const auto all = loads({{9, 9}, {0, 0}, {0, 0}});
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(chosen(*router, all), i % 3);
}

TEST(RoutersTest, TheLeastLoadedIsTheFirstOfEqualOnes) {
  EXPECT_EQ(chosen(*make_router("least_outstanding", {}), loads({{2, 2}, {0, 3}, {3, 0}})), 1U);
  // 10 for one that waits, 100 for one that runs: 220, 300, 30.
  EXPECT_EQ(chosen(*make_router("least_tokens", {}), loads({{2, 2}, {0, 3}, {3, 0}})), 2U);
}

/// 4 × waiting + running: 6, 5, 12. Until counts come again, 100 ms later, what was sent counts as waiting: 6, 9, 12,
/// then 10, 9, 12, then 10, 13, 12.
TEST(RoutersTest, VllmsCountsAreATenthOfASecondOld) {
  const auto router = make_router("vllm_dp", {});
  EXPECT_EQ(chosen(*router, loads({{1, 2}, {0, 5}, {3, 0}}), 0), 1U);
  EXPECT_EQ(chosen(*router, loads({{0, 0}, {0, 0}, {0, 0}}), 0.05), 0U);
  EXPECT_EQ(chosen(*router, loads({{0, 0}, {0, 0}, {0, 0}}), 0.099), 1U);
  EXPECT_EQ(chosen(*router, loads({{0, 0}, {0, 0}, {0, 0}}), 0.0999), 0U);
  EXPECT_EQ(chosen(*router, loads({{1, 0}, {1, 0}, {0, 1}}), 0.1), 2U);
}

/// Of a prompt of 100 tokens 0, 64 and 32 are cached; requests 4, 4 and 0; free blocks 6, 6 and 10 of 10. With weights
/// 2, 1, 1: 0.6; 1.28 + 0.6; 0.64 + 1 + 1.
TEST(RoutersTest, PrefixAwareAddsUpShares) {
  const Router::CachedTokens cached = [](std::size_t i) { return std::vector<std::int64_t>{0, 64, 32}[i]; };
  const auto all = loads({{0, 4}, {0, 4}, {0, 0}});
  EXPECT_EQ(make_router("prefix_aware", {})->choose(of_session(-1), all, cached, 0), 2U);
  RouterOptions prefix_alone;
  prefix_alone.weights = {1, 0, 0};
  EXPECT_EQ(make_router("prefix_aware", prefix_alone)->choose(of_session(-1), all, cached, 0), 1U);
}

TEST(RoutersTest, SessionsStayUntilTheirEngineHasTooMany) {
  RouterOptions options;
  options.session_limit = 5;
  const auto router = make_router("session_affinity", options);
  EXPECT_EQ(chosen(*router, loads({{0, 1}, {0, 0}}), 0, 7), 1U);
  EXPECT_EQ(chosen(*router, loads({{0, 0}, {0, 5}}), 1, 7), 1U);
  EXPECT_EQ(chosen(*router, loads({{0, 0}, {0, 6}}), 2, 7), 0U);
  EXPECT_EQ(chosen(*router, loads({{0, 3}, {0, 0}}), 3, 7), 0U);
  EXPECT_EQ(chosen(*router, loads({{0, 3}, {0, 0}}), 4), 1U) << "without a session";
}

TEST(RoutersTest, DrawsAreEvenAndTheSameForASeed) {
  const auto all = loads({{0, 1}, {0, 1}, {0, 1}, {0, 1}});
  std::map<std::size_t, int> counts;
  const auto one = make_router("random", {}), same = make_router("random", {});
  RouterOptions other_seed;
  other_seed.seed = 1;
  const auto other = make_router("random", other_seed);
  int differ = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::size_t drawn = chosen(*one, all);
    ++counts[drawn];
    ASSERT_EQ(chosen(*same, all), drawn);
    differ += chosen(*other, all) != drawn ? 1 : 0;
  }
  // 1000 each, with a standard deviation of 27.
  for (const auto& [engine, count] : counts) EXPECT_NEAR(count, 1000, 110) << engine;
  EXPECT_NEAR(differ, 3000, 110);
}

/// Of two different ones, drawn evenly, the one with fewer: the fullest of three is never taken, the emptiest two times
/// of three.
TEST(RoutersTest, PowerOfTwoTakesTheEmptierOfTwo) {
  const auto router = make_router("power_of_two", {});
  std::map<std::size_t, int> counts;
  for (int i = 0; i < 3000; ++i) ++counts[chosen(*router, loads({{0, 3}, {0, 2}, {0, 1}}))];
  EXPECT_EQ(counts.count(0), 0U);
  EXPECT_NEAR(counts[2], 2000, 110);
  EXPECT_EQ(chosen(*router, loads({{0, 3}})), 0U);
}

TEST(RoutersTest, NamesAreKnown) {
  std::string message;
  try {
    make_router("round_robbin", {});
  } catch (const InputError& error) {
    message = error.what();
  }
  EXPECT_EQ(
      message,
      "unknown router 'round_robbin'; expected one of least_outstanding, least_tokens, power_of_two, prefix_aware, "
      "random, round_robin, session_affinity, vllm_dp; did you mean 'round_robin'?");
}
