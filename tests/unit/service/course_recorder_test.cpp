#include "service/course_recorder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "requests/random_stream.hpp"

using namespace upmem_des;

namespace {

ServingStep step(std::size_t instance, double start_s, double end_s, std::int64_t tokens, double energy_J,
                 double devices_s, double most_W = 0) {
  ServingStep made;
  made.instance = instance;
  made.start_s = start_s;
  made.end_s = end_s;
  made.tokens = tokens;
  made.prompt_tokens = tokens / 2;
  made.energy_J = energy_J;
  made.devices_s = devices_s;
  made.most_W = most_W;
  return made;
}

double span_s(const ServingCourse& course, std::size_t bin) {
  return course.edges_s.at(bin + 1) - course.edges_s.at(bin);
}

double integral(const ServingCourse& course, const std::vector<double>& means) {
  double sum = 0;
  for (std::size_t i = 0; i < means.size(); ++i) sum += means[i] * span_s(course, i);
  return sum;
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

/// Steps from 0.25 to 1.75 s, of 60 tokens and 30 J, and from 179 to 180 s, of one token and 5 J; 10 W always.
TEST(CourseRecorder, BinsByHand) {
  CourseRecorder recorder(1, 10);
  const auto runs = [&](const ServingStep& of, std::int64_t requests, std::int64_t waiting, std::int64_t blocks) {
    recorder.pass(of.start_s);
    recorder.on_planned_step(of);
    recorder.state(0, of.start_s, requests, waiting, blocks);
    recorder.on_step(of);
    recorder.pass(of.end_s);
    recorder.state(0, of.end_s, 0, 0, 0);
  };
  runs(step(0, 0.25, 1.75, 60, 30, 1.5, 25), 2, 1, 8);
  runs(step(0, 179, 180, 1, 5, 0.75, 6), 1, 0, 1);
  const ServingCourse course = recorder.course(180);
  EXPECT_EQ(course.edges_s, (std::vector<double>{0, 0.25, 1.75, 179, 180}));
  ASSERT_EQ(course.bins(), 4U);
  EXPECT_TRUE(course.instances.empty());
  const CourseTrack& all = course.all;
  using Numbers = std::vector<double>;
  EXPECT_EQ(all.running.mean, (Numbers{0, 2, 0, 1}));
  EXPECT_EQ(all.waiting.mean, (Numbers{0, 1, 0, 0}));
  EXPECT_EQ(all.kv_blocks.most, (Numbers{0, 8, 0, 1}));
  EXPECT_EQ(all.kv_blocks.least, (Numbers{0, 8, 0, 1}));
  EXPECT_EQ(all.tokens, (Numbers{0, 60, 0, 1}));
  EXPECT_EQ(all.prompt_tokens, (Numbers{0, 30, 0, 0}));
  EXPECT_EQ(all.power_W, (Numbers{10, 30, 10, 15}));
  EXPECT_EQ(all.peak_power_W, (Numbers{10, 10 + 25, 10, 10 + 6}));
  EXPECT_EQ(all.steps, (std::vector<std::int64_t>{0, 1, 0, 1}));
  EXPECT_EQ(all.mean_step_tokens, (Numbers{0, 60, 0, 1}));
  EXPECT_EQ(all.least_step_tokens, (std::vector<std::int64_t>{0, 60, 0, 1}));
  EXPECT_EQ(all.most_step_tokens, (std::vector<std::int64_t>{0, 60, 0, 1}));
  EXPECT_DOUBLE_EQ(recorder.stepping_s(0), 2.5);
  EXPECT_DOUBLE_EQ(recorder.host_s(0), 0.25);
  EXPECT_EQ(recorder.highest_W(), 25);
}

/// Steps of a prompt among steps of a token each, of ten times the power for a hundredth of the time: however long the
/// run is, all equal stretches of it look alike, and no peak is lost.
TEST(CourseRecorder, EqualStepsAreEqualBinsAndPeaksStay) {
  for (const int count : {100, 1000, 54'321}) {
    CourseRecorder recorder(1, 1);
    double now_s = 0;
    for (int i = 0; i < count; ++i) {
      const bool is_prompt = i % 50 == 7;
      ServingStep of = step(0, now_s, now_s + (is_prompt ? 0.005 : 0.01), 2, 1, 0.01);
      of.most_W = is_prompt ? 2000 : 200;
      of.energy_J = 0.5 * of.most_W * (of.end_s - of.start_s);
      recorder.pass(now_s);
      recorder.on_planned_step(of);
      recorder.on_step(of);
      now_s = of.end_s;
    }
    const ServingCourse course = recorder.course(now_s);
    ASSERT_LE(course.bins(), 240U);
    EXPECT_GT(course.bins(), count == 100 ? 99U : 100U);
    EXPECT_EQ(course.edges_s.back(), now_s);
    std::int64_t prompts = 0;
    for (std::size_t bin = 0; bin < course.bins(); ++bin) {
      const double peak_W = course.all.peak_power_W[bin];
      EXPECT_TRUE(peak_W == 201 || peak_W == 2001) << peak_W;
      prompts += peak_W == 2001 ? 1 : 0;
      // Bins without a prompt are of decode steps alone.
      if (peak_W == 201) {
        EXPECT_NEAR(course.all.power_W[bin], 101, 1e-6);
      }
      EXPECT_GE(peak_W, course.all.power_W[bin]);
    }
    EXPECT_GT(prompts, 0);
    EXPECT_EQ(recorder.highest_W(), 2000);
  }
}

/// Two instances whose steps overlap from 1 to 2 s: 30 W then, and each its own.
TEST(CourseRecorder, WhatInstancesDrawTogether) {
  CourseRecorder recorder(2, 5);
  const ServingStep one = step(0, 0, 2, 1, 0, 2, 10), other = step(1, 1, 3, 1, 0, 2, 20);
  recorder.on_planned_step(one);
  recorder.pass(1);
  recorder.on_planned_step(other);
  recorder.on_step(one);
  recorder.pass(2);
  recorder.on_step(other);
  recorder.change_power(2.5, 7);
  recorder.change_power(2.75, -7);
  const ServingCourse course = recorder.course(3);
  EXPECT_EQ(course.edges_s, (std::vector<double>{0, 1, 2, 3}));
  EXPECT_EQ(course.all.peak_power_W, (std::vector<double>{15, 35, 32}));
  EXPECT_EQ(course.instances[0].peak_power_W, (std::vector<double>{10, 10, 0}));
  EXPECT_EQ(course.instances[1].peak_power_W, (std::vector<double>{0, 20, 20}));
  EXPECT_EQ(recorder.highest_W(), 30);
}

/// Steps of 20 and 20 W at once on a machine that draws 5 W always and can draw no more than 30.
TEST(CourseRecorder, NoPeakIsMoreThanTheMachineCanDraw) {
  CourseRecorder recorder(2, 5, 30);
  const ServingStep one = step(0, 0, 2, 1, 0, 2, 20), other = step(1, 1, 2, 1, 0, 2, 20);
  recorder.on_planned_step(one);
  recorder.pass(1);
  recorder.on_planned_step(other);
  recorder.on_step(one);
  recorder.on_step(other);
  const ServingCourse course = recorder.course(2);
  EXPECT_EQ(course.edges_s, (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(course.all.peak_power_W, (std::vector<double>{25, 30}));
  EXPECT_EQ(recorder.highest_W(), 25);
}

/// However long it takes, the bins are between 100 and 240, and sums, peaks and integrals are those of what happened.
TEST(CourseRecorder, KeepsSumsAndPeaksOfAnyLength) {
  for (const double scale : {1e-6, 3e-3, 1.0, 7.7e4}) {
    CourseRecorder recorder(2, 0);
    double blocks_s = 0, now_s = 0, energy_J = 0, tokens = 0;
    std::int64_t peak = 0, blocks[2] = {0, 0};
    RandomStream random(11, "steps");
    for (int i = 0; i < 3000; ++i) {
      const auto instance = static_cast<std::size_t>(random.below(2));
      const double lasts_s = scale * static_cast<double>(1 + random.below(1000));
      recorder.on_step(step(instance, now_s, now_s + lasts_s, 1 + random.below(99), lasts_s, lasts_s));
      energy_J += lasts_s;
      blocks_s += static_cast<double>(blocks[0] + blocks[1]) * lasts_s;
      now_s += lasts_s;
      blocks[instance] = random.below(1000);
      recorder.state(instance, now_s, 1, 0, blocks[instance]);
      if (i < 2999) peak = std::max(peak, blocks[0] + blocks[1]);
    }
    const ServingCourse course = recorder.course(now_s);
    EXPECT_LE(course.bins(), 240U);
    EXPECT_GT(course.bins(), 100U);
    EXPECT_NEAR(integral(course, course.all.kv_blocks.mean) / blocks_s, 1, 1e-9);
    EXPECT_NEAR(integral(course, course.all.power_W) / energy_J, 1, 1e-9);
    EXPECT_EQ(*std::max_element(course.all.kv_blocks.most.begin(), course.all.kv_blocks.most.end()), peak);
    EXPECT_EQ(std::accumulate(course.all.steps.begin(), course.all.steps.end(), std::int64_t{0}), 3000);
    ASSERT_EQ(course.instances.size(), 2U);
    tokens = sum(course.instances[0].tokens) + sum(course.instances[1].tokens);
    EXPECT_NEAR(sum(course.all.tokens) / tokens, 1, 1e-9);
    for (std::size_t bin = 0; bin < course.bins(); ++bin) {
      EXPECT_LE(course.all.kv_blocks.least[bin], course.all.kv_blocks.mean[bin] * (1 + 1e-9));
      EXPECT_GE(course.all.kv_blocks.most[bin], course.all.kv_blocks.mean[bin] * (1 - 1e-9));
      EXPECT_NEAR(course.instances[0].kv_blocks.mean[bin] + course.instances[1].kv_blocks.mean[bin],
                  course.all.kv_blocks.mean[bin], 1e-9 * (1 + course.all.kv_blocks.mean[bin]));
    }
  }
}

TEST(CourseRecorder, StepsThatOverlapCountOnce) {
  CourseRecorder recorder(1, 0);
  recorder.on_step(step(0, 0, 4, 1, 0, 4));
  recorder.on_step(step(0, 1, 5, 1, 0, 4));
  recorder.on_step(step(0, 7, 8, 1, 0, 1));
  EXPECT_DOUBLE_EQ(recorder.stepping_s(0), 6);
}

TEST(CourseRecorder, TransfersDrawAtTheInstanceThatTheyGoTo) {
  CourseRecorder recorder(2, 0);
  recorder.transfer(1, 1, 3, 8);
  const ServingCourse course = recorder.course(3);
  EXPECT_NEAR(integral(course, course.all.power_W), 8, 1e-9);
  EXPECT_NEAR(integral(course, course.instances[1].power_W), 8, 1e-9);
  EXPECT_EQ(integral(course, course.instances[0].power_W), 0);
}

TEST(CourseRecorder, ManyInstancesAreNotToldApart) {
  CourseRecorder recorder(17, 0);
  recorder.state(16, 0, 1, 0, 3);
  recorder.state(16, 1, 0, 0, 0);
  const ServingCourse course = recorder.course(1);
  EXPECT_TRUE(course.instances.empty());
  EXPECT_EQ(course.all.kv_blocks.most.front(), 3);
}

TEST(CourseRecorder, OfNothing) {
  CourseRecorder recorder(1, 5);
  EXPECT_EQ(recorder.course(0).bins(), 0U);
}

/// Two instances of one device each: steps of 4 s, of which devices take 3, and of 2 s. Device 1 works 2.5 s.
TEST(CourseRecorder, TimesOfDevicesAddUp) {
  CourseRecorder recorder(2, 0);
  recorder.on_step(step(0, 0, 4, 1, 0, 3));
  recorder.on_step(step(1, 1, 3, 1, 0, 2));
  const std::vector<DeviceTime> times = recorder.device_times({{1}, {2}}, {0.5, 2.5, 2}, 10);
  EXPECT_EQ(times[0].works_s, 0.5);
  EXPECT_EQ(times[0].waits_s, 0);
  EXPECT_EQ(times[1].works_s, 2.5);
  EXPECT_EQ(times[1].waits_s, 0.5);
  EXPECT_EQ(times[1].host_s, 1);
  EXPECT_EQ(times[1].idle_s, 6);
  EXPECT_EQ(times[2].waits_s, 0);
  EXPECT_EQ(times[2].idle_s, 8);
  // HOST belongs to a single instance.
  EXPECT_EQ(CourseRecorder(1, 0).device_times({{1}}, {1, 1}, 4)[0].idle_s, 3);
}
