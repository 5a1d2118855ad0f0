#include "profile/pass_meter.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "powercap_tree.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr std::size_t prefill = 0;
constexpr std::size_t decode = 1;

/// A pass in which the package's counter goes from one value to another.
void pass(PassMeter& meter, Phase phase, const PowercapTree& tree, const std::string& from, const std::string& to) {
  tree.set("intel-rapl:0", from);
  meter.start(phase);
  tree.set("intel-rapl:0", to);
  meter.stop();
}

}  // namespace

TEST(PassMeterTest, AddsUpByPhase) {
  const PowercapTree tree;
  tree.add("intel-rapl:0", "package-0", "0");
  tree.add("intel-rapl:0:0", "dram", "7");
  PassMeter meter{Rapl(tree.folder())};
  pass(meter, Phase::Prefill, tree, "0", "3000000");
  // What is used between passes does not count.
  pass(meter, Phase::Decode, tree, "5000000", "6000000");
  pass(meter, Phase::Decode, tree, "6000000", "6500000");
  ProfileReply reply;
  meter.fill(reply);
  EXPECT_EQ(reply.no_energy, "");
  EXPECT_EQ(reply.phases[prefill].passes, 1);
  EXPECT_EQ(reply.phases[decode].passes, 2);
  ASSERT_TRUE(reply.phases[prefill].energy && reply.phases[decode].energy);
  EXPECT_DOUBLE_EQ(reply.phases[prefill].energy->package_J, 3);
  EXPECT_DOUBLE_EQ(reply.phases[decode].energy->package_J, 1.5);
  EXPECT_DOUBLE_EQ(reply.phases[decode].energy->dram_J, 0);
}

TEST(PassMeterTest, MeasuresThePassesAndNotWhatIsBetween) {
  PassMeter meter{Rapl("/none")};
  const auto wait = std::chrono::milliseconds(20);
  for (int i = 0; i < 2; ++i) {
    meter.start(Phase::Decode);
    std::this_thread::sleep_for(wait);
    meter.stop();
    std::this_thread::sleep_for(wait);
  }
  ProfileReply reply;
  const auto before = std::chrono::steady_clock::now();
  meter.start(Phase::Prefill);
  meter.stop();
  const double at_most_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  meter.fill(reply);
  EXPECT_GE(reply.phases[decode].time_s, 0.040);
  EXPECT_GT(reply.phases[prefill].time_s, 0);
  EXPECT_LE(reply.phases[prefill].time_s, at_most_s);
}

TEST(PassMeterTest, APhaseWithoutPassesHasNoEnergy) {
  const PowercapTree tree;
  tree.add("intel-rapl:0", "package-0", "0");
  PassMeter meter{Rapl(tree.folder())};
  pass(meter, Phase::Prefill, tree, "0", "1000000");
  ProfileReply reply;
  meter.fill(reply);
  EXPECT_TRUE(reply.phases[prefill].energy);
  EXPECT_FALSE(reply.phases[decode].energy);
  EXPECT_EQ(reply.phases[decode].passes, 0);
}

TEST(PassMeterTest, SaysWhyThereIsNoEnergy) {
  PassMeter absent{Rapl("/none")};
  absent.start(Phase::Prefill);
  absent.stop();
  ProfileReply reply;
  absent.fill(reply);
  EXPECT_EQ(reply.no_energy, "/none: no such folder; this machine has no energy counters that Linux shows");
  EXPECT_FALSE(reply.phases[prefill].energy);

  const PowercapTree tree;
  tree.add("intel-rapl:0", "package-0", "0");
  PassMeter failing{Rapl(tree.folder())};
  pass(failing, Phase::Prefill, tree, "0", "1000000");
  pass(failing, Phase::Decode, tree, "1000000", "gone");
  failing.fill(reply);
  EXPECT_EQ(reply.no_energy, "an energy counter could not be read while the network ran");
  EXPECT_EQ(reply.phases[decode].passes, 1);
  EXPECT_FALSE(reply.phases[prefill].energy);
}
