/// What holds for the timeline of every workload and machine.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "law_cases.hpp"
#include "machine_bench.hpp"
#include "upmem_des/timeline/timeline.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// Checks order and nesting as it goes; adds up what quantities come to.
class Auditor : public TimelineWriter {
 public:
  void on_begin(double time_s) override { EXPECT_EQ(0, time_s); }
  void on_phase(Phase phase, double time_s) override {
    at(time_s);
    phase_starts_s[phase] = time_s;
  }
  void on_start(const ActivityRecord& activity) override {
    at(activity.start_s);
    EXPECT_TRUE(ids.insert(activity.id).second);
    EXPECT_TRUE(busy.insert({activity.kind, activity.stream}).second) << "two at once on stream " << activity.stream;
    ++started;
  }
  void on_end(const ActivityRecord& activity) override {
    at(activity.end_s);
    EXPECT_GE(activity.end_s, activity.start_s);
    EXPECT_EQ(1U, busy.erase({activity.kind, activity.stream}));
    if (activity.kind == ActivityKind::Transfer) sent_B += activity.bytes;
    energy_J += activity.energy_J;
  }
  void on_change(const QuantityChange& change) override {
    at(change.time_s);
    EXPECT_TRUE(std::isfinite(change.value) && change.value >= 0);
    Sum& sum = sums[{change.quantity, change.index}];
    EXPECT_NE(sum.value, change.value);
    sum.add_until(change.time_s);
    sum.value = change.value;
    sum.most = std::max(sum.most, change.value);
  }
  void on_finish(double time_s) override {
    at(time_s);
    EXPECT_TRUE(busy.empty());
    for (auto& entry : sums) entry.second.add_until(time_s);
  }

  double integral(Quantity quantity, std::size_t index) { return sums[{quantity, index}].integral; }
  double last(Quantity quantity, std::size_t index) { return sums[{quantity, index}].value; }
  /// How much it was above 1, times how long.
  double above(Quantity quantity, std::size_t index) { return sums[{quantity, index}].above; }
  double most(Quantity quantity, std::size_t index) { return sums[{quantity, index}].most; }

  double now_s = 0;
  double sent_B = 0;
  double energy_J = 0;
  std::int64_t started = 0;
  std::map<Phase, double> phase_starts_s;

 private:
  struct Sum {
    double since_s = 0, value = 0, integral = 0, most = 0, above = 0;
    void add_until(double time_s) {
      integral += value * (time_s - since_s);
      above += std::max(0.0, value - 1) * (time_s - since_s);
      since_s = time_s;
    }
  };

  void at(double time_s) {
    EXPECT_GE(time_s, now_s);
    now_s = time_s;
  }

  std::set<std::int64_t> ids;
  std::set<std::pair<ActivityKind, std::size_t>> busy;
  std::map<std::pair<Quantity, std::size_t>, Sum> sums;
};

void expect_agrees(double expected, double actual, double scale, const std::string& what) {
  EXPECT_NEAR(expected, actual, 1e-9 * expected + 1e-12 * scale) << what;
}

void expect_timeline_is_the_result(Auditor& audit, const PlatformSpec& platform, const SimulationResult& result) {
  EXPECT_NEAR(result.time_s, audit.now_s, 1e-12 * result.time_s);
  EXPECT_NEAR(result.phases[0].time_s, audit.phase_starts_s.at(Phase::Decode), 1e-12 * result.time_s);
  double static_J = 0;
  for (std::size_t i = 0; i < platform.devices.size(); ++i) {
    const DeviceResult& device = result.devices[i];
    const EnergyParts& energy = device.energy;
    const double time_s = result.time_s;
    expect_agrees(device.busy.compute_s, audit.integral(Quantity::ComputeUse, i), time_s, device.name);
    expect_agrees(device.busy.mem_transfer_s + device.busy.kv_load_s, audit.integral(Quantity::MemoryUse, i), time_s,
                  device.name);
    EXPECT_LE(audit.most(Quantity::ComputeUse, i), 1);
    EXPECT_LE(audit.most(Quantity::MemoryUse, i), 1);
    expect_agrees(energy.compute_J + energy.main_mem_J + energy.active_J + energy.idle_J,
                  audit.integral(Quantity::DevicePower, i), result.energy_J(), device.name);
    EXPECT_DOUBLE_EQ(device.memory.kv_cache_B, audit.last(Quantity::KvCacheHeld, i)) << device.name;
    EXPECT_DOUBLE_EQ(device.memory.weights_B, audit.last(Quantity::WeightsHeld, i)) << device.name;
    EXPECT_LE(audit.most(Quantity::ActivationsHeld, i), device.memory.activations_B) << device.name;
    EXPECT_EQ(0, audit.last(Quantity::ActivationsHeld, i)) << device.name;
    static_J += energy.active_J + energy.idle_J;
  }
  double bytes_on_links = 0;
  for (std::size_t i = 0; i < platform.links.size(); ++i) {
    const LinkResult& link = result.links[i];
    const double moved_B = audit.integral(Quantity::LinkUse, i) * link.bandwidth_Bps;
    expect_agrees(link.total_moved_B(), moved_B, link.bandwidth_Bps * result.time_s, link.name);
    expect_agrees(link.total_energy_J(), audit.integral(Quantity::LinkPower, i), result.energy_J(), link.name);
    // A byte or two late in the run (token ids, cut) take a time that is as exact as the clock's last digit.
    EXPECT_LE(audit.above(Quantity::LinkUse, i), 1e-12 * result.time_s) << link.name;
    bytes_on_links += moved_B;
  }
  EXPECT_NEAR(result.energy_J() - static_J, audit.energy_J, 1e-9 * result.energy_J());
  EXPECT_GE(bytes_on_links, audit.sent_B * (1 - 1e-9));
}

using HowCase = std::tuple<LawCase, const char*>;

class TimelineLaw : public ::testing::TestWithParam<HowCase> {};

}  // namespace

TEST_P(TimelineLaw, ItShowsWhatTheResultSays) {
  const auto& [one, how] = GetParam();
  MachineBench bench;
  const SimulationResult unwatched = bench.run_model(one.platform, one.mapping, how, one.workload);
  Auditor audit;
  std::unique_ptr<Timeline> timeline;
  PlatformSpec platform;
  bench.watch = [&](const PreparedRun& prepared) {
    platform = prepared.platform();
    std::vector<double> weights_B;
    for (const HeldBytes& held : prepared.held()) weights_B.push_back(held.weights_B);
    timeline = std::make_unique<Timeline>(platform, weights_B, TimelineWindow());
    timeline->add(audit);
    return timeline.get();
  };
  const SimulationResult result = bench.run_model(one.platform, one.mapping, how, one.workload);
  expect_timeline_is_the_result(audit, platform, result);
  EXPECT_EQ(timeline->activities(), audit.started);
  EXPECT_GE(audit.started, result.events);
  // Watching changes nothing but the last bits of what flows.
  EXPECT_NEAR(unwatched.time_s, result.time_s, 1e-12 * result.time_s);
  EXPECT_NEAR(unwatched.energy_J(), result.energy_J(), 1e-12 * result.energy_J());
}

INSTANTIATE_TEST_SUITE_P(Machines, TimelineLaw,
                         ::testing::Combine(::testing::ValuesIn(law_cases),
                                            ::testing::Values("schedule: sequential", "schedule: dataflow",
                                                              "schedule: dataflow, prefetch_weights: true, chunks: 4",
                                                              "schedule: dataflow, prefetch_weights: {buffer_MB: 50}")),
                         [](const ::testing::TestParamInfo<HowCase>& one) {
                           const std::string how = std::get<1>(one.param);
                           const char* name = how.find("buffer") != std::string::npos     ? "Buffered"
                                              : how.find("prefetch") != std::string::npos ? "Prefetching"
                                              : how.find("dataflow") != std::string::npos ? "Dataflow"
                                                                                          : "InOrder";
                           return std::string(std::get<0>(one.param).name) + name;
                         });
