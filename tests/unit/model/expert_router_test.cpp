#include "model/expert_router.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace upmem_des;

TEST(ExpertRouterTest, CountsAreThoseOfTheTokens) {
  for (const Routing routing : {Routing::round_robin, Routing::balanced, Routing::uniform_random, Routing::zipf})
    for (const std::int64_t experts : {1, 2, 3, 8, 13})
      for (std::int64_t chosen = 1; chosen <= experts; ++chosen)
        for (const std::int64_t tokens : {1, 2, 7, 8, 30})
          for (const std::int64_t layer : {0, 1, 9}) {
            ExpertRouter router(routing, 42);
            const std::int64_t first = 5;
            const std::int64_t batch = 3;
            std::vector<std::int64_t> expected(static_cast<std::size_t>(experts), 0);
            for (std::int64_t position = first; position < first + tokens; ++position)
              for (std::int64_t row = 0; row < batch; ++row)
                for (const std::int64_t expert : router.choose({experts, chosen}, layer, position, row, batch))
                  ++expected.at(static_cast<std::size_t>(expert));
            std::vector<std::int64_t> rows;
            router.count_rows({experts, chosen}, layer, {{0, batch, tokens, first}}, rows);
            ASSERT_EQ(rows, expected) << to_string(routing) << " experts " << experts << " chosen " << chosen
                                      << " tokens " << tokens << " layer " << layer;
          }
}

TEST(ExpertRouterTest, RoundRobinFollowsPositionAndLayer) {
  ExpertRouter router(Routing::round_robin, 0);
  EXPECT_EQ(router.choose({8, 2}, 0, 0, 0, 10), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(router.choose({8, 2}, 3, 4, 9, 10), (std::vector<std::int64_t>{7, 0}));
}

TEST(ExpertRouterTest, RandomExpertsOfATokenDiffer) {
  ExpertRouter router(Routing::uniform_random, 1);
  for (std::int64_t position = 0; position < 500; ++position) {
    const std::vector<std::int64_t> chosen = router.choose({8, 3}, 2, position, 1, 10);
    EXPECT_EQ(std::set<std::int64_t>(chosen.begin(), chosen.end()).size(), 3U);
    for (const std::int64_t expert : chosen) EXPECT_TRUE(expert >= 0 && expert < 8);
  }
}

TEST(ExpertRouterTest, RandomRoutesDependOnTheirSeedAndPlaceOnly) {
  ExpertRouter router(Routing::uniform_random, 1);
  ExpertRouter other(Routing::uniform_random, 1);
  other.choose({8, 2}, 5, 5, 5, 10);
  EXPECT_EQ(router.choose({1000, 4}, 1, 2, 3, 10), other.choose({1000, 4}, 1, 2, 3, 10));
  const std::vector<std::int64_t> chosen = router.choose({1000, 4}, 1, 2, 3, 10);
  EXPECT_NE(chosen, router.choose({1000, 4}, 2, 2, 3, 10));
  EXPECT_NE(chosen, router.choose({1000, 4}, 1, 3, 3, 10));
  EXPECT_NE(chosen, router.choose({1000, 4}, 1, 2, 4, 10));
  EXPECT_NE(chosen, ExpertRouter(Routing::uniform_random, 2).choose({1000, 4}, 1, 2, 3, 10));
  // Swapping two of them must not give the same draw either.
  EXPECT_NE(chosen, router.choose({1000, 4}, 2, 1, 3, 10));
}

// Pinned: traces that were made with a seed must come out the same in later versions.
TEST(ExpertRouterTest, RandomRoutesAreStable) {
  ExpertRouter router(Routing::uniform_random, 0);
  std::vector<std::int64_t> rows;
  router.count_rows({8, 2}, 0, {{0, 1, 64, 0}}, rows);
  EXPECT_EQ(rows, (std::vector<std::int64_t>{20, 18, 22, 9, 21, 10, 19, 9}));
}

TEST(ExpertRouterTest, RandomLoadIsEven) {
  ExpertRouter router(Routing::uniform_random, 3);
  std::vector<std::int64_t> rows;
  router.count_rows({8, 2}, 0, {{0, 1, 40'000, 0}}, rows);
  EXPECT_EQ(std::accumulate(rows.begin(), rows.end(), std::int64_t{0}), 80'000);
  // 10,000 ± 6 standard deviations of a binomial with p = 1/4.
  for (const std::int64_t count : rows) EXPECT_NEAR(static_cast<double>(count), 10'000, 6 * 87);
}

TEST(ExpertRouterTest, BalancedRowsTakeAllExpertsInTurn) {
  ExpertRouter router(Routing::balanced, 0);
  // Decode of three rows at position 5: rows 15, 16 and 17 of all, experts 30 mod 8 = 6 and on.
  EXPECT_EQ(router.choose({8, 2}, 0, 5, 0, 3), (std::vector<std::int64_t>{6, 7}));
  EXPECT_EQ(router.choose({8, 2}, 0, 5, 1, 3), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(router.choose({8, 2}, 1, 5, 2, 3), (std::vector<std::int64_t>{3, 4}));
  std::vector<std::int64_t> rows;
  router.count_rows({8, 2}, 0, {{0, 3, 1, 5}}, rows);
  EXPECT_EQ(rows, (std::vector<std::int64_t>{1, 1, 1, 1, 0, 0, 1, 1}));
  router.count_rows({8, 2}, 3, {{0, 64, 1, 0}}, rows);
  EXPECT_EQ(rows, std::vector<std::int64_t>(8, 16));
}

// E · (1 − (1 − k/E)^B) distinct experts of B rows: 8 · (1 − 0.75^5) = 6.10, over 4000 passes.
TEST(ExpertRouterTest, UniformRowsReachAsManyExpertsAsTheyShould) {
  ExpertRouter router(Routing::uniform_random, 7);
  std::vector<std::int64_t> rows;
  double reached = 0;
  constexpr int passes = 4000;
  for (int pass = 0; pass < passes; ++pass) {
    router.count_rows({8, 2}, 0, {{0, 5, 1, pass}}, rows);
    for (const std::int64_t count : rows) reached += count > 0 ? 1 : 0;
  }
  // Each pass reaches 6.10 with a deviation below 1.2; six deviations of the mean are 0.11.
  EXPECT_NEAR(reached / passes, 8 * (1 - std::pow(0.75, 5)), 0.11);
}

TEST(ExpertRouterTest, ZipfWithoutExponentIsEvenAndWithOneIsNot) {
  std::vector<std::int64_t> rows;
  ExpertRouter(Routing::zipf, 3, 0).count_rows({8, 1}, 0, {{0, 1, 40'000, 0}}, rows);
  // 5000 ± 6 deviations of a binomial with p = 1/8.
  for (const std::int64_t count : rows) EXPECT_NEAR(static_cast<double>(count), 5000, 6 * 67);
  ExpertRouter(Routing::zipf, 3, 1).count_rows({8, 1}, 0, {{0, 1, 40'000, 0}}, rows);
  std::sort(rows.begin(), rows.end());
  // The most popular one has 1 / (1 + 1/2 + … + 1/8) = 0.3679 of all, the least an eighth of that.
  EXPECT_NEAR(static_cast<double>(rows.back()), 40'000 * 0.36793, 6 * 97);
  EXPECT_NEAR(static_cast<double>(rows.front()), 40'000 * 0.04599, 6 * 42);
}

TEST(ExpertRouterTest, ChosenGroupsHoldAllExpertsOfAToken) {
  for (const Routing routing : {Routing::uniform_random, Routing::zipf}) {
    ExpertRouter router(routing, 5);
    for (std::int64_t position = 0; position < 200; ++position) {
      std::set<std::int64_t> groups;
      const std::vector<std::int64_t> experts = router.choose({64, 6, 8, 3}, 1, position, 0, 1);
      for (const std::int64_t expert : experts) groups.insert(expert / 8);
      EXPECT_EQ(std::set<std::int64_t>(experts.begin(), experts.end()).size(), 6U);
      EXPECT_LE(groups.size(), 3U);
    }
  }
}
