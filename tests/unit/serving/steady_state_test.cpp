#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "counted_memory.hpp"
#include "upmem_des/serving/live_request.hpp"
#include "upmem_des/serving/scheduler_registry.hpp"

namespace upmem_des {
namespace {

class SteadyState : public ::testing::TestWithParam<std::string> {};

TEST_P(SteadyState, AllocatesNoMemory) {
  SchedulerOptions options;
  options.kv_blocks = 500;
  options.max_num_seqs = 64;
  const bool drafts = GetParam() == "drafts";
  if (drafts) {
    options.async = false;
    options.draft_tokens = options.lookahead_tokens = 3;
    options.acceptance = {0.9, 0.7, 0.5};
  }
  const std::unique_ptr<Scheduler> scheduler = make_scheduler(drafts ? "vllm_v1" : GetParam(), options);
  Pass passes[2];
  StepEnd end;
  int under_way = 0;
  std::int64_t id = 0;
  std::int64_t finished = 0;
  const auto serve = [&](int steps) {
    for (int step = 0; step < steps; ++step) {
      for (; scheduler->waiting_count() < 4; ++id) {
        Request request;
        request.id = id;
        request.prompt_tokens = 1 + id * 7919 % 300;
        request.output_tokens = 1 + id * 104729 % 150;
        scheduler->add(std::move(request));
      }
      scheduler->schedule(step, passes[under_way]);
      if (++under_way < scheduler->steps_in_flight() && !passes[under_way - 1].empty()) continue;
      scheduler->end_step(passes[0], end);
      finished += static_cast<std::int64_t>(end.finished.size());
      std::swap(passes[0], passes[1]);
      --under_way;
    }
  };
  serve(20000);
  const std::int64_t before = memory_allocations();
  const std::int64_t finished_before = finished;
  serve(5000);
  EXPECT_EQ(memory_allocations() - before, 0);
  EXPECT_GT(finished - finished_before, 100);
}

INSTANTIATE_TEST_SUITE_P(Of, SteadyState,
                         ::testing::Values("vllm_v1", "vllm_v0", "sarathi", "orca", "static", "priority", "drafts"),
                         [](const auto& named) { return named.param; });

TEST(LiveRequests, AreSmall) {
  EXPECT_LE(sizeof(LiveRequest), 300u);
}

}  // namespace
}  // namespace upmem_des
