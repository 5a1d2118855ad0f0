/// Transfers by way of the host: those of the published rules, and where the flow of values moves the same.
#include <gtest/gtest.h>

#include "plan/tasks/task_planner.hpp"
#include "platform/generated_platform.hpp"
#include "support/fixed_cost.hpp"
#include "trace/event_steps.hpp"

using namespace upmem_des;
using test::device;
using test::FixedCost;
using test::layer;
using test::ListSource;

namespace {

/// Plans a stream on HOST (0), A (1) and B (2) and writes each event's transfers down: "A<40 A>40" for 40 bytes to A
/// and 40 back, "|" before those that follow the event's own work.
class Bench {
 public:
  explicit Bench(TransferRules rules, MoeOptions moe = {}) : moe_(moe), model_(nothing, rules) {
    platform_ = generate_platform(
        {device("HOST"), device("A"), device("B")}, [&](const Architecture& p) { return model_.ratings(p); }, true);
  }

  Bench& map(const char* name, DeviceIndex on, bool t = false, bool m = false) {
    MapTarget target;
    target.devices = {on};
    target.transfer_point = t;
    target.shared_input = m;
    mapping_.set(Name(name), target);
    return *this;
  }

  std::vector<std::string> plan(std::vector<LayerEvent> events) {
    for (std::size_t i = 0; i < events.size(); ++i) events[i].seq = static_cast<std::int64_t>(i);
    ListSource source(std::move(events));
    EventSteps steps(source);
    TaskRules rules(platform_, mapping_, model_);
    const CollectiveTable collectives(platform_, {}, rules.bytes_per_element);
    rules.collectives = &collectives;
    rules.moe = moe_;
    rules.last_layer = Name("head");
    rules.schedule = Schedule::Sequential;
    TaskPlanner planner(steps, rules);
    std::vector<std::string> lines;
    PlannedStep step;
    Progress progress;
    while (next_at_once(planner, progress, step))
      for (const EventTasks& planned : step.plan->events) {
        lines.push_back(planned.devices + ":" + text(planned));
        phases.push_back(planned.phase);
      }
    passes = planner.forward_passes();
    return lines;
  }

  std::vector<Phase> phases;
  std::int64_t passes = 0;

 private:
  static Demand nothing(const LayerEvent&, const Architecture&, const CostState&) { return {}; }

  std::string text(const EventTasks& planned) const {
    std::string line;
    for (const Task& task : planned.tasks) {
      if (task.kind != Task::Kind::Transfer) continue;
      const RouteSpec& route = platform_.routes[task.route];
      const bool to_host = route.to.front() == host_device;
      line += (std::string(task.purpose) == "output" ? " | " : " ") +
              platform_.devices[to_host ? route.from : route.to.front()].name + (to_host ? ">" : "<") +
              std::to_string(static_cast<long>(task.bytes));
    }
    return line;
  }

  MoeOptions moe_;
  FixedCost model_;
  PlatformSpec platform_;
  Mapping mapping_;
};

using Lines = std::vector<std::string>;

LayerEvent rows(const char* name, std::int64_t count, std::int64_t in = 10, std::int64_t out = 10) {
  return layer(name, {count, in}, {count, out});
}

/// One pass of a block of two experts over four tokens: gate, then w1, w3, w2 of each expert on its tokens, then a
/// norm.
std::vector<LayerEvent> block(std::int64_t first, std::int64_t second) {
  return {rows("gate", 4, 10, 2), rows("w1", first),  rows("w3", first),  rows("w2", first),
          rows("w1", second),     rows("w3", second), rows("w2", second), rows("norm", 4)};
}

class BothRules : public ::testing::TestWithParam<TransferRules> {};

}  // namespace

TEST_P(BothRules, InputsMoveWhenTheDeviceChanges) {
  Bench bench(GetParam());
  bench.map("a", 1).map("b", 2).map("h", 0);
  EXPECT_EQ((Lines{"HOST:", "A: A<40", "A:", "A:", "B: A>40 B<40", "HOST: B>40", "HOST:"}),
            bench.plan({rows("free", 2), rows("a", 2), rows("a", 2), rows("free", 2), rows("b", 2), rows("h", 2)}));
}

TEST_P(BothRules, ATransferPointBringsItsInputFromTheHostEveryTime) {
  Bench bench(GetParam());
  bench.map("a", 1).map("a_t", 1, true).map("h_t", 0, true);
  EXPECT_EQ((Lines{"HOST:", "A: A<40", "A: A>40 A<40", "A: A>40 A<40", "A:"}),
            bench.plan({rows("h_t", 2), rows("a_t", 2), rows("a_t", 2), rows("a_t", 2)}));
}

TEST_P(BothRules, TheEndReturnsTheLastLayersInputOncePerPass) {
  Bench bench(GetParam());
  bench.map("body", 1);
  LayerEvent softmax = rows("probs", 1, 500, 500);
  softmax.kind = EventKind::Function;
  // Three passes x 1 x 10 x 2 bytes; the function after the last layer does not count.
  EXPECT_EQ((Lines{"A: A<80", "A:", "A:", "A:", "A:", "A:", "A:", "A: A>60"}),
            bench.plan({rows("body", 4), rows("head", 4), rows("body", 1), rows("head", 1), rows("body", 1),
                        rows("head", 1), softmax}));
  EXPECT_EQ(3, bench.passes);
  EXPECT_EQ(Phase::Prefill, bench.phases[1]);
  EXPECT_EQ(Phase::Decode, bench.phases[2]);
  EXPECT_EQ(Phase::Decode, bench.phases[7]);
}

TEST_P(BothRules, WithoutTheLastLayerAllIsPrefill) {
  Bench bench(GetParam());
  bench.map("body", 1);
  EXPECT_EQ((Lines{"A: A<80", "A:", "A:"}), bench.plan({rows("body", 4), rows("body", 1)}));
  EXPECT_EQ(0, bench.passes);
  EXPECT_EQ(Phase::Prefill, bench.phases[2]);
}

INSTANTIATE_TEST_SUITE_P(Rules, BothRules, ::testing::Values(TransferRules::Published, TransferRules::ByValues),
                         [](const ::testing::TestParamInfo<TransferRules>& rules) {
                           return rules.param == TransferRules::Published ? "Published" : "ByValues";
                         });

namespace {

/// Plans events on the host alone; gives the forward passes.
std::int64_t plan_on_host(const FixedCost& model, std::vector<LayerEvent> events, const char* last_layer) {
  PlatformSpec platform = generate_platform(
      {device("HOST")}, [&](const Architecture& p) { return model.ratings(p); }, false);
  const Mapping mapping;
  for (std::size_t i = 0; i < events.size(); ++i) events[i].seq = static_cast<std::int64_t>(i);
  ListSource source(std::move(events));
  EventSteps steps(source);
  TaskRules rules(platform, mapping, model);
  rules.last_layer = Name(last_layer);
  const CollectiveTable collectives(platform, {}, rules.bytes_per_element);
  rules.collectives = &collectives;
  TaskPlanner planner(steps, rules);
  PlannedStep step;
  Progress progress;
  while (next_at_once(planner, progress, step)) {
  }
  return planner.forward_passes();
}

}  // namespace

TEST(PlannerTest, TheCacheGrowsByATokenAPass) {
  std::vector<std::int64_t> cached;
  const FixedCost model([&](const LayerEvent&, const Architecture&, const CostState& state) {
    cached.push_back(state.cached_tokens);
    return Demand();
  });
  const LayerEvent prefill = layer("head", {1, 7, 10}, {1, 7, 30});
  const LayerEvent decode = layer("head", {1, 1, 10}, {1, 1, 30});
  plan_on_host(model, {prefill, decode, decode, decode}, "head");
  EXPECT_EQ((std::vector<std::int64_t>{0, 7, 8, 9}), cached);
}

TEST(PlannerTest, TheLastLayerMayBeGivenByItsPath) {
  const FixedCost model([](const LayerEvent&, const Architecture&, const CostState&) { return Demand(); });
  LayerEvent body = layer("0", {1, 7, 10}, {1, 7, 30});
  body.path = Name("body.0");
  LayerEvent head = layer("0", {1, 7, 10}, {1, 7, 30});
  head.path = Name("head.0");
  for (const auto& [last_layer, passes] : {std::pair{"head.0", 2}, {"0", 4}, {"", 0}})
    EXPECT_EQ(passes, plan_on_host(model, {body, head, body, head}, last_layer)) << last_layer;
}

TEST(PlannerTest, AFunctionIsNoLastLayer) {
  Bench bench(TransferRules::ByValues);
  LayerEvent function = rows("head", 1);
  function.kind = EventKind::Function;
  bench.plan({function, function});
  EXPECT_EQ(0, bench.passes);
}

TEST(PublishedTransfersTest, TheFirstExpertsTokensStandForAll) {
  Bench bench(TransferRules::Published, {Name("w2"), 2});
  bench.map("gate", 1).map("w1", 1, false, true).map("w3", 1).map("w2", 1);
  // w1 is sent with the one token of the first expert; after w2 of the second, (2 − 1) x 3 x 10 x 2 bytes return.
  EXPECT_EQ((Lines{"A: A<80", "A: A>20 A<20", "A:", "A:", "A:", "A:", "A: | A>60", "A:", "A:"}),
            bench.plan(block(1, 3)));
}

TEST(PublishedTransfersTest, ADeviceChangeIsNotCounted) {
  Bench bench(TransferRules::Published, {Name("w2"), 2});
  bench.map("gate", 2).map("w1", 1, false, true).map("w3", 1).map("w2", 1);
  // The first w1 changes device and leaves the counter at 0: the second is sent again, and 1 is never 2 at an end.
  EXPECT_EQ((Lines{"B: B<80", "A: B>40 A<40", "A:", "A: | A>40", "A: A>40 A<40", "A:", "A:", "A:", "A:"}),
            bench.plan(block(2, 2)));
}

TEST(PublishedTransfersTest, WithoutCountedExpertsEveryEndPaysOnHostToo) {
  Bench bench(TransferRules::Published, {Name("w2"), 2});
  EXPECT_EQ(
      (Lines{"HOST:", "HOST:", "HOST:", "HOST: | HOST>40", "HOST:", "HOST:", "HOST: | HOST>40", "HOST:", "HOST:"}),
      bench.plan(block(2, 2)));
}
