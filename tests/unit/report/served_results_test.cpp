/// Results of served requests: written, read back, shown, and side by side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "page/page_template.hpp"
#include "report/served_comparison.hpp"
#include "upmem_des/report/html_report.hpp"
#include "upmem_des/report/json_result.hpp"
#include "upmem_des/report/serving_json.hpp"
#include "upmem_des/report/serving_text.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using testing::HasSubstr;
using testing::StartsWith;
using OrderedJson = nlohmann::ordered_json;

namespace {

SpreadOf spread(double value) {
  return {8, value, value * 1.1, value * 1.2, value * 1.3, value * 1.4, value * 1.5};
}

CourseTrack track(double value) {
  const BinnedGauge gauge{{value, value / 2}, {0, 0}, {value + 1, value}};
  return {gauge,  gauge,     gauge,  {100 * value, 50}, {40, 2},          {30, 0},
          {4, 1}, {15.5, 2}, {1, 2}, {30, 2},           {200 * value, 60}};
}

/// Two instances on a device each; 8 of 10 requests were served, 6 within all objectives.
ServingRun served_run(double times = 1) {
  ServingRun run;
  SimulationResult& machine = run.machine;
  machine.scenario = "a \"server\"";
  machine.model = "tiny";
  machine.cost_model = "roofline";
  machine.schedule = "dataflow";
  machine.time_s = 12 * times;
  machine.all_devices_ideal = false;
  machine.architectures = {{"HOST", 1, 0, 0}, {"GPU", 2, 1, 1}};
  for (const char* name : {"HOST", "gpu[0]", "gpu[1]"}) {
    DeviceResult device;
    device.name = name;
    device.architecture = device.name == "HOST" ? 0 : 1;
    device.energy.compute_J = 1.25;
    device.energy.idle_J = 0.5;
    machine.devices.push_back(device);
  }
  machine.phase(Phase::Decode).energy.compute_J = 3.75;
  machine.phase(Phase::Decode).energy.idle_J = 1.5;
  ServingResult& result = run.serving;
  result.scheduler = "vllm_v1";
  result.router = "random";
  result.submitted = 10;
  result.completed = 8;
  result.refused = 2;
  result.preempted = 1;
  result.makespan_s = 10 * times;
  result.prompt_tokens = 800;
  result.output_tokens = 80;
  result.time_to_first_token_s = spread(0.1 * times);
  result.time_per_output_token_s = spread(0.01 * times);
  result.inter_token_s = spread(0.02);
  result.end_to_end_s = spread(2);
  result.queued_s = spread(0.05);
  result.objectives = {0.5, std::nullopt, 3.0};
  result.meeting_objectives = 6;
  result.meeting = {7, 0, 6};
  result.cache = {16, 100, true, 50, 20.5, 32, 3, 2, 64};
  result.tier = {true, 200, 90, 16, 95, 6, 40, 1, 2e6, 0.5, 0.25, spread(0.004)};
  result.steps = {500, 17.5, 3.25, 12};
  result.transfers = {true, 8, 1e9, 0.25, spread(0.003)};
  result.speculation = {"draft", 40, 25, 10, 1.5, 0.125};
  result.energy_J = 5.25;
  result.idle_J = 1.5;
  result.requests_J = 3.75;
  result.of_prompt_tokens_J = 0.1 + 0.2;
  result.is_saturated = true;
  result.instances = {{"0", {"gpu[0]"}, 5, 300, 2, 9, 50, 25}, {"1", {"gpu[1]"}, 3, 200, 0, 8, 50, 26}};
  std::vector<double> curve;
  for (const double share : curve_shares()) curve.push_back(share * times);
  result.curves = {curve, {}, curve, curve};
  result.wait_classes = {{0, 0.5, 4, {0.1, 0.2, 0.3, 0.4}}, {0.5, 1, 4, {0.5, 0.6, 0.7, 0.8}}};
  result.mean_wait = {0.3, 0.4, 0.5, 0.6};
  result.course = ServingCourse{8, 12, track(3), {track(1), track(2)}, {0, 8, 12}};
  result.peak_power_W = 650;
  result.device_times = {{0, 0, 0, 12}, {6, 1, 2, 3}, {5, 1, 2, 4}};
  return run;
}

ServingRun read_back(const std::string& json) {
  return std::get<ServingRun>(parse_any_result_json(json, "r.json"));
}

std::string message_of(const std::function<void(OrderedJson&)>& change) {
  OrderedJson json = OrderedJson::parse(serving_json(served_run()));
  change(json);
  try {
    read_back(json.dump());
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST(ServedResults, WhatIsWrittenIsRead) {
  for (const double times : {1.0, 1.0 / 3}) {
    const ServingRun run = served_run(times);
    const ServingRun again = read_back(serving_json(run));
    EXPECT_EQ(serving_json(again), serving_json(run));
    EXPECT_EQ(serving_text(again), serving_text(run));
    EXPECT_EQ(again.serving.meeting_objectives, 6);
    EXPECT_EQ(again.serving.meeting.ttft, 7);
    EXPECT_EQ(again.serving.of_prompt_tokens_J, 0.1 + 0.2);
    EXPECT_EQ(again.serving.device_times.at(1).waits_s, 1);
  }
}

TEST(ServedResults, NothingServedIsReadToo) {
  ServingRun run = served_run();
  ServingResult& result = run.serving;
  result.completed = result.prompt_tokens = result.output_tokens = result.meeting_objectives = 0;
  result.meeting = {};
  result.makespan_s = 0;
  for (SpreadOf* spread : {&result.time_to_first_token_s, &result.time_per_output_token_s, &result.inter_token_s,
                           &result.end_to_end_s, &result.queued_s, &result.transfers.time_s, &result.tier.fetch_s})
    *spread = {};
  result.curves = {};
  result.wait_classes.clear();
  const ServingRun again = read_back(serving_json(run));
  EXPECT_EQ(serving_json(again), serving_json(run));
  EXPECT_EQ(serving_text(again), serving_text(run));
}

TEST(ServedResults, OfAnEarlierProgram) {
  OrderedJson json = OrderedJson::parse(serving_json(served_run()));
  for (const char* key : {"curves", "waits", "course"}) json["serving"].erase(key);
  json["serving"]["energy"].erase("prompts_J");
  json["serving"]["goodput"].erase("each");
  for (auto& [name, device] : json["devices"].items()) device.erase("time_s");
  json.erase("peak_power_W");
  const ServingRun again = read_back(json.dump());
  EXPECT_FALSE(again.serving.course);
  ServingRun without = served_run();
  without.serving.peak_power_W.reset();
  without.serving.device_times.clear();
  EXPECT_EQ(serving_text(again), serving_text(without));
  EXPECT_EQ(served_comparison_text({{"one", &again}, {"other", &without}}).find("peak power"), std::string::npos);
  EXPECT_NEAR(again.serving.of_prompt_tokens_J, 0.3, 1e-12);
}

/// All parts of the course but the last had the same length.
TEST(ServedResults, ACourseOfAnEarlierProgram) {
  OrderedJson json = OrderedJson::parse(serving_json(served_run()));
  OrderedJson& course = json["serving"]["course"];
  course.erase("edges_s");
  course["all"].erase("peak_power_W");
  for (OrderedJson& instance : course["instances"]) instance.erase("peak_power_W");
  const ServingRun again = read_back(json.dump());
  EXPECT_TRUE(again.serving.course->edges_s.empty());
  EXPECT_TRUE(again.serving.course->all.peak_power_W.empty());
  EXPECT_EQ(OrderedJson::parse(serving_json(again)), json);
}

TEST(ServedResults, ListsOfNumbersAreALineEach) {
  const std::string json = serving_json(served_run());
  EXPECT_THAT(json, HasSubstr("\"power_W\": [300.0,50.0]"));
  EXPECT_THAT(json, HasSubstr("\"steps\": [4,1]"));
  EXPECT_THAT(json, HasSubstr("\"tpot_s\": []"));
  EXPECT_THAT(json, HasSubstr("\"devices\": [\n"));
}

TEST(ServedResults, WhatIsWrongIsSaid) {
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"].erase("kv"); }),
            "r.json:1: serving.kv: missing; expected a value");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"]["makespan_s"] = -1; }),
            "r.json:1: serving.makespan_s: -1; expected a number from 0 to 1e100");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"]["makespan_s"] = 1e-310; }),
            "r.json:1: serving.makespan_s: is so short that rates are beyond 1.8e308; expected a longer time");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["time_s"] = 1e-310; }),
            "r.json:1: time_s: is so short that power is beyond 1.8e308; expected a longer time");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"]["goodput"]["share"] = 1.5; }),
            "r.json:1: serving.goodput.share: is above 1; expected a share of the completed requests");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"]["requests"]["completed"] = 1.5; }),
            "r.json:1: serving.requests.completed: 1.5; expected a whole number from 0 to 2^63 - 1");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"]["course"]["all"]["power_W"] = {1}; }),
            "r.json:1: serving.course.all.power_W: has 1 values; expected 2, one for each bin");
  EXPECT_EQ(message_of([](OrderedJson& json) {
              json["serving"]["course"]["all"]["peak_power_W"] = {1, 2, 3};
            }),
            "r.json:1: serving.course.all.peak_power_W: has 3 values; expected 2, one for each bin");
  EXPECT_EQ(message_of([](OrderedJson& json) {
              json["serving"]["course"]["edges_s"] = {0, 12};
            }),
            "r.json:1: serving.course.edges_s: has 2 values; expected 3, where each bin begins and the last one ends");
  EXPECT_EQ(message_of([](OrderedJson& json) {
              json["serving"]["course"]["edges_s"] = {0, 8, 8};
            }),
            "r.json:1: serving.course.edges_s: do not ascend; expected each to be above the one before");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["peak_power_W"] = -1; }),
            "r.json:1: peak_power_W: -1; expected a number from 0 to 1e100");
  EXPECT_EQ(
      message_of([](OrderedJson& json) { json["serving"]["course"]["all"]["tokens"] = std::vector<int>(241, 1); }),
      "r.json:1: serving.course.all.tokens: has 241 values; expected at most 240");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"]["course"]["instances"].erase(0); }),
            "r.json:1: serving.course.instances: are 1; expected none, or one for each of the 2 instances");
  EXPECT_EQ(message_of([](OrderedJson& json) {
              json["serving"]["curves"]["e2e_s"] = {1, 2};
            }),
            "r.json:1: serving.curves.e2e_s: has 2 values; expected none, or 111, one for each of the shares");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["serving"]["curves"]["shares"][0] = 0.5; }),
            "r.json:1: serving.curves.shares: are not those of this program; expected 0, 0.01, … 0.99, 0.991, … 0.999, "
            "0.9995, 1");
  EXPECT_EQ(message_of([](OrderedJson& json) { json["devices"]["gpu[0]"].erase("time_s"); }),
            R"(r.json:1: devices: only some have "time_s"; expected it in all of them, or in none)");
}

TEST(ServedResults, AreNoResultsOfABatch) {
  EXPECT_THROW(parse_result_json(serving_json(served_run()), "r.json"), InputError);
  try {
    parse_result_json(serving_json(served_run()), "r.json");
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "r.json: serving: of served requests; expected the result of a batch");
  }
}

TEST(ServedResults, SideBySide) {
  const ServingRun one = served_run(), other = served_run(2);
  const std::string text = served_comparison_text({{"one", &one}, {"other", &other}});
  EXPECT_THAT(
      text,
      StartsWith("all: scenario a \"server\", model tiny, data type bfloat16, weights bfloat16, cost model "
                 "roofline, scheduler vllm_v1, drafts draft, router random, instances 2, requests 10, TTFT objective "
                 "500.0 ms, end-to-end objective 3.000 s, overloaded yes\n\n"));
  // 0.1 s and twice that; 8 in 10 s and in 20 s; 6 of them in as many; 5.25 J for 8 and 80.
  for (const char* row : {"TTFT, mean                   ms  100.00  200.00  2.0000\n",
                          "TTFT, p99                    ms  140.00  280.00  2.0000\n",
                          "end to end, p50              s   2.2000  2.2000  1.0000\n",
                          "requests/s                       0.80000  0.40000  0.5000\n",
                          "goodput, requests/s              0.60000  0.30000  0.5000\n",
                          "share within objectives, %       75.000   75.000  1.0000\n",
                          "accepted drafts, %               62.500   62.500  1.0000\n",
                          "peak power                   W   650.00  650.00  1.0000\n",
                          "per request, with idle       mJ   656.25   656.25  1.0000\n",
                          "per output token, with idle  mJ   65.625   65.625  1.0000\n"}) {
    std::string squeezed, all;
    for (const auto& [from, to] : {std::pair(std::string(row), &squeezed), std::pair(text, &all)})
      for (const char c : from)
        if (c != ' ' || to->empty() || to->back() != ' ') *to += c;
    EXPECT_THAT(all, HasSubstr(squeezed));
  }
}

TEST(ServedResults, SideBySideWithNothingServed) {
  const ServingRun one = served_run();
  ServingRun none = served_run();
  none.serving.completed = none.serving.output_tokens = 0;
  none.serving.time_to_first_token_s = {};
  const std::string text = served_comparison_text({{"one", &one}, {"none", &none}});
  EXPECT_THAT(text, HasSubstr("100.00       -       -\n"));
}

TEST(ServedResults, PageHasTheNumbers) {
  if (!has_page()) GTEST_SKIP() << "built without the page";
  const std::string page = served_html_report({{"one", served_run()}});
  const std::string mark = R"(id="page-data">)";
  const std::size_t start = page.find(mark) + mark.size();
  const OrderedJson data = OrderedJson::parse(page.substr(start, page.find("</script>", start) - start));
  EXPECT_EQ(data["results"][0]["label"], "one");
  EXPECT_EQ(data["results"][0]["result"], OrderedJson::parse(serving_json(served_run())));
  EXPECT_TRUE(data["timeline"].is_null());
  EXPECT_THROW(served_html_report({}), InputError);
}
