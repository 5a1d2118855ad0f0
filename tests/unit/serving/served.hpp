/// A scheduler that is asked for steps, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "upmem_des/serving/scheduler.hpp"
#include "upmem_des/serving/scheduler_options.hpp"

namespace upmem_des {

/// Requests by id: tokens of each in a step.
using Tokens = std::map<std::int64_t, std::int64_t>;
using Ids = std::vector<std::int64_t>;

/// What one step came to.
struct ServedStep {
  Tokens tokens;
  Tokens hits;     ///< without zeros
  Tokens resumed;  ///< contexts at which preempted ones went on
  Ids preempted;
  std::int64_t used = 0;  ///< blocks, after scheduling
  Ids sampled;            ///< of the outputs that were processed
  Ids finished;
  std::int64_t used_at_end = 0;
};

inline Request request_of(std::int64_t id, std::int64_t prompt, std::int64_t outputs) {
  Request request;
  request.id = id;
  request.prompt_tokens = prompt;
  request.output_tokens = outputs;
  return request;
}

inline SchedulerOptions options_of(std::int64_t block_tokens, std::int64_t blocks, std::int64_t budget,
                                   std::int64_t seats) {
  SchedulerOptions options;
  options.block_tokens = block_tokens;
  options.kv_blocks = blocks;
  options.max_num_batched_tokens = budget;
  options.max_num_seqs = seats;
  options.async = false;
  return options;
}

/// A step and its outputs at once, or, where two steps may be in flight, those of the step before.
inline ServedStep serve(Scheduler& scheduler, std::deque<Pass>& under_way, double now_s = 0) {
  ServedStep step;
  const auto id = [&](std::uint32_t slot) { return scheduler.request(slot).request.id; };
  Pass pass;
  scheduler.schedule(now_s, pass);
  for (const ScheduledRequest& entry : pass.scheduled) {
    step.tokens[id(entry.slot)] = entry.tokens;
    if (entry.hit_tokens > 0) step.hits[id(entry.slot)] = entry.hit_tokens;
    if (entry.resumed) step.resumed[id(entry.slot)] = entry.context;
  }
  for (const std::uint32_t slot : pass.preempted) step.preempted.push_back(id(slot));
  step.used = scheduler.blocks_used();
  const bool empty = pass.empty();
  if (!empty) under_way.push_back(pass);
  if (!under_way.empty() && (empty || static_cast<int>(under_way.size()) == scheduler.steps_in_flight())) {
    StepEnd end;
    scheduler.end_step(under_way.front(), end);
    under_way.pop_front();
    for (const std::uint32_t slot : end.sampled) step.sampled.push_back(id(slot));
    for (const std::uint32_t slot : end.finished) step.finished.push_back(id(slot));
  }
  step.used_at_end = scheduler.blocks_used();
  return step;
}

inline ServedStep serve(Scheduler& scheduler, double now_s = 0) {
  std::deque<Pass> under_way;
  return serve(scheduler, under_way, now_s);
}

/// `used_at_end` below 0: as many as after scheduling.
inline void expect_step(const ServedStep& step, const Tokens& tokens, const Ids& sampled, std::int64_t used,
                        const Ids& finished = {}, std::int64_t used_at_end = -1) {
  EXPECT_EQ(step.tokens, tokens);
  EXPECT_EQ(step.sampled, sampled);
  EXPECT_EQ(step.used, used);
  EXPECT_EQ(step.finished, finished);
  EXPECT_EQ(step.used_at_end, used_at_end < 0 ? used : used_at_end);
}

}  // namespace upmem_des
