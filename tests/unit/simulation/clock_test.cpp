/// Steps that are decided when they happen. Each test simulates once, in a process of its own, in all ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "task_bench.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// When a feed was asked, and how many steps it was told to have ended.
struct Asked {
  double now_s;
  std::int64_t ended;
};

bool operator==(const Asked& a, const Asked& b) {
  return std::abs(a.now_s - b.now_s) < 1e-12 && a.ended == b.ended;
}
std::ostream& operator<<(std::ostream& out, const Asked& asked) {
  return out << asked.now_s << " s, " << asked.ended << " ended";
}

/// Steps of one compute each on a device; `decide` says what is next.
class DecidingFeed : public StepFeed {
 public:
  explicit DecidingFeed(DeviceIndex device) : device_(device) {}

  /// A step of so many seconds, at once.
  Answer work_for(double time_s) {
    time_s_ = time_s;
    return Answer::step();
  }
  Answer next(const Progress& progress, PlannedStep& step) override {
    const Answer answer = decide(progress);
    // Of the times between, only those at which something is known that was not before.
    if (asked.empty() || !(asked.back() == Asked{progress.now_s, progress.ended_steps}))
      asked.push_back({progress.now_s, progress.ended_steps});
    if (answer.kind != Answer::Kind::Step) return answer;
    auto plan = std::make_shared<StepPlan>();
    Script script;
    script.next_id = id_;
    script.event("work").compute(device_, work(time_s_));
    plan->first_id = id_++;
    plan->next_id = id_;
    plan->events = std::move(script.events);
    step.first_id = plan->first_id;
    step.plan = std::move(plan);
    return answer;
  }

  std::function<Answer(const Progress&)> decide;
  std::vector<Asked> asked;

 private:
  DeviceIndex device_;
  double time_s_ = 0;
  TaskId id_ = 0;
};

struct Way {
  const char* name;
  bool segments;
  QueueOrder order;
};

class StepClock : public ::testing::TestWithParam<Way> {
 protected:
  StepClock() : feed(machine.device("A", 0.5)) {}

  SimulationResult run() {
    SimulationOptions options;
    options.segments = GetParam().segments;
    options.order = GetParam().order;
    return simulate(feed, machine.platform, options);
  }

  MachineBuilder machine;
  DecidingFeed feed;
};

}  // namespace

TEST_P(StepClock, StepsBeginWhenTheSourceSaysSo) {
  // A second of work, idle until 5 s, two seconds, a third step that is only known when the second has ended.
  int given = 0;
  feed.decide = [&](const Progress& progress) {
    if (given == 0) return ++given, feed.work_for(1);
    if (progress.now_s < 5) return Answer::wait_until(5);
    if (given == 1) return ++given, feed.work_for(2);
    if (progress.ended_steps < 2) return Answer::wait_for_a_step();
    if (given == 2) return ++given, feed.work_for(1);
    return Answer::end();
  };
  const SimulationResult result = run();
  EXPECT_NEAR(8, result.time_s, 1e-12);
  // Four seconds at 2 W, idle power all the time.
  EXPECT_NEAR(4 * 2, result.devices[1].energy.compute_J, 1e-10);
  EXPECT_NEAR(8 * 0.5, result.devices[1].energy.idle_J, 1e-10);
  EXPECT_NEAR(4, result.devices[1].busy.compute_s, 1e-12);
  EXPECT_THAT(feed.asked, testing::ElementsAre(Asked{0, 0}, Asked{1, 1}, Asked{5, 1}, Asked{7, 2}));
}

TEST_P(StepClock, TheEndOfAStepEndsAPauseAndNoLaterTimeCounts) {
  int given = 0;
  feed.decide = [&](const Progress& progress) {
    if (given == 0) return ++given, feed.work_for(1);
    if (progress.ended_steps == 0) return Answer::wait_until(100);
    if (given == 1) return ++given, feed.work_for(1);
    return Answer::end();
  };
  EXPECT_NEAR(2, run().time_s, 1e-12);
}

TEST_P(StepClock, AMachineMayIdleBeforeItsFirstStep) {
  bool given = false;
  feed.decide = [&](const Progress& progress) {
    if (progress.now_s < 3) return Answer::wait_until(3);
    if (given) return Answer::end();
    given = true;
    return feed.work_for(1);
  };
  const SimulationResult result = run();
  EXPECT_NEAR(4, result.time_s, 1e-12);
  EXPECT_NEAR(4 * 0.5, result.devices[1].energy.idle_J, 1e-10);
}

TEST_P(StepClock, WhoWaitsForAStepWhereNoneIsUnderWayIsADeadlock) {
  bool given = false;
  feed.decide = [&](const Progress&) {
    if (given) return Answer::wait_for_a_step();
    given = true;
    return feed.work_for(1);
  };
  try {
    run();
    FAIL() << "it ended";
  } catch (const SimulationError& problem) {
    EXPECT_STREQ("deadlock: the source of steps waits for a step to end, but all have", problem.what());
  }
}

INSTANTIATE_TEST_SUITE_P(AllWays, StepClock,
                         testing::Values(Way{"Windows", true, QueueOrder::ById}, Way{"Pieces", false, QueueOrder::ById},
                                         Way{"WindowsThatChoose", true, QueueOrder::ReadyById},
                                         Way{"PiecesThatChoose", false, QueueOrder::ReadyById}),
                         [](const auto& way) { return std::string(way.param.name); });
