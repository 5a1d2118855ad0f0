#include "timeline/chart/chart_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "timeline_bench.hpp"
#include "upmem_des/trace/layer_event.hpp"

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
    record.phase = phase;
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

 public:
  Phase phase = Phase::Prefill;
};

/// Two steps of two activities, from 0 to 4 s, and one at the end, to 5 s: all of them prefill.
Json window_of(const std::string& users_window, std::size_t limit) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform, users_window, 2 * limit);
  Told told(chart);
  chart.on_begin(0);
  told.transfer(0, 0, 1);
  told.compute(0, 1, 2);
  told.transfer(1, 2, 3);
  told.compute(1, 3, 4);
  told.result(4, 5);
  chart.on_finish(5);
  const Json json = Json::parse(chart.json());
  EXPECT_EQ(1U, json.at("parts").size());
  EXPECT_EQ("prefill", json.at("parts").at(0).at("phase"));
  EXPECT_EQ(users_window.empty() ? "page" : "user", json.at("chosen_by"));
  return json.at("parts").at(0).at("window");
}

Json window(const char* text, bool whole, double end_s, int activities) {
  return {{"text", text}, {"whole", whole}, {"start_s", 0.0}, {"end_s", end_s}, {"activities", activities}};
}

TEST(ChartData, AllOfAPhase) {
  EXPECT_EQ(window("all of prefill", true, 5, 5), window_of("", 5));
}

TEST(ChartData, WithoutTheEndOfTheRun) {
  EXPECT_EQ(window("steps 0 to 1; the transfer that ends the run is left out", false, 4, 4), window_of("", 4));
}

TEST(ChartData, WholeSteps) {
  EXPECT_EQ(window("step 0; later ones are left out", false, 2, 2), window_of("", 3));
  EXPECT_EQ(window("step 0; later ones are left out", false, 2, 2), window_of("", 2));
}

TEST(ChartData, NotEvenOneStep) {
  EXPECT_EQ(window("the first 1 s of step 0; the rest is left out", false, 1, 1), window_of("", 1));
}

TEST(ChartData, AWindowOfTheUser) {
  EXPECT_EQ(window("steps 0 to 1", false, 5, 5), window_of("steps 0 to 1", 5));
  EXPECT_EQ(window("the first 3 activities of steps 0 to 1; the others are left out", false, 3, 3),
            window_of("steps 0 to 1", 3));
}

/// Decode alone, as a window of the user's may have it, has all the room; beside a prefill that goes on it has half.
TEST(ChartData, TheRoomOfDecode) {
  const PlatformSpec platform = two_devices();
  ChartData alone(platform, "steps 5 to 9", 6);
  Told told(alone);
  alone.on_begin(5);
  alone.on_phase(Phase::Decode, 5);
  told.phase = Phase::Decode;
  for (int i = 0; i < 8; ++i) told.compute(5 + i, 5 + i, 6 + i);
  alone.on_finish(13);
  const Json parts = Json::parse(alone.json()).at("parts");
  ASSERT_EQ(1U, parts.size());
  EXPECT_EQ(6, parts.at(0).at("window").at("activities"));

  ChartData both(platform, "steps 0 to 4", 6);
  Told mixed(both);
  both.on_begin(0);
  const auto tell = [&](Phase phase, int times, int start) {
    mixed.phase = phase;
    for (int i = 0; i < times; ++i) mixed.compute(phase == Phase::Prefill ? 0 : 1, start + i, start + i + 1);
  };
  tell(Phase::Prefill, 1, 0);
  tell(Phase::Decode, 5, 1);
  tell(Phase::Prefill, 4, 6);
  both.on_finish(10);
  const Json two = Json::parse(both.json()).at("parts");
  ASSERT_EQ(2U, two.size());
  EXPECT_EQ(3, two.at(0).at("window").at("activities"));
  EXPECT_EQ(3, two.at(1).at("window").at("activities"));
}

/// Of a prefill of 5 activities that would be all that fits, half of the room is kept; what it does not need, decode
/// has.
TEST(ChartData, BothPhasesAreShown) {
  const PlatformSpec platform = two_devices();
  for (const std::size_t of_prefill : {5U, 1U}) {
    ChartData chart(platform, "", 6);
    Told told(chart);
    chart.on_begin(0);
    for (std::size_t i = 0; i < of_prefill; ++i) told.compute(0, static_cast<double>(i), static_cast<double>(i + 1));
    told.phase = Phase::Decode;
    chart.on_phase(Phase::Decode, 5);
    for (int i = 0; i < 8; ++i) told.compute(1 + i, 5 + i, 6 + i);
    chart.on_finish(13);
    const Json parts = Json::parse(chart.json()).at("parts");
    ASSERT_EQ(2U, parts.size());
    EXPECT_EQ("prefill", parts[0].at("phase"));
    EXPECT_EQ("decode", parts[1].at("phase"));
    const std::size_t prefill = of_prefill == 5 ? 3 : 1;
    EXPECT_EQ(prefill, parts[0].at("activities").size());
    EXPECT_EQ(6 - prefill, parts[1].at("activities").size());
    EXPECT_EQ(5, parts[1].at("window").at("start_s"));
    EXPECT_EQ(of_prefill == 5 ? "steps 1 to 3; later ones are left out" : "steps 1 to 5; later ones are left out",
              parts[1].at("window").at("text"));
  }
}

TEST(ChartData, TheWholeObject) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform);
  Told told(chart);
  chart.on_begin(0);
  chart.on_phase(Phase::Prefill, 0);
  told.transfer(0, 0, 1);
  told.compute(0, 1, 2.5);
  told.result(2.5, 3);
  chart.on_finish(3);
  Json json = Json::parse(chart.json());
  json.erase("over_time");
  EXPECT_EQ(Json::parse(R"({"chosen_by": "page", "parts": [{
    "phase": "prefill",
    "window": {"text": "all of prefill", "whole": true, "start_s": 0, "end_s": 3, "activities": 3},
    "streams": [{"name": "a", "device": "a", "kind": "compute"}, {"name": "HOST to a", "device": "a", "kind": "transfer"}],
    "labels": ["in", "proj", "result"],
    "classes": ["linear", "attention", "normalization", "activation", "embedding", "convolution", "other", "transfer"],
    "activities": [[1, 0, 1, 0, 7, 0, 0, 16, 0.5, 3], [0, 1, 1.5, 1, 0, 0, 8, 4, 0.5, 0],
                   [1, 2.5, 0.5, 2, 7, -1, 0, 16, 0.5, 3]]}]})"),
            json);
}

/// The bins as a table: device or links, what, and its values.
std::vector<double> over_time(const Json& json, std::size_t row, const char* what) {
  return json.at("over_time").at("devices").at(row).at(what).get<std::vector<double>>();
}

using Numbers = std::vector<double>;

TEST(ChartData, OverTime) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform, "step 3");
  chart.on_begin(2);
  chart.on_phase(Phase::Prefill, 2);
  chart.on_change({Quantity::DevicePower, 2, 2, 0.5});
  chart.on_change({Quantity::ComputeUse, 1, 3, 1});
  chart.on_change({Quantity::DevicePower, 1, 3, 7});
  chart.on_change({Quantity::LinkPower, 0, 3, 2});
  chart.on_change({Quantity::LinkPower, 1, 3, 0.25});
  chart.on_change({Quantity::MemoryUse, 1, 4, 1});
  chart.on_phase(Phase::Decode, 4.5);
  chart.on_change({Quantity::LinkPower, 0, 5, 0});
  chart.on_change({Quantity::ComputeUse, 1, 5, 0});
  chart.on_change({Quantity::DevicePower, 1, 5, 0});
  chart.on_change({Quantity::MemoryUse, 1, 5, 0});
  chart.on_change({Quantity::LinkPower, 1, 6, 0});
  chart.on_finish(8);
  const Json json = Json::parse(chart.json());
  const Json& over = json.at("over_time");
  EXPECT_EQ((Numbers{2, 3, 4, 4.5, 5, 6, 8}), over.at("edges_s").get<Numbers>());
  EXPECT_EQ(Json::parse(R"([{"phase": "prefill", "bins": 3}, {"phase": "decode", "bins": 3}])"), over.at("phases"));
  const Json& rows = over.at("devices");
  ASSERT_EQ(4U, rows.size());
  EXPECT_EQ("HOST", rows[0].at("name"));
  EXPECT_EQ("a", rows[1].at("name"));
  EXPECT_EQ("b", rows[2].at("name"));
  EXPECT_EQ("links", rows[3].at("name"));
  EXPECT_FALSE(rows[3].contains("compute"));
  EXPECT_EQ((Numbers{0, 1, 1, 1, 0, 0}), over_time(json, 1, "compute"));
  EXPECT_EQ((Numbers{0, 0, 1, 1, 0, 0}), over_time(json, 1, "memory"));
  EXPECT_EQ((Numbers{0, 7, 7, 7, 0, 0}), over_time(json, 1, "power_W"));
  EXPECT_EQ((Numbers{0, 7, 7, 7, 0, 0}), over_time(json, 1, "most_W"));
  EXPECT_EQ((Numbers{0.5, 0.5, 0.5, 0.5, 0.5, 0.5}), over_time(json, 2, "power_W"));
  EXPECT_EQ((Numbers{0, 2.25, 2.25, 2.25, 0.25, 0}), over_time(json, 3, "power_W"));
  EXPECT_EQ((Numbers{0, 0, 0, 0, 0, 0}), over_time(json, 0, "power_W"));
  EXPECT_EQ((Numbers{0.5, 9.75, 9.75, 9.75, 0.75, 0.5}), over.at("machine").at("power_W").get<Numbers>());
  EXPECT_EQ((Numbers{0.5, 9.75, 9.75, 9.75, 0.75, 0.5}), over.at("machine").at("least_W").get<Numbers>());
}

/// A machine's power at a time is the sum of what draws then; its most is not the sum of each one's most.
TEST(ChartData, TheMostOfTheMachineIsOfOneTime) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform);
  chart.on_begin(0);
  // More changes than there are bins, so that both devices are in each.
  for (int i = 0; i < 400; ++i) {
    chart.on_change({Quantity::DevicePower, 1, 1.0 * i, i % 2 == 0 ? 0.0 : 4.0});
    chart.on_change({Quantity::DevicePower, 2, 1.0 * i, i % 2 == 0 ? 6.0 : 0.0});
  }
  chart.on_finish(400);
  const Json json = Json::parse(chart.json());
  const auto most = json.at("over_time").at("machine").at("most_W").get<Numbers>();
  EXPECT_EQ(100U, most.size());
  for (const double most_W : most) EXPECT_EQ(6, most_W);
}

/// 60 layers of three calls that draw 1, 2 and 3 W for a second each: more than 160 parts, so each layer has two, the
/// first two calls and the third. Two devices share each call; the second one begins half a second later.
TEST(ChartData, LayersBeginParts) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform);
  chart.on_begin(0);
  chart.on_phase(Phase::Prefill, 0);
  for (int i = 0; i < 180; ++i) {
    LayerEvent event;
    event.type = Name("Linear");
    event.name = Name(i % 3 == 0 ? "norm" : i % 3 == 1 ? "up" : "down");
    event.seq = i;
    event.step = 0;
    ActivityRecord record;
    record.event = &event;
    for (const std::size_t device : {1U, 2U}) {
      record.id = 2 * i + static_cast<std::int64_t>(device);
      record.stream = device;
      record.start_s = i + (device == 1 ? 0 : 0.5);
      chart.on_start(record);
      if (device == 1) chart.on_change({Quantity::DevicePower, 1, record.start_s, 1.0 + i % 3});
    }
  }
  chart.on_finish(180);
  const Json over = Json::parse(chart.json()).at("over_time");
  const auto edges_s = over.at("edges_s").get<Numbers>();
  const auto means_W = over.at("machine").at("power_W").get<Numbers>();
  ASSERT_EQ(120U, means_W.size());
  for (std::size_t i = 0; i < means_W.size(); ++i) {
    EXPECT_EQ(static_cast<double>(3 * (i / 2) + (i % 2) * 2), edges_s[i]);
    EXPECT_EQ(i % 2 == 0 ? 1.5 : 3, means_W[i]);
  }
}

TEST(ChartData, LargeMachinesShowGroups) {
  PlatformSpec platform;
  platform.devices.resize(67);
  platform.devices[0].name = "HOST";
  platform.groups = {{"gpu", "A", 1, 1}, {"dimm", "B", 2, 65}};
  ChartData chart(platform);
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
  EXPECT_NEAR(4, over_time(json, 1, "power_W")[0], 1e-12);
  EXPECT_NEAR(130, over_time(json, 2, "power_W")[0], 1e-10);
  EXPECT_NEAR(0.2, over_time(json, 2, "compute")[0], 1e-12);
}

TEST(ChartData, NothingHappens) {
  const PlatformSpec platform = two_devices();
  ChartData chart(platform, "step 9");
  chart.on_begin(0);
  chart.on_finish(0);
  const Json json = Json::parse(chart.json());
  EXPECT_TRUE(json.at("parts").empty());
  EXPECT_TRUE(over_time(json, 0, "compute").empty());
}

}  // namespace
}  // namespace upmem_des
