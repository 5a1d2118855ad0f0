/// Prompts that are read on a GPU and continued on memory modules.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"
#include "served_run.hpp"
#include "steps.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class DisaggregationTest : public testing::Test {
 protected:
  DisaggregationTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  /// A GPU, and four modules; each has links of its own to and from HOST. `apart` and `serving` are flow maps without
  /// their braces.
  Scenario scenario(const std::string& apart, const std::string& serving = "", const std::string& more = "") {
    folder_.write("p.yaml",
                  "devices: [{name: gpu, architecture: H100-80GB-SXM}, {name: dimm, architecture: PIM-AI-1dimm, "
                  "count: 4, capacity_GB: 16}]\n");
    return load_scenario(folder_.write("s.yaml",
                                       "platform: p.yaml\n"
                                       "workload: {model: models/llama-3.2-1b.json, " +
                                           given_by_test +
                                           "}\n"
                                           "serving: {kv_blocks: 1000, async: false, max_num_batched_tokens: 2048" +
                                           serving + ", disaggregation: {" + apart + "}}\n" + more));
  }

  /// From the GPU to HOST and from HOST to a module, each latency and bytes.
  static double way_s(const PlatformSpec& platform, DeviceIndex from, DeviceIndex to, double bytes) {
    const RouteSpec up = platform.routes[*platform.devices[from].to_host];
    const RouteSpec down = platform.routes[*platform.devices[to].from_host];
    return platform.latency_s(up) + bytes / platform.bandwidth_Bps(up) + platform.latency_s(down) +
           bytes / platform.bandwidth_Bps(down);
  }

  TemporaryFolder folder_;
};

const std::string one = "prefill: {mapping: gpu}, decode: {mapping: 'dimm[0]'}";

/// 16 layers, each with keys and values of 8 heads of 64 numbers of 2 bytes: 32,768 bytes a token.
constexpr double token_B = 16 * 2 * 8 * 64 * 2;

}  // namespace

TEST_F(DisaggregationTest, OneRequestIsReadSentAndContinued) {
  EXPECT_EQ(served(scenario(one + ", overlap: none"), {request(0, 0, 100, 3)},
                   [](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
                     const PreparedRun& gpu = *prepared.pools()[0].run;
                     const PreparedRun& dimm = *prepared.pools()[1].run;
                     const double read_s = step_s(gpu, 100, 0);
                     const double sent_s = way_s(prepared.machine(), 1, 2, 100 * token_B);
                     const double end_s = read_s + sent_s + step_s(dimm, 1, 100) + step_s(dimm, 1, 101);
                     const RequestRecord& record = kept.records.at(0);
                     return same(record.first_token_s, read_s) + same(*record.transfer_s, sent_s) +
                            same(record.finish_s, end_s) + same(run.serving.transfers.bytes, 100 * token_B) +
                            same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J) +
                            same(record.energy_J, run.serving.requests_J) + " " + std::to_string(record.instance) +
                            std::to_string(*record.decode_instance) + std::to_string(record.output_tokens);
                   }),
            "111111 013");
}

/// The first token comes from the module, which computes the prompt's last token again.
TEST_F(DisaggregationTest, TheModuleCanGiveTheFirstToken) {
  EXPECT_EQ(served(scenario(one + ", overlap: none, first_token: decode"), {request(0, 0, 100, 2)},
                   [](const PreparedServing& prepared, const ServingRun&, const Kept& kept) {
                     const PreparedRun& dimm = *prepared.pools()[1].run;
                     const double there_s =
                         step_s(*prepared.pools()[0].run, 100, 0) + way_s(prepared.machine(), 1, 2, 100 * token_B);
                     const RequestRecord& record = kept.records.at(0);
                     return same(record.first_token_s, there_s + step_s(dimm, 1, 99)) +
                            same(record.finish_s, there_s + step_s(dimm, 1, 99) + step_s(dimm, 1, 100));
                   }),
            "11");
}

/// 15 of 16 layers set out when the first has been computed, the last when they have arrived and it has been computed.
TEST_F(DisaggregationTest, LayersAreSentWhileOthersAreComputed) {
  EXPECT_EQ(served(scenario(one), {request(0, 0, 2000, 2)},
                   [](const PreparedServing& prepared, const ServingRun&, const Kept& kept) {
                     const double read_s = step_s(*prepared.pools()[0].run, 2000, 0);
                     const auto part_s = [&](double layers) {
                       return way_s(prepared.machine(), 1, 2, 2000 * token_B * layers / 16);
                     };
                     const double there_s = std::max(read_s, read_s / 16 + part_s(15)) + part_s(1);
                     return same(*kept.records.at(0).transfer_s, there_s - read_s);
                   }),
            "1");
}

/// Half the bytes in int8.
TEST_F(DisaggregationTest, CachesCanBeSentInAnotherFormat) {
  EXPECT_EQ(served(scenario(one + ", kv_dtype: int8"), {request(0, 0, 100, 2)},
                   [](const PreparedServing&, const ServingRun& run, const Kept&) {
                     return same(run.serving.transfers.bytes, 50 * token_B);
                   }),
            "1");
}

TEST_F(DisaggregationTest, ShortPromptsStayWhereTheyAreContinued) {
  EXPECT_EQ(served(scenario(one), {request(0, 0, 16, 3), request(1, 1, 17, 3), request(2, 2, 100, 1)},
                   [](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                     std::string text = std::to_string(run.serving.transfers.count);
                     for (const auto& [id, record] : kept.records)
                       text += " " + std::to_string(record.instance) + (record.decode_instance ? "+" : "");
                     return text;
                   }),
            "1 1 0+ 0");
}

/// Requests of all sizes, more than seats and blocks: everything adds up, and nothing is left behind.
TEST_F(DisaggregationTest, LawsHold) {
  RandomStream random(5, "requests");
  std::vector<Request> requests = random_requests(random, 60, {400, 60});
  for (std::size_t i = 0; i < requests.size(); i += 3)
    requests[i].content = {{static_cast<std::int64_t>(i % 2), requests[i].prompt_tokens}};
  for (const char* more : {"overlap: layer", "overlap: none", "overlap: layer, first_token: decode"})
    for (const bool async : {true, false}) {
      Scenario many = scenario(std::string("prefill: {mapping: gpu, kv_blocks: 60}, decode: {mapping: dimm, "
                                           "replicas: 2, kv_blocks: 40, max_num_seqs: 8}, ") +
                               more);
      many.serving->options.async = async;
      EXPECT_EQ(served(many, requests,
                       [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                         bool in_order = true;
                         for (const auto& [id, record] : kept.records)
                           in_order = in_order && record.arrival_s <= record.scheduled_s &&
                                      record.scheduled_s < record.first_token_s &&
                                      record.first_token_s <= record.finish_s && record.transfer_s.value_or(0) >= 0;
                         std::ostringstream text;
                         text << laws(requests, run, kept) << " " << in_order << " " << run.serving.instances.size()
                              << " " << (run.serving.transfers.count > 20);
                         return text.str();
                       }),
                "hold 1 3 1")
          << more << async;
    }
}

TEST_F(DisaggregationTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(
      serving_refusal(scenario("prefill: {mapping: gpu}, decode: {mapping: dimm, replicas: 3}"), folder_),
      "serving.disaggregation.decode.replicas: 3 do not divide the 4 devices of 'dimm'; expected a divisor of it");
  EXPECT_EQ(serving_refusal(scenario("prefill: {mapping: 'dimm[0..1]'}, decode: {mapping: dimm}"), folder_),
            "serving.disaggregation.decode.mapping: dimm[0] is in both pools; expected devices of one alone");
  EXPECT_EQ(serving_refusal(scenario("prefill: {mapping: HOST}, decode: {mapping: dimm}"), folder_),
            "serving.disaggregation.prefill.mapping: HOST is no device of a pool; expected devices of the platform");
  EXPECT_EQ(serving_refusal(scenario(one, "", "mapping: {default: gpu}\n"), folder_),
            "serving.disaggregation: does not go with mapping and parallel of the scenario; expected mapping of its "
            "pools alone");
  Scenario without = scenario(one);
  without.platform.clear();
  EXPECT_EQ(serving_refusal(without, folder_),
            "serving.disaggregation: needs a machine that both pools are parts of; expected platform: FILE");
}

TEST_F(DisaggregationTest, WhatIsWrittenReadsBack) {
  const Scenario read = scenario(
      "prefill: {mapping: gpu, max_num_seqs: 7}, decode: {mapping: dimm, replicas: 4, kv_blocks: 5, "
      "max_num_batched_tokens: 99}, kv_dtype: int8, overlap: none, first_token: decode, min_tokens: 0");
  const std::string text = scenario_yaml(read);
  const DisaggregationSection again =
      load_scenario(folder_.write("again.yaml", text)).serving.value().disaggregation.value();
  EXPECT_EQ(again.prefill.mapping.device, "gpu");
  EXPECT_EQ(again.prefill.max_num_seqs, 7);
  EXPECT_EQ(again.decode.replicas, 4);
  EXPECT_EQ(again.decode.kv_blocks, 5);
  EXPECT_EQ(again.decode.max_num_batched_tokens, 99);
  EXPECT_EQ(again.kv_dtype, NumberFormat::int8);
  EXPECT_FALSE(again.by_layer);
  EXPECT_TRUE(again.decode_gives_first);
  EXPECT_EQ(again.min_tokens, 0);
}
