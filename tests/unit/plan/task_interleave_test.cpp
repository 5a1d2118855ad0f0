/// Parts of the batch that interleave: in which order they are planned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "task_bench.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using ::testing::ElementsAre;

namespace {

std::vector<LayerEvent> two_layers() {
  std::vector<LayerEvent> events{linear("a", 4, 10, 20), linear("b", 4, 20, 10, {0})};
  for (std::size_t i = 0; i < events.size(); ++i) events[i].path = Name("layers." + std::to_string(i) + ".x");
  return events;
}

/// The parts of events as they are planned.
std::vector<std::string> order(const TaskBench& bench) {
  std::vector<std::string> names;
  for (const EventTasks& event : bench.events)
    if (event.is_event) names.push_back(event.event.name.str() + (event.counts ? " first" : " further"));
  return names;
}

std::string problem(const std::function<void(TaskRules&)>& set) {
  TaskBench bench(star(1));
  bench.rules.batch = 6;
  bench.rules.interleaves = true;
  set(bench.rules);
  try {
    bench.plan({});
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST(Interleave, IdsAscendByEventAndThenByPart) {
  for (const bool interleaves : {false, true}) {
    TaskBench bench(star(1));
    bench.rules.batch = 4;
    bench.rules.microbatches = 2;
    bench.rules.interleaves = interleaves;
    bench.mapping.set_default(1);
    bench.plan(two_layers());
    // In turn a stage, here the step, is planned for one micro-batch after the other.
    if (interleaves)
      EXPECT_THAT(order(bench), ElementsAre("a first", "a further", "b first", "b further"));
    else
      EXPECT_THAT(order(bench), ElementsAre("a first", "b first", "a further", "b further"));
  }
}

TEST(Interleave, StagesMakeNoDifference) {
  TaskBench bench(star(2, /*mesh=*/true));
  bench.rules.batch = 4;
  bench.rules.microbatches = 4;
  bench.rules.interleaves = true;
  for (std::int64_t layer = 0; layer < 2; ++layer)
    bench.mapping.common().add_layers(layer, layer, on({static_cast<DeviceIndex>(layer) + 1}));
  bench.plan(two_layers());
  EXPECT_THAT(order(bench), ElementsAre("a first", "a further", "a further", "a further", "b first", "b further",
                                        "b further", "b further"));
  EXPECT_THAT(bench.transfers_of(0), ElementsAre("HOST>A 20"));
  EXPECT_THAT(bench.transfers_of(7), ElementsAre("A>B 40"));
}

TEST(Interleave, RulesThatDoNotGoTogether) {
  EXPECT_EQ("simulation.interleave: 4 do not divide the batch of 6 rows; expected a divisor of it",
            problem([](TaskRules& rules) { rules.microbatches = 4; }));
  const std::string beside = "simulation.interleave: with prefetch_weights or chunks above 1; expected neither";
  EXPECT_EQ(beside, problem([](TaskRules& rules) { rules.chunks = 2; }));
  EXPECT_EQ(beside, problem([](TaskRules& rules) { rules.prefetch_weights = true; }));
  EXPECT_EQ("no error", problem([](TaskRules& rules) { rules.microbatches = 3; }));
}
