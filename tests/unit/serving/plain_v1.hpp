/// vLLM 1's rules once more, as plainly as they can be written down.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "served.hpp"
#include "upmem_des/requests/request.hpp"
#include "upmem_des/serving/draft_acceptance.hpp"
#include "upmem_des/serving/scheduler_options.hpp"

namespace upmem_des {

/// Everything is looked for where it is needed, blocks are compared by all the tokens up to their ends, and nothing is
/// remembered.
class PlainV1 {
 public:
  explicit PlainV1(const SchedulerOptions& options);

  void add(const Request& request);
  /// As serve() of served.hpp.
  ServedStep serve();

  Ids running() const { return running_; }
  Ids waiting() const { return {waiting_.begin(), waiting_.end()}; }

 private:
  using Token = std::pair<std::int64_t, std::int64_t>;
  using Text = std::vector<Token>;

  struct State {
    Text text;                 ///< all there will be
    std::int64_t prompt = 0;   ///< tokens
    std::int64_t outputs = 0;  ///< wanted
    std::int64_t known = 0;
    std::int64_t computed = 0;
    std::int64_t placeholders = 0;
    std::vector<int> blocks;
    std::size_t cached = 0;  ///< blocks that say what they hold
    bool preempted = false;
    std::int64_t drafts = 0;
  };
  struct Scheduled {
    std::int64_t id = 0;
    std::int64_t tokens = 0;
    bool samples = false;
    std::int64_t drafts = 0;
  };

  void plan_running(ServedStep& step);
  void plan_waiting(ServedStep& step);
  std::vector<int> hits_of(const State& state) const;
  bool allocate(State& state, std::int64_t tokens, const std::vector<int>& hits, std::int64_t keep_free,
                std::int64_t lookahead = 0);
  std::int64_t free_among(const std::vector<int>& blocks) const;
  void cache_up_to(State& state, std::int64_t tokens);
  void release(State& state);
  void process(ServedStep& step);
  std::int64_t used() const;

  SchedulerOptions options_;
  DraftAcceptance acceptance_;
  std::map<std::int64_t, State> states_;
  Ids running_;
  std::deque<std::int64_t> waiting_;
  std::deque<int> free_;
  std::vector<int> users_;
  std::vector<Text> holds_;  ///< of each block, all tokens up to its end; none: nothing
  std::vector<int> cached_;  ///< blocks that hold something, in the order in which it was said
  std::vector<Scheduled> scheduled_;
  std::deque<std::vector<Scheduled>> under_way_;
  std::int64_t budget_ = 0;
};

}  // namespace upmem_des
