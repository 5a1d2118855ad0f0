#include "report/compared_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_result.hpp"

using namespace upmem_des;
using testing::ElementsAre;

TEST(ResultNamesTest, AreThoseOfTheFiles) {
  EXPECT_THAT(result_names({"runs/a.json", "/b.json", "c", "d.json.txt", ".json", "µ x.json"}),
              ElementsAre("a", "b", "c", "d.json.txt", ".json", "µ x"));
}

TEST(ResultNamesTest, HaveFoldersWhereTheyWouldBeTheSame) {
  EXPECT_THAT(result_names({"x/a.json", "y/a.json", "y/b.json"}), ElementsAre("x/a", "y/a", "b"));
  EXPECT_THAT(result_names({"1/x/a.json", "2/x/a.json", "2/y/a.json"}), ElementsAre("1/x/a", "2/x/a", "y/a"));
  EXPECT_THAT(result_names({"/a.json", "/y/a.json"}), ElementsAre("a", "y/a"));
}

TEST(ResultNamesTest, AFileTwiceHasANumber) {
  EXPECT_THAT(result_names({"x/a.json", "x/../x/a.json", "x/a.json"}), ElementsAre("a", "a (2)", "a (3)"));
  EXPECT_THAT(result_names({"x/a.json", "y/a.json", "y/a.json"}), ElementsAre("x/a", "y/a", "y/a (2)"));
}

/// Nothing but the ending tells these two apart.
TEST(ResultNamesTest, AreNeverTheSame) {
  EXPECT_THAT(result_names({"/x/a.json", "/x/a"}), ElementsAre("/x/a.json", "/x/a"));
}

TEST(ComparedRunsTest, WhatDiffersIsInATable) {
  const SimulationResult first = sample_result();
  SimulationResult second = first;
  second.dtype = NumberFormat::bfloat16;
  second.batch = 16;
  EXPECT_EQ(compared_runs_text({{"a", &first}, {"b", &second}}),
            "all: scenario A run, by hand, model tiny, cost model roofline, schedule sequential, forward passes 4\n"
            "#  result  data type  batch\n"
            "---------------------------\n"
            "1  a       int8       2\n"
            "2  b       bfloat16   16\n");
}

TEST(ComparedRunsTest, EverythingMayDiffer) {
  const SimulationResult first = sample_result();
  SimulationResult second = machine_result();
  second.cost_model = "reference";
  second.scenario = "two\nlines";
  EXPECT_EQ(compared_runs_text({{"a", &first}, {"b", &second}}),
            "#  result  scenario        model  data type  batch  cost model  schedule    forward passes\n"
            "------------------------------------------------------------------------------------------\n"
            "1  a       A run, by hand  tiny   int8       2      roofline    sequential  4\n"
            "2  b       two\\u000alines  -      bfloat16   1      reference   dataflow    2\n");
}

TEST(ComparedRunsTest, EqualRunsNeedNoTableUnlessNamesAreCut) {
  SimulationResult result = sample_result();
  result.model = "";
  const std::string all =
      "all: scenario A run, by hand, data type int8, batch 2, cost model roofline, schedule sequential, "
      "forward passes 4\n";
  EXPECT_EQ(compared_runs_text({{"a", &result}, {"fifteen_letters", &result}}), all);
  EXPECT_EQ(compared_runs_text({{"a", &result}, {"sixteen__letters", &result}}), all +
                                                                                     "#  result\n"
                                                                                     "-------------------\n"
                                                                                     "1  a\n"
                                                                                     "2  sixteen__letters\n");
}

TEST(ComparedRunsTest, LongNamesAreCut) {
  const SimulationResult result;
  const auto named = with_short_names({{"fifteen_letters", &result},
                                       {"sixteen__letters", &result},
                                       {"µµµµµµµµµµµµµµµ", &result},
                                       {"µµµµµµµµµµµµµµµµ", &result}});
  EXPECT_EQ(named[0].name, "fifteen_letters");
  EXPECT_EQ(named[1].name, "#2 sixteen__le…");
  EXPECT_EQ(named[2].name, "µµµµµµµµµµµµµµµ");
  EXPECT_EQ(named[3].name, "#4 µµµµµµµµµµµ…");
  EXPECT_EQ(named[3].result, &result);
}
