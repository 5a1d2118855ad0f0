/// An engine that serves requests on an instance.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "service/drafter.hpp"
#include "service/machine_windows.hpp"
#include "service/serving_tally.hpp"
#include "service/step_costs.hpp"
#include "serving/router.hpp"
#include "serving/scheduler.hpp"

namespace upmem_des {

/// What the host does for a step: before it, or beside the one before where steps are scheduled ahead.
struct HostTime {
  double step_s = 0;
  double sequence_s = 0;
};

/// Runs the steps that its scheduler plans, one after the other. With one step in flight a step is planned when the one
/// before has ended, and begins when the host has done its part. With two it is planned when the one before begins, and
/// begins when that has ended; of the host's part only what is longer than the step counts. With pipeline stages, as
/// many steps are in flight, and one begins as soon as none of its stages has to wait for the step before. A step whose
/// blocks hold what goes to a tier first begins at go_on().
class Engine {
 public:
  /// `pipelines`: steps are in flight in different stages. References outlive the engine. `result_J`: what a step's
  /// result of one row draws on its way to the host.
  Engine(std::size_t index, std::unique_ptr<Scheduler> scheduler, StepCosts& costs, const HostTime& host,
         double result_J, ServingTally& tally, MachineWindows& windows, bool pipelines);

  /// From now on tokens are drafted after each step, by what outlives the engine.
  void draft_by(Drafter& drafter) { drafter_ = &drafter; }

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
  /// They are there.
  void stored(const std::vector<BlockStore>& blocks, double now_s);
  /// Does a step wait until what it displaces is there?
  bool holds_step() const { return held_.has_value(); }
  /// It is: that step begins.
  void go_on(double now_s);
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

  /// When something happens by itself; infinite where nothing does.
  double next_s() const;
  /// Ends what ends at `now_s`. Calls `finished(id)` for requests that have their last token.
  template <class Finished>
  void end_steps(double now_s, const Finished& finished) {
    while (!flight_.empty() && flight_.front().end_s <= now_s) {
      end_step();
      for (const std::uint32_t slot : ended_.finished)
        if (!served_[slot].leaves) finished(served_[slot].record.id);
    }
  }
  /// Plans what can be planned now.
  void plan(double now_s);
  /// Tells the windows of what steps that are under way have done up to then.
  void draw(double to_s);

  EngineLoad load() const;
  /// What of a request's prompt its cache holds.
  std::int64_t cached_tokens(const Request& request) const { return scheduler_->cached_tokens(request); }
  const Scheduler& scheduler() const { return *scheduler_; }
  bool is_idle() const { return flight_.empty(); }
  /// Requests that it has.
  std::int64_t requests() const { return scheduler_->running_count() + scheduler_->waiting_count(); }

  std::int64_t added() const { return added_; }
  std::int64_t steps() const { return steps_; }
  double busy_s() const { return busy_s_; }
  std::int64_t peak_blocks() const { return peak_blocks_; }
  /// Blocks in use, times s.
  double block_seconds(double now_s) const;
  /// Requests that it has, times s.
  double request_seconds() const { return request_seconds_; }
  /// Of all steps, sequences and drafts: each gives the host a result.
  double results() const { return results_; }
  /// What drafting took of busy_s(), and what it drew.
  double draft_s() const { return draft_s_; }
  double draft_J() const { return draft_J_; }
  /// Computed and given since the last call.
  struct Tokens {
    std::int64_t prompt = 0, output = 0;
  };
  Tokens take_tokens();

 private:
  struct Flight {
    Pass pass;
    StepCost cost;  ///< with that of drafting
    DraftCost draft;
    double start_s = 0;
    double end_s = 0;
    double drawn = 0;  ///< share that windows have been told of
    std::int64_t prompt_tokens = 0;
    std::int64_t drafts = 0, accepted = 0;
  };

  void end_step();
  static double starts_after_s(const StepCost& before, const StepCost& cost);
  ServedRequest& keep(std::uint32_t slot, ServedRequest served, double now_s);
  void fly(Flight flight, double now_s);
  void share_energy(Flight& flight, double results);
  void draft(Flight& flight);
  void share_draft_energy(const Flight& flight);
  /// What a request has of something that is drawn.
  struct Share {
    std::uint32_t slot = 0;
    bool is_prompt = false;
    double rows = 0;    ///< that are read of its cache
    double tokens = 0;  ///< that are computed
  };
  void share(double dynamic_J, double cache_J);
  void charge(const std::vector<BlockStore>& stores);
  void count(double now_s);

  const std::size_t index_;
  std::unique_ptr<Scheduler> scheduler_;
  StepCosts& costs_;
  const HostTime host_;
  const double result_J_;
  ServingTally& tally_;
  MachineWindows& windows_;
  const bool pipelines_;
  Drafter* drafter_ = nullptr;
  std::deque<Flight> flight_;
  std::vector<Flight> spare_;
  std::vector<ServedRequest> served_;  // by slot
  StepEnd ended_;
  double wake_s_ = std::numeric_limits<double>::infinity();
  std::int64_t added_ = 0;
  std::int64_t steps_ = 0;
  double busy_s_ = 0;
  std::int64_t outstanding_tokens_ = 0;
  std::int64_t peak_blocks_ = 0;
  double block_seconds_ = 0;
  double counted_s_ = 0;
  std::int64_t blocks_ = 0;
  double request_seconds_ = 0;
  std::int64_t requests_ = 0;  // since `counted_s_`
  double results_ = 0;
  double draft_s_ = 0;
  double draft_J_ = 0;
  std::vector<Share> shares_;
  Tokens tokens_;
  std::vector<Leaving> leaving_;
  std::vector<std::uint32_t> left_;
  std::vector<std::uint32_t> fetching_;
  double store_J_ = 0;
  std::vector<BlockStore> full_;
  std::vector<BlockStore> displaced_;
  std::optional<Flight> held_;  // until what its step displaces is in the tier
};

}  // namespace upmem_des
