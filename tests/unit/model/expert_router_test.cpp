#include "model/expert_router.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

using namespace upmem_des;

TEST(ExpertRouterTest, CountsAreThoseOfTheTokens) {
  for (const Routing routing : {Routing::round_robin, Routing::uniform_random})
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
                for (const std::int64_t expert : router.choose(experts, chosen, layer, position, row))
                  ++expected.at(static_cast<std::size_t>(expert));
            std::vector<std::int64_t> rows;
            router.count_rows(experts, chosen, layer, first, tokens, batch, rows);
            ASSERT_EQ(rows, expected) << to_string(routing) << " experts " << experts << " chosen " << chosen
                                      << " tokens " << tokens << " layer " << layer;
          }
}

TEST(ExpertRouterTest, RoundRobinFollowsPositionAndLayer) {
  ExpertRouter router(Routing::round_robin, 0);
  EXPECT_EQ(router.choose(8, 2, 0, 0, 0), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(router.choose(8, 2, 3, 4, 9), (std::vector<std::int64_t>{7, 0}));
}

TEST(ExpertRouterTest, RandomExpertsOfATokenDiffer) {
  ExpertRouter router(Routing::uniform_random, 1);
  for (std::int64_t position = 0; position < 500; ++position) {
    const std::vector<std::int64_t> chosen = router.choose(8, 3, 2, position, 1);
    EXPECT_EQ(std::set<std::int64_t>(chosen.begin(), chosen.end()).size(), 3U);
    for (const std::int64_t expert : chosen) EXPECT_TRUE(expert >= 0 && expert < 8);
  }
}

TEST(ExpertRouterTest, RandomRoutesDependOnTheirSeedAndPlaceOnly) {
  ExpertRouter router(Routing::uniform_random, 1);
  ExpertRouter other(Routing::uniform_random, 1);
  other.choose(8, 2, 5, 5, 5);
  EXPECT_EQ(router.choose(1000, 4, 1, 2, 3), other.choose(1000, 4, 1, 2, 3));
  const std::vector<std::int64_t> chosen = router.choose(1000, 4, 1, 2, 3);
  EXPECT_NE(chosen, router.choose(1000, 4, 2, 2, 3));
  EXPECT_NE(chosen, router.choose(1000, 4, 1, 3, 3));
  EXPECT_NE(chosen, router.choose(1000, 4, 1, 2, 4));
  EXPECT_NE(chosen, ExpertRouter(Routing::uniform_random, 2).choose(1000, 4, 1, 2, 3));
  // Swapping two of them must not give the same draw either.
  EXPECT_NE(chosen, router.choose(1000, 4, 2, 1, 3));
}

// Pinned: traces that were made with a seed must come out the same in later versions.
TEST(ExpertRouterTest, RandomRoutesAreStable) {
  ExpertRouter router(Routing::uniform_random, 0);
  std::vector<std::int64_t> rows;
  router.count_rows(8, 2, 0, 0, 64, 1, rows);
  EXPECT_EQ(rows, (std::vector<std::int64_t>{20, 18, 22, 9, 21, 10, 19, 9}));
}

TEST(ExpertRouterTest, RandomLoadIsEven) {
  ExpertRouter router(Routing::uniform_random, 3);
  std::vector<std::int64_t> rows;
  router.count_rows(8, 2, 0, 0, 40'000, 1, rows);
  EXPECT_EQ(std::accumulate(rows.begin(), rows.end(), std::int64_t{0}), 80'000);
  // 10,000 ± 6 standard deviations of a binomial with p = 1/4.
  for (const std::int64_t count : rows) EXPECT_NEAR(static_cast<double>(count), 10'000, 6 * 87);
}
