#include "report/json_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sample_result.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using Json = nlohmann::json;

namespace {

void expect_finite(const Json& json, const std::string& path) {
  const std::string last = path.substr(path.rfind('/') + 1);
  for (const char* may_be_null : {"capacity", "device", "time_per_output_token_s", "energy_per_generated_token_J",
                                  "tokens_per_s", "energy_per_token_J"})
    if (last == may_be_null) return;
  EXPECT_FALSE(json.is_null()) << path << ": NaN and infinity have no form in JSON";
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) expect_finite(value, path + "/" + key);
}

}  // namespace

TEST(JsonReportTest, IsNotLargerThanWhatIsRead) {
  SimulationResult result = sample_result();
  const EventClass one = result.event_classes.front();
  result.event_classes.assign(10'000, one);
  const std::string large = result_json(result);
  EXPECT_LT(large.size(), max_result_MiB << 20U);
  EXPECT_EQ(Json::parse(large).at("event_classes").size(), 10'000U);
  result.event_classes.assign(200'000, one);
  EXPECT_EQ(test::input_error([&] { result_json(result); }),
            "the result would be larger than 64 MiB, with 200000 classes of events and " +
                std::to_string(result.devices.size()) + " devices; expected one that can be read again");
}

TEST(JsonReportTest, LaysOutListsAsTheRest) {
  const std::string text = result_json(sample_result());
  EXPECT_EQ(text, nlohmann::ordered_json::parse(text).dump(1) + "\n");
  const std::string empty = result_json(SimulationResult());
  EXPECT_EQ(empty, nlohmann::ordered_json::parse(empty).dump(1) + "\n");
}

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
  EXPECT_EQ(json.at("peak_power_W"), 12);
  EXPECT_EQ(json.at("events"), 10);
  EXPECT_EQ(json.at("forward_passes"), 4);
  EXPECT_EQ(json.at("generated_tokens"), 8);
  EXPECT_EQ(json.at("time_to_first_token_s"), 2);
  EXPECT_EQ(json.at("time_per_output_token_s"), 2);
  EXPECT_EQ(json.at("energy_per_generated_token_J"), 6.625) << "53 J, 8 tokens";
  EXPECT_EQ(json.at("phases").at("prefill"), Json::parse(R"({
    "time_s": 2.0, "events": 4, "power_W": 8.5, "peak_power_W": 12.0,
    "energy_J": {"host_to_device": 1.0, "device_to_host": 2.0, "device_to_device": 0.0, "main_mem": 4.0,
                 "compute": 10.0, "active": 0.0, "idle": 0.0, "total": 17.0},
    "busy_s": {"host_to_device": 0.1, "device_to_host": 0.2, "device_to_device": 0.0, "compute": 1.5,
               "mem_transfer": 0.5, "kv_load": 0.25},
    "moved_bytes": {"host_to_device": 2e9, "device_to_host": 3e9, "device_to_device": 0.0}})"));
  const Json& decode = json.at("phases").at("decode");
  EXPECT_EQ(decode.at("time_s"), 6);
  EXPECT_EQ(decode.at("tokens"), 6);
  EXPECT_EQ(decode.at("tokens_per_s"), 1);
  EXPECT_EQ(decode.at("energy_per_token_J"), 6);
  const Json& device = json.at("devices").at("DEV");
  EXPECT_EQ(device.at("events"), 7);
  EXPECT_EQ(device.at("energy_J").at("total"), 50);
  EXPECT_EQ(device.at("peak_power_W"), 9);
  EXPECT_EQ(device.at("phases").at("prefill").at("peak_power_W"), 8.75);
  EXPECT_EQ(device.at("phases").at("decode").at("peak_power_W"), 9);
  EXPECT_EQ(device.at("phases").at("decode").at("time_s"),
            Json::parse(R"({"compute": 2.0, "memory": 2.5, "overhead": 0.5, "communication": 0.75, "waiting": 0.25})"));
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

TEST(JsonReportTest, ArchitecturesAndOperators) {
  const auto json = nlohmann::ordered_json::parse(result_json(sample_result()));
  EXPECT_EQ(json.at("architectures").dump(),
            R"({"CPU":{"devices":1,"flops_per_s":1000000000000.0,"memory_Bps":100000000000.0},)"
            R"("PIM_AI_4chip":{"devices":1,"flops_per_s":20000000000000.0,"memory_Bps":400000000000.0}})");
  EXPECT_EQ(json.at("devices").at("HOST").at("architecture"), "CPU");
  EXPECT_EQ(json.at("devices").at("DEV").at("architecture"), "PIM_AI_4chip");
  ASSERT_EQ(json.at("operators").size(), 3U);
  EXPECT_EQ(json.at("operators").at(2).dump(),
            R"({"architecture":"CPU","phase":"decode","kind":"layer","type":"Linear","name":"q_proj",)"
            R"("class":"linear","count":5,"time_s":3.0,"compute_s":1.25,"memory_s":2.5,"flop":1000000000000.0,)"
            R"("memory_bytes":5000000000.0,"energy_J":13.0})");
  EXPECT_EQ(json.at("operators").at(0).at("class"), "activation");
}

TEST(JsonReportTest, DevicesAndLinksOfAMachine) {
  const Json json = Json::parse(result_json(machine_result()));
  EXPECT_EQ(json.at("devices").size(), 5U);
  EXPECT_EQ(json.at("devices").at("dimm[0]"), Json::parse(R"({
    "architecture": "PIM_AI_chip", "events": 4,
    "energy_J": {"host_to_device": 0.0, "device_to_host": 0.0, "device_to_device": 0.0, "main_mem": 4.0,
                 "compute": 2.0, "active": 0.0, "idle": 0.0, "total": 6.0},
    "busy_s": {"host_to_device": 1.0, "device_to_host": 0.5, "device_to_device": 2.5, "compute": 3.5,
               "mem_transfer": 2.0, "kv_load": 0.0},
    "moved_bytes": {"host_to_device": 1e9, "device_to_host": 5e8, "device_to_device": 1e9},
    "utilisation": {"host_to_device": 0.1, "device_to_host": 0.05, "device_to_device": 0.25, "compute": 0.35,
                    "memory": 0.2},
    "phases": {
      "prefill": {"energy_J": {"host_to_device": 0.0, "device_to_host": 0.0, "device_to_device": 0.0, "main_mem": 2.0,
                               "compute": 1.0, "active": 0.0, "idle": 0.0, "total": 3.0}},
      "decode": {"energy_J": {"host_to_device": 0.0, "device_to_host": 0.0, "device_to_device": 0.0, "main_mem": 2.0,
                              "compute": 1.0, "active": 0.0, "idle": 0.0, "total": 3.0}}},
    "memory_bytes": {"weights": 6e9, "kv_cache": 1e9, "activations": 1e9, "total": 8e9, "capacity": 16e9}})"));
  EXPECT_EQ(json.at("devices").at("HOST").at("memory_bytes"),
            Json::parse(R"({"weights": 0.0, "kv_cache": 0.0, "activations": 0.0, "total": 0.0, "capacity": null})"));
  EXPECT_EQ(json.at("links").size(), 6U);
  EXPECT_EQ(json.at("links").at("dimm[0]-dimm[1]"), Json::parse(R"({
    "kind": "device_to_device", "device": null, "bandwidth_Bps": 4e8,
    "energy_J": {"prefill": 0.5, "decode": 0.5, "total": 1.0},
    "moved_bytes": {"prefill": 5e8, "decode": 5e8, "total": 1e9}, "utilisation": 0.25})"));
  EXPECT_EQ(Json::parse(result_json(sample_result())).at("links").at("DEV.device_to_host"), Json::parse(R"({
    "kind": "device_to_host", "device": "DEV", "bandwidth_Bps": 3.765e9,
    "energy_J": {"prefill": 2.0, "decode": 3.0, "total": 5.0},
    "moved_bytes": {"prefill": 3e9, "decode": 12e6, "total": 3.012e9}, "utilisation": 0.1})"));
}

/// The whole text of a result without events, as programs that read lines see it.
TEST(JsonReportTest, Text) {
  SimulationResult result;
  result.scenario = "s";
  result.model = "m";
  result.cost_model = "c";
  result.schedule = "dataflow";
  result.devices.emplace_back().name = "HOST";
  result.architectures = {{"CPU", 1, 2, 4}};
  result.links = {{"a", "host_to_device", 0, 8, {}, {}}};
  EXPECT_EQ(result_json(result), R"({
 "format": "upmem-des-result",
 "version": 1,
 "scenario": "s",
 "model": "m",
 "cost_model": "c",
 "schedule": "dataflow",
 "dtype": "bfloat16",
 "weight_dtype": "bfloat16",
 "batch": 1,
 "time_s": 0.0,
 "energy_J": 0.0,
 "power_W": 0.0,
 "events": 0,
 "forward_passes": 0,
 "generated_tokens": 0,
 "time_to_first_token_s": 0.0,
 "time_per_output_token_s": null,
 "energy_per_generated_token_J": null,
 "phases": {
  "prefill": {
   "time_s": 0.0,
   "events": 0,
   "energy_J": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0,
    "main_mem": 0.0,
    "compute": 0.0,
    "active": 0.0,
    "idle": 0.0,
    "total": 0.0
   },
   "busy_s": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0,
    "compute": 0.0,
    "mem_transfer": 0.0,
    "kv_load": 0.0
   },
   "moved_bytes": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0
   },
   "power_W": 0.0
  },
  "decode": {
   "time_s": 0.0,
   "events": 0,
   "energy_J": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0,
    "main_mem": 0.0,
    "compute": 0.0,
    "active": 0.0,
    "idle": 0.0,
    "total": 0.0
   },
   "busy_s": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0,
    "compute": 0.0,
    "mem_transfer": 0.0,
    "kv_load": 0.0
   },
   "moved_bytes": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0
   },
   "power_W": 0.0,
   "tokens": 0,
   "tokens_per_s": null,
   "energy_per_token_J": null
  }
 },
 "architectures": {
  "CPU": {
   "devices": 1,
   "flops_per_s": 2.0,
   "memory_Bps": 4.0
  }
 },
 "devices": {
  "HOST": {
   "architecture": "CPU",
   "events": 0,
   "energy_J": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0,
    "main_mem": 0.0,
    "compute": 0.0,
    "active": 0.0,
    "idle": 0.0,
    "total": 0.0
   },
   "busy_s": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0,
    "compute": 0.0,
    "mem_transfer": 0.0,
    "kv_load": 0.0
   },
   "moved_bytes": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0
   },
   "utilisation": {
    "host_to_device": 0.0,
    "device_to_host": 0.0,
    "device_to_device": 0.0,
    "compute": 0.0,
    "memory": 0.0
   },
   "phases": {
    "prefill": {
     "energy_J": {
      "host_to_device": 0.0,
      "device_to_host": 0.0,
      "device_to_device": 0.0,
      "main_mem": 0.0,
      "compute": 0.0,
      "active": 0.0,
      "idle": 0.0,
      "total": 0.0
     }
    },
    "decode": {
     "energy_J": {
      "host_to_device": 0.0,
      "device_to_host": 0.0,
      "device_to_device": 0.0,
      "main_mem": 0.0,
      "compute": 0.0,
      "active": 0.0,
      "idle": 0.0,
      "total": 0.0
     }
    }
   },
   "memory_bytes": {
    "weights": 0.0,
    "kv_cache": 0.0,
    "activations": 0.0,
    "total": 0.0,
    "capacity": null
   }
  }
 },
 "links": {
  "a": {
   "kind": "host_to_device",
   "device": "HOST",
   "bandwidth_Bps": 8.0,
   "energy_J": {
    "prefill": 0.0,
    "decode": 0.0,
    "total": 0.0
   },
   "moved_bytes": {
    "prefill": 0.0,
    "decode": 0.0,
    "total": 0.0
   },
   "utilisation": 0.0
  }
 },
 "event_classes": [],
 "operators": []
}
)");
}

TEST(JsonReportTest, KeysAreInReadingOrder) {
  const auto json = nlohmann::ordered_json::parse(result_json(sample_result()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"format",
                                            "version",
                                            "scenario",
                                            "model",
                                            "cost_model",
                                            "schedule",
                                            "dtype",
                                            "weight_dtype",
                                            "batch",
                                            "time_s",
                                            "energy_J",
                                            "power_W",
                                            "peak_power_W",
                                            "events",
                                            "forward_passes",
                                            "generated_tokens",
                                            "time_to_first_token_s",
                                            "time_per_output_token_s",
                                            "energy_per_generated_token_J",
                                            "phases",
                                            "architectures",
                                            "devices",
                                            "links",
                                            "event_classes",
                                            "operators"}));
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
