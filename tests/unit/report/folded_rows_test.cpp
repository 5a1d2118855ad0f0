#include "report/folded_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace upmem_des;
using testing::ElementsAre;

namespace {

/// The rows' names after adding things of equal cells.
std::vector<std::string> folded(const std::vector<std::string>& names) {
  FoldedRows rows;
  for (const std::string& name : names) rows.add(name, {"1", "2"});
  std::vector<std::string> all;
  for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(rows.row(i).front());
  return all;
}

}  // namespace

TEST(FoldedRowsTest, EqualNeighboursAreOneRow) {
  EXPECT_THAT(folded({"HOST", "dimm[0]", "dimm[1]", "dimm[2]"}), ElementsAre("HOST", "dimm[0..2] × 3"));
  EXPECT_THAT(folded({"dimm[4]", "dimm[5]"}), ElementsAre("dimm[4..5] × 2"));
  EXPECT_THAT(folded({"dimm[0]"}), ElementsAre("dimm[0]"));
  EXPECT_THAT(folded({"dimm[9]", "dimm[10]"}), ElementsAre("dimm[9..10] × 2"));
  EXPECT_TRUE(FoldedRows().empty());
}

TEST(FoldedRowsTest, CellsStayAndDecide) {
  FoldedRows rows;
  rows.add("dimm[0]", {"1", "2"});
  rows.add("dimm[1]", {"1", "2"});
  rows.add("dimm[2]", {"1", "3"});
  rows.add("dimm[3]", {"1", "2"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_THAT(rows.row(0), ElementsAre("dimm[0..1] × 2", "1", "2"));
  EXPECT_THAT(rows.row(1), ElementsAre("dimm[2]", "1", "3"));
  EXPECT_THAT(rows.row(2), ElementsAre("dimm[3]", "1", "2"));
}

TEST(FoldedRowsTest, RowsOfSeveralKindsMayTakeTurns) {
  EXPECT_THAT(folded({"d[0].up", "d[0].down", "d[1].up", "d[1].down", "e[0]", "d[2].up"}),
              ElementsAre("d[0..2].up × 3", "d[0..1].down × 2", "e[0]"));
}

TEST(FoldedRowsTest, TheLastIndexCounts) {
  EXPECT_THAT(folded({"gpu[0]-gpu[1]", "gpu[0]-gpu[2]", "gpu[1]-gpu[0]"}),
              ElementsAre("gpu[0]-gpu[1..2] × 2", "gpu[1]-gpu[0]"));
}

TEST(FoldedRowsTest, OnlyIndicesThatCountUpFold) {
  EXPECT_THAT(folded({"d[0]", "d[2]"}), ElementsAre("d[0]", "d[2]"));
  EXPECT_THAT(folded({"d[1]", "d[0]"}), ElementsAre("d[1]", "d[0]"));
  EXPECT_THAT(folded({"d[0]", "d[0]"}), ElementsAre("d[0]", "d[0]"));
  EXPECT_THAT(folded({"d[00]", "d[01]"}), ElementsAre("d[00]", "d[01]"));
  EXPECT_THAT(folded({"d[]", "d[a]", "d]", "d[", "", "d0", "d1", "]3[", "d[-1]", "d[0]"}),
              ElementsAre("d[]", "d[a]", "d]", "d[", "", "d0", "d1", "]3[", "d[-1]", "d[0]"));
  EXPECT_THAT(folded({"d[99999999999999999999]", "d[100000000000000000000]"}),
              ElementsAre("d[99999999999999999999]", "d[100000000000000000000]"));
}
