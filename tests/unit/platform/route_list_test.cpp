#include "upmem_des/platform/route_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace upmem_des;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

/// The way from a to b over link 100 a + b.
class CountedWays : public NetworkWays {
 public:
  explicit CountedWays(int& made) : made_(made) {}
  std::vector<LinkIndex> way(std::size_t from, std::size_t to) const override {
    ++made_;
    return {100 * from + to};
  }

 private:
  int& made_;
};

struct RouteListTest : ::testing::Test {
  int made = 0;
  RouteList list{{0, {1}, {7}}, {1, {0}, {8}}};
  void add(std::vector<DeviceIndex> devices, std::size_t level) {
    list.add_network(std::move(devices), level, std::make_shared<CountedWays>(made));
  }
};

}  // namespace

TEST_F(RouteListTest, AnIndexMeansTheSameWhateverWasAskedForBefore) {
  add({3, 4, 5}, 0);
  ASSERT_EQ(list.size(), 2U + 6);
  EXPECT_EQ(made, 0) << "none before it is asked for";
  EXPECT_EQ(list.find(5, 3), RouteIndex{6});
  EXPECT_EQ(list.find(3, 4), RouteIndex{2});
  EXPECT_EQ(made, 0) << "an index costs no way";
  const RouteSpec& route = list[6];
  EXPECT_EQ(route.from, 5U);
  EXPECT_THAT(route.to, ElementsAre(3));
  EXPECT_THAT(route.links, ElementsAre(200));
  EXPECT_EQ(&list[6], &route) << "made once";
  EXPECT_EQ(made, 1);
  for (const DeviceIndex from : {3, 4, 5})
    for (const DeviceIndex to : {3, 4, 5}) {
      if (from == to) continue;
      const RouteSpec& other = list[*list.find(from, to)];
      EXPECT_EQ(other.from, from);
      EXPECT_THAT(other.to, ElementsAre(to));
      EXPECT_THAT(other.links, ElementsAre(100 * (from - 3) + (to - 3)));
    }
}

TEST_F(RouteListTest, ThereIsNoWayWhereNoNetworkIs) {
  add({3, 4}, 0);
  EXPECT_EQ(list.find(0, 1), RouteIndex{0});
  EXPECT_EQ(list.find(0, 2), std::nullopt);
  EXPECT_EQ(list.find(3, 3), std::nullopt);
  EXPECT_EQ(list.find(1, 3), std::nullopt);
  EXPECT_EQ(list.find(3, 1000), std::nullopt);
}

TEST_F(RouteListTest, TheLowestLevelIsUsedInWhateverOrderNetworksAreAdded) {
  add({3, 4, 5}, 1);
  add({4, 5}, 0);
  EXPECT_EQ(list.find(4, 5), RouteIndex{8});
  EXPECT_EQ(list.find(3, 5), RouteIndex{3});
  EXPECT_FALSE(list.is_used(5)) << "4 to 5 over the higher network";
  EXPECT_TRUE(list.is_used(8));
  EXPECT_EQ(list.used_count(), 2U + 4 + 2);
  std::vector<RouteIndex> used;
  list.for_each_used([&](RouteIndex route, const RouteSpec&) { used.push_back(route); });
  EXPECT_THAT(used, ElementsAre(0, 1, 2, 3, 4, 6, 8, 9));
}

TEST_F(RouteListTest, ARouteOfACollectiveIsKnownByItsIndexAlone) {
  add({3, 4}, 0);
  RouteSpec ring{3, {5}, {1, 2, 3}};
  ring.collective = "ring";
  list.push_back(ring);
  const RouteIndex apart = 4;  // behind all others
  EXPECT_EQ(list.find(3, 5), std::nullopt);
  EXPECT_THAT(list[apart].links, ElementsAre(1, 2, 3));
  EXPECT_THAT(list.listed(), ElementsAre(0, 1, 4));
  EXPECT_TRUE(list.is_used(apart));
  RouteList copy = list;
  copy.push_back({3, {6}, {9}});
  EXPECT_EQ(copy.find(3, 6), RouteIndex{5});
  EXPECT_EQ(list.find(3, 6), std::nullopt) << "a copy is for itself";
  EXPECT_THAT(copy[2].links, ElementsAre(1)) << "with the networks' ways";
  EXPECT_THAT(copy.listed(), ElementsAre(0, 1, 4, 5));
}

TEST_F(RouteListTest, OfTwoWaysBetweenTheSameEndsTheFirstIsFound) {
  list.push_back({0, {1}, {9}});
  EXPECT_EQ(list.find(0, 1), RouteIndex{0});
  list.push_back({0, {1, 2}, {9}});
  EXPECT_EQ(list.find(0, 2), std::nullopt) << "a broadcast";
  EXPECT_EQ(RouteList().size(), 0U);
  EXPECT_THAT(RouteList().listed(), IsEmpty());
}
