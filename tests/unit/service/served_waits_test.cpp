#include "service/served_waits.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

TEST(ServedWaits, PartsByHand) {
  ServedTimes times;
  times.queued_s = {1, 0};
  times.time_to_first_token_s = {3, 2};
  times.end_to_end_s = {10, 4};
  std::vector<WaitClass> classes = wait_classes(times);
  // Of two the first is below one half, the second above.
  ASSERT_EQ(classes.size(), 2U);
  EXPECT_EQ(classes[0].from_share, 0);
  EXPECT_EQ(classes[0].mean.prefill_s, 2);
  EXPECT_EQ(classes[0].mean.decode_s, 2);
  EXPECT_EQ(classes[1].mean.queue_s, 1);
  EXPECT_EQ(classes[1].mean.prefill_s, 2);
  EXPECT_EQ(classes[1].mean.decode_s, 7);
  EXPECT_EQ(mean_wait(classes).total_s(), 7);

  times.transfer_s = {1.5, 0};
  classes = wait_classes(times);
  EXPECT_EQ(classes[1].mean.decode_s, 5.5);
  EXPECT_EQ(classes[1].mean.transfer_s, 1.5);
  times.transfers_before_first_token = true;
  classes = wait_classes(times);
  EXPECT_EQ(classes[1].mean.decode_s, 7);
  EXPECT_EQ(classes[1].mean.prefill_s, 0.5);
}

/// All requests are in a class, and the classes' means add up to the mean from end to end.
TEST(ServedWaits, ClassesHaveAllRequests) {
  for (const int count : {0, 1, 2, 3, 7, 10, 30, 99, 100, 101, 1000, 1234}) {
    ServedTimes times;
    double sum_s = 0;
    for (int i = 0; i < count; ++i) {
      const double end_s = 1 + (i * 7919) % 1009;
      times.queued_s.push_back(0.25 * end_s);
      times.time_to_first_token_s.push_back(0.5 * end_s);
      times.end_to_end_s.push_back(end_s);
      sum_s += end_s;
    }
    const std::vector<WaitClass> classes = wait_classes(times);
    std::int64_t requests = 0;
    double before_s = 0;
    for (const WaitClass& each : classes) {
      requests += each.requests;
      EXPECT_GE(each.mean.total_s(), before_s);
      before_s = each.mean.total_s();
    }
    EXPECT_EQ(requests, count);
    if (count > 0) {
      EXPECT_EQ(classes.front().from_share, 0);
      EXPECT_EQ(classes.back().to_share, 1);
    }
    if (count > 0) {
      EXPECT_NEAR(mean_wait(classes).total_s(), sum_s / count, 1e-9 * sum_s);
    }
    if (count == 1000) {
      ASSERT_EQ(classes.size(), 12U);
      EXPECT_EQ(classes[3].requests, 100);
      EXPECT_EQ(classes[9].requests, 90);
      EXPECT_EQ(classes[10].requests, 9);
      EXPECT_EQ(classes[11].requests, 1);
    }
  }
}
