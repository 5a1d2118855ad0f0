/// Bins that end where steps do.
#include "service/course_bins.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace upmem_des;

namespace {

using Edges = std::vector<double>;

/// Of bins that have been cut at these times.
CourseBins cut(std::size_t most, const Edges& times_s) {
  CourseBins bins(most);
  for (const double time_s : times_s)
    if (bins.cut(time_s)) bins.fold();
  bins.fold();
  return bins;
}

Edges equal_steps(int count, double step_s) {
  Edges ends_s;
  for (int i = 1; i <= count; ++i) ends_s.push_back(i * step_s);
  return ends_s;
}

}  // namespace

TEST(CourseBins, FewCutsAreAllBins) {
  EXPECT_EQ(cut(4, {1, 1.5, 1.5, 7, 7.25}).edges_s(), (Edges{0, 1, 1.5, 7, 7.25}));
}

/// Nine cuts of 1 s in at most four bins: four steps each, and what is left.
TEST(CourseBins, EqualStepsAreEqualBins) {
  EXPECT_EQ(cut(4, equal_steps(9, 1)).edges_s(), (Edges{0, 4, 8, 9}));
  for (const int count : {1000, 12345})
    for (const double step_s : {1e-6, 0.3}) {
      const Edges edges_s = cut(240, equal_steps(count, step_s)).edges_s();
      ASSERT_LE(edges_s.size(), 241U);
      EXPECT_GT(edges_s.size(), 121U);
      const double first = std::round((edges_s[1] - edges_s[0]) / step_s);
      for (std::size_t i = 1; i + 2 < edges_s.size(); ++i)
        EXPECT_EQ(first, std::round((edges_s[i + 1] - edges_s[i]) / step_s)) << count << " steps, bin " << i;
    }
}

/// Four short steps, one of 10 s, four short ones: the long one stays by itself.
TEST(CourseBins, ALongStepStaysABin) {
  EXPECT_EQ(cut(4, {1, 2, 3, 4, 14, 15, 16, 17, 18}).edges_s(), (Edges{0, 4, 14, 18}));
}

/// Five cuts of 1 s make bins of 4 s at least; then none is made before as long has gone by.
TEST(CourseBins, OfStepsThatOverlapCutsAreApart) {
  CourseBins bins(2, true);
  for (int i = 1; i < 5; ++i) EXPECT_FALSE(bins.cut(i));
  EXPECT_TRUE(bins.cut(5));
  bins.fold();
  EXPECT_EQ(bins.edges_s(), (Edges{0, 4, 5}));
  EXPECT_FALSE(bins.cut(8));
  EXPECT_EQ(bins.edges_s().back(), 5);
  EXPECT_FALSE(bins.cut(9));
  EXPECT_EQ(bins.edges_s().back(), 9);
  bins.close(9.5);
  EXPECT_EQ(bins.edges_s().back(), 9.5);
}

/// Which bin each of nine goes to, and the one that has begun.
TEST(CourseBins, SaysWhereBinsGo) {
  CourseBins bins(4);
  for (int i = 1; i < 9; ++i) EXPECT_FALSE(bins.cut(i));
  EXPECT_TRUE(bins.cut(9));
  EXPECT_EQ(bins.fold(), (std::vector<std::size_t>{0, 0, 0, 0, 1, 1, 1, 1, 2, 3}));
  EXPECT_EQ(bins.closed(), 3U);
  EXPECT_EQ(bins.fold(), (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(CourseBins, TimesInBins) {
  const CourseBins bins = cut(4, {1, 3, 4});
  EXPECT_EQ(bins.bin_before(0.5), 0U);
  EXPECT_EQ(bins.bin_before(1), 0U);
  EXPECT_EQ(bins.bin_before(3.5), 2U);
  EXPECT_EQ(bins.bin_before(9), 3U);
  Edges told;
  bins.each(0.5, 5, [&](std::size_t bin, double from_s, double to_s) {
    told.insert(told.end(), {static_cast<double>(bin), from_s, to_s});
  });
  EXPECT_EQ(told, (Edges{0, 0.5, 1, 1, 1, 3, 2, 3, 4, 3, 4, 5}));
  bins.each(2, 2, [&](std::size_t, double, double) { told.clear(); });
  EXPECT_FALSE(told.empty());
}
