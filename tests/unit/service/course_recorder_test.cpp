#include "service/course_recorder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "requests/random_stream.hpp"

using namespace upmem_des;

namespace {

ServingStep step(std::size_t instance, double start_s, double end_s, std::int64_t tokens, double energy_J,
                 double devices_s) {
  ServingStep made;
  made.instance = instance;
  made.start_s = start_s;
  made.end_s = end_s;
  made.tokens = tokens;
  made.prompt_tokens = tokens / 2;
  made.energy_J = energy_J;
  made.devices_s = devices_s;
  return made;
}

double span_s(const ServingCourse& course, std::size_t bin) {
  return std::min(course.end_s, static_cast<double>(bin + 1) * course.bin_s) - static_cast<double>(bin) * course.bin_s;
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

/// 180 s are 180 bins of 1 s, since 240 of 0.5 s do not reach.
TEST(CourseRecorder, BinsByHand) {
  CourseRecorder recorder(1, 10);
  recorder.state(0, 0.25, 2, 1, 8);
  recorder.on_step(step(0, 0.25, 1.75, 60, 30, 1.5));
  recorder.state(0, 1.75, 0, 0, 0);
  recorder.on_step(step(0, 179, 180, 1, 5, 0.75));
  recorder.state(0, 180, 0, 0, 0);
  const ServingCourse course = recorder.course(180);
  EXPECT_EQ(course.bin_s, 1);
  ASSERT_EQ(course.bins(), 180U);
  EXPECT_TRUE(course.instances.empty());
  const CourseTrack& all = course.all;
  // 2 of 0.75 s in each of the first two seconds.
  EXPECT_DOUBLE_EQ(all.running.mean[0], 1.5);
  EXPECT_DOUBLE_EQ(all.running.mean[1], 1.5);
  EXPECT_DOUBLE_EQ(all.waiting.mean[0], 0.75);
  EXPECT_DOUBLE_EQ(all.kv_blocks.mean[1], 6);
  EXPECT_EQ(all.kv_blocks.most[0], 8);
  EXPECT_EQ(all.kv_blocks.least[0], 0);
  EXPECT_EQ(all.kv_blocks.most[2], 0);
  EXPECT_DOUBLE_EQ(all.tokens[0], 30);
  EXPECT_DOUBLE_EQ(all.tokens[1], 30);
  EXPECT_DOUBLE_EQ(all.prompt_tokens[0], 15);
  EXPECT_DOUBLE_EQ(all.power_W[0], 25);
  EXPECT_DOUBLE_EQ(all.power_W[2], 10);
  EXPECT_DOUBLE_EQ(all.power_W[179], 15);
  EXPECT_EQ(all.steps[0], 0);  // it ends in the second one
  EXPECT_EQ(all.steps[1], 1);
  EXPECT_EQ(all.mean_step_tokens[1], 60);
  EXPECT_EQ(all.least_step_tokens[1], 60);
  EXPECT_EQ(all.most_step_tokens[1], 60);
  EXPECT_EQ(all.least_step_tokens[2], 0);
  EXPECT_DOUBLE_EQ(recorder.stepping_s(0), 2.5);
  EXPECT_DOUBLE_EQ(recorder.host_s(0), 0.25);
}

/// However long it takes, the bins are between 120 and 240, and sums, peaks and integrals are those of what happened.
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
    EXPECT_GT(course.bins(), 119U);
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
