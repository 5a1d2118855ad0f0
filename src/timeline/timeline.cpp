#include "upmem_des/timeline/timeline.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>

#include "timeline/gauges.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

namespace {

constexpr double never_s = std::numeric_limits<double>::infinity();

/// Where work ends by its formula and where the clock says so may differ in the last bits.
bool is_same_time(double earlier_s, double later_s) {
  return later_s - earlier_s <= 4 * std::numeric_limits<double>::epsilon() * later_s;
}

}  // namespace

class Timeline::Impl {
 public:
  Impl(const PlatformSpec& platform, std::vector<double> weights_B, const TimelineWindow& window)
      : window_(window), gauges_(platform, std::move(weights_B)) {}

  void on_start(const ActivityRecord& activity) {
    const bool kept = window_.contains(activity.step(), activity.start_s);
    Open& open = open_[activity.id];
    if (kept) {
      ++activities;
      open.kept = std::make_shared<KeptActivity>(activity);
      put(activity.start_s, ActivityStart{open.kept});
    }
    if (activity.kind == ActivityKind::Transfer) {
      open.known_to_s = activity.start_s;
      known_to_s_.insert(activity.start_s);
    }
    tell_until(activity.start_s);
  }

  void on_use(const ResourceUse& use) {
    const auto open = open_.find(use.activity);
    const bool kept = open != open_.end() ? open->second.kept != nullptr : window_.contains(use.step, use.start_s);
    if (kept && use.end_s > use.start_s) {
      put(use.start_s, UseStart{use});
      const double draws_s = use.resource == Resource::Memory ? gauges_.draws_for_s(use) : 0;
      if (draws_s > 0) put(std::min(use.start_s + draws_s, use.end_s), DrawEnd{use});
      put(use.end_s, UseEnd{use});
    }
    if (use.resource == Resource::Route && open != open_.end()) {
      known_to_s_.erase(known_to_s_.find(open->second.known_to_s));
      open->second.known_to_s = use.end_s;
      known_to_s_.insert(use.end_s);
    }
  }

  void on_fetching(std::size_t device, double since_s) {
    fetching_since_s_.resize(std::max(fetching_since_s_.size(), device + 1), never_s);
    double& known = fetching_since_s_[device];
    if (known < never_s) known_to_s_.erase(known_to_s_.find(known));
    if (since_s < never_s) known_to_s_.insert(since_s);
    known = since_s;
  }

  void on_end(const ActivityRecord& activity) {
    const auto open = open_.find(activity.id);
    if (open == open_.end()) return;
    if (activity.kind == ActivityKind::Transfer) known_to_s_.erase(known_to_s_.find(open->second.known_to_s));
    if (const Kept kept = open->second.kept) {
      kept->end(activity);
      put(activity.end_s, ActivityEnd{kept});
    } else if (activity.kind == ActivityKind::Compute) {
      put(activity.end_s, UnseenEnd{activity.stream, activity.kv_cache_B});
    }
    open_.erase(open);
    tell_until(activity.end_s);
  }

  void on_prefill_end(double time_s) { prefill_end_s_ = time_s; }

  void on_run_end(double time_s) {
    tell_until(never_s);
    if (window_.all()) {
      begin(0);
      if (prefill_end_s_ >= time_s) phase_told_ = Phase::Decode;  // a decode phase without any time is not shown
      move_to(time_s);
    } else {
      begin(now_s_);
    }
    tell_changes();
    for (TimelineWriter* writer : writers) writer->on_finish(now_s_);
  }

  std::vector<TimelineWriter*> writers;
  std::int64_t activities = 0;

 private:
  /// A record with an event of its own.
  struct KeptActivity {
    explicit KeptActivity(const ActivityRecord& told) : record(told) { keep_event(); }
    KeptActivity(const KeptActivity&) = delete;
    KeptActivity& operator=(const KeptActivity&) = delete;

    void end(const ActivityRecord& told) {
      record = told;
      if (told.event != nullptr) record.event = &event;
    }

    ActivityRecord record;
    LayerEvent event;

   private:
    void keep_event() {
      if (record.event == nullptr) return;
      event = *record.event;
      record.event = &event;
    }
  };
  using Kept = std::shared_ptr<KeptActivity>;

  struct ActivityStart {
    Kept activity;
  };
  struct ActivityEnd {
    Kept activity;
  };
  struct UseStart {
    ResourceUse use;
  };
  struct UseEnd {
    ResourceUse use;
  };
  struct DrawEnd {
    ResourceUse use;
  };
  /// The end of work that is not in the window.
  struct UnseenEnd {
    std::size_t device;
    double kv_cache_B;
  };
  using Item = std::variant<ActivityStart, ActivityEnd, UseStart, UseEnd, DrawEnd, UnseenEnd>;

  struct Open {
    Kept kept;  // null where it is not in the window
    double known_to_s = 0;
  };

  void put(double time_s, Item item) { waiting_.emplace(time_s, std::move(item)); }

  /// Nothing will be told of that is earlier than `time_s` and than what transfers and fetches may still have done.
  void tell_until(double time_s) {
    if (!known_to_s_.empty()) time_s = std::min(time_s, *known_to_s_.begin());
    while (!waiting_.empty() && waiting_.begin()->first <= time_s) {
      const auto first = waiting_.begin();
      if (!std::holds_alternative<UnseenEnd>(first->second)) {
        begin(window_.all() ? 0 : first->first);
        move_to(first->first);
      }
      std::visit([this](const auto& item) { tell(item); }, first->second);
      waiting_.erase(first);
    }
  }

  void begin(double time_s) {
    if (begun_) return;
    begun_ = true;
    now_s_ = time_s;
    gauges_.mark_all();
    for (TimelineWriter* writer : writers) writer->on_begin(time_s);
    tell_phase(prefill_end_s_ <= time_s && time_s > 0 ? Phase::Decode : Phase::Prefill, time_s);
  }

  void move_to(double time_s) {
    if (time_s > now_s_ && !is_same_time(now_s_, time_s)) {
      tell_changes();
      now_s_ = time_s;
    }
    now_s_ = std::max(now_s_, time_s);
    if (phase_told_ != Phase::Decode && prefill_end_s_ <= now_s_) tell_phase(Phase::Decode, prefill_end_s_);
  }

  void tell_phase(Phase phase, double time_s) {
    phase_told_ = phase;
    for (TimelineWriter* writer : writers) writer->on_phase(phase, time_s);
  }

  void tell_changes() {
    gauges_.take(now_s_, changes_);
    for (const QuantityChange& change : changes_)
      for (TimelineWriter* writer : writers) writer->on_change(change);
  }

  void tell(const ActivityStart& item) {
    gauges_.start(item.activity->record);
    for (TimelineWriter* writer : writers) writer->on_start(item.activity->record);
  }
  void tell(const ActivityEnd& item) {
    gauges_.end(item.activity->record);
    for (TimelineWriter* writer : writers) writer->on_end(item.activity->record);
  }
  void tell(const UseStart& item) { gauges_.start(item.use); }
  void tell(const UseEnd& item) { gauges_.end(item.use); }
  void tell(const DrawEnd& item) { gauges_.end_draw(item.use); }
  void tell(const UnseenEnd& item) {
    if (begun_) tell_changes();
    gauges_.hold(item.device, item.kv_cache_B);
  }

  TimelineWindow window_;
  Gauges gauges_;
  std::multimap<double, Item> waiting_;
  std::unordered_map<std::int64_t, Open> open_;
  std::multiset<double> known_to_s_;      // of transfers and fetches under way: up to when their uses are known
  std::vector<double> fetching_since_s_;  // of these, by device, that of its fetches
  double now_s_ = 0;
  double prefill_end_s_ = never_s;
  Phase phase_told_ = Phase::Prefill;
  bool begun_ = false;
  std::vector<QuantityChange> changes_;
};

Timeline::Timeline(const PlatformSpec& platform, std::vector<double> weights_B, const TimelineWindow& window)
    : impl_(std::make_unique<Impl>(platform, std::move(weights_B), window)) {}

Timeline::~Timeline() = default;

void Timeline::add(TimelineWriter& writer) {
  impl_->writers.push_back(&writer);
}

bool Timeline::empty() const {
  return impl_->writers.empty();
}

std::int64_t Timeline::activities() const {
  return impl_->activities;
}

void Timeline::on_start(const ActivityRecord& activity) {
  impl_->on_start(activity);
}

void Timeline::on_use(const ResourceUse& use) {
  impl_->on_use(use);
}

void Timeline::on_fetching(std::size_t device, double since_s) {
  impl_->on_fetching(device, since_s);
}

void Timeline::on_end(const ActivityRecord& activity) {
  impl_->on_end(activity);
}

void Timeline::on_prefill_end(double time_s) {
  impl_->on_prefill_end(time_s);
}

void Timeline::on_run_end(double time_s) {
  impl_->on_run_end(time_s);
}

}  // namespace upmem_des
