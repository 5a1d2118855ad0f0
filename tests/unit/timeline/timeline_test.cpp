#include "upmem_des/timeline/timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "timeline_bench.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LayerEvent event_of(const char* name, std::int64_t step) {
  LayerEvent event;
  event.type = Name("Linear");
  event.name = Name(name);
  event.step = step;
  event.phase = step == 0 ? Phase::Prefill : Phase::Decode;
  return event;
}

class TimelineTest : public testing::Test {
 protected:
  void cut(const std::string& window) {
    timeline = std::make_unique<Timeline>(platform, std::vector<double>{0, 10, 20}, parse_timeline_window(window));
    timeline->add(calls);
  }

  ActivityRecord compute(std::int64_t id, std::size_t device, double start_s, std::int64_t step = 0) {
    event = event_of("fc", step);
    ActivityRecord record;
    record.id = id;
    record.stream = device;
    record.event = &event;
    record.phase = event.phase;
    record.start_s = start_s;
    return record;
  }

  ActivityRecord transfer(std::int64_t id, std::size_t route, double start_s, std::int64_t step = 0) {
    ActivityRecord record = compute(id, route, start_s, step);
    record.kind = ActivityKind::Transfer;
    record.bytes = 100;
    return record;
  }

  void start(const ActivityRecord& record) { timeline->on_start(record); }

  void end(ActivityRecord record, double end_s) {
    record.end_s = end_s;
    timeline->on_end(record);
  }

  void use(Resource resource, const ActivityRecord& of, double start_s, double end_s, double energy_J, double bytes) {
    timeline->on_use({resource, of.stream, of.id, of.step(), start_s, end_s, energy_J, bytes});
  }

  const PlatformSpec platform = two_devices();
  CallList calls;
  std::unique_ptr<Timeline> timeline;
  LayerEvent event;
};

/// Arithmetic of 6 J in 2 s, memory traffic of 3 J and 30 bytes in 3 s, one byte of activations. The memory draws its
/// 2 W for 1.5 s.
TEST_F(TimelineTest, WhatADeviceDoes) {
  Timeline whole(platform, {0, 10, 20}, {});
  whole.add(calls);
  EXPECT_FALSE(whole.empty());
  ActivityRecord record = compute(4, 1, 1);
  record.activations_B = 1;
  record.kv_cache_B = 7;
  whole.on_start(record);
  whole.on_use({Resource::Arithmetic, 1, 4, 0, 1.5, 3.5, 6, 0});
  whole.on_use({Resource::Memory, 1, 4, 0, 1.5, 4.5, 3, 30});
  record.end_s = 4.5;
  whole.on_end(record);
  whole.on_run_end(6);
  EXPECT_THAT(calls.calls, ElementsAre("0 begin", "0 prefill", "0 weights[1]=10", "0 power[2]=0.5", "0 weights[2]=20",
                                       "1 start 4 fc", "1 activations[1]=1", "1.5 compute[1]=1", "1.5 memory[1]=1",
                                       "1.5 bandwidth[1]=10", "1.5 power[1]=5", "3 power[1]=3", "3.5 compute[1]=0",
                                       "3.5 power[1]=0", "4.5 end 4", "4.5 memory[1]=0", "4.5 bandwidth[1]=0",
                                       "4.5 kv[1]=7", "4.5 activations[1]=0", "6 finish"));
  EXPECT_EQ(1, whole.activities());
}

/// Two transfers share link 0: 100 B/s alone from 0 to 1 (80 on its own last link), 50 each from 1 to 2.
TEST_F(TimelineTest, TransfersThatShareALink) {
  Timeline whole(platform, {0, 0, 0}, {});
  whole.add(calls);
  const ActivityRecord first = transfer(1, 0, 0);
  const ActivityRecord second = transfer(2, 1, 1);
  whole.on_start(first);
  whole.on_start(second);
  whole.on_use({Resource::Route, 0, 1, 0, 0, 1, 0, 80});
  whole.on_use({Resource::Route, 0, 1, 0, 1, 2, 0, 50});
  ActivityRecord ended = first;
  ended.end_s = 2;
  whole.on_end(ended);
  whole.on_use({Resource::Route, 1, 2, 0, 1, 2, 0, 50});
  whole.on_use({Resource::Route, 1, 2, 0, 2, 4, 0, 160});
  ended = second;
  ended.end_s = 4;
  whole.on_end(ended);
  whole.on_run_end(4);
  EXPECT_THAT(calls.calls,
              ElementsAre("0 begin", "0 prefill", "0 start 1 fc", "0 link[0]=0.8", "0 link_power[0]=1.6", "0 link[1]=1",
                          "0 link_power[1]=0.8", "0 power[2]=0.5", "1 start 2 fc", "1 link[0]=1", "1 link_power[0]=2",
                          "1 link[1]=0.625", "1 link_power[1]=0.5", "1 link[2]=0.625", "1 link_power[2]=0.5", "2 end 1",
                          "2 link[0]=0.8", "2 link_power[0]=1.6", "2 link[1]=0", "2 link_power[1]=0", "2 link[2]=1",
                          "2 link_power[2]=0.8", "4 end 2", "4 link[0]=0", "4 link_power[0]=0", "4 link[2]=0",
                          "4 link_power[2]=0", "4 finish"));
}

TEST_F(TimelineTest, WaitsForWhatATransferMayStillHaveDone) {
  Timeline whole(platform, {}, {});
  whole.add(calls);
  const ActivityRecord slow = transfer(1, 0, 0);
  whole.on_start(slow);
  for (int i = 0; i < 5; ++i) {
    ActivityRecord record = compute(10 + i, 2, 1 + i);
    whole.on_start(record);
    record.end_s = 2 + i;
    whole.on_end(record);
  }
  EXPECT_EQ("0 start 1 fc", calls.calls.back());
  whole.on_use({Resource::Route, 0, 1, 0, 0, 3.5, 0, 100});
  ActivityRecord ended = compute(20, 1, 6);
  whole.on_start(ended);
  EXPECT_EQ("3 start 12 fc", calls.calls.back());
  ActivityRecord slow_ended = slow;
  slow_ended.end_s = 7;
  whole.on_end(slow_ended);
  EXPECT_EQ("7 end 1", calls.calls.back());
  EXPECT_TRUE(std::is_sorted(calls.times.begin(), calls.times.end()));
}

/// 0.1 + 0.2 and 0.3 differ in the last bit: what ends and what starts there is one change.
TEST_F(TimelineTest, RoundingMakesNoMomentOfItsOwn) {
  Timeline whole(platform, {}, {});
  whole.add(calls);
  ActivityRecord first = compute(1, 1, 0.1);
  whole.on_start(first);
  whole.on_use({Resource::Arithmetic, 1, 1, 0, 0.1, 0.1 + 0.2, 1, 0});
  first.end_s = 0.3;
  whole.on_end(first);
  ActivityRecord second = compute(2, 1, 0.3);
  whole.on_start(second);
  whole.on_use({Resource::Arithmetic, 1, 2, 0, 0.3, 0.6, 1, 0});
  second.end_s = 0.6;
  whole.on_end(second);
  whole.on_run_end(0.6);
  EXPECT_EQ(2, std::count_if(calls.calls.begin(), calls.calls.end(),
                             [](const std::string& call) { return call.find("compute[1]") != std::string::npos; }));
}

TEST_F(TimelineTest, PhasesAndTheTransferThatEndsTheRun) {
  Timeline whole(platform, {}, {});
  whole.add(calls);
  ActivityRecord record = compute(1, 1, 0);
  whole.on_start(record);
  record.end_s = 2;
  whole.on_end(record);
  whole.on_prefill_end(2);
  ActivityRecord result = transfer(2, 0, 3);
  result.event = nullptr;
  whole.on_start(result);
  result.end_s = 4;
  whole.on_end(result);
  whole.on_run_end(4);
  EXPECT_THAT(calls.calls, ElementsAre("0 begin", "0 prefill", "0 start 1 fc", "0 power[2]=0.5", "2 end 1", "2 decode",
                                       "3 start 2", "4 end 2", "4 finish"));
}

TEST_F(TimelineTest, ARunWithoutDecodeHasNoSuchPhase) {
  Timeline whole(platform, {}, {});
  whole.add(calls);
  whole.on_prefill_end(2);
  whole.on_run_end(2);
  EXPECT_THAT(calls.calls, ElementsAre("0 begin", "0 prefill", "0 power[2]=0.5", "2 finish"));
}

TEST_F(TimelineTest, AnEmptyRun) {
  Timeline whole(platform, {}, {});
  EXPECT_TRUE(whole.empty());
  whole.add(calls);
  whole.on_run_end(0);
  EXPECT_THAT(calls.calls, ElementsAre("0 begin", "0 prefill", "0 power[2]=0.5", "0 finish"));
}

TEST_F(TimelineTest, StepsThatAreNotInTheWindowAreLeftOut) {
  cut("step=1");
  for (int step = 0; step < 3; ++step) {
    ActivityRecord record = compute(step, 1, 2 * step, step);
    record.kv_cache_B = 100 + step;
    start(record);
    use(Resource::Arithmetic, record, 2 * step, 2 * step + 1, 3, 0);
    end(record, 2 * step + 1.5);
    if (step == 0) timeline->on_prefill_end(1.5);
  }
  timeline->on_run_end(6);
  EXPECT_THAT(calls.calls, ElementsAre("2 begin", "2 decode", "2 start 1 fc", "2 compute[1]=1", "2 power[1]=3",
                                       "2 weights[1]=10", "2 kv[1]=100", "2 power[2]=0.5", "2 weights[2]=20",
                                       "3 compute[1]=0", "3 power[1]=0", "3.5 end 1", "3.5 kv[1]=101", "3.5 finish"));
  EXPECT_EQ(1, timeline->activities());
}

TEST_F(TimelineTest, MemoryWorkThatIsFetchedAheadBelongsToItsStep) {
  cut("step=1");
  const ActivityRecord before = compute(0, 1, 0, 0);
  start(before);
  const ActivityRecord record = compute(1, 1, 2, 1);
  use(Resource::Memory, record, 1, 3, 4, 20);
  event = event_of("fc", 0);
  end(before, 2);
  event = event_of("fc", 1);
  start(record);
  end(record, 3);
  timeline->on_run_end(3);
  EXPECT_THAT(calls.calls, ElementsAre("1 begin", "1 prefill", "1 memory[1]=1", "1 bandwidth[1]=10", "1 power[1]=2",
                                       "1 weights[1]=10", "1 power[2]=0.5", "1 weights[2]=20", "2 start 1 fc",
                                       "3 end 1", "3 memory[1]=0", "3 bandwidth[1]=0", "3 power[1]=0", "3 finish"));
}

TEST_F(TimelineTest, ATimeWindowHasWhatStartsInIt) {
  cut("time=1s..3s");
  for (int i = 0; i < 4; ++i) {
    const ActivityRecord record = compute(i, 1, i);
    start(record);
    end(record, i + 1);
  }
  timeline->on_run_end(4);
  EXPECT_EQ("1 begin", calls.calls.front());
  EXPECT_EQ("3 finish", calls.calls.back());
  EXPECT_EQ(2, timeline->activities());
}

TEST_F(TimelineTest, AWindowWithNothingInIt) {
  cut("step=7");
  const ActivityRecord record = compute(0, 1, 0);
  start(record);
  use(Resource::Arithmetic, record, 0, 1, 3, 0);
  end(record, 1);
  timeline->on_run_end(1);
  EXPECT_EQ(0, timeline->activities());
  EXPECT_EQ("0 begin", calls.calls.front());
  EXPECT_EQ("0 finish", calls.calls.back());
}

/// Whatever goes on: calls come in order, a quantity's integral is what its uses add up to, and nothing is left at the
/// end.
TEST_F(TimelineTest, IntegralsAreSums) {
  std::mt19937 random(1);
  const auto drawn = [&](double from, double to) { return std::uniform_real_distribution<double>(from, to)(random); };
  struct Integrator : TimelineWriter {
    void on_begin(double) override {}
    void on_phase(Phase, double) override {}
    void on_start(const ActivityRecord& record) override { in_order(record.start_s); }
    void on_end(const ActivityRecord& record) override { in_order(record.end_s); }
    void on_change(const QuantityChange& change) override {
      in_order(change.time_s);
      auto& [since_s, value, integral] = sums[{change.quantity, change.index}];
      integral += value * (change.time_s - since_s);
      since_s = change.time_s;
      value = change.value;
    }
    void on_finish(double time_s) override { in_order(time_s); }
    void in_order(double time_s) {
      EXPECT_GE(time_s, last_s);
      last_s = time_s;
    }
    double last_s = 0;
    std::map<std::pair<Quantity, std::size_t>, std::array<double, 3>> sums;
  } integrator;
  Timeline whole(platform, {}, {});
  whole.add(integrator);
  struct Moment {
    double time_s;
    std::function<void()> tell;
  };
  std::vector<Moment> moments;
  std::vector<std::unique_ptr<LayerEvent>> events;
  double energy_J = 0, busy_s = 0, moved_B = 0;
  const auto add = [&](ActivityRecord record, double length_s) {
    record.end_s = record.start_s + length_s;
    moments.push_back({record.start_s, [=, &whole] {
                         whole.on_start(record);
                         if (record.kind == ActivityKind::Compute)
                           whole.on_use({Resource::Arithmetic, record.stream, record.id, 0, record.start_s,
                                         record.end_s, record.energy_J, 0});
                       }});
    if (record.kind == ActivityKind::Transfer) {
      const double middle_s = record.start_s + length_s / 3;
      moments.push_back({middle_s, [=, &whole] {
                           whole.on_use({Resource::Route, record.stream, record.id, 0, record.start_s, middle_s, 0,
                                         record.bytes / 4});
                         }});
      moments.push_back({record.end_s, [=, &whole] {
                           whole.on_use({Resource::Route, record.stream, record.id, 0, middle_s, record.end_s, 0,
                                         record.bytes * 3 / 4});
                           whole.on_end(record);
                         }});
    } else {
      moments.push_back({record.end_s, [=, &whole] { whole.on_end(record); }});
    }
  };
  double device_s = 0, route_s = 0;
  for (int i = 0; i < 2000; ++i) {
    const double work_s = drawn(1e-9, 1e-3);
    ActivityRecord record = compute(2 * i, 1, device_s + drawn(0, 1e-4));
    record.event = events.emplace_back(std::make_unique<LayerEvent>(event_of("fc", 0))).get();
    record.energy_J = drawn(0, 2);
    energy_J += record.energy_J;
    busy_s += work_s;
    add(record, work_s);
    device_s = record.start_s + work_s;
    ActivityRecord moved = transfer(2 * i + 1, i % 2, route_s + drawn(0, 1e-4));
    moved.event = record.event;
    moved.bytes = drawn(1, 100);
    moved_B += moved.bytes;
    const double transfer_s = drawn(1e-9, 4e-3);
    add(moved, transfer_s);
    route_s = moved.start_s + transfer_s;
  }
  std::stable_sort(moments.begin(), moments.end(),
                   [](const Moment& a, const Moment& b) { return a.time_s < b.time_s; });
  for (const Moment& moment : moments) moment.tell();
  whole.on_run_end(moments.back().time_s);
  const auto integral = [&](Quantity quantity, std::size_t index) {
    const auto& [since_s, value, sum] = integrator.sums[{quantity, index}];
    EXPECT_EQ(0, value);
    return sum;
  };
  EXPECT_NEAR(energy_J, integral(Quantity::DevicePower, 1), 1e-9 * energy_J);
  EXPECT_NEAR(busy_s, integral(Quantity::ComputeUse, 1), 1e-9 * busy_s);
  EXPECT_NEAR(moved_B, 100 * integral(Quantity::LinkUse, 0), 1e-9 * moved_B);
  EXPECT_NEAR(moved_B * 0.02, integral(Quantity::LinkPower, 0), 1e-9 * moved_B);
  EXPECT_NEAR(moved_B, 80 * (integral(Quantity::LinkUse, 1) + integral(Quantity::LinkUse, 2)), 1e-9 * moved_B);
}

}  // namespace
}  // namespace upmem_des
