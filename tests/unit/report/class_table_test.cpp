#include "report/class_table.hpp"

#include <gtest/gtest.h>

#include "sample_result.hpp"

using namespace upmem_des;

TEST(ClassTableTest, LongestFirst) {
  EXPECT_EQ(class_table(sample_result()),
            R"(prefill, simulated
  type     name             count    time  share  to device  to host  compute  memory  KV load  energy
                                       ms      %         ms       ms       ms      ms       ms      mJ
  ----------------------------------------------------------------------------------------------------
  Linear   q_proj               4  1500.0   75.0     100.00   200.00   1250.0  500.00        0   16000
  softmax  attn, "weights"      1  500.00   25.0          0        0   250.00       0   250.00  1000.0

decode, simulated
  type    name    count    time  share  to device  to host  compute  memory  KV load  energy
                             ms      %         ms       ms       ms      ms       ms      mJ
  ------------------------------------------------------------------------------------------
  Linear  q_proj      5  3000.0   50.0     100.00   200.00   1250.0  500.00        0   16000
)");
}

TEST(ClassTableTest, AnEmptyResultIsNoTable) {
  EXPECT_EQ(class_table(SimulationResult()), "");
}

TEST(ClassTableTest, WithoutTimeTheShareIsZero) {
  SimulationResult result = sample_result();
  for (PhaseResult& phase : result.phases) phase.time_s = 0;
  EXPECT_EQ(class_table(result).find("inf"), std::string::npos);
}

TEST(ClassTableTest, TransfersBetweenDevicesHaveAColumnWhereThereAreAny) {
  EXPECT_EQ(class_table(machine_result()),
            R"(decode, simulated
  type    name    count    time  share  to device  to host   peers  compute  memory  KV load  energy
                             ms      %         ms       ms      ms       ms      ms       ms      mJ
  --------------------------------------------------------------------------------------------------
  Linear  q_proj      3  4000.0   80.0          0        0  500.00        0       0        0  250.00
)");
}
