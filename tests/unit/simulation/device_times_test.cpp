/// Where the time of devices goes, whichever way tasks are run. Each simulates in a process of its own.
#include <gtest/gtest.h>

#include "support/result_numbers.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// A link of 10 GB/s from HOST to A, with a latency of a quarter of a second, and one from A to B without.
struct Chain {
  Chain() {
    to_a = machine.route(0, {a}, {machine.link("to A", 10e9, 0, LinkRole::HostToDevice, 0.25)});
    a_to_b = machine.route(a, {b}, {machine.link("A to B", 10e9, 0, LinkRole::DeviceToDevice)});
  }
  MachineBuilder machine;
  DeviceIndex a = machine.device("A");
  DeviceIndex b = machine.device("B");
  RouteIndex to_a = 0;
  RouteIndex a_to_b = 0;
};

using Write = std::function<void(const Chain&, Script&)>;

/// Of a phase: compute, memory, overhead, communication, waiting.
using Times = std::array<double, 5>;
struct Expected {
  const char* what;  // "A prefill"
  Times times;
};

class Watcher : public ActivityObserver {
 public:
  void on_start(const ActivityRecord&) override {}
  void on_use(const ResourceUse&) override {}
  void on_end(const ActivityRecord&) override {}
  void on_prefill_end(double) override {}
  void on_run_end(double) override {}
};

double value_of(const std::vector<ResultNumber>& numbers, const std::string& name) {
  for (const ResultNumber& number : numbers)
    if (number.name == name) return number.value;
  ADD_FAILURE() << "no " << name;
  return -1;
}

void expect(const Write& write, const std::vector<Expected>& all, const std::optional<FetchRules>& fetch = {}) {
  for (const bool segments : {false, true})
    for (const bool watched : {false, true}) {
      SCOPED_TRACE(std::string(segments ? "segments" : "pieces") + (watched ? ", watched" : ""));
      const std::vector<ResultNumber> numbers = numbers_from(in_child([&] {
        const Chain chain;
        Script script;
        write(chain, script);
        Watcher watcher;
        SimulationOptions options;
        options.segments = segments;
        options.fetch = fetch;
        if (watched) options.watch.observer = &watcher;
        TaskSteps steps(script, chain.machine.platform);
        return text_of(numbers_of(simulate(steps, chain.machine.platform, options)));
      }));
      ASSERT_FALSE(numbers.empty());
      for (const Expected& one : all) {
        constexpr const char* parts[] = {" compute", " memory", " overhead", " communication", " waiting"};
        for (std::size_t i = 0; i < 5; ++i)
          EXPECT_NEAR(one.times[i], value_of(numbers, std::string(one.what) + parts[i]), 1e-9) << one.what << parts[i];
      }
    }
}

Step with_overhead(double overhead_s, double compute_s, double memory_s) {
  Step step = test::step(compute_s, memory_s);
  step.overhead_s = overhead_s;
  return step;
}

}  // namespace

/// A launch of 0.5 s, 2 s of arithmetic and 1 s more of memory traffic; then 3 s of arithmetic that hide 1 s of memory.
TEST(DeviceTimes, WorkIsOverheadArithmeticAndWhatMemoryTakesLonger) {
  expect([](const Chain& chain,
            Script& script) { script.compute(chain.a, Demand(with_overhead(0.5, 2, 3), with_overhead(0, 3, 1))); },
         {{"A prefill", {5, 1, 0.5, 0, 0}}, {"B prefill", {0, 0, 0, 0, 6.5}}, {"HOST prefill", {0, 0, 0, 0, 6.5}}});
}

/// A works from 0 to 1 s, waits for 1.25 s of a transfer of 10 GB with its latency, and works from 2.25 to 4.25 s while
/// it sends 30 GB to B: from 2.25 to 5.25 s, of which its work hides the first two.
TEST(DeviceTimes, TransfersCountWhereTheDeviceDoesNotWork) {
  expect(
      [](const Chain& chain, Script& script) {
        const TaskId first = script.compute(chain.a, work(1));
        const TaskId in = script.transfer(chain.to_a, 10e9, {first});
        script.compute(chain.a, work(2), {in});
        const TaskId out = script.transfer(chain.a_to_b, 30e9, {in});
        script.compute(chain.b, work(0, 1.75), {out});
      },
      {{"A prefill", {3, 0, 0, 1.25 + 1, 1.75}},
       {"B prefill", {0, 1.75, 0, 3, 2.25}},
       {"HOST prefill", {0, 0, 0, 1.25, 5.75}}});
}

/// Two transfers at once count once: 10 and 20 GB over one link are under way for 0.25 and 3 s.
TEST(DeviceTimes, TransfersAtOnceCountOnce) {
  expect(
      [](const Chain& chain, Script& script) {
        script.transfer(chain.to_a, 10e9);
        script.transfer(chain.a_to_b, 20e9);
      },
      {{"A prefill", {0, 0, 0, 2, 0}}, {"B prefill", {0, 0, 0, 2, 0}}, {"HOST prefill", {0, 0, 0, 1.25, 0.75}}});
}

/// B works for 1.5 s, by which prefill ends. A is in its second task then: a launch of 0.25 s and 2 s of arithmetic
/// behind one second of arithmetic. So 0.25 s of its arithmetic are prefill, and 1.75 s decode; the transfer from A,
/// which begins at 3.25 s, ends the run at 4.25 s.
TEST(DeviceTimes, TheEndOfPrefillCutsWhatIsUnderWay) {
  expect(
      [](const Chain& chain, Script& script) {
        script.compute(chain.a, work(1));
        const TaskId last = script.compute(chain.a, Demand(with_overhead(0.25, 2, 1)));
        const TaskId ends = script.compute(chain.b, work(0.5, 1.5));
        script.join({ends}, true);
        script.event("decode", Phase::Decode).transfer(chain.a_to_b, 10e9, {last});
      },
      {{"A prefill", {1.25, 0, 0.25, 0, 0}},
       {"A decode", {1.75, 0, 0, 1, 0}},
       {"B prefill", {0.5, 1, 0, 0, 0}},
       {"B decode", {0, 0, 0, 1, 1.75}},
       {"HOST decode", {0, 0, 0, 0, 2.75}}});
}

/// A transfer of 20 GB from A to B that begins at 0 and is under way as prefill ends, with A's work of half a second.
TEST(DeviceTimes, TheEndOfPrefillCutsTransfers) {
  expect(
      [](const Chain& chain, Script& script) {
        const TaskId ends = script.compute(chain.a, work(0.5));
        script.join({ends}, true);
        script.event("decode", Phase::Decode).transfer(chain.a_to_b, 20e9);
      },
      {{"A prefill", {0.5, 0, 0, 0, 0}},
       {"A decode", {0, 0, 0, 1.5, 0}},
       {"B prefill", {0, 0, 0, 0.5, 0}},
       {"B decode", {0, 0, 0, 1.5, 0}}});
}

/// 2 s of arithmetic, beside which the 3 s of the next task's weights are begun: they are there 1 s after it, and the
/// arithmetic of half a second is over by then.
TEST(DeviceTimes, WeightsThatComeTooLateAreMemory) {
  FetchRules rules;
  expect(
      [](const Chain& chain, Script& script) {
        script.compute(chain.a, work(2));
        script.compute(chain.a, work(0.5, 3), {}, 1);
      },
      {{"A prefill", {2.5, 0.5, 0, 0, 0}}}, rules);
}
