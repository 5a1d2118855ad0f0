#include "upmem_des/serving/scheduler_options.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "serving/schedulers/vllm_v1.hpp"
#include "upmem_des/serving/scheduler_registry.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {
namespace {

std::string message(const std::function<void(SchedulerOptions&)>& change, const std::string& scheduler = "") {
  SchedulerOptions options;
  options.kv_blocks = 100;
  change(options);
  try {
    scheduler.empty() ? check(options) : static_cast<void>(make_scheduler(scheduler, options));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(SchedulerOptions, AreCheckedByKey) {
  EXPECT_EQ(message([](auto&) {}), "");
  EXPECT_EQ(message([](auto& options) { options.kv_blocks = 0; }), "kv_blocks: is 0; expected at least 1");
  EXPECT_EQ(message([](auto& options) { options.block_tokens = -1; }), "block_tokens: is -1; expected at least 1");
  EXPECT_EQ(message([](auto& options) { options.max_num_batched_tokens = 0; }),
            "max_num_batched_tokens: is 0; expected at least 1");
  EXPECT_EQ(message([](auto& options) { options.max_num_seqs = 0; }), "max_num_seqs: is 0; expected at least 1");
  EXPECT_EQ(message([](auto& options) { options.max_model_len = -1; }), "max_model_len: is -1; expected at least 0");
  EXPECT_EQ(message([](auto& options) { options.long_prefill_threshold = -2; }),
            "long_prefill_threshold: is -2; expected at least 0");
  EXPECT_EQ(message([](auto& options) { options.pipeline_stages = 0; }), "pipeline_stages: is 0; expected at least 1");
  EXPECT_EQ(message([](auto& options) { options.pipeline_stages = 4097; }),
            "pipeline_stages: is 4097; expected at most 4096");
  EXPECT_EQ(message([](auto& options) { options.watermark = 1; }), "watermark: is 1; expected 0 up to, but not, 1");
  EXPECT_EQ(message([](auto& options) { options.watermark = std::nan(""); }),
            "watermark: is nan; expected 0 up to, but not, 1");
  EXPECT_EQ(message([](auto& options) { options.batch_timeout_s = -0.5; }),
            "batch_timeout_s: is -0.5; expected at least 0");
  EXPECT_EQ(message([](auto& options) { options.batch_timeout_s = std::numeric_limits<double>::infinity(); }), "");
}

TEST(SchedulerOptions, ABudgetHoldsATokenForEverySeat) {
  EXPECT_EQ(message([](auto& options) { options.max_num_batched_tokens = 1023; }),
            "max_num_batched_tokens: is 1023; expected at least max_num_seqs, 1024");
  EXPECT_EQ(message([](auto& options) { options.max_num_batched_tokens = 1024; }), "");
}

TEST(SchedulerOptions, WithoutChunksABudgetHoldsTheLongestRequest) {
  const auto change = [](auto& options) {
    options.max_model_len = 9000;
    options.chunked_prefill = false;
  };
  EXPECT_EQ(message(change),
            "max_num_batched_tokens: is 8192; without chunked_prefill, expected at least max_model_len, 9000");
}

TEST(SchedulerOptions, ASeatOfTheLongestRequestNeedsItsLength) {
  EXPECT_EQ(message([](auto& options) { options.reserve_max_len = true; }, "orca"),
            "max_model_len: is 0; expected the tokens of a seat, which reserve_max_len says it is");
}

TEST(SchedulerOptions, TheWatermarkCountsTheBlockThatIsNobodys) {
  SchedulerOptions options;
  options.kv_blocks = 99;
  options.watermark = 0.01;
  EXPECT_EQ(options.watermark_blocks(), 1);
  options.kv_blocks = 98;
  EXPECT_EQ(options.watermark_blocks(), 0);
}

TEST(SchedulerOptions, DraftsHaveAProbabilityEach) {
  const auto drafts = [](std::int64_t count, std::vector<double> acceptance, bool async = false) {
    return message([&](SchedulerOptions& options) {
      options.async = async;
      options.draft_tokens = count;
      options.acceptance = acceptance;
    });
  };
  EXPECT_EQ(drafts(2, {0, 1}), "");
  EXPECT_EQ(drafts(256, std::vector<double>(256, 0.5)), "");
  EXPECT_EQ(drafts(257, std::vector<double>(257, 0.5)), "draft_tokens: is 257; expected at most 256");
  EXPECT_EQ(drafts(-1, {}), "draft_tokens: is -1; expected at least 0");
  EXPECT_EQ(drafts(2, {0.5}), "acceptance: has 1 probabilities; expected one for each of 2 drafts");
  EXPECT_EQ(drafts(0, {0.5}), "acceptance: has 1 probabilities; expected one for each of 0 drafts");
  EXPECT_EQ(drafts(1, {-0.1}), "acceptance: is -0.1; expected 0 to 1");
  EXPECT_EQ(drafts(1, {1.1}), "acceptance: is 1.1; expected 0 to 1");
  EXPECT_EQ(drafts(1, {std::nan("")}), "acceptance: is nan; expected 0 to 1");
  EXPECT_EQ(drafts(1, {0.5}, true),
            "draft_tokens: with several steps under way, but a step verifies what was drafted after the one before; "
            "expected async: false and one stage");
  EXPECT_EQ(message([](auto& options) { options.lookahead_tokens = -1; }),
            "lookahead_tokens: is -1; expected at least 0");
  EXPECT_EQ(message([](auto& options) { options.lookahead_tokens = 257; }),
            "lookahead_tokens: is 257; expected at most 256");
  EXPECT_EQ(message([](auto& options) { options.lookahead_tokens = 2; }),
            "lookahead_tokens: is 2 without draft_tokens; expected 0");
}

TEST(SchedulerRegistry, KnowsWhoVerifiesDrafts) {
  const auto drafts = [](SchedulerOptions& options) {
    options.async = false;
    options.draft_tokens = 1;
    options.acceptance = {0.5};
  };
  for (const char* name : {"vllm_v1", "priority", "shortest_first"}) EXPECT_EQ(message(drafts, name), "") << name;
  for (const char* name : {"vllm_v0", "sarathi", "orca", "static"})
    EXPECT_EQ(message(drafts, name), "scheduler '" + std::string(name) +
                                         "' verifies no drafts; expected one of vllm_v1, priority, shortest_first");
}

TEST(SchedulerRegistry, MakesSchedulersByName) {
  std::vector<std::string> names;
  for (const SchedulerKind& kind : scheduler_kinds()) names.push_back(kind.name);
  EXPECT_EQ(names, (std::vector<std::string>{"vllm_v1", "vllm_v0", "sarathi", "orca", "static", "priority",
                                             "shortest_first"}));
  EXPECT_EQ(message([](auto&) {}, "vllm_1"),
            "unknown scheduler 'vllm_1'; expected one of vllm_v1, vllm_v0, sarathi, orca, static, priority, "
            "shortest_first; did you mean 'vllm_v1'?");
}

TEST(SchedulerRegistry, TakesOthersToo) {
  SchedulerOptions seen;
  register_scheduler({"of_mine", "a test's", [&](const SchedulerOptions& options) {
                        seen = options;
                        return std::make_unique<VllmV1>(options);
                      }});
  SchedulerOptions options;
  options.kv_blocks = 5;
  EXPECT_EQ(make_scheduler("of_mine", options)->blocks_total(), 5);
  EXPECT_EQ(seen.kv_blocks, 5);
  // Again: replaces it.
  const std::size_t count = scheduler_kinds().size();
  register_scheduler({"of_mine", "a test's", [](const SchedulerOptions& given) {
                        SchedulerOptions more = given;
                        more.kv_blocks = 6;
                        return std::make_unique<VllmV1>(more);
                      }});
  EXPECT_EQ(scheduler_kinds().size(), count);
  EXPECT_EQ(make_scheduler("of_mine", options)->blocks_total(), 6);
}

TEST(SchedulerRegistry, OnlyWhatIsLikeVllm1HasTwoStepsInFlight) {
  SchedulerOptions options;
  options.kv_blocks = 5;
  for (const char* name : {"vllm_v1", "priority", "shortest_first"})
    EXPECT_EQ(make_scheduler(name, options)->steps_in_flight(), 2) << name;
  for (const char* name : {"vllm_v0", "sarathi", "orca", "static"})
    EXPECT_EQ(make_scheduler(name, options)->steps_in_flight(), 1) << name;
  options.async = false;
  EXPECT_EQ(make_scheduler("vllm_v1", options)->steps_in_flight(), 1);
}

}  // namespace
}  // namespace upmem_des
