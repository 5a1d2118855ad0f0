/// Results written as JSON and read back.
#include "report/json_result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/json_report.hpp"
#include "sample_result.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

namespace {

void expect_equal(const EnergyParts& a, const EnergyParts& b) {
  EXPECT_EQ(a.host_to_device_J, b.host_to_device_J);
  EXPECT_EQ(a.device_to_host_J, b.device_to_host_J);
  EXPECT_EQ(a.device_to_device_J, b.device_to_device_J);
  EXPECT_EQ(a.main_mem_J, b.main_mem_J);
  EXPECT_EQ(a.compute_J, b.compute_J);
  EXPECT_EQ(a.idle_J, b.idle_J);
}

void expect_equal(const BusyTimes& a, const BusyTimes& b) {
  EXPECT_EQ(a.host_to_device_s, b.host_to_device_s);
  EXPECT_EQ(a.device_to_host_s, b.device_to_host_s);
  EXPECT_EQ(a.device_to_device_s, b.device_to_device_s);
  EXPECT_EQ(a.compute_s, b.compute_s);
  EXPECT_EQ(a.mem_transfer_s, b.mem_transfer_s);
  EXPECT_EQ(a.kv_load_s, b.kv_load_s);
}

void expect_equal(const MovedBytes& a, const MovedBytes& b) {
  EXPECT_EQ(a.host_to_device_B, b.host_to_device_B);
  EXPECT_EQ(a.device_to_host_B, b.device_to_host_B);
  EXPECT_EQ(a.device_to_device_B, b.device_to_device_B);
}

void expect_equal(const MemoryUse& a, const MemoryUse& b) {
  EXPECT_EQ(a.weights_B, b.weights_B);
  EXPECT_EQ(a.kv_cache_B, b.kv_cache_B);
  EXPECT_EQ(a.activations_B, b.activations_B);
  EXPECT_EQ(a.capacity_B, b.capacity_B);
}

void expect_equal(const LinkResult& a, const LinkResult& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.owner, b.owner);
  EXPECT_EQ(a.bandwidth_Bps, b.bandwidth_Bps);
  EXPECT_EQ(a.energy_J, b.energy_J);
  EXPECT_EQ(a.moved_B, b.moved_B);
}

template <class Part>
void expect_equal_parts(const Part& a, const Part& b) {
  expect_equal(a.energy, b.energy);
  expect_equal(a.busy, b.busy);
  expect_equal(a.moved, b.moved);
}

void expect_equal(const SimulationResult& a, const SimulationResult& b) {
  EXPECT_EQ(a.scenario, b.scenario);
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.cost_model, b.cost_model);
  EXPECT_EQ(a.schedule, b.schedule);
  EXPECT_EQ(a.dtype, b.dtype);
  EXPECT_EQ(a.batch, b.batch);
  EXPECT_EQ(a.time_s, b.time_s);
  EXPECT_EQ(a.forward_passes, b.forward_passes);
  EXPECT_EQ(a.events, b.events);
  for (std::size_t i = 0; i < phase_count; ++i) {
    EXPECT_EQ(a.phases[i].time_s, b.phases[i].time_s);
    EXPECT_EQ(a.phases[i].events, b.phases[i].events);
    expect_equal_parts(a.phases[i], b.phases[i]);
  }
  ASSERT_EQ(a.devices.size(), b.devices.size());
  for (std::size_t i = 0; i < a.devices.size(); ++i) {
    EXPECT_EQ(a.devices[i].name, b.devices[i].name);
    EXPECT_EQ(a.devices[i].events, b.devices[i].events);
    expect_equal_parts(a.devices[i], b.devices[i]);
    for (std::size_t p = 0; p < phase_count; ++p)
      expect_equal(a.devices[i].phase_energy[p], b.devices[i].phase_energy[p]);
    expect_equal(a.devices[i].memory, b.devices[i].memory);
  }
  ASSERT_EQ(a.links.size(), b.links.size());
  for (std::size_t i = 0; i < a.links.size(); ++i) expect_equal(a.links[i], b.links[i]);
  ASSERT_EQ(a.event_classes.size(), b.event_classes.size());
  for (std::size_t i = 0; i < a.event_classes.size(); ++i) {
    const EventClass& x = a.event_classes[i];
    const EventClass& y = b.event_classes[i];
    EXPECT_EQ(x.kind, y.kind);
    EXPECT_EQ(x.type, y.type);
    EXPECT_EQ(x.name, y.name);
    EXPECT_EQ(x.phase, y.phase);
    EXPECT_EQ(x.count, y.count);
    EXPECT_EQ(x.cost.time_s, y.cost.time_s);
    EXPECT_EQ(x.cost.flop, y.cost.flop);
    EXPECT_EQ(x.cost.memory_bytes, y.cost.memory_bytes);
    expect_equal_parts(x.cost, y.cost);
  }
}

std::string parsing_error(const std::string& text) {
  return input_error([&] { parse_result_json(text, "F"); });
}

/// The sample with the value at a JSON pointer changed; a discarded value takes the key away.
std::string changed(const std::string& pointer, const Json& value) {
  Json json = Json::parse(result_json(sample_result()));
  const Json::json_pointer at(pointer);
  if (value.is_discarded())
    json[at.parent_pointer()].erase(at.back());
  else
    json[at] = value;
  return json.dump();
}

}  // namespace

TEST(JsonResultTest, RoundTripsKeepEveryField) {
  for (const SimulationResult& result : {SimulationResult(), sample_result(), machine_result(), thorny_result()}) {
    const std::string text = result_json(result);
    const SimulationResult back = parse_result_json(text, "F");
    expect_equal(result, back);
    EXPECT_EQ(result_json(back), text);
  }
}

TEST(JsonResultTest, WhatIsNoResult) {
  EXPECT_THAT(parsing_error(""), StartsWith("F: not a result of this program: "));
  EXPECT_THAT(parsing_error("{"), StartsWith("F: not a result of this program: "));
  EXPECT_THAT(parsing_error("[]"), StartsWith("F: not a result of this program: "));
  EXPECT_THAT(parsing_error("5"), StartsWith("F: not a result of this program: "));
  EXPECT_THAT(parsing_error("{}"), StartsWith("F: not a result of this program: "));
  EXPECT_THAT(parsing_error("\xff"), StartsWith("F: not a result of this program: "));
  const std::string text = result_json(sample_result());
  EXPECT_THAT(parsing_error(text.substr(0, text.size() / 2)), StartsWith("F: not a result of this program: "));
  EXPECT_EQ(parsing_error(changed("/format", "upmem-des-trace")), "F: format: not a result of this program");
  EXPECT_EQ(parsing_error(changed("/version", 2)), "F: version: unknown version; expected 1");
  EXPECT_EQ(parsing_error(changed("/dtype", "fp8")), "F: dtype: unknown data type");
}

TEST(JsonResultTest, DeepNestingIsNoCrash) {
  EXPECT_THAT(parsing_error(std::string(1'000'000, '[')), StartsWith("F: not a result of this program: "));
}

TEST(JsonResultTest, WrongOrMissingValues) {
  for (const char* pointer : {"/scenario",
                              "/model",
                              "/cost_model",
                              "/schedule",
                              "/dtype",
                              "/batch",
                              "/time_s",
                              "/events",
                              "/forward_passes",
                              "/phases",
                              "/phases/prefill",
                              "/phases/decode/time_s",
                              "/phases/decode/energy_J/idle",
                              "/phases/decode/busy_s/kv_load",
                              "/phases/decode/moved_bytes/device_to_host",
                              "/devices",
                              "/devices/DEV/events",
                              "/devices/DEV/energy_J",
                              "/devices/DEV/energy_J/device_to_device",
                              "/devices/DEV/busy_s/device_to_device",
                              "/devices/DEV/moved_bytes/device_to_device",
                              "/devices/DEV/phases/decode/energy_J",
                              "/devices/DEV/memory_bytes/weights",
                              "/devices/DEV/memory_bytes/kv_cache",
                              "/devices/DEV/memory_bytes/activations",
                              "/links",
                              "/links/DEV.host_to_device/kind",
                              "/links/DEV.host_to_device/bandwidth_Bps",
                              "/links/DEV.host_to_device/energy_J/prefill",
                              "/links/DEV.host_to_device/moved_bytes/decode",
                              "/event_classes",
                              "/event_classes/0/count",
                              "/event_classes/1/flop",
                              "/event_classes/0/type",
                              "/event_classes/0/phase",
                              "/event_classes/0/kind"}) {
    EXPECT_THAT(parsing_error(changed(pointer, Json(Json::value_t::discarded))), StartsWith("F: ")) << pointer;
    const std::string name = pointer;
    const bool is_list = name == "/devices" || name == "/links" || name == "/event_classes";
    EXPECT_THAT(parsing_error(changed(pointer, is_list ? Json(5) : Json::array())), StartsWith("F: ")) << pointer;
    EXPECT_THAT(parsing_error(changed(pointer, nullptr)), StartsWith("F: ")) << pointer << " null";
  }
  for (const char* count : {"/batch", "/events", "/forward_passes", "/phases/prefill/events", "/devices/DEV/events",
                            "/event_classes/0/count"})
    for (const Json& value : {Json(1.5), Json(1e30), Json(true), Json("2")})
      EXPECT_THAT(parsing_error(changed(count, value)), StartsWith("F: ")) << count << " " << value;
  EXPECT_EQ(parsing_error(changed("/event_classes/0/phase", "summarization")),
            "F: phase: unknown phase 'summarization'; expected prefill or decode");
  EXPECT_EQ(parsing_error(changed("/event_classes/0/kind", "operator")),
            "F: kind: unknown kind 'operator'; expected layer or function");
  EXPECT_EQ(parsing_error(changed("/links/DEV.host_to_device/kind", "sideways")),
            "F: kind: unknown kind 'sideways'; expected host_to_device, device_to_host or device_to_device");
  EXPECT_EQ(parsing_error(changed("/links/DEV.host_to_device/device", "DVE")),
            "F: device: no device 'DVE'; expected one that \"devices\" has");
}

TEST(JsonResultTest, WhatMayBeMissingIsNull) {
  for (const char* pointer : {"/links/DEV.host_to_device/device", "/devices/DEV/memory_bytes/capacity"})
    for (const Json& value : {Json(Json::value_t::discarded), Json::array(), Json(true)}) {
      if (value.is_boolean() && std::string(pointer).find("capacity") != std::string::npos) continue;
      EXPECT_THAT(parsing_error(changed(pointer, value)), StartsWith("F: ")) << pointer << " " << value;
    }
  EXPECT_FALSE(parse_result_json(changed("/links/DEV.host_to_device/device", nullptr), "F").links[0].owner);
  EXPECT_EQ(parse_result_json(changed("/devices/DEV/memory_bytes/capacity", 8), "F").devices[1].memory.capacity_B, 8);
}
