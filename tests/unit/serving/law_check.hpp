/// What holds for every scheduler, watched while it serves.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "upmem_des/serving/scheduler.hpp"
#include "upmem_des/serving/scheduler_options.hpp"

namespace upmem_des {

/// Gives a scheduler a random load and fails the test where a law does not hold:
/// - blocks: those that live requests have are those that are used, and there are no more than there are; after a
/// request's
///   tokens have been scheduled it has blocks for them
/// - a pass has no request twice, its sum of tokens, not more than the budget, not more running than seats
/// - a request's tokens are computed from the first to the last before its last output, from 0 again after a
/// preemption; what is
///   found in the cache is the beginning of something that was known before
/// - what is scheduled a second time is counted
/// - what goes to the tier has been computed when the step has ended, what comes from there went there, and there is no
///   more of it than there is room
/// - drafts follow the known tokens of who ran before; blocks have room for what a draft writes, too
/// - everybody gets as many tokens as wanted, one a step and those of its drafts that are accepted, and at the end
///   nothing is used
class LawCheck {
 public:
  struct Load {
    int requests = 40;
    std::int64_t longest = 60;  ///< prompt and outputs
    bool shared_content = false;
    bool remote = false;  ///< some come with their caches, and some keep their blocks for a while
    double arrivals_per_step = 0.5;
  };

  LawCheck(Scheduler& scheduler, const SchedulerOptions& options, bool has_budget, std::uint64_t seed)
      : scheduler_(scheduler), options_(options), has_budget_(has_budget), random_(seed) {}

  void serve(const Load& load);

  std::int64_t preemptions() const { return scheduler_.counts().preemptions; }

 private:
  using Text = std::vector<std::pair<std::int64_t, std::int64_t>>;

  struct Known {
    Text text;  ///< prompt and outputs, each token with source and place
    std::int64_t computed = 0;
    std::int64_t most = 0;  ///< that has been computed
    std::int64_t sampled = 0;
    std::int64_t wanted = 0;
    std::int64_t prompt = 0;
    std::int64_t hits = 0;
    bool finished = false;
  };

  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end));
  }
  void arrive(const Load& load);
  void check_pass(const Pass& pass);
  void check_hits(const Known& request, std::int64_t tokens) const;
  void check_fetch(const LiveRequest& live, Known& known);
  void check_full(const std::vector<BlockStore>& full);
  void check_blocks();
  void end_step();
  void end_transfers();

  Scheduler& scheduler_;
  SchedulerOptions options_;
  bool has_budget_;
  std::mt19937_64 random_;
  std::vector<Known> known_;         ///< by id
  std::set<std::uint32_t> slots_;    ///< with blocks or waiting
  std::vector<std::uint32_t> kept_;  ///< finished, with their blocks
  std::vector<std::uint32_t> sent_;  ///< being fetched
  std::deque<Pass> under_way_;
  std::deque<std::vector<BlockStore>> stores_;  ///< on their way to the tier
  std::set<Text> stored_texts_;          ///< and all of what they stand for, where blocks go as soon as they are full
  std::map<std::uint64_t, Text> texts_;  ///< by hash
  std::int64_t recomputed_ = 0;
  std::int64_t drafted_ = 0;
  std::int64_t accepted_ = 0;
  int refused_ = 0;
};

}  // namespace upmem_des
