#include "util/text_table.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;
using Align = TextTable::Align;

TEST(TextTableTest, ColumnsAreAsWideAsTheirWidestCell) {
  TextTable table({Align::Left, Align::Right, Align::Left});
  table.row({"device", "GB/s", "note"});
  table.rule();
  table.row({"H100", "2000", ""});
  table.row({"PIM_AI", "12.8"});
  table.row({"a long name", "1", "x"});
  EXPECT_EQ(table.str(),
            "device       GB/s  note\n"
            "-----------------------\n"
            "H100         2000\n"
            "PIM_AI       12.8\n"
            "a long name     1  x\n");
  EXPECT_EQ(table.str(2).substr(0, 24), "  device       GB/s  not") << "indented";
}

TEST(TextTableTest, LettersBeyondAsciiTakeOneColumn) {
  TextTable table({Align::Right, Align::Left});
  table.row({"µs", "a"});
  table.row({"ms", "b"});
  EXPECT_EQ(table.str(), "µs  a\nms  b\n");
}

TEST(TextTableTest, CellsBeyondTheColumnsAreNotShown) {
  TextTable table({Align::Left});
  table.row({"a", "b"});
  EXPECT_EQ(table.str(), "a\n");
}

TEST(TextTableTest, EmptyTables) {
  EXPECT_EQ(TextTable({}).str(), "");
  TextTable blank({Align::Left});
  blank.row({""});
  blank.rule();
  EXPECT_EQ(blank.str(3), "\n\n");
}
