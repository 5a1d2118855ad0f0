/// Caches of prefixes with a second level in other memory.
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

class CacheTierTest : public testing::Test {
 protected:
  CacheTierTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  struct Parts {
    std::string serving;  ///< flow map without its braces
    std::string tier = "to: HOST, blocks: 1000";
    std::string host = "capacity_GB: 100";
    int gpus = 1;
    std::string devices{};  ///< beside GPUs
    std::string more{};     ///< lines
    std::string placed = "mapping: {default: gpu}\n";
  };

  /// GPUs with 5 us to HOST.
  Scenario scenario(const Parts& parts) {
    folder_.write("p.yaml", "host: {" + parts.host +
                                "}\ndevices: [{name: gpu, architecture: H100-80GB-SXM, link_latency_ns: 5000, count: " +
                                std::to_string(parts.gpus) + "}" + parts.devices + "]\n");
    return load_scenario(folder_.write(
        "s.yaml", "platform: p.yaml\n" + parts.placed + "workload: {model: models/llama-3.2-1b.json, " + given_by_test +
                      "}\nserving: {async: false, max_num_batched_tokens: 2048, max_num_seqs: 64, " + parts.serving +
                      (parts.tier.empty() ? "" : ", cache_tier: {" + parts.tier + "}") + "}\n" + parts.more));
  }

  std::string message(const Parts& parts) { return serving_refusal(scenario(parts), folder_); }

  TemporaryFolder folder_;
};

/// 16 layers, each with keys and values of 8 heads of 64 numbers of 2 bytes, are 32,768 bytes a token; 16 tokens.
constexpr double block_B = 524288;
/// Of a GPU's link.
constexpr double link_latency_s = 5e-6;
constexpr double bandwidth_Bps = 64e9;
constexpr double J_per_byte = 8 * 27e-12;

constexpr double moved_s(double blocks) {
  return link_latency_s + blocks * block_B / bandwidth_Bps;
}

/// The third request begins as the first one did; the second one needs all blocks of the device.
const std::vector<Request> first_again{like(0, 0, 1, 160, 1), like(1, 1, 2, 192, 1), like(2, 2, 1, 160, 2)};

}  // namespace

TEST_F(CacheTierTest, WhatIsFoundThereComesOverTheLink) {
  EXPECT_EQ(served(scenario({"kv_blocks: 12"}), first_again,
                   [](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
                     // 9 of the 10 blocks, as the last token is always computed: 5 us + 4,718,592 B / 64 GB/s.
                     const double fetch_s = 7.8728e-5;
                     const double first_s = fetch_s + step_s(prepared.instance(), 16, 144);
                     const RequestRecord& again = kept.records.at(2);
                     const ServingResult::Tier& tier = run.serving.tier;
                     std::ostringstream counts;
                     counts << " " << tier.blocks << " " << tier.peak_blocks << " " << tier.stored_blocks << " "
                            << tier.fetched_blocks << " " << tier.hit_tokens << " " << run.serving.cache.hit_tokens
                            << " " << again.hit_tokens << " " << again.tier_hit_tokens << " " << tier.evicted_blocks
                            << tier.refused_blocks;
                     return same(moved_s(9), fetch_s) + same(*again.fetch_s, fetch_s) +
                            same(again.time_to_first_token_s(), first_s) +
                            same(again.end_to_end_s(), first_s + step_s(prepared.instance(), 1, 160)) +
                            same(tier.fetch_s.mean, fetch_s) + same(tier.block_B, block_B) +
                            same(tier.fetch_J, 9 * block_B * J_per_byte) +
                            same(tier.store_J, 22 * block_B * J_per_byte) +
                            same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J) + counts.str();
                   }),
            "111111111 1000 22 22 9 144 144 144 144 00");
}

/// Two fetches at once have half of the link each; both requests get blocks of their own.
TEST_F(CacheTierTest, FetchesShareTheLink) {
  const std::vector<Request> two{like(0, 0, 1, 160, 1), like(1, 1, 2, 384, 1), like(2, 2, 1, 160, 1),
                                 like(3, 2, 1, 160, 1)};
  EXPECT_EQ(served(scenario({"kv_blocks: 24"}), two,
                   [](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                     return same(*kept.records.at(2).fetch_s, moved_s(18)) +
                            same(*kept.records.at(3).fetch_s, moved_s(18)) + " " +
                            std::to_string(run.serving.tier.fetched_blocks);
                   }),
            "11 18");
}

/// Each of two GPUs has half of every block, and a link of its own.
TEST_F(CacheTierTest, EachDeviceGetsItsPart) {
  EXPECT_EQ(served(scenario({"kv_blocks: 12", "to: HOST, blocks: 1000", "capacity_GB: 100", 2}), first_again,
                   [](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                     return same(*kept.records.at(2).fetch_s, moved_s(4.5)) + same(run.serving.tier.block_B, block_B) +
                            same(run.serving.tier.fetch_J, 9 * block_B * J_per_byte) +
                            same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J);
                   }),
            "1111");
}

/// Half of every block lies in each of two boards: their halves come to HOST at once, and share the GPU's link.
TEST_F(CacheTierTest, DevicesOfMemoryCanHaveIt) {
  Parts parts{"kv_blocks: 12", "to: cxl, blocks: 1000"};
  parts.devices = ", {name: cxl, architecture: CXL-PIM-BC, count: 2, capacity_GB: 64, link_latency_ns: 700}";
  EXPECT_EQ(served(scenario(parts), first_again,
                   [](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
                     // 700 ns + 2,359,296 B / 19.2 GB/s, and then 5 us + 4,718,592 B / 64 GB/s.
                     const double fetch_s = 7e-7 + 4.5 * block_B / 19.2e9 + moved_s(9);
                     return same(*kept.records.at(2).fetch_s, fetch_s) + same(fetch_s, 2.02308e-4) +
                            same(run.serving.tier.fetch_J, 9 * block_B * 8 * (27e-12 + 50e-12)) +
                            same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J) + " " +
                            std::to_string(prepared.machine().devices.size());
                   }),
            "1111 4");
}

/// What is evicted is sent before the step that takes its place begins.
TEST_F(CacheTierTest, EvictedBlocksGoFirst) {
  EXPECT_EQ(served(scenario({"kv_blocks: 12", "to: HOST, blocks: 1000, store: evicted"}), first_again,
                   [](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
                     // Two blocks were never used, and 10 go for the second request.
                     const double second_s = moved_s(10) + step_s(prepared.instance(), 192, 0);
                     // 9 of its blocks go, 9 come; then one goes for the rest of the prompt, and one for the last
                     // token.
                     const double first_s = moved_s(9) + moved_s(9) + moved_s(1) + step_s(prepared.instance(), 16, 144);
                     const double end_s = first_s + moved_s(1) + step_s(prepared.instance(), 1, 160);
                     const RequestRecord& again = kept.records.at(2);
                     return same(kept.records.at(1).time_to_first_token_s(), second_s) +
                            same(*again.fetch_s, 2 * moved_s(9)) + same(again.time_to_first_token_s(), first_s) +
                            same(again.end_to_end_s(), end_s) +
                            same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J) + " " +
                            std::to_string(run.serving.tier.stored_blocks) + " " +
                            std::to_string(run.serving.tier.peak_blocks);
                   }),
            "11111 21 21");
}

/// Each instance has a tier and links of its own: here the second one's are used, the first one has requests of a
/// token.
TEST_F(CacheTierTest, ReplicasHaveTheirOwn) {
  std::vector<Request> requests;
  for (std::int64_t i = 0; i < 3; ++i) {
    requests.push_back(request(2 * i, static_cast<double>(i), 1, 1));
    requests.push_back(first_again[static_cast<std::size_t>(i)]);
    requests.back().id = 2 * i + 1;
  }
  EXPECT_EQ(served(scenario({"kv_blocks: 12, replicas: 2", "to: HOST, blocks: 1000", "capacity_GB: 100", 2}), requests,
                   [](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                     const auto& devices = run.machine.devices;
                     const double fetch_J = 9 * block_B * J_per_byte, store_J = 22 * block_B * J_per_byte;
                     const EnergyParts &first = devices[1].energy, &second = devices[2].energy;
                     std::ostringstream text;
                     text << devices[2].name << " " << kept.records.at(5).instance << kept.records.at(5).tier_hit_tokens
                          << " " << same(*kept.records.at(5).fetch_s, moved_s(9))
                          << (first.host_to_device_J < fetch_J / 2) << (first.device_to_host_J < store_J / 2)
                          << (second.host_to_device_J > fetch_J) << (second.device_to_host_J > store_J);
                     return text.str();
                   }),
            "gpu[1] 1144 11111");
}

/// A step waits for what it displaces itself, and not for what a fetch before it does.
TEST_F(CacheTierTest, StepsWaitForTheirOwn) {
  const std::vector<Request> two{like(0, 0, 1, 32, 1), like(1, 1, 2, 192, 1), like(2, 2, 1, 32, 1),
                                 like(3, 2 + 6e-6, 3, 176, 1)};
  EXPECT_EQ(served(scenario({"kv_blocks: 12", "to: HOST, blocks: 1000, store: evicted"}), two,
                   [](const PreparedServing& prepared, const ServingRun&, const Kept& kept) {
                     // One block goes from 5 us on, alone until 11 us: 384,000 B of 524,288. Then 11 blocks share the
                     // link with the rest for 140,288 B / 32 GB/s, 4.384 us, and have it to themselves for 5,626,880 B.
                     const double first_gone_s = 15.384e-6, second_gone_s = 103.304e-6;
                     return same(*kept.records.at(2).fetch_s, first_gone_s + moved_s(1)) +
                            same(kept.records.at(3).time_to_first_token_s(),
                                 second_gone_s - 6e-6 + step_s(prepared.instance(), 176, 0));
                   }),
            "11");
}

/// A draft's cache of a block goes with the model's: here a model drafts for itself, so that there is twice as much.
TEST_F(CacheTierTest, DraftsHaveTheirPart) {
  for (const char* method : {"method: draft_model, model: models/llama-3.2-1b.json", "method: ngram"}) {
    const double block = method == std::string("method: ngram") ? block_B : 2 * block_B;
    Parts parts{std::string("kv_blocks: 12, speculative: {tokens: 2, acceptance: 0.5, ") + method + "}"};
    const std::vector<Request> requests{like(0, 0, 1, 160, 1), like(1, 1, 2, 186, 1), like(2, 2, 1, 170, 6)};
    EXPECT_EQ(served(scenario(parts), requests,
                     [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                       const RequestRecord& again = kept.records.at(2);
                       return same(run.serving.tier.block_B, block) +
                              same(again.fetch_s.value_or(0), link_latency_s + 10 * block / bandwidth_Bps) + " " +
                              std::to_string(again.tier_hit_tokens) + " " + std::to_string(again.output_tokens) + " " +
                              laws(requests, run, kept);
                     }),
              "11 160 6 hold")
        << method;
  }
}

/// Links that take no time, and room for everything: what has ever been computed is found, as in a device that is large
/// enough; and on a small device alone less is.
TEST_F(CacheTierTest, AnIdealTierFindsWhatALargeDeviceFinds) {
  std::vector<Request> turns;
  for (int i = 0; i < 60; ++i) turns.push_back(like(i, 0.2 * i, i % 6, 40 + 30 * (i / 6), 4));
  const auto hits = [&](const std::string& blocks, const std::string& tier) {
    Parts parts{"kv_blocks: " + blocks, tier};
    parts.more = "simulation: {ideal_links: true}\n";
    return std::stoll(served(scenario(parts), turns, [](const PreparedServing&, const ServingRun& run, const Kept&) {
      return std::to_string(run.serving.cache.hit_tokens);
    }));
  };
  const std::int64_t of_both = hits("1040", "");
  EXPECT_GT(of_both, 5000);
  EXPECT_LT(hits("40", ""), of_both / 2);
  for (const char* store : {"full", "evicted"})
    EXPECT_GE(hits("40", std::string("to: HOST, blocks: 1000, store: ") + store), of_both) << store;
}

/// Requests of all sizes, more than seats and blocks: everything adds up, nothing is left behind, and it is the same
/// with every step measured anew.
TEST_F(CacheTierTest, LawsHold) {
  RandomStream random(9, "requests");
  std::vector<Request> requests = random_requests(random, 80, {400, 60});
  for (Request& each : requests) each.content = {{random.below(5), each.prompt_tokens}};
  const auto look = [&](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
    bool in_order = true;
    std::int64_t tier_hits = 0;
    for (const auto& [id, record] : kept.records) {
      tier_hits += record.tier_hit_tokens;
      in_order = in_order && record.scheduled_s >= record.arrival_s &&
                 (record.preemptions > 0 || record.queued_s() >= record.fetch_s.value_or(0) * (1 - 1e-12)) &&
                 record.scheduled_s < record.first_token_s && record.first_token_s <= record.finish_s &&
                 (record.tier_hit_tokens > 0) == record.fetch_s.has_value() &&
                 record.tier_hit_tokens <= record.hit_tokens;
    }
    const ServingResult::Tier& tier = run.serving.tier;
    std::ostringstream text;
    text << laws(requests, run, kept) << " " << in_order << (tier.peak_blocks <= tier.blocks)
         << (tier.hit_tokens == tier.fetched_blocks * 16) << (tier.hit_tokens == tier_hits) << (tier.hit_tokens > 500)
         << (tier.stored_blocks > 100) << " " << run.serving.instances.size() << " "
         << prepared.scheduler_options().tier_blocks;
    return text.str();
  };
  for (const char* store : {"full", "evicted"})
    for (const bool async : {true, false})
      for (const char* blocks : {"50", "900"}) {
        SCOPED_TRACE(std::string(store) + (async ? " async " : " ") + blocks);
        Scenario of_two =
            scenario({"kv_blocks: 40, replicas: 2", std::string("to: HOST, store: ") + store + ", blocks: " + blocks,
                      "capacity_GB: 100", 2});
        of_two.serving->options.async = async;
        const std::string expected = std::string("hold 111111 2 ") + blocks;
        if (blocks == std::string("50"))
          EXPECT_EQ(served(of_two, requests, look), expected);
        else
          expect_served(of_two, requests, look, expected);
      }
}

/// Whoever schedules, with pipeline stages, each of which has the caches of its layers, and over slow links.
TEST_F(CacheTierTest, AllSchedulersWithPrefixesHaveIt) {
  std::vector<Request> requests;
  for (int i = 0; i < 40; ++i) requests.push_back(like(i, 0.004 * i, i % 4, 100 + 37 * (i % 7), 1 + i % 9));
  const auto look = [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
    const ServingResult::Tier& tier = run.serving.tier;
    return laws(requests, run, kept) + " " + same(tier.block_B, block_B) + std::to_string(tier.hit_tokens > 150) +
           std::to_string(tier.hit_tokens == 16 * tier.fetched_blocks);
  };
  for (const char* store : {"full", "evicted"}) {
    const std::string tier = std::string("to: HOST, blocks: 1000, store: ") + store;
    for (const char* name : {"vllm_v0", "sarathi", "priority", "shortest_first"})
      EXPECT_EQ(served(scenario({std::string("kv_blocks: 30, scheduler: ") + name, tier}), requests, look), "hold 111")
          << name << store;
    Parts stages{"kv_blocks: 30", tier, "capacity_GB: 100", 2};
    stages.placed = "parallel: {pp: 2}\n";
    EXPECT_EQ(served(scenario(stages), requests, look), "hold 111") << store;
    // So slow that blocks are on their way most of the time; nothing waits for ever.
    Parts slow{"kv_blocks: 30", std::string("to: cxl, blocks: 1000, store: ") + store};
    slow.devices = ", {name: cxl, architecture: CXL-PIM-BC, host_to_device_bw_GBs: 0.05, device_to_host_bw_GBs: 0.05}";
    EXPECT_EQ(served(scenario(slow), requests, look), "hold 111") << store;
  }
}

TEST_F(CacheTierTest, TheMemorysRoomIsTheDefault) {
  EXPECT_EQ(served(scenario({"kv_blocks: 12, replicas: 2", "to: HOST", "capacity_GB: 1.1", 2}), first_again,
                   [](const PreparedServing& prepared, const ServingRun&, const Kept&) {
                     // 0.55 GB for each instance are 1049.04 blocks of 524,288 B.
                     return std::to_string(prepared.scheduler_options().tier_blocks);
                   }),
            "1049");
  EXPECT_EQ(served(scenario({"kv_blocks: 12", "to: HOST, capacity_GB: 0.00524288", ""}), first_again,
                   [](const PreparedServing& prepared, const ServingRun&, const Kept&) {
                     return std::to_string(prepared.scheduler_options().tier_blocks);
                   }),
            "10");
}

TEST_F(CacheTierTest, WhatIsWrongIsSaid) {
  const std::string blocks = "kv_blocks: 12";
  EXPECT_EQ(message({blocks}), "");
  EXPECT_EQ(
      message({blocks, "to: gpu"}),
      "serving.cache_tier.to: gpu has the caches themselves; expected HOST, or devices that attention does not run "
      "on");
  EXPECT_EQ(message({blocks, "to: cxl"}), "serving.cache_tier.to: unknown device 'cxl'; expected one of HOST, gpu");
  Parts unknown{blocks, "to: cxl"};
  unknown.devices = ", {name: cxl, architecture: A6000}";
  EXPECT_EQ(message(unknown), "serving.cache_tier: cxl does not say how much it holds; expected capacity_GB or blocks");
  EXPECT_EQ(
      message({blocks, "to: HOST, capacity_GB: 100.1"}),
      "serving.cache_tier: 100.100 GB of it are to be in HOST, which has room for 100.000 GB; expected at most 190734 "
      "blocks, 99.9995 GB, in all");
  EXPECT_EQ(
      message({blocks + ", replicas: 2", "to: HOST, blocks: 100000", "capacity_GB: 100", 2}),
      "serving.cache_tier: 52.4288 GB of it are to be in HOST, which has room for 50.0000 GB for each of 2 instances; "
      "expected at most 95367 blocks, 49.9998 GB, in all");
  EXPECT_EQ(message({blocks, "to: HOST, capacity_GB: 0.0005"}),
            "serving.cache_tier.capacity_GB: is 0.0005, less than a block of 16 tokens has, 0.000524288; expected at "
            "least that");
  EXPECT_EQ(
      message({blocks, "to: HOST", "capacity_GB: 0.0001"}),
      "serving.cache_tier: 0.000524288 GB of it are to be in HOST, which has room for 0.000100000 GB; expected at most "
      "0 blocks, 0 GB, in all");
  for (const char* scheduler : {"orca", "static"})
    EXPECT_EQ(message({blocks + ", scheduler: " + scheduler}),
              std::string("serving.cache_tier: scheduler '") + scheduler +
                  "' finds nothing of what others have computed; expected one that does, such as vllm_v1");
  Parts offloaded{blocks};
  offloaded.more = "offload: {kv_cache: {to: HOST, share: 0.5}}\n";
  EXPECT_EQ(message(offloaded),
            "serving.cache_tier: does not go with offload.kv_cache, which keeps caches elsewhere that are in use; "
            "expected one of them");
}

TEST_F(CacheTierTest, WhatIsWrittenReadsBack) {
  const auto again = [&](const std::string& tier) {
    const std::string text = scenario_yaml(scenario({"kv_blocks: 12", tier}));
    return load_scenario(folder_.write("again.yaml", text)).serving.value().cache_tier.value();
  };
  const CacheTierSection sized = again("to: 'cxl[0..1]+HOST', capacity_GB: 1.5, store: evicted");
  EXPECT_EQ(sized.to, "cxl[0..1]+HOST");
  EXPECT_EQ(sized.capacity_GB, 1.5);
  EXPECT_FALSE(sized.blocks);
  EXPECT_TRUE(sized.takes_evicted);
  const CacheTierSection counted = again("to: HOST, blocks: 7");
  EXPECT_EQ(counted.blocks, 7);
  EXPECT_FALSE(counted.capacity_GB);
  EXPECT_FALSE(counted.takes_evicted);
}
