/// Streams that choose among the tasks that are ready. Each case simulates in child processes, in both ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include "support/result_numbers.hpp"
#include "task_bench.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using ::testing::HasSubstr;

namespace {

/// When tasks started and ended, by id.
class Times : public ActivityObserver {
 public:
  void on_start(const ActivityRecord& activity) override { start_s[activity.id] = activity.start_s; }
  void on_use(const ResourceUse&) override {}
  void on_end(const ActivityRecord& activity) override { end_s[activity.id] = activity.end_s; }
  void on_prefill_end(double) override {}
  void on_run_end(double) override {}

  std::map<TaskId, double> start_s;
  std::map<TaskId, double> end_s;
};

/// HOST and three devices; a route from HOST to the first, 1 GB/s.
struct Bench {
  Bench() {
    for (const char* name : {"A", "B", "C"}) devices.push_back(machine.device(name));
    down = machine.route(0, {devices[0]}, {machine.link("down", 1e9, 1e-12)});
  }
  MachineBuilder machine;
  std::vector<DeviceIndex> devices;
  RouteIndex down = 0;
  Script script;
};

struct Way {
  QueueOrder order = QueueOrder::ReadyById;
  bool segments = true;
  bool ideal_links = false;
  std::optional<FetchRules> fetch{};
};

SimulationResult run(Script& script, const PlatformSpec& platform, const Way& way, Times* times = nullptr) {
  SimulationOptions options;
  options.segments = way.segments;
  options.ideal_links = way.ideal_links;
  options.order = way.order;
  options.fetch = way.fetch;
  options.watch.observer = times;
  TaskSteps steps(script, platform);
  return simulate(steps, platform, options);
}

using Write = std::function<void(Bench&)>;

/// Starts in seconds, by id: "0: 0, 1: 0.5".
std::string starts(const Write& write, const Way& way) {
  return in_child([&] {
    Bench bench;
    write(bench);
    Times times;
    run(bench.script, bench.machine.platform, way, &times);
    std::ostringstream text;
    for (const auto& [id, start_s] : times.start_s)
      text << (text.str().empty() ? "" : ", ") << id << ": " << std::round(start_s * 1e9) / 1e9;
    return text.str();
  });
}

void expect_starts(const std::string& expected, const Write& write, bool ideal_links = false) {
  for (const bool segments : {true, false})
    EXPECT_EQ(expected, starts(write, {QueueOrder::ReadyById, segments, ideal_links})) << "segments " << segments;
}

/// The lower id is that of the task that waits for B's end if `low_after_b`, else for C's. B ends at 0.1 + 0.2 s, which
/// a double has a digit above C's 0.3 s.
Write tie(bool low_after_b) {
  return [low_after_b](Bench& bench) {
    Script& script = bench.script;
    const TaskId tenth = script.compute(bench.devices[1], work(0.1));
    const TaskId b = script.compute(bench.devices[1], work(0.2), {tenth});
    const TaskId c = script.compute(bench.devices[2], work(0.3));
    script.compute(bench.devices[0], work(0.5), {low_after_b ? b : c});
    script.compute(bench.devices[0], work(0.5), {low_after_b ? c : b});
  };
}

/// Tasks of every kind that wait for any before them, in some steps.
void random_tasks(unsigned seed, Bench& bench) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return random() % n; };
  const std::size_t steps = 1 + below(2);
  Script& script = bench.script;
  for (std::size_t i = 0; i < 150; ++i) {
    script.event(("e" + std::to_string(i % 9)).c_str());
    script.events.back().event.step = static_cast<std::int64_t>(i * steps / 150);
    Script::After after;
    for (TaskId id = std::max<TaskId>(0, script.next_id - 20); id < script.next_id; ++id)
      if (below(10) == 0) after.push_back(id);
    const std::size_t kind = below(8);
    if (kind == 0)
      script.join(after);
    else if (kind == 1)
      script.transfer(bench.down, 1e6 * static_cast<double>(1 + below(9)), after);
    else  // many that end at once, by one sum or another
      script.compute(bench.devices[below(3)], work(1e-3 * static_cast<double>(below(8))), after);
  }
}

double ready_s(const Script& script, const Times& times, const Task& task) {
  double ready = 0;
  for (const TaskId before : task.after) {
    const auto ended = times.end_s.find(before);
    const Task& on = script.events[static_cast<std::size_t>(before)].tasks[0];
    ready = std::max(ready, ended == times.end_s.end() ? ready_s(script, times, on) : ended->second);
  }
  return ready;
}

/// The first rule that a run breaks; "kept" where it keeps all.
std::string broken_rule(unsigned seed, const Way& way) {
  Bench bench;
  random_tasks(seed, bench);
  Times times;
  const SimulationResult result = run(bench.script, bench.machine.platform, way, &times);
  const double slack_s = 1e-9 * result.time_s;
  const auto stream = [](const Task& task) {
    return task.kind == Task::Kind::Compute ? static_cast<std::int64_t>(task.device) : -1;
  };
  std::vector<const Task*> tasks;
  for (const EventTasks& event : bench.script.events)
    if (event.tasks[0].kind != Task::Kind::Join) tasks.push_back(&event.tasks[0]);
  bool has_overtaken = false;
  for (const Task* task : tasks) {
    const double start_s = times.start_s[task->id];
    const double may_s = ready_s(bench.script, times, *task);
    bool is_relieved = std::abs(start_s - may_s) <= slack_s;
    if (start_s < may_s - slack_s) return "a task started too early";
    for (const Task* other : tasks) {
      if (other == task || stream(*other) != stream(*task)) continue;
      is_relieved = is_relieved || std::abs(times.end_s[other->id] - start_s) <= slack_s;
      if (times.start_s[other->id] < start_s - slack_s && times.end_s[other->id] > start_s + slack_s)
        return "a stream did two tasks at once";
      if (other->id > task->id || times.start_s[other->id] <= start_s + slack_s) continue;
      has_overtaken = true;
      if (ready_s(bench.script, times, *other) < start_s - slack_s)
        return "task " + std::to_string(task->id) + " was taken before " + std::to_string(other->id);
    }
    if (!is_relieved) return "a task waited for nothing";
  }
  return has_overtaken ? "kept" : "nothing was overtaken";
}

std::string numbers(unsigned seed, const Way& way, bool watched) {
  Bench bench;
  random_tasks(seed, bench);
  Times times;
  return text_of(numbers_of(run(bench.script, bench.machine.platform, way, watched ? &times : nullptr)));
}

}  // namespace

TEST(Choice, AStreamTakesWhatIsReadyAndDoesNotWaitForItsTurn) {
  // On A the first task waits for B until 2 s, the second for nothing.
  const Write write = [](Bench& bench) {
    const TaskId b = bench.script.compute(bench.devices[1], work(2));
    bench.script.compute(bench.devices[0], work(1), {b});
    bench.script.compute(bench.devices[0], work(1));
  };
  expect_starts("0: 0, 1: 2, 2: 0", write);
  for (const bool segments : {true, false}) EXPECT_EQ("0: 0, 1: 2, 2: 3", starts(write, {QueueOrder::ById, segments}));
}

TEST(Choice, WhatRunsIsNotInterrupted) {
  // What becomes ready at 1 s waits for the end of a longer task that was taken before.
  expect_starts("0: 0, 1: 5, 2: 0", [](Bench& bench) {
    const TaskId b = bench.script.compute(bench.devices[1], work(1));
    bench.script.compute(bench.devices[0], work(1), {b});
    bench.script.compute(bench.devices[0], work(5));
  });
}

TEST(Choice, OfThoseThatAreReadyTheFirstById) {
  // A takes 4, for 3 s: nothing before it is ready. Then 2, which is ready since 2 s, before 3, which is since 1 s; and
  // last that of the next step, which was ready from the start.
  expect_starts("0: 0, 1: 1, 2: 3, 3: 4, 4: 0, 5: 5", [](Bench& bench) {
    Script& script = bench.script;
    const TaskId first = script.compute(bench.devices[1], work(1));
    const TaskId second = script.compute(bench.devices[1], work(1), {first});
    script.compute(bench.devices[0], work(1), {second});
    script.compute(bench.devices[0], work(1), {first});
    script.compute(bench.devices[0], work(3));
    script.event("next step");
    script.events.back().event.step = 1;
    script.compute(bench.devices[0], work(1));
  });
}

TEST(Choice, TheLastDigitOfATimeDecidesNothing) {
  ASSERT_GT(0.1 + 0.2, 0.3);
  expect_starts("0: 0, 1: 0.1, 2: 0, 3: 0.3, 4: 0.8", tie(true));
  expect_starts("0: 0, 1: 0.1, 2: 0, 3: 0.3, 4: 0.8", tie(false));
}

TEST(Choice, WhatAnIdealLinkBringsIsThereAtThatMoment) {
  // At 1 s A is free and 3 is ready; but the transfer brings what 2 waits for, and takes no time.
  expect_starts(
      "0: 0, 1: 1, 2: 1, 3: 2, 4: 0",
      [](Bench& bench) {
        Script& script = bench.script;
        const TaskId b = script.compute(bench.devices[1], work(1));
        const TaskId moved = script.transfer(bench.down, 1e9, {b});
        script.compute(bench.devices[0], work(1), {moved});
        script.compute(bench.devices[0], work(1), {b});
        script.compute(bench.devices[0], work(1));
      },
      /*ideal_links=*/true);
}

TEST(Choice, RoutesChooseAsDevicesDo) {
  expect_starts("0: 0, 1: 2, 2: 0", [](Bench& bench) {
    const TaskId b = bench.script.compute(bench.devices[1], work(2));
    bench.script.transfer(bench.down, 1e9, {b});
    bench.script.transfer(bench.down, 1e9);
  });
}

TEST(Choice, RandomTasksKeepTheRules) {
  for (unsigned seed = 0; seed < 60; ++seed)
    for (const bool segments : {true, false})
      EXPECT_EQ("kept", in_child([&] {
                  return broken_rule(seed, {QueueOrder::ReadyById, segments});
                }))
          << "seed " << seed << ", segments " << segments;
}

TEST(Choice, BothWaysGiveTheSameNumbers) {
  for (unsigned seed = 100; seed < 160; ++seed)
    for (const bool ideal_links : {false, true}) {
      const auto run_as = [&](bool segments, bool watched) {
        return in_child([&] { return numbers(seed, {QueueOrder::ReadyById, segments, ideal_links}, watched); });
      };
      const std::string windows = run_as(true, false);
      ASSERT_THAT(windows, HasSubstr("time_s"));
      EXPECT_EQ("", differences(numbers_from(windows), numbers_from(run_as(true, true)))) << "seed " << seed;
      EXPECT_EQ("", differences(numbers_from(windows), numbers_from(run_as(false, false)))) << "seed " << seed;
      EXPECT_EQ(windows, run_as(true, false)) << "seed " << seed;
    }
}

TEST(Choice, ATaskThatWaitsForEverIsADeadlock) {
  for (const bool segments : {true, false})
    EXPECT_EQ("threw deadlock: A waits for task 0, which does not exist", in_child([&] {
                Bench bench;
                bench.script.next_id = 1;
                bench.script.compute(bench.devices[0], work(1), {0});
                bench.script.compute(bench.devices[0], work(1));
                return number_text(run(bench.script, bench.machine.platform, {QueueOrder::ReadyById, segments}).time_s);
              }))
        << "segments " << segments;
}

TEST(Choice, NothingIsFetchedAhead) {
  EXPECT_EQ("threw streams that choose what they take fetch nothing ahead", in_child([&] {
              Bench bench;
              bench.script.compute(bench.devices[0], work(1, 1), {}, 0.5);
              return number_text(run(bench.script, bench.machine.platform,
                                     {QueueOrder::ReadyById, true, false, FetchRules::one_task()})
                                     .time_s);
            }));
}
