// Passes of the serving room's schedulers: how long one takes, and a token of it.
#include <benchmark/benchmark.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "upmem_des/serving/scheduler_registry.hpp"

namespace {

using namespace upmem_des;

SchedulerOptions options(std::int64_t seats, bool async) {
  SchedulerOptions chosen;
  chosen.kv_blocks = 60000;
  chosen.max_num_seqs = seats;
  chosen.async = async;
  return chosen;
}

/// Requests of 512 + 128 tokens, the next one when there is room in the queue; none of the time is anything else's.
class ServedRequests {
 public:
  ServedRequests(const std::string& name, const SchedulerOptions& chosen) : scheduler_(make_scheduler(name, chosen)) {}

  /// One pass, and the outputs of the oldest step where all that can be are in flight. Returns the tokens scheduled.
  std::int64_t step() {
    while (scheduler_->waiting_count() < 8) add();
    if (passes_.size() <= under_way_) passes_.emplace_back();
    Pass& pass = passes_[under_way_];
    scheduler_->schedule(0, pass);
    const std::int64_t tokens = pass.tokens;
    if (!pass.empty()) ++under_way_;
    if (under_way_ > 0 && (pass.empty() || under_way_ == static_cast<std::size_t>(scheduler_->steps_in_flight()))) {
      scheduler_->end_step(passes_.front(), end_);
      // Their vectors are used again.
      std::swap(passes_.front(), passes_[under_way_ - 1]);
      --under_way_;
      sampled_ += static_cast<std::int64_t>(end_.sampled.size());
      finished_ += static_cast<std::int64_t>(end_.finished.size());
    }
    return tokens;
  }

  std::int64_t sampled() const { return sampled_; }
  std::int64_t finished() const { return finished_; }

 private:
  void add() {
    Request request;
    request.id = next_++;
    request.prompt_tokens = 512;
    request.output_tokens = 128;
    scheduler_->add(std::move(request));
  }

  std::unique_ptr<Scheduler> scheduler_;
  std::vector<Pass> passes_;  ///< the first under_way_ of them
  std::size_t under_way_ = 0;
  StepEnd end_;
  std::int64_t next_ = 0;
  std::int64_t sampled_ = 0;
  std::int64_t finished_ = 0;
};

void passes(benchmark::State& state, const std::string& name, bool async) {
  ServedRequests served(name, options(state.range(0), async));
  for (int warm = 0; warm < 500; ++warm) served.step();
  const std::int64_t sampled = served.sampled();
  const std::int64_t finished = served.finished();
  for (auto _ : state) served.step();
  const auto tokens = static_cast<double>(served.sampled() - sampled);
  state.counters["requests/s"] =
      benchmark::Counter(static_cast<double>(served.finished() - finished), benchmark::Counter::kIsRate);
  state.counters["s/token"] = benchmark::Counter(tokens, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(passes, vllm_v1_async, "vllm_v1", true)->Arg(16)->Arg(128)->Arg(1024);
BENCHMARK_CAPTURE(passes, vllm_v1, "vllm_v1", false)->Arg(128);
BENCHMARK_CAPTURE(passes, vllm_v0, "vllm_v0", false)->Arg(128);
BENCHMARK_CAPTURE(passes, sarathi, "sarathi", false)->Arg(128);
BENCHMARK_CAPTURE(passes, orca, "orca", false)->Arg(128);
BENCHMARK_CAPTURE(passes, static_batches, "static", false)->Arg(128);
BENCHMARK_CAPTURE(passes, priority, "priority", true)->Arg(128);

}  // namespace
