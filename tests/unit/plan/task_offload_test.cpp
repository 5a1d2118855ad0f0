/// Weights and caches that other devices keep, in tasks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using test::linear;
using test::on;
using test::star;
using test::TaskBench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

// A Linear of 1000 x 1000 on 250 rows: 0.5 GFLOP, 0.5 ms on a device; its weights, 2 MB, take 0.2 ms at 10 GB/s.
constexpr double compute_s = 0.5e-3, weights_B = 2e6, down_Bps = 10e9;

LayerEvent square(const char* name, std::int64_t id, std::int64_t rows = 250) {
  LayerEvent event = linear(name, rows, 1000, 1000);
  event.id = id;
  return event;
}

std::vector<LayerEvent> four(std::int64_t rows = 250) {
  return {square("a", 0, rows), square("b", 1, rows), square("c", 2, rows), square("head", 3, rows)};
}

class OffloadBench : public TaskBench {
 public:
  explicit OffloadBench(Schedule schedule, double share = 1, PlatformSpec platform = star(1))
      : TaskBench(std::move(platform)) {
    mapping.common().set_default(on({1}));
    rules.schedule = schedule;
    rules.offload.weights.resize(3);
    rules.offload.weights[1] = {host_device, share};
  }

  /// When the n-th transfer of weights starts.
  double stream_start_s(std::size_t n) const {
    for (const auto& timed : tasks)
      if (std::string(timed.task.purpose) == "weights" && n-- == 0) return timed.start_s;
    ADD_FAILURE() << "no such transfer";
    return 0;
  }
};

/// The input of the first event goes to the device, that of the last back.
constexpr double first_s = 250 * 1000 * 2 / down_Bps, last_s = 250 * 1000 * 2 / 5e9;

}  // namespace

TEST(OffloadedWeights, ComeBeforeTheirEventInTheSequentialSchedule) {
  for (const double share : {1.0, 0.25}) {
    OffloadBench bench(Schedule::Sequential, share);
    bench.plan(four());
    const double stream_s = share * weights_B / down_Bps;
    // The first input comes beside the first weights, on the same route: one after the other.
    EXPECT_NEAR(first_s + 4 * (stream_s + compute_s) + last_s, bench.end_s, 1e-12) << share;
    EXPECT_DOUBLE_EQ(4 * share * weights_B + 5e5, bench.moved_B(0, 1));
  }
}

TEST(OffloadedWeights, OverlapWithTheEventBeforeInDataflow) {
  // 0.2 ms each beside 0.5 ms of arithmetic: only the first is waited for.
  OffloadBench bench(Schedule::Dataflow);
  bench.plan(four());
  const double stream_s = weights_B / down_Bps;
  EXPECT_NEAR(first_s + stream_s + 4 * compute_s + last_s, bench.end_s, 1e-12);
  EXPECT_DOUBLE_EQ(4 * weights_B + 5e5, bench.moved_B(0, 1));
}

TEST(OffloadedWeights, ADeviceHasRoomForTwoEventsWeights) {
  OffloadBench bench(Schedule::Dataflow);
  bench.plan(four());
  const double begin_s = first_s + weights_B / down_Bps;  // of the first arithmetic
  EXPECT_NEAR(first_s, bench.stream_start_s(0), 1e-12);
  EXPECT_NEAR(begin_s, bench.stream_start_s(1), 1e-12);
  EXPECT_NEAR(begin_s + compute_s, bench.stream_start_s(2), 1e-12);
  EXPECT_NEAR(begin_s + 2 * compute_s, bench.stream_start_s(3), 1e-12);
}

TEST(OffloadedWeights, TheLinkSetsThePaceWhereItIsSlower) {
  // 25 rows: 0.05 ms of arithmetic beside streams of 0.2 ms. Inputs are a tenth.
  OffloadBench bench(Schedule::Dataflow);
  bench.plan(four(25));
  EXPECT_NEAR(first_s / 10 + 4 * weights_B / down_Bps + compute_s / 10 + last_s / 10, bench.end_s, 1e-12);
}

TEST(OffloadedWeights, ComeFromAnotherDeviceDirectlyOrByWayOfTheHost) {
  for (const bool mesh : {true, false}) {
    OffloadBench bench(Schedule::Sequential, 0.5, star(2, mesh));
    bench.rules.offload.weights[1].store = 2;
    bench.plan({square("head", 0)});
    EXPECT_DOUBLE_EQ(mesh ? 1e6 : 0, bench.moved_B(2, 1));
    EXPECT_DOUBLE_EQ(mesh ? 0 : 1e6, bench.moved_B(2, 0));
    EXPECT_DOUBLE_EQ(mesh ? 5e5 : 1.5e6, bench.moved_B(0, 1));  // with the input
  }
}

TEST(OffloadedWeights, OfATableTheRowsThatAreLookedUp) {
  OffloadBench bench(Schedule::Sequential, 0.5);
  bench.rules.offload.storage.embedding_rows = 10'000;
  LayerEvent table = test::layer("embed_tokens", {1, 3}, {1, 3, 100}, "Embedding");
  table.weight_shape.reset();
  bench.plan({table});
  EXPECT_THAT(bench.transfers_of(0), ElementsAre("HOST>A 6", "HOST>A 300"));
}

TEST(OffloadedWeights, NothingIsSentWhereNothingIsKeptElsewhere) {
  OffloadBench bench(Schedule::Dataflow, 0);
  bench.plan(four());
  EXPECT_DOUBLE_EQ(5e5, bench.moved_B(0, 1));
}

namespace {

constexpr std::int64_t batch = 2, heads = 4, width = 16;
constexpr double row_B = 2.0 * batch * heads * width * 2;

LayerEvent attention(std::int64_t new_rows, std::int64_t rows, std::int64_t step) {
  return test::attention({batch, heads, rows, width}, new_rows, step);
}

LayerEvent head(std::int64_t rows, std::int64_t step) {
  return test::head(batch, rows, step);
}

std::string bytes(double of) {
  return std::to_string(std::lround(of));
}

/// "KV cache" of the n-th event.
std::vector<std::string> cache_transfers(const TaskBench& bench, std::size_t event) {
  std::vector<std::string> lines;
  for (const Task& task : bench.events.at(event).tasks)
    if (std::string(task.purpose) == "KV cache") lines.push_back(bytes(task.bytes));
  return lines;
}

}  // namespace

TEST(OffloadedCache, OldRowsComeAndNewRowsGo) {
  for (const std::optional<std::int64_t> window : {std::optional<std::int64_t>(), std::optional<std::int64_t>(4)}) {
    CostOptions options;
    options.sliding_window = window;
    RooflineModel model(options);
    TaskBench bench(star(1), &model);
    bench.mapping.common().set_default(on({1}));
    bench.rules.offload.kv_cache.resize(2);
    bench.rules.offload.kv_cache[1] = {host_device, 0.5};
    bench.rules.offload.storage.sliding_window = window;
    bench.plan({attention(5, 5, 0), head(5, 0), attention(1, 6, 1), head(1, 1), attention(1, 7, 2), head(1, 2)});
    // Of five rows a window of four keeps four; a query sees three before its own.
    EXPECT_THAT(cache_transfers(bench, 0), ElementsAre(bytes(0.5 * (window ? 4 : 5) * row_B)));
    EXPECT_THAT(cache_transfers(bench, 2), ElementsAre(bytes(0.5 * (window ? 3 : 5) * row_B), bytes(0.5 * row_B)));
    EXPECT_THAT(cache_transfers(bench, 4), ElementsAre(bytes(0.5 * (window ? 3 : 6) * row_B), bytes(0.5 * row_B)));
  }
}

TEST(OffloadedCache, RowsAreReadWhenTheyHaveBeenWritten) {
  RooflineModel model{CostOptions()};
  TaskBench bench(star(1), &model);
  bench.mapping.common().set_default(on({1}));
  bench.rules.offload.kv_cache.resize(2);
  bench.rules.offload.kv_cache[1] = {host_device, 1};
  bench.plan({attention(5, 5, 0), head(5, 0), attention(1, 6, 1), head(1, 1)});
  double written_s = 0;
  for (const auto& timed : bench.tasks) {
    if (std::string(timed.task.purpose) != "KV cache") continue;
    if (written_s == 0) {
      written_s = timed.end_s;
    } else {
      EXPECT_GE(timed.start_s, written_s);
      break;
    }
  }
  EXPECT_GT(written_s, 0);
}
