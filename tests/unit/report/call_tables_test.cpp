#include "report/call_tables.hpp"

#include <gtest/gtest.h>

#include "call_sample.hpp"

using namespace upmem_des;

namespace {

/// The sample's calls; with `device` as if they had been simulated there.
CallTotals sample_totals(const std::string& device = "") {
  CallTotals calls;
  for (const LayerEvent& event : sample_calls())
    calls.add(event, event.phase, *event.duration_ns * 1e-9, device.empty() ? Name() : Name(device));
  return calls;
}

}  // namespace

TEST(CallTablesTest, Layers) {
  EXPECT_EQ(layers_table(sample_totals(), TimeOrigin::Measured), R"(layers in creation order, times measured on the CPU
  id  name        type    input      weight  output     calls     mean  in prefill  in decode    total  share
                                                                    µs          µs         µs       µs      %
  -----------------------------------------------------------------------------------------------------------
   0  act         ReLU    [4, 2]     [8, 2]  [4, 2]         1  0.50000     0.50000          -  0.50000    5.0
   1  body.0      Linear  [1..4, 8]  [8, 2]  [1..4, 2]      3   2.0000      3.0000     1.5000   6.0000   60.0
  -----------------------------------------------------------------------------------------------------------
      all layers                                            4                                   6.5000   65.0
)");
}

TEST(CallTablesTest, FunctionsTheLongestFirst) {
  EXPECT_EQ(functions_table(sample_totals(), TimeOrigin::Measured),
            R"(functions by type and name, times measured on the CPU
  type           name    input      output     calls     mean  in prefill  in decode   total  share
                                                           µs          µs         µs      µs      %
  -------------------------------------------------------------------------------------------------
  matmul         scores  [2, 8]     [2, 8]         1   2.5000           -     2.5000  2.5000   25.0
  softmax        probs   [1..4, 2]  [1..4, 2]      3  0.33333     0.50000    0.25000  1.0000   10.0
  -------------------------------------------------------------------------------------------------
  all functions                                    4                                  3.5000   35.0
)");
}

TEST(CallTablesTest, ClassesByPhase) {
  EXPECT_EQ(class_table(sample_totals(), TimeOrigin::Measured), R"(events by type and name, times measured on the CPU

prefill
  type     name   count     time  share     mean
                              µs      %       µs
  ----------------------------------------------
  Linear   0          1   3.0000   75.0   3.0000
  ReLU     act        1  0.50000   12.5  0.50000
  softmax  probs      1  0.50000   12.5  0.50000

decode
  type     name    count     time  share     mean
                               µs      %       µs
  -----------------------------------------------
  Linear   0           2   3.0000   50.0   1.5000
  matmul   scores      1   2.5000   41.7   2.5000
  softmax  probs       2  0.50000    8.3  0.25000
)");
}

TEST(CallTablesTest, SimulatedCallsNameTheirDevice) {
  CallTotals calls = sample_totals("DEV");
  calls.add(layer_call(0, "ReLU", "act", 1, {4, 2}, {4, 2}), Phase::Decode, 3e-6, Name("OTHER"));
  EXPECT_EQ(layers_table(calls, TimeOrigin::Simulated),
            R"(layers in creation order, times simulated, transfers of the call included
  id  name        type    device  input      weight  output     calls    mean  in prefill  in decode   total  share
                                                                           µs          µs         µs      µs      %
  -----------------------------------------------------------------------------------------------------------------
   0  act         ReLU    DEV, …  [4, 2]     [8, 2]  [4, 2]         2  1.7500     0.50000     3.0000  3.5000   26.9
   1  body.0      Linear  DEV     [1..4, 8]  [8, 2]  [1..4, 2]      3  2.0000      3.0000     1.5000  6.0000   46.2
  -----------------------------------------------------------------------------------------------------------------
      all layers                                                    5                                 9.5000   73.1
)");
  EXPECT_EQ(functions_table(sample_totals("DEV"), TimeOrigin::Simulated),
            R"(functions by type and name, times simulated, transfers of the call included
  type           name    device  input      output     calls     mean  in prefill  in decode   total  share
                                                                   µs          µs         µs      µs      %
  ---------------------------------------------------------------------------------------------------------
  matmul         scores  DEV     [2, 8]     [2, 8]         1   2.5000           -     2.5000  2.5000   25.0
  softmax        probs   DEV     [1..4, 2]  [1..4, 2]      3  0.33333     0.50000    0.25000  1.0000   10.0
  ---------------------------------------------------------------------------------------------------------
  all functions                                            4                                  3.5000   35.0
)");
}

TEST(CallTablesTest, WithoutTimes) {
  CallTotals calls;
  calls.add(layer_call(3, "Linear", "q_proj", 0, {4, 8}, {4, 2}), Phase::Prefill, std::nullopt);
  calls.add(function_call("softmax", "probs", 1, {2}, {2}), Phase::Decode, std::nullopt);
  EXPECT_EQ(layers_table(calls, TimeOrigin::Measured), R"(layers in creation order, no call has a time
  id  name        type    input   weight  output  calls  mean  in prefill  in decode  total  share
                                                            s           s          s      s      %
  ------------------------------------------------------------------------------------------------
   3  q_proj      Linear  [4, 8]  [8, 2]  [4, 2]      1     -           -          -      -      -
  ------------------------------------------------------------------------------------------------
      all layers                                      1                                   -      -
)");
  EXPECT_EQ(functions_table(calls, TimeOrigin::Measured), R"(functions by type and name, no call has a time
  type           name   input  output  calls  mean  in prefill  in decode  total  share
                                                 s           s          s      s      %
  -------------------------------------------------------------------------------------
  softmax        probs  [2]    [2]         1     -           -          -      -      -
  -------------------------------------------------------------------------------------
  all functions                            1                                   -      -
)");
  EXPECT_EQ(class_table(calls, TimeOrigin::Measured), R"(events by type and name, no call has a time

prefill
  type    name    count  time  share  mean
                            s      %     s
  ----------------------------------------
  Linear  q_proj      1     -      -     -

decode
  type     name   count  time  share  mean
                            s      %     s
  ----------------------------------------
  softmax  probs      1     -      -     -
)");
}

TEST(CallTablesTest, TitlesSayWhatTimesAre) {
  CallTotals calls = sample_totals();
  const auto title = [&](TimeOrigin origin) {
    const std::string text = class_table(calls, origin);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(title(TimeOrigin::Measured), "events by type and name, times measured on the CPU");
  EXPECT_EQ(
      title(TimeOrigin::NotComputed),
      "events by type and name, times measured on the CPU, heavy operators not computed: not the network's times");
  EXPECT_EQ(title(TimeOrigin::Simulated), "events by type and name, times simulated, transfers of the call included");
  calls.add(layer_call(0, "ReLU", "act", 1, {4, 2}, {4, 2}), Phase::Decode, std::nullopt);
  EXPECT_EQ(title(TimeOrigin::Measured),
            "events by type and name, times measured on the CPU; 1 of 9 calls without a time");
}

TEST(CallTablesTest, NothingCalled) {
  EXPECT_EQ(layers_table(CallTotals(), TimeOrigin::Measured), "layers in creation order: none\n");
  EXPECT_EQ(functions_table(CallTotals(), TimeOrigin::Simulated), "functions by type and name: none\n");
  EXPECT_EQ(class_table(CallTotals(), TimeOrigin::Measured), "events by type and name: none\n");
}

TEST(CallTablesTest, NoTimeAtAllIsNoDivision) {
  CallTotals calls;
  calls.add(layer_call(0, "ReLU", "act", 0, {2}, {2}), Phase::Prefill, 0);
  for (const std::string& text :
       {layers_table(calls, TimeOrigin::Measured), class_table(calls, TimeOrigin::Measured)}) {
    EXPECT_EQ(text.find("nan"), std::string::npos) << text;
    EXPECT_EQ(text.find("inf"), std::string::npos) << text;
  }
}

TEST(CallTablesTest, NamesCannotForgeLines) {
  CallTotals calls;
  LayerEvent event = layer_call(0, "Re\nLU", "act", 0, {2}, {2});
  event.path = Name("a\x1b[1m");
  calls.add(event, Phase::Prefill, 1);
  EXPECT_NE(layers_table(calls, TimeOrigin::Measured).find("a\\u001b[1m  Re\\u000aLU"), std::string::npos);
}
