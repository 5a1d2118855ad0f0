#include <gtest/gtest.h>

#include "measured_sample.hpp"

using namespace upmem_des;

TEST(MeasuredTextTest, ALanguageModel) {
  EXPECT_EQ(measured_text(measured_sample()), R"(measured on A CPU @ 2 GHz, 2 threads, libtorch 1.13.1
tiny, float32, batch 2, 96 events in 4 forward passes

                                 total  prefill  decode
----------------------------------------------------------
time                            8.0000   2.0000  6.0000  s
  share of the time              100.0     25.0    75.0  %
  in events           7.6000 ( 95.0 %)                   s
  outside of events  0.40000 (  5.0 %)                   s
forward passes                       4        1       3
generated tokens                     8        2       6
tokens/s                                         1.0000

CPU energy                      110.00   44.000  66.000  J
  packages                      100.00   40.000  60.000  J
  memory                        10.000   4.0000  6.0000  J
  per token                                      11.000  J
CPU power                       13.750   22.000  11.000  W
)");
}

TEST(MeasuredTextTest, ANetworkOfAnotherKindWithoutEnergy) {
  EXPECT_EQ(measured_text(measured_script()), R"(measured on an unknown CPU, 1 thread, libtorch 1.13.1
float32, batch 1, 1 event in 1 forward pass

                                total  prefill  decode
----------------------------------------------------------
time                           4.0000   4.0000       0  ms
  share of the time             100.0    100.0     0.0  %
  in events          3.0000 ( 75.0 %)                   ms
  outside of events  1.0000 ( 25.0 %)                   ms
forward passes                      1        1       0
passes/s                       250.00

no CPU energy: /sys/class/powercap: no counters
)");
}

TEST(MeasuredTextTest, WhatElseIsTold) {
  MeasuredRun run = measured_sample();
  run.reply.sim_compute = true;
  run.reply.random_weights = true;
  const std::string text = measured_text(run);
  EXPECT_EQ(text.substr(0, text.find("\n\n")),
            "measured on A CPU @ 2 GHz, 2 threads, libtorch 1.13.1\n"
            "tiny, float32, batch 2, random weights, 96 events in 4 forward passes\n"
            "heavy operators were not computed: times, energy and power are not the network's");
}

TEST(MeasuredTextTest, WithoutACounterOfMemory) {
  MeasuredRun run = measured_sample();
  for (MeasuredPhase& phase : run.reply.phases) phase.energy->dram_J = 0;
  const std::string text = measured_text(run);
  EXPECT_EQ(text.find("\n  memory"), std::string::npos);
  EXPECT_NE(text.find("\n  packages "), std::string::npos);
}

TEST(MeasuredTextTest, EventsBetweenPassesLeaveNothingOutside) {
  MeasuredRun run = measured_sample();
  run.reply.events_s = 8.4;
  const std::string text = measured_text(run);
  EXPECT_NE(text.find("8.4000 (105.0 %)"), std::string::npos) << text;
  EXPECT_NE(text.find("0 (  0.0 %)"), std::string::npos) << text;
}

TEST(MeasuredTextTest, NothingMeasured) {
  const std::string text = measured_text(MeasuredRun());
  EXPECT_EQ(text, R"(measured on an unknown CPU, 0 threads, libtorch 
bfloat16, batch 1, 0 events in 0 forward passes

                           total  prefill  decode
----------------------------------------------------
time                           0        0       0  s
  share of the time            0        0       0  %
  in events          0 (    0 %)                   s
  outside of events  0 (    0 %)                   s
forward passes                 0        0       0
passes/s                       0

no CPU energy: it was not measured
)");
}

TEST(MeasuredTextTest, TextsCannotForgeLines) {
  MeasuredRun run = measured_script();
  run.reply.cpu = "a\nb";
  run.reply.libtorch = "\x1b";
  run.header.model = "m\n";
  run.reply.no_energy = "x\ny";
  const std::string text = measured_text(run);
  EXPECT_EQ(text.substr(0, text.find("\n\n")),
            "measured on a\\u000ab, 1 thread, libtorch \\u001b\nm\\u000a, float32, batch 1, 1 event in 1 forward pass");
  EXPECT_NE(text.find("\nno CPU energy: x\\u000ay\n"), std::string::npos);
}
