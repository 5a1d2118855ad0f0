#include "timeline/chart/chart_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "timeline_bench.hpp"

namespace upmem_des {
namespace {

using Json = nlohmann::json;

/// Tells a writer of activities, numbered from 0.
class Told {
 public:
  explicit Told(TimelineWriter& writer) : writer_(writer) {}

  void compute(std::int64_t step, double start_s, double end_s) { run(ActivityKind::Compute, 1, step, start_s, end_s); }
  void transfer(std::int64_t step, double start_s, double end_s) {
    run(ActivityKind::Transfer, 0, step, start_s, end_s);
  }
  void result(double start_s, double end_s) { run(ActivityKind::Transfer, 0, -1, start_s, end_s); }

 private:
  void run(ActivityKind kind, std::size_t stream, std::int64_t step, double start_s, double end_s) {
    LayerEvent event;
    event.type = Name("Linear");
    event.name = Name(kind == ActivityKind::Compute ? "proj" : "in");
    event.step = step;
    ActivityRecord record;
    record.id = next_id_++;
    record.kind = kind;
    record.stream = stream;
    if (step >= 0) record.event = &event;
    record.start_s = start_s;
    writer_.on_start(record);
    record.end_s = end_s;
    record.energy_J = 0.5;
    if (kind == ActivityKind::Compute) {
      record.flop = 8;
      record.memory_bytes = 4;
      record.compute_s = end_s - start_s;
    } else {
      record.bytes = 16;
    }
    writer_.on_end(record);
  }

  TimelineWriter& writer_;
  std::int64_t next_id_ = 0;
};

/// Two steps of two activities, from 0 to 4 s, and one at the end, to 5 s.
Json window_of(bool window_is_users, const std::string& text, std::size_t limit) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform, window_is_users, text, limit);
  Told told(chart);
  chart.on_begin(0);
  told.transfer(0, 0, 1);
  told.compute(0, 1, 2);
  told.transfer(1, 2, 3);
  told.compute(1, 3, 4);
  told.result(4, 5);
  chart.on_finish(5);
  return Json::parse(chart.json()).at("window");
}

Json window(const char* text, const char* chosen_by, bool whole, double end_s, int activities) {
  return {{"text", text},   {"chosen_by", chosen_by}, {"whole", whole},
          {"start_s", 0.0}, {"end_s", end_s},         {"activities", activities}};
}

TEST(ChartData, TheWholeRun) {
  EXPECT_EQ(window("the whole run", "page", true, 5, 5), window_of(false, "the whole run", 5));
}

TEST(ChartData, WithoutTheEndOfTheRun) {
  EXPECT_EQ(window("steps 0 to 1; the transfer that ends the run is left out", "page", false, 4, 4),
            window_of(false, "the whole run", 4));
}

TEST(ChartData, WholeSteps) {
  EXPECT_EQ(window("step 0; later ones are left out", "page", false, 2, 2), window_of(false, "the whole run", 3));
  EXPECT_EQ(window("step 0; later ones are left out", "page", false, 2, 2), window_of(false, "the whole run", 2));
}

TEST(ChartData, NotEvenOneStep) {
  EXPECT_EQ(window("the first 1 s of step 0; the rest is left out", "page", false, 1, 1),
            window_of(false, "the whole run", 1));
}

TEST(ChartData, AWindowOfTheUser) {
  EXPECT_EQ(window("steps 0 to 1", "user", false, 5, 5), window_of(true, "steps 0 to 1", 5));
  EXPECT_EQ(window("the first 3 activities of steps 0 to 1; the others are left out", "user", false, 3, 3),
            window_of(true, "steps 0 to 1", 3));
}

TEST(ChartData, TheWholeObject) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform, false, "the whole run");
  Told told(chart);
  chart.on_begin(0);
  chart.on_phase(Phase::Prefill, 0);
  told.transfer(0, 0, 1);
  told.compute(0, 1, 2.5);
  told.result(2.5, 3);
  chart.on_finish(3);
  Json json = Json::parse(chart.json());
  EXPECT_EQ(0.0125, json.at("over_time").at("bin_s"));
  json.erase("over_time");
  EXPECT_EQ(Json::parse(R"({
    "window": {"text": "the whole run", "chosen_by": "page", "whole": true, "start_s": 0, "end_s": 3, "activities": 3},
    "streams": [{"name": "a", "device": "a", "kind": "compute"}, {"name": "HOST to a", "device": "a", "kind": "transfer"}],
    "labels": ["in", "proj", "result"],
    "classes": ["linear", "attention", "normalization", "activation", "embedding", "convolution", "other", "transfer"],
    "activities": [[1, 0, 1, 0, 7, 0, 0, 16, 0.5, 3], [0, 1, 1.5, 1, 0, 0, 8, 4, 0.5, 0],
                   [1, 2.5, 0.5, 2, 7, -1, 0, 16, 0.5, 3]]})"),
            json);
}

/// The bins as a table: device or links, what, and its values.
std::vector<double> over_time(const Json& json, std::size_t row, const char* what) {
  return json.at("over_time").at("devices").at(row).at(what).get<std::vector<double>>();
}

double integral(const std::vector<double>& means, double bin_s) {
  return std::accumulate(means.begin(), means.end(), 0.0) * bin_s;
}

TEST(ChartData, OverTime) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform, true, "step 3");
  chart.on_begin(2);
  chart.on_change({Quantity::DevicePower, 2, 2, 0.5});
  chart.on_change({Quantity::ComputeUse, 1, 3, 1});
  chart.on_change({Quantity::DevicePower, 1, 3, 7});
  chart.on_change({Quantity::LinkPower, 0, 3, 2});
  chart.on_change({Quantity::LinkPower, 1, 3, 0.25});
  chart.on_change({Quantity::MemoryUse, 1, 4, 1});
  chart.on_change({Quantity::LinkPower, 0, 5, 0});
  chart.on_change({Quantity::ComputeUse, 1, 5, 0});
  chart.on_change({Quantity::DevicePower, 1, 5, 0});
  chart.on_change({Quantity::MemoryUse, 1, 5, 0});
  chart.on_change({Quantity::LinkPower, 1, 6, 0});
  chart.on_finish(8);
  const Json json = Json::parse(chart.json());
  EXPECT_EQ(2, json.at("over_time").at("start_s"));
  EXPECT_EQ(0.025, json.at("over_time").at("bin_s"));
  const Json& rows = json.at("over_time").at("devices");
  ASSERT_EQ(4U, rows.size());
  EXPECT_EQ("HOST", rows[0].at("name"));
  EXPECT_EQ("a", rows[1].at("name"));
  EXPECT_EQ("b", rows[2].at("name"));
  EXPECT_EQ("links", rows[3].at("name"));
  EXPECT_FALSE(rows[3].contains("compute"));
  const std::vector<double> compute = over_time(json, 1, "compute");
  ASSERT_EQ(240U, compute.size());
  EXPECT_NEAR(0, compute[39], 1e-12);
  EXPECT_NEAR(1, compute[42], 1e-12);
  EXPECT_NEAR(1, compute[118], 1e-12);
  EXPECT_NEAR(0, compute[121], 1e-12);
  EXPECT_NEAR(2, integral(compute, 0.025), 1e-12);
  EXPECT_NEAR(1, integral(over_time(json, 1, "memory"), 0.025), 1e-12);
  EXPECT_NEAR(14, integral(over_time(json, 1, "power_W"), 0.025), 1e-12);
  EXPECT_NEAR(3, integral(over_time(json, 2, "power_W"), 0.025), 1e-12);
  EXPECT_NEAR(4.75, integral(over_time(json, 3, "power_W"), 0.025), 1e-12);
  EXPECT_EQ(0, integral(over_time(json, 0, "power_W"), 0.025));
}

TEST(ChartData, LargeMachinesShowGroups) {
  PlatformSpec platform;
  platform.devices.resize(67);
  platform.devices[0].name = "HOST";
  platform.groups = {{"gpu", "A", 1, 1}, {"dimm", "B", 2, 65}};
  ChartData chart(platform, false, "the whole run");
  chart.on_begin(0);
  chart.on_change({Quantity::DevicePower, 1, 0, 4});
  for (std::size_t i = 2; i < 67; ++i) {
    chart.on_change({Quantity::DevicePower, i, 0, 2});
    if (i < 15) chart.on_change({Quantity::ComputeUse, i, 0, 1});
  }
  chart.on_finish(1);
  const Json json = Json::parse(chart.json());
  const Json& rows = json.at("over_time").at("devices");
  ASSERT_EQ(4U, rows.size());
  EXPECT_EQ("gpu", rows[1].at("name"));
  EXPECT_EQ("dimm[0..64]", rows[2].at("name"));
  EXPECT_NEAR(4, over_time(json, 1, "power_W")[100], 1e-12);
  EXPECT_NEAR(130, over_time(json, 2, "power_W")[100], 1e-10);
  EXPECT_NEAR(0.2, over_time(json, 2, "compute")[100], 1e-12);
}

TEST(ChartData, NothingHappens) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform, true, "step 9");
  chart.on_begin(0);
  chart.on_finish(0);
  const Json json = Json::parse(chart.json());
  EXPECT_EQ(window("step 9", "user", false, 0, 0), json.at("window"));
  EXPECT_TRUE(json.at("activities").empty());
  EXPECT_TRUE(over_time(json, 0, "compute").empty());
}

}  // namespace
}  // namespace upmem_des
