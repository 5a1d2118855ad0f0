/// What a device's power limit makes of a step.
#include "cost/power_limit.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace upmem_des;

namespace {

/// 10 + 20 W beside what work draws.
Architecture limited(double limit_W) {
  Architecture device;
  device.idle_W = 10;
  device.active_W = 20;
  device.power_limit_W = limit_W;
  return device;
}

/// 1 s before 3 s of arithmetic beside 2 + 1 s of memory: 4 s, 400 J.
Step some_step() {
  Step step;
  step.overhead_s = 1;
  step.compute = {3, 200};
  step.memory = {2, 150};
  step.kv = {1, 50};
  return step;
}

double energy_J(const Step& step) {
  return step.compute.energy_J + step.memory.energy_J + step.kv.energy_J;
}

}  // namespace

TEST(PowerLimit, AStepThatDrawsLessIsAsItWas) {
  // 400 J in 4 s and 30 W: 130 W.
  for (const double limit_W : {130.0, 131.0, 1e18})
    for (const Step& step :
         {slowed_to_limit(some_step(), limited(limit_W)), saved_to_limit(some_step(), limited(limit_W))}) {
      EXPECT_EQ(step.time_s(), 4);
      EXPECT_EQ(energy_J(step), 400);
    }
  Architecture unlimited = limited(1);
  unlimited.power_limit_W.reset();
  EXPECT_EQ(slowed_to_limit(some_step(), unlimited).time_s(), 4);
  EXPECT_EQ(energy_J(saved_to_limit(some_step(), unlimited)), 400);
}

TEST(PowerLimit, SlowsDownAtConstantEnergy) {
  // 80 W leave 50 W: 400 J take 8 s, twice as long.
  const Step slow = slowed_to_limit(some_step(), limited(80));
  EXPECT_DOUBLE_EQ(slow.time_s(), 8);
  EXPECT_DOUBLE_EQ(slow.overhead_s, 2);
  EXPECT_DOUBLE_EQ(slow.compute.time_s, 6);
  EXPECT_DOUBLE_EQ(slow.memory.time_s, 4);
  EXPECT_DOUBLE_EQ(slow.kv.time_s, 2);
  EXPECT_EQ(energy_J(slow), 400);
}

TEST(PowerLimit, SavesEnergyOfAMeasuredTime) {
  // 80 W leave 50 W · 4 s, half of the energy.
  const Step saved = saved_to_limit(some_step(), limited(80));
  EXPECT_EQ(saved.time_s(), 4);
  EXPECT_DOUBLE_EQ(saved.compute.energy_J, 100);
  EXPECT_DOUBLE_EQ(saved.memory.energy_J, 75);
  EXPECT_DOUBLE_EQ(saved.kv.energy_J, 25);
}

TEST(PowerLimit, WorkWithoutTimeOrEnergyHasNone) {
  Step nothing;
  EXPECT_EQ(slowed_to_limit(nothing, limited(80)).time_s(), 0);
  nothing.overhead_s = 3;
  EXPECT_EQ(slowed_to_limit(nothing, limited(80)).time_s(), 3);
  EXPECT_EQ(energy_J(saved_to_limit(nothing, limited(80))), 0);
}

TEST(PowerLimit, MoreWorkNeverTakesLessTimeOrEnergy) {
  std::mt19937_64 dice(17);
  std::uniform_real_distribution<double> amount(0, 3);
  for (int i = 0; i < 20'000; ++i) {
    Step less, more;
    const auto set = [&](double& smaller, double& larger) {
      smaller = amount(dice);
      larger = smaller + (i % 3 == 0 ? 0 : amount(dice));
    };
    set(less.overhead_s, more.overhead_s);
    set(less.compute.time_s, more.compute.time_s);
    set(less.compute.energy_J, more.compute.energy_J);
    set(less.memory.time_s, more.memory.time_s);
    set(less.memory.energy_J, more.memory.energy_J);
    const Architecture device = limited(30 + 0.01 + amount(dice));
    constexpr double rounding = 1 + 1e-12;
    EXPECT_LE(slowed_to_limit(less, device).time_s(), slowed_to_limit(more, device).time_s() * rounding);
    EXPECT_LE(energy_J(saved_to_limit(less, device)), energy_J(saved_to_limit(more, device)) * rounding);
    for (const Step& step : {slowed_to_limit(more, device), saved_to_limit(more, device)})
      EXPECT_LE(30 * step.time_s() + energy_J(step), *device.power_limit_W * step.time_s() * rounding);
  }
}
