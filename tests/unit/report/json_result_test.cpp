/// Results written as JSON and read back.
#include "upmem_des/report/json_result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "report/json_report.hpp"
#include "sample_result.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::EndsWith;
using testing::HasSubstr;
using OrderedJson = nlohmann::ordered_json;

namespace {

void expect_equal(const EnergyParts& a, const EnergyParts& b) {
  EXPECT_EQ(a.host_to_device_J, b.host_to_device_J);
  EXPECT_EQ(a.device_to_host_J, b.device_to_host_J);
  EXPECT_EQ(a.device_to_device_J, b.device_to_device_J);
  EXPECT_EQ(a.main_mem_J, b.main_mem_J);
  EXPECT_EQ(a.compute_J, b.compute_J);
  EXPECT_EQ(a.active_J, b.active_J);
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
  EXPECT_EQ(a.streams_B, b.streams_B);
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

void expect_equal(const ArchitectureResult& a, const ArchitectureResult& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.devices, b.devices);
  EXPECT_EQ(a.flops_per_s, b.flops_per_s);
  EXPECT_EQ(a.memory_Bps, b.memory_Bps);
}

void expect_equal(const OperatorUse& a, const OperatorUse& b) {
  EXPECT_EQ(a.architecture, b.architecture);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.phase, b.phase);
  EXPECT_EQ(a.operator_class, b.operator_class);
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.time_s, b.time_s);
  EXPECT_EQ(a.compute_s, b.compute_s);
  EXPECT_EQ(a.memory_s, b.memory_s);
  EXPECT_EQ(a.flop, b.flop);
  EXPECT_EQ(a.memory_bytes, b.memory_bytes);
  EXPECT_EQ(a.energy_J, b.energy_J);
}

template <class Item>
void expect_all_equal(const std::vector<Item>& a, const std::vector<Item>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) expect_equal(a[i], b[i]);
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
  EXPECT_EQ(a.all_devices_ideal, b.all_devices_ideal);
  EXPECT_EQ(a.time_s, b.time_s);
  EXPECT_EQ(a.forward_passes, b.forward_passes);
  EXPECT_EQ(a.events, b.events);
  for (std::size_t i = 0; i < phase_count; ++i) {
    EXPECT_EQ(a.phases[i].time_s, b.phases[i].time_s);
    EXPECT_EQ(a.phases[i].events, b.phases[i].events);
    EXPECT_EQ(a.phases[i].peak_power_W, b.phases[i].peak_power_W);
    expect_equal_parts(a.phases[i], b.phases[i]);
  }
  ASSERT_EQ(a.devices.size(), b.devices.size());
  for (std::size_t i = 0; i < a.devices.size(); ++i) {
    EXPECT_EQ(a.devices[i].name, b.devices[i].name);
    EXPECT_EQ(a.devices[i].architecture, b.devices[i].architecture);
    EXPECT_EQ(a.devices[i].events, b.devices[i].events);
    expect_equal_parts(a.devices[i], b.devices[i]);
    for (std::size_t p = 0; p < phase_count; ++p)
      expect_equal(a.devices[i].phase_energy[p], b.devices[i].phase_energy[p]);
    EXPECT_EQ(a.devices[i].phase_peak_power_W, b.devices[i].phase_peak_power_W);
    for (std::size_t p = 0; p < phase_count; ++p) {
      const std::optional<TimeUse>& one = a.devices[i].phase_use[p];
      const std::optional<TimeUse>& other = b.devices[i].phase_use[p];
      ASSERT_EQ(one.has_value(), other.has_value());
      if (!one) continue;
      for (double TimeUse::*part : {&TimeUse::compute_s, &TimeUse::memory_s, &TimeUse::overhead_s,
                                    &TimeUse::communication_s, &TimeUse::waiting_s})
        EXPECT_EQ((*one).*part, (*other).*part);
    }
    expect_equal(a.devices[i].memory, b.devices[i].memory);
  }
  expect_all_equal(a.links, b.links);
  expect_all_equal(a.architectures, b.architectures);
  expect_all_equal(a.operators, b.operators);
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

const OrderedJson missing(OrderedJson::value_t::discarded);

/// The sample with the value at a JSON pointer changed, or taken away where it is to be missing.
std::string changed(const std::string& pointer, const OrderedJson& value) {
  OrderedJson json = OrderedJson::parse(result_json(sample_result()));
  const OrderedJson::json_pointer at(pointer);
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
  const std::string expected = "; expected a result, as `run --json` writes it";
  const std::string text = result_json(sample_result());
  EXPECT_EQ(parsing_error(""), "F:1: empty" + expected);
  EXPECT_EQ(parsing_error("\x1f\x8b\x08"), "F:1: compressed" + expected);
  EXPECT_EQ(parsing_error("{"), "F:1: ends in the middle" + expected);
  EXPECT_EQ(parsing_error(text.substr(0, text.size() / 2)),
            "F:" +
                std::to_string(
                    1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.size() / 2), '\n')) +
                ": ends in the middle" + expected);
  EXPECT_EQ(parsing_error("{\n\xff"), "F:2: not JSON at '\\xff'" + expected);
  EXPECT_EQ(parsing_error("{}\n{}"), "F:2: not JSON at '{'" + expected);
  EXPECT_EQ(parsing_error("{\"a\": NaN}"), "F:1: not JSON at '{\"a\": N'" + expected);
  EXPECT_EQ(parsing_error("{\"a\": 1e400}"), "F:1: a number beyond 1.8e308" + expected);
  EXPECT_EQ(parsing_error("[]"), "F:1: a list; expected an object");
  EXPECT_EQ(parsing_error("5"), "F:1: 5; expected an object");
  EXPECT_EQ(parsing_error("{}"), "F: format: missing; expected a value");
  EXPECT_EQ(parsing_error(changed("/format", "upmem-des-trace")), "F:1: format: not a result of this program");
  EXPECT_EQ(parsing_error(changed("/format", "upmem-des-profile")), "F:1: format: a measured run" + expected);
  EXPECT_EQ(parsing_error(changed("/version", 2)), "F:1: version: unknown version; expected 1");
  EXPECT_EQ(parsing_error(changed("/dtype", "fp9")),
            "F:1: dtype: unknown dtype 'fp9'; expected int4, int8, fp8, mxfp4, nvfp4, float16, bfloat16, float32, "
            "int4-g128, int4-g64, int4-g32, nf4 and 5 more; did you mean 'fp8'?");
}

TEST(JsonResultTest, ResultsOfEarlierPrograms) {
  for (const char* pointer : {"/architectures", "/operators"})
    EXPECT_EQ(parsing_error(changed(pointer, missing)),
              R"(F: no "architectures" and "operators": a result of an earlier program; run the scenario again)");
  // Those without peak power, and without what devices' time went into, are read.
  SimulationResult earlier = sample_result();
  for (PhaseResult& phase : earlier.phases) phase.peak_power_W.reset();
  for (DeviceResult& device : earlier.devices) {
    device.phase_peak_power_W = {};
    device.phase_use = {};
  }
  const std::string text = result_json(earlier);
  EXPECT_EQ(text.find("peak_power_W"), std::string::npos);
  EXPECT_EQ(text.find("waiting"), std::string::npos);
  EXPECT_EQ(result_json(parse_result_json(text, "F")), text);
}

TEST(JsonResultTest, WhetherDevicesAreIdeal) {
  SimulationResult result = sample_result();
  EXPECT_EQ(OrderedJson::parse(result_json(result)).count("all_devices_ideal"), 0U);
  for (const bool is_ideal : {false, true}) {
    result.all_devices_ideal = is_ideal;
    const std::string text = result_json(result);
    EXPECT_EQ(OrderedJson::parse(text).at("all_devices_ideal"), is_ideal);
    EXPECT_EQ(parse_result_json(text, "F").all_devices_ideal, is_ideal);
  }
  for (const OrderedJson& bad : {OrderedJson(nullptr), OrderedJson(1), OrderedJson("true"), OrderedJson::array()})
    EXPECT_THAT(parsing_error(changed("/all_devices_ideal", bad)), EndsWith("; expected true or false")) << bad;
}

TEST(JsonResultTest, WhereAResultComesFrom) {
  SimulationResult result = sample_result();
  EXPECT_FALSE(OrderedJson::parse(result_json(result)).contains("run"));
  result.what_was_run = {
      "0.1.0", "", {64}, 16, {{"default", "HOST"}, {"decode.lm_head", "chip,t"}}, {{"workload.batch", "8"}}};
  result.what_if = {{"memory", 2, 5, {1.5, 3.5}}};
  const OrderedJson json = OrderedJson::parse(result_json(result));
  EXPECT_EQ(json.at("run"),
            OrderedJson::parse(R"({"program": "0.1.0", "inputs": null, "prompt_tokens": 64, "output_tokens": 16,
    "mapping": {"decode.lm_head": "chip,t", "default": "HOST"}, "settings": {"workload.batch": "8"}})"));
  EXPECT_EQ(json.at("what_if"), OrderedJson::parse(R"([{"what": "memory", "factor": 2.0, "time_s": 5.0,
    "phases": {"prefill": 1.5, "decode": 3.5}}])"));
  const std::string text = result_json(result);
  EXPECT_EQ(result_json(parse_result_json(text, "F")), text);
  result.what_was_run.prompt_tokens = {64, 32};
  result.what_was_run.output_tokens.reset();
  result.what_was_run.inputs = "00112233445566778899aabbccddeeff";
  EXPECT_EQ(result_json(parse_result_json(result_json(result), "F")), result_json(result));
}

TEST(JsonResultTest, DeepNestingIsNoCrash) {
  EXPECT_EQ(parsing_error(std::string(1'000'000, '[')),
            "F:1: nested more than 100 deep; expected a result, as `run --json` writes it");
}

/// An object that looks for a key by going through all of them would take hours.
TEST(JsonResultTest, AMillionKeysTakeNoTime) {
  std::string text = "{\"devices\": {";
  for (int i = 0; i < 1'000'000; ++i) text += "\"" + std::to_string(i) + "\": 0, ";
  EXPECT_EQ(parsing_error(text + "\"x\": 0}}"), "F: format: missing; expected a value");
}

TEST(JsonResultTest, EveryValueIsCheckedForItsKind) {
  const OrderedJson values = OrderedJson::parse(result_json(sample_result())).flatten();
  int checked = 0;
  for (const auto& [pointer, value] : values.items()) {
    const std::string key = pointer.substr(pointer.rfind('/') + 1);
    // What is computed from other values is not read.
    const bool is_derived = key == "total" || key == "power_W" || key == "generated_tokens" || key == "tokens" ||
                            key == "tokens_per_s" || key == "time_to_first_token_s" || key == "energy_per_token_J" ||
                            pointer == "/energy_J" || key == "time_per_output_token_s" ||
                            key == "energy_per_generated_token_J" ||
                            (key == "peak_power_W" && pointer.find("/phases/") == std::string::npos) ||
                            pointer.find("/utilisation") != std::string::npos;
    if (is_derived) continue;
    ++checked;
    // Results of earlier programs do not have it.
    const std::string without = parsing_error(changed(pointer, missing));
    if (pointer == "/weight_dtype" || key == "peak_power_W" || key == "active") {
      EXPECT_EQ(without, "no error");
    } else {
      EXPECT_THAT(without, EndsWith(": missing; expected a value")) << pointer;
    }
    EXPECT_THAT(parsing_error(changed(pointer, OrderedJson::array())), HasSubstr(": a list; expected a ")) << pointer;
    EXPECT_THAT(parsing_error(changed(pointer, true)), HasSubstr(": true; expected a ")) << pointer;
    // Devices may leave out what energy they draw.
    const bool is_energy = pointer.find("energy_J") != std::string::npos || key == "peak_power_W";
    if (is_energy) {
      EXPECT_EQ(parsing_error(changed(pointer, nullptr)), "no error") << pointer;
    } else if (key != "capacity" && key != "device") {
      EXPECT_THAT(parsing_error(changed(pointer, nullptr)), HasSubstr(": null; expected a ")) << pointer;
    }
    if (value.is_string()) {
      EXPECT_THAT(parsing_error(changed(pointer, 5)), EndsWith(": 5; expected a text")) << pointer;
    }
    if (!value.is_number()) continue;
    for (const OrderedJson& bad : {OrderedJson(-1), OrderedJson(-1e-9), OrderedJson("2"), OrderedJson(1e101)})
      EXPECT_THAT(parsing_error(changed(pointer, bad)), HasSubstr(" from 0 to ")) << pointer << " " << bad;
    if (!value.is_number_integer()) continue;
    for (const OrderedJson& bad : {OrderedJson(1.5), OrderedJson(1e30), OrderedJson(9223372036854775808U)})
      EXPECT_THAT(parsing_error(changed(pointer, bad)), EndsWith("; expected a whole number from 0 to 2^63 - 1"))
          << pointer << " " << bad;
  }
  EXPECT_GT(checked, 150);
}

TEST(JsonResultTest, ObjectsAndListsAreCheckedForTheirKind) {
  for (const char* object : {"phases", "architectures", "devices", "links"}) {
    EXPECT_EQ(parsing_error(changed(std::string("/") + object, 5)),
              std::string("F:1: ") + object + ": 5; expected an object");
    EXPECT_EQ(parsing_error(changed(std::string("/") + object, OrderedJson::array())),
              std::string("F:1: ") + object + ": a list; expected an object");
  }
  for (const char* list : {"event_classes", "operators"}) {
    EXPECT_EQ(parsing_error(changed(std::string("/") + list, OrderedJson::object())),
              std::string("F:1: ") + list + ": an object; expected a list");
    EXPECT_EQ(parsing_error(changed(std::string("/") + list + "/0", "text")),
              std::string("F:1: ") + list + "[0]: 'text'; expected an object");
  }
}

TEST(JsonResultTest, MessagesNameTheValue) {
  EXPECT_EQ(parsing_error(changed("/devices/DEV/events", -3)),
            "F:1: devices.DEV.events: -3; expected a whole number from 0 to 2^63 - 1");
  EXPECT_EQ(parsing_error(changed("/operators/2/flop", -0.5)),
            "F:1: operators[2].flop: -0.5; expected a number from 0 to 1e100");
  EXPECT_EQ(parsing_error(changed("/architectures/CPU/memory_Bps", std::string(59, 'x') + "µµ")),
            "F:1: architectures.CPU.memory_Bps: '" + std::string(59, 'x') + "...'; expected a number from 0 to 1e100");
  EXPECT_EQ(parsing_error(changed("/event_classes/0/phase", "summarization")),
            "F:1: event_classes[0].phase: unknown phase 'summarization'; expected prefill, decode");
  EXPECT_EQ(parsing_error(changed("/event_classes/0/kind", "operator")),
            "F:1: event_classes[0].kind: unknown kind 'operator'; expected layer, function, communication");
  EXPECT_EQ(parsing_error(changed("/links/DEV.host_to_device/kind", "sideways")),
            "F:1: links.DEV.host_to_device.kind: unknown kind 'sideways'; expected host_to_device, device_to_host, "
            "device_to_device");
  EXPECT_EQ(parsing_error(changed("/operators/0/class", "liner")),
            "F:1: operators[0].class: unknown class 'liner'; expected linear, attention, normalization, activation, "
            "embedding, convolution, other; did you mean 'linear'?");
}

TEST(JsonResultTest, NamesOfDevicesAndArchitecturesAreKnown) {
  EXPECT_EQ(parsing_error(changed("/links/DEV.host_to_device/device", "DVE")),
            "F:1: links.DEV.host_to_device.device: no device 'DVE' in \"devices\"; expected one of DEV, HOST; "
            "did you mean 'DEV'?");
  EXPECT_EQ(parsing_error(changed("/devices/DEV/architecture", "H100")),
            "F:1: devices.DEV.architecture: no architecture 'H100' in \"architectures\"; expected one of CPU, "
            "PIM_AI_4chip");
  EXPECT_EQ(parsing_error(changed("/operators/1/architecture", "PIM_AI_4chp")),
            "F:1: operators[1].architecture: no architecture 'PIM_AI_4chp' in \"architectures\"; expected one of CPU, "
            "PIM_AI_4chip; did you mean 'PIM_AI_4chip'?");
  EXPECT_EQ(parsing_error(changed("/architectures", OrderedJson::object())),
            "F:1: devices.HOST.architecture: no architecture 'CPU' in \"architectures\"");
}

TEST(JsonResultTest, NamesAreGivenOnce) {
  for (const std::string list : {"architectures", "devices", "links"}) {
    const std::string text =
        replaced(result_json(sample_result()), "\"" + list + "\": {", "\"" + list + "\": { \"a.b\": 1, \"a.b\": 2, ");
    const auto place = text.begin() + static_cast<std::ptrdiff_t>(text.find("\"a.b\""));
    const std::string line = std::to_string(1 + std::count(text.begin(), place, '\n'));
    EXPECT_EQ(parsing_error(text),
              "F:" + line + ": " + list + ".a.b: duplicate key, first given on line " + line + "; expected it once");
  }
}

TEST(JsonResultTest, CountsAndRatesThatCannotBe) {
  OrderedJson json = OrderedJson::parse(result_json(sample_result()));
  json["batch"] = 4294967296;
  json["forward_passes"] = 2147483647;
  EXPECT_EQ(parsing_error(json.dump()), "no error") << "2^63 - 2^32 tokens";
  json["forward_passes"] = 2147483648;
  EXPECT_EQ(parsing_error(json.dump()),
            "F:1: forward_passes: times the batch is more than 2^63 - 1 tokens; expected fewer");
  for (const char* time : {"/time_s", "/phases/prefill/time_s", "/phases/decode/time_s"})
    EXPECT_EQ(parsing_error(changed(time, 1e-308)),
              "F: power or tokens/s are beyond 1.8e308; expected a time to suit the energy");
}

TEST(JsonResultTest, WhatMayBeMissingIsNull) {
  EXPECT_FALSE(parse_result_json(changed("/links/DEV.host_to_device/device", nullptr), "F").links[0].owner);
  EXPECT_EQ(parse_result_json(changed("/devices/DEV/memory_bytes/capacity", 8), "F").devices[1].memory.capacity_B, 8);
}

TEST(ResultFileTest, ReadsWhatWasWritten) {
  const TemporaryFolder folder;
  const std::string text = result_json(thorny_result());
  EXPECT_EQ(result_json(read_result_file(folder.write("a.json", text))), text);
}

TEST(ResultFileTest, FilesThatCannotBeRead) {
  const TemporaryFolder folder;
  const auto reading_error = [](const std::string& path) { return input_error([&] { read_result_file(path); }); };
  const std::string expected = "; expected a result, as `run --json` writes it";
  EXPECT_EQ(reading_error(folder.path("none.json")), folder.path("none.json") + ": no such file");
  EXPECT_EQ(reading_error(folder.str()), folder.str() + ": a folder" + expected);
  EXPECT_EQ(reading_error("/dev/null"), "/dev/null: a device" + expected);
  EXPECT_EQ(reading_error("/dev/zero"), "/dev/zero: a device" + expected);
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(reading_error(folder.path("pipe")), folder.path("pipe") + ": a pipe" + expected) << "and no waiting";
  EXPECT_EQ(reading_error(folder.write("b.json", "{}")), folder.path("b.json") + ": format: missing; expected a value");
}
