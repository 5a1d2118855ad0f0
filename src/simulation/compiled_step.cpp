#include "simulation/compiled_step.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "simulation/exactness.hpp"
#include "simulation/stretch.hpp"
#include "simulation/task_check.hpp"

namespace upmem_des {

namespace {

using Place = CompiledStep::TaskPlace;
constexpr std::uint32_t none = CompiledStep::none;

bool operator<(const Place& a, const Place& b) {
  return std::tie(a.piece, a.ordinal) < std::tie(b.piece, b.ordinal);
}

class Compiler {
 public:
  Compiler(std::shared_ptr<const StepPlan> plan, const PlatformSpec& platform, RunSums& sums, QueueOrder order,
           Grain grain)
      : platform_(platform),
        sums_(sums),
        in_turn_(order == QueueOrder::ById),
        grain_(grain),
        apart_(grain == Grain::Watched || !in_turn_),
        made_(std::make_shared<CompiledStep>()),
        latest_(platform.devices.size(), none),
        counted_(platform.devices.size(), 0) {
    made_->plan = std::move(plan);
    made_->demands = made_->plan->demands;
  }

  std::shared_ptr<const CompiledStep> compile() {
    const StepPlan& plan = *made_->plan;
    next_id_ = plan.first_id;
    for (const EventTasks& event : plan.events) add(event);
    finish();
    return made_;
  }

 private:
  /// What a task waits for, as far as its stream does not wait for it anyway.
  struct Waits {
    std::vector<Place> places;
    std::vector<TaskId> outer;
    bool for_ever = false;
  };
  struct Dependent {
    Place on;
    std::uint32_t piece = 0;
  };

  CompiledStep::Piece& piece(const Place& place) { return made_->pieces[place.piece]; }
  std::uint32_t local(TaskId id) const { return static_cast<std::uint32_t>(id - made_->plan->first_id); }

  void add(const EventTasks& event) {
    const StepPlan& plan = *made_->plan;
    ++event_;
    shares_.clear();
    if (event.is_event && event.counts) count(class_events_, index_of(sums_.account_of(event.event, event.phase)));
    for (const Task& task : event.tasks)
      if (task.kind != Task::Kind::Join) ++share_of(event, task).works;
    for (const Task& task : event.tasks) {
      check_work(task, platform_);
      check_order(task, next_id_);
      next_id_ = task.id + 1;
      made_->places.resize(static_cast<std::size_t>(next_id_ - plan.first_id));
      if (task.kind == Task::Kind::Compute)
        add_compute(task, event);
      else if (task.kind == Task::Kind::Transfer)
        add_transfer(task, event);
      else
        add_join(task);
    }
  }

  /// What of an event's tasks counts together: its own work, or communication of one purpose.
  struct Share {
    const char* purpose = "";
    std::uint32_t account = 0;
    std::int64_t works = 0;
    std::uint32_t span = none;
  };

  Share& share_of(const EventTasks& event, const Task& task) {
    for (Share& known : shares_)
      if (std::strcmp(known.purpose, task.purpose) == 0) return known;
    Share& made = shares_.emplace_back();
    made.purpose = task.purpose;
    const bool is_own = task.purpose[0] == '\0' && event.is_event;
    made.account = index_of(is_own ? sums_.account_of(event.event, event.phase)
                                   : sums_.account_of_communication(task.purpose, event.phase));
    if (!is_own && event.counts) count(class_events_, made.account);
    return made;
  }

  /// The event's share that a task belongs to, with a place to time it where no formula says how long it takes.
  const Share& timed_share(const EventTasks& event, const Task& task) {
    Share& share = share_of(event, task);
    const bool by_formula = grain_ == Grain::Segments && share.works == 1 && task.kind == Task::Kind::Compute;
    if (share.span == none && grain_ != Grain::Watched && !by_formula) {
      share.span = static_cast<std::uint32_t>(made_->span_accounts.size());
      made_->span_accounts.push_back(share.account);
    }
    return share;
  }

  std::uint32_t index_of(const RunSums::Account& account) {
    const auto [found, is_new] = accounts_.emplace(account.place, made_->accounts.size());
    if (is_new) made_->accounts.push_back(account);
    return found->second;
  }

  static void count(std::map<std::uint32_t, std::int64_t>& counts, std::uint32_t index) { ++counts[index]; }

  /// Device streams wait for nothing twice; `stream` is none for joins. That a stream comes to a task after others says
  /// something only where it takes them in turn.
  Waits waits_of(const Task& task, std::uint32_t stream) {
    Waits waits;
    for (const TaskId before : task.after) {
      if (before < made_->plan->first_id) {
        if (!in_turn_ || task.kind != Task::Kind::Compute || waited_.find(key(stream, before)) == waited_.end())
          waits.outer.push_back(before);
        continue;
      }
      const Place place = made_->places[local(before)];
      if (place.piece == none) {
        waits.for_ever = true;
        continue;
      }
      const CompiledStep::Piece& on = piece(place);
      if (in_turn_ && on.kind == task.kind && on.kind != Task::Kind::Join && on.stream == stream) continue;
      if (in_turn_ && task.kind == Task::Kind::Compute) {
        const auto known = waited_.find(key(stream, place.piece));
        if (known != waited_.end() && known->second >= place.ordinal) continue;
      }
      waits.places.push_back(place);
    }
    // Joins that are no pieces of their own may stand for the same task.
    const auto same = [](const Place& a, const Place& b) { return a.piece == b.piece && a.ordinal == b.ordinal; };
    std::sort(waits.places.begin(), waits.places.end(), [](const Place& a, const Place& b) { return a < b; });
    waits.places.erase(std::unique(waits.places.begin(), waits.places.end(), same), waits.places.end());
    return waits;
  }

  static std::uint64_t key(std::uint32_t device, std::uint32_t on) { return (std::uint64_t{device} << 32U) | on; }
  /// Tasks of earlier steps count down from the largest number.
  std::uint64_t key(std::uint32_t device, TaskId outer) const {
    return key(device, none - static_cast<std::uint32_t>(made_->plan->first_id - outer));
  }

  std::uint32_t open(const Task& task, std::uint32_t stream, const Waits& waits) {
    const auto index = static_cast<std::uint32_t>(made_->pieces.size());
    CompiledStep::Piece& made = made_->pieces.emplace_back();
    made.kind = task.kind;
    made.stream = stream;
    made.task = local(task.id);
    made.pending = static_cast<std::uint32_t>(waits.places.size() + waits.outer.size() + (waits.for_ever ? 1 : 0));
    for (const Place& place : waits.places) dependents_.push_back({place, index});
    for (const TaskId outer : waits.outer) made_->outer.push_back({made_->plan->first_id - outer, index});
    return index;
  }

  void add_compute(const Task& task, const EventTasks& event) {
    const auto device = static_cast<std::uint32_t>(task.device);
    for (const Step& step : task.demand) expect_within_ratings(platform_.devices[device], stretch_of(step));
    const Waits waits = waits_of(task, device);
    const bool meets = !waits.places.empty() || !waits.outer.empty() || waits.for_ever;
    if (apart_ || grain_ != Grain::Segments || meets || latest_[device] == none)
      latest_[device] = open(task, device, waits);
    for (const Place& place : waits.places) {
      std::uint32_t& known = waited_[key(device, place.piece)];
      known = std::max(known, place.ordinal);
    }
    for (const TaskId outer : waits.outer) waited_[key(device, outer)] = 0;
    CompiledStep::Piece& made = made_->pieces[latest_[device]];
    std::uint32_t slot = task.slot;
    if (made_->plan->demands.empty()) {
      slot = static_cast<std::uint32_t>(made_->demands.size());
      made_->demands.push_back(task.demand);
    }
    made_->places[local(task.id)] = {latest_[device], static_cast<std::uint32_t>(made.parts.size())};
    const Share& share = timed_share(event, task);
    made.parts.push_back({slot, share.span});
    made.is_looked_into = made.is_looked_into || share.span != none;
    use(device, slot, share);
    if (!event.is_event || !event.counts || counted_[device] == event_) return;
    counted_[device] = event_;
    count(device_events_, device);
  }

  void use(std::uint32_t device, std::uint32_t slot, const Share& share) {
    const auto [found, is_new] = uses_.emplace(std::make_tuple(share.account, device, slot), made_->work.size());
    if (is_new) made_->work.push_back({share.account, device, slot, 0, 0});
    CompiledStep::WorkUse& use = made_->work[found->second];
    ++use.times;
    if (share.span == none) ++use.alone;
  }

  void add_transfer(const Task& task, const EventTasks& event) {
    const Share& share = timed_share(event, task);
    const std::uint32_t index =
        open(task, static_cast<std::uint32_t>(task.route), waits_of(task, static_cast<std::uint32_t>(task.route)));
    CompiledStep::Piece& made = made_->pieces[index];
    communications_of(task.bytes);  // throws where it is too much
    made.bytes = counted_bytes(task.bytes);
    made.latency_s = task.latency_s;
    made.account = share.account;
    made.span = share.span;
    made_->places[local(task.id)] = {index, 0};
    const auto [found, is_new] = transfers_.emplace(
        std::make_tuple(share.account, task.route, task.bytes, task.latency_s), made_->transfers.size());
    if (is_new) {
      CompiledStep::TransferUse& use = made_->transfers.emplace_back();
      use.account = share.account;
      use.transfer.kind = task.kind;
      use.transfer.route = task.route;
      use.transfer.bytes = task.bytes;
      use.transfer.latency_s = task.latency_s;
    }
    ++made_->transfers[found->second].times;
  }

  /// A join of nothing but one device's work ends with the last of it, and is no piece of its own.
  void add_join(const Task& task) {
    const Waits waits = waits_of(task, none);
    if (!apart_ && !task.ends_prefill && waits.outer.empty() && !waits.for_ever && !waits.places.empty()) {
      const CompiledStep::Piece& first = piece(waits.places.front());
      const bool is_here = std::all_of(waits.places.begin(), waits.places.end(), [&](const Place& place) {
        const CompiledStep::Piece& on = piece(place);
        return on.kind == Task::Kind::Compute && on.kind == first.kind && on.stream == first.stream;
      });
      if (is_here || waits.places.size() == 1) {
        made_->places[local(task.id)] = waits.places.back();
        return;
      }
    }
    const std::uint32_t index = open(task, none, waits);
    made_->pieces[index].ends_prefill = task.ends_prefill;
    made_->places[local(task.id)] = {index, 0};
  }

  static void add_totals(CompiledStep::Piece& made) {
    std::map<std::uint32_t, double> counts;
    for (const CompiledStep::Part& part : made.parts) ++counts[part.slot];
    made.totals.assign(counts.begin(), counts.end());
  }

  void finish() {
    for (const Dependent& dependent : dependents_) {
      CompiledStep::Piece& on = piece(dependent.on);
      if (on.kind == Task::Kind::Compute && dependent.on.ordinal + 1 < on.parts.size()) {
        on.inner.push_back({dependent.on.ordinal, dependent.piece});
        on.is_looked_into = true;
      } else {
        on.then.push_back(dependent.piece);
      }
    }
    made_->powers = highest_powers(made_->demands);
    for (CompiledStep::Piece& made : made_->pieces) {
      add_totals(made);
      std::stable_sort(made.inner.begin(), made.inner.end(),
                       [](const auto& a, const auto& b) { return a.ordinal < b.ordinal; });
    }
    for (const auto& [account, events] : class_events_) made_->class_events.push_back({account, events});
    for (const auto& [device, events] : device_events_) made_->device_events.push_back({device, events});
  }

  const PlatformSpec& platform_;
  RunSums& sums_;
  const bool in_turn_;  // do streams take tasks in order of id?
  const Grain grain_;
  const bool apart_;
  std::shared_ptr<CompiledStep> made_;
  std::vector<std::uint32_t> latest_;                        // by device: its last piece
  std::vector<std::int64_t> counted_;                        // by device: the last event that it had a part in
  std::unordered_map<std::uint64_t, std::uint32_t> waited_;  // by device and piece: the last ordinal waited for
  std::vector<Dependent> dependents_;
  std::map<std::size_t, std::uint32_t> accounts_;  // by place
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::size_t> uses_;
  std::map<std::tuple<std::uint32_t, RouteIndex, double, double>, std::size_t> transfers_;
  std::map<std::uint32_t, std::int64_t> class_events_;
  std::map<std::uint32_t, std::int64_t> device_events_;
  TaskId next_id_ = 0;
  std::int64_t event_ = 0;
  std::vector<Share> shares_;  // of the present event
};

}  // namespace

std::vector<HighestPower> highest_powers(const std::vector<Demand>& demands) {
  std::vector<HighestPower> powers;
  powers.reserve(demands.size());
  for (const Demand& demand : demands) powers.push_back(highest_power(demand));
  return powers;
}

std::shared_ptr<const CompiledStep> compile(std::shared_ptr<const StepPlan> plan, const PlatformSpec& platform,
                                            RunSums& sums, QueueOrder order, Grain grain) {
  return Compiler(std::move(plan), platform, sums, order, grain).compile();
}

}  // namespace upmem_des
