/// An engine that serves requests on an instance.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "service/serving_tally.hpp"
#include "upmem_des/serving/router.hpp"
#include "upmem_des/serving/scheduler.hpp"

namespace upmem_des {

/// What a request has of something that is drawn.
struct EnergyShare {
  std::uint32_t slot = 0;
  bool is_prompt = false;
  double rows = 0;    ///< that are read of its cache
  double tokens = 0;  ///< that are computed
};

/// The requests of one scheduler, from when they come to when they leave. When steps are planned and end, an Instance
/// says.
class Engine {
 public:
  /// References outlive the engine.
  Engine(std::size_t index, std::unique_ptr<Scheduler> scheduler, ServingTally& tally);

  /// Why it will never serve a request; empty where it will.
  std::string refusal(const Request& request) const { return scheduler_->refusal(request); }
  void add(Request request, double now_s);
  /// A request that leaves with its first token, which this engine does not give to anybody; its blocks stay until
  /// release_kept().
  std::uint32_t add_leaving(Request request, double now_s);
  /// A request that was computed elsewhere so far, where `outputs` tokens have been put out. Its cache comes when it is
  /// in take_fetching() and fetched() is called.
  std::uint32_t add_coming(Request request, ServedRequest so_far, std::int64_t outputs, double now_s);
  void release_kept(std::uint32_t slot, double now_s);
  void fetched(std::uint32_t slot, double now_s, double transfer_s);
  /// A token that was put out elsewhere is given.
  void give_token(std::uint32_t slot, double now_s);
  /// Drawn by the transfer of its cache.
  void draw_transfer(std::uint32_t slot, double energy_J) { tally_.drawn(served_[slot], energy_J, true); }
  /// What a block draws on its way to the tier: of whoever computes it, or takes its place.
  void charge_stores(double block_J) { store_J_ = block_J; }
  /// What has come for a request from the tier, so long after it was wanted.
  void fetched_from_tier(std::uint32_t slot, double now_s, double took_s);
  /// Blocks that can go to the tier since the last call, and those that go there before anything takes their places.
  std::vector<BlockStore> take_full() { return std::exchange(full_, {}); }
  std::vector<BlockStore> take_displaced() { return std::exchange(displaced_, {}); }
  bool displaces() const { return !displaced_.empty(); }
  /// They are there.
  void stored(const std::vector<BlockStore>& blocks, double now_s);
  /// Does a step wait until what it displaces is there?
  bool holds_step() const { return holds_step_; }
  void hold_step() { holds_step_ = true; }
  /// It is: that step begins when its instance plans.
  void go_on() { holds_step_ = false; }
  /// What became of it so far.
  ServedRequest so_far(std::uint32_t slot) const;

  /// The last step of a leaving request.
  struct Leaving {
    std::uint32_t slot = 0;
    double start_s = 0;
    double end_s = 0;
  };
  /// Those that were planned since the last call.
  std::vector<Leaving> take_leaving() { return std::exchange(leaving_, {}); }
  /// Those that have ended since the last call.
  std::vector<std::uint32_t> take_left() { return std::exchange(left_, {}); }
  /// Those that were given blocks for their caches since the last call.
  std::vector<std::uint32_t> take_fetching() { return std::exchange(fetching_, {}); }
  /// No further request comes.
  void close() { scheduler_->close(); }

  /// Asks the scheduler for a pass; false where it has nothing to compute now.
  bool schedule(double now_s, Pass& pass);
  /// When it has to be asked again by itself, as the last pass said; infinite where it has not.
  double wake_s() const { return wake_s_; }
  void sleep() { wake_s_ = std::numeric_limits<double>::infinity(); }
  /// Tells of a step that will be.
  void planned(ServingStep step);
  /// The pass is computed in a step that was planned at `now_s`.
  void begin(const Pass& pass, double now_s, double start_s, double end_s);
  /// Those of a pass, in `shares` after what is there; gives its prompt tokens.
  std::int64_t list_shares(const Pass& pass, std::vector<EnergyShare>& shares) const;
  /// Energy of a step: of each row that attention reads, and of each token.
  void draw(const EnergyShare& share, double row_J, double token_J) {
    tally_.drawn(served_[share.slot], row_J * share.rows + token_J * share.tokens, share.is_prompt);
  }
  /// A step of its instance has taken so long, of which `prompt_s` is that of prompts' tokens.
  void timed(double step_s, double prompt_s) { tally_.timed(step_s, prompt_s); }
  /// The step has ended. Calls `finished(id)` for requests that have their last token.
  template <class Finished>
  void end(const Pass& pass, const ServingStep& step, const Finished& finished) {
    end_step(pass, step);
    for (const std::uint32_t slot : ended_.finished)
      if (!served_[slot].leaves) finished(served_[slot].record.id);
  }
  /// A step in which it has nothing to compute: others of its instance have.
  void idle_step(double start_s, double end_s);
  /// Blocks and requests that it has from now on.
  void count(double now_s);

  EngineLoad load() const;
  /// What of a request's prompt its cache holds.
  std::int64_t cached_tokens(const Request& request) const { return scheduler_->cached_tokens(request); }
  const Scheduler& scheduler() const { return *scheduler_; }
  /// Requests that it has.
  std::int64_t requests() const { return scheduler_->running_count() + scheduler_->waiting_count(); }

  std::int64_t added() const { return added_; }
  std::int64_t steps() const { return steps_; }
  /// Of those, without anything to compute.
  std::int64_t idle_steps() const { return idle_steps_; }
  double busy_s() const { return busy_s_; }
  std::int64_t peak_blocks() const { return peak_blocks_; }
  /// Blocks in use, times s.
  double block_seconds(double now_s) const;
  /// Requests that it has, times s.
  double request_seconds() const { return request_seconds_; }
  /// Of all steps, sequences and drafts: each gives the host a result.
  double results() const { return results_; }
  /// Computed and given since the last call.
  struct Tokens {
    std::int64_t prompt = 0, output = 0;
  };
  Tokens take_tokens();

 private:
  void end_step(const Pass& pass, const ServingStep& step);
  ServedRequest& keep(std::uint32_t slot, ServedRequest served, double now_s);
  void charge(const std::vector<BlockStore>& stores);

  const std::size_t index_;
  std::unique_ptr<Scheduler> scheduler_;
  ServingTally& tally_;
  std::vector<ServedRequest> served_;  // by slot
  StepEnd ended_;
  double wake_s_ = std::numeric_limits<double>::infinity();
  std::int64_t added_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t idle_steps_ = 0;
  double busy_s_ = 0;
  std::int64_t outstanding_tokens_ = 0;
  std::int64_t peak_blocks_ = 0;
  double block_seconds_ = 0;
  double counted_s_ = 0;
  std::int64_t blocks_ = 0;
  double request_seconds_ = 0;
  std::int64_t requests_ = 0;  // since `counted_s_`
  double results_ = 0;
  Tokens tokens_;
  std::vector<Leaving> leaving_;
  std::vector<std::uint32_t> left_;
  std::vector<std::uint32_t> fetching_;
  double store_J_ = 0;
  std::vector<BlockStore> full_;
  std::vector<BlockStore> displaced_;
  bool holds_step_ = false;
};

}  // namespace upmem_des
