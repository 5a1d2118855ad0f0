#include "report/json_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sample_result.hpp"

using namespace upmem_des;
using Json = nlohmann::json;

namespace {

void expect_finite(const Json& json, const std::string& path) {
  EXPECT_FALSE(json.is_null()) << path << ": NaN and infinity have no form in JSON";
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) expect_finite(value, path + "/" + key);
}

}  // namespace

TEST(JsonReportTest, Documents) {
  const std::string text = result_json(sample_result());
  EXPECT_EQ(text.back(), '\n');
  const Json json = Json::parse(text);
  EXPECT_EQ(json.at("format"), "upmem-des-result");
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_EQ(json.at("scenario"), "A run, by hand");
  EXPECT_EQ(json.at("model"), "tiny");
  EXPECT_EQ(json.at("cost_model"), "roofline");
  EXPECT_EQ(json.at("schedule"), "sequential");
  EXPECT_EQ(json.at("dtype"), "int8");
  EXPECT_EQ(json.at("batch"), 2);
  EXPECT_EQ(json.at("time_s"), 8);
  EXPECT_EQ(json.at("energy_J"), 53);
  EXPECT_EQ(json.at("power_W"), 6.625);
  EXPECT_EQ(json.at("events"), 10);
  EXPECT_EQ(json.at("forward_passes"), 4);
  EXPECT_EQ(json.at("generated_tokens"), 8);
  EXPECT_EQ(json.at("phases").at("prefill"), Json::parse(R"({
    "time_s": 2.0, "events": 4, "power_W": 8.5,
    "energy_J": {"host_to_device": 1.0, "device_to_host": 2.0, "main_mem": 4.0, "compute": 10.0, "idle": 0.0,
                 "total": 17.0},
    "busy_s": {"host_to_device": 0.1, "device_to_host": 0.2, "compute": 1.5, "mem_transfer": 0.5, "kv_load": 0.25},
    "moved_bytes": {"host_to_device": 2e9, "device_to_host": 3e9}})"));
  const Json& decode = json.at("phases").at("decode");
  EXPECT_EQ(decode.at("time_s"), 6);
  EXPECT_EQ(decode.at("tokens"), 6);
  EXPECT_EQ(decode.at("tokens_per_s"), 1);
  EXPECT_EQ(decode.at("energy_per_token_J"), 6);
  const Json& device = json.at("devices").at("DEV");
  EXPECT_EQ(device.at("events"), 7);
  EXPECT_EQ(device.at("energy_J").at("total"), 50);
  EXPECT_EQ(device.at("moved_bytes").at("device_to_host"), 3.012e9);
  EXPECT_DOUBLE_EQ(device.at("utilisation").at("compute"), 4.1 / 8);
  EXPECT_DOUBLE_EQ(device.at("utilisation").at("memory"), 2.8 / 8);
  EXPECT_DOUBLE_EQ(device.at("utilisation").at("host_to_device"), 0.05);
  EXPECT_DOUBLE_EQ(device.at("utilisation").at("device_to_host"), 0.1);
  ASSERT_EQ(json.at("event_classes").size(), 3U);
  const Json& softmax = json.at("event_classes").at(0);
  EXPECT_EQ(softmax.at("phase"), "prefill");
  EXPECT_EQ(softmax.at("kind"), "function");
  EXPECT_EQ(softmax.at("type"), "softmax");
  EXPECT_EQ(softmax.at("name"), "attn, \"weights\"");
  EXPECT_EQ(softmax.at("count"), 1);
  EXPECT_EQ(softmax.at("flop"), 1e6);
  EXPECT_EQ(softmax.at("memory_bytes"), 2e6);
}

TEST(JsonReportTest, KeysAreInReadingOrder) {
  const auto json = nlohmann::ordered_json::parse(result_json(sample_result()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"format", "version", "scenario", "model", "cost_model", "schedule", "dtype",
                                            "batch", "time_s", "energy_J", "power_W", "events", "forward_passes",
                                            "generated_tokens", "phases", "devices", "event_classes"}));
}

TEST(JsonReportTest, EmptyResultsHaveNoNumbersThatJsonLacks) {
  SimulationResult empty;
  expect_finite(Json::parse(result_json(empty)), "");
  SimulationResult no_time = sample_result();
  no_time.time_s = 0;
  for (PhaseResult& phase : no_time.phases) phase.time_s = 0;
  expect_finite(Json::parse(result_json(no_time)), "");
  EXPECT_EQ(Json::parse(result_json(no_time)).at("devices").at("DEV").at("utilisation").at("compute"), 0);
}

TEST(JsonReportTest, TextsThatAreNoUtf8AreNoCrash) {
  SimulationResult result = sample_result();
  result.scenario =
      "a\xff"
      "b";
  EXPECT_EQ(Json::parse(result_json(result)).at("scenario"),
            "a\xef\xbf\xbd"
            "b");
}
