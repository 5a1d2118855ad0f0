/// When everything of a run happens, by its formulas.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "plan/tasks/step_feed.hpp"
#include "simulation/fair_rates.hpp"
#include "simulation/fetching_devices.hpp"
#include "simulation/link_domains.hpp"
#include "simulation/loaded_step.hpp"
#include "simulation/moment.hpp"
#include "simulation/peak_power.hpp"
#include "simulation/run_sums.hpp"
#include "simulation/window.hpp"
#include "simulation/work_meter.hpp"

namespace upmem_des {

/// Walks through the pieces of steps in order of time: a device and a route take theirs one at a time, in the order
/// that StreamQueue knows; a piece starts when all that it waits for has ended; transfers take their latency and then
/// share links as FairRates says. These are the rules of TaskExecutor, which leaves each piece to SimGrid; here only
/// what a whole window of time asks of the machine is. Those who watch are told of the pieces one by one.
class Timetable {
 public:
  /// Why advance() has returned.
  enum class Mark { Steps, PrefillEnd, End };
  /// So many steps that end make a window: SimGrid is asked for the less the more they are.
  static constexpr int steps_a_window = 32;

  struct Options {
    bool ideal_links = false;  ///< transfers take no time
    QueueOrder order = QueueOrder::ById;
    StepWatcher* watcher = nullptr;
    /// Called with each piece that a stream takes, in order of time; may be empty.
    std::function<void(const LoadedStep::At&)> on_take;
    FetchingDevices* fetching = nullptr;  ///< null: nothing is fetched ahead
    /// Of the plan that the feed's first steps have, where somebody has it already; may be null.
    std::shared_ptr<const CompiledStep> compiled{};
  };

  /// References outlive the timetable.
  Timetable(StepFeed& feed, const PlatformSpec& platform, const RouteFigureTable& routes, RunSums& sums,
            PeakPower& peaks, Options options);
  Timetable(const Timetable&) = delete;
  Timetable& operator=(const Timetable&) = delete;

  /// Goes on until so many steps or prefill have ended, or the run. Throws what the feed and compile() throw, and a
  /// SimulationError where pieces or the feed wait for what never happens.
  Mark advance(int steps = steps_a_window);

  double now_s() const { return now_s_; }

  /// What has been done since the last call.
  Window take_window();

 private:
  using At = LoadedStep::At;
  struct Flow {
    At at;
    double left_B = 0;
    double rate_Bps = 0;
    double since_s = 0;
    double told_B = 0;  // of the bytes that were moved, those that windows have been told of
    std::uint32_t version = 0;
    bool is_under_way = false;
  };
  struct Event {
    enum class Kind : std::uint8_t { PieceEnds, TaskEnds, StepStarts, LatencyEnds, FlowEnds, Look, AskAgain };
    double time_s = 0;
    std::uint64_t order = 0;
    Kind kind = Kind::PieceEnds;
    At at;
    std::uint32_t flow = 0;  // or the device to look at
    std::uint32_t version = 0;

    bool operator<(const Event& other) const {
      return time_s != other.time_s ? time_s > other.time_s : order > other.order;
    }
  };

  Grain grain() const;
  bool load();
  bool is_stale(const Event& event) const;
  void wait_for_earlier(LoadedStep& loaded);
  LoadedStep* find(TaskId id);
  void post(double time_s, Event::Kind kind, At at, std::uint32_t flow = 0, std::uint32_t version = 0);
  void handle(const Event& event);
  void release(At at);
  void set_free(At at);
  void settle();
  void offer(At at);
  bool choose();
  void try_stream(StreamQueue& stream);
  StreamQueue& stream_of(const At& at);
  void start(At at);
  void start_work(At at);
  void start_beside_port(At at);
  void end_beside_port(At at);
  void tell_step(At at, std::size_t n);
  void look_later(std::uint32_t device);
  void start_transfer(At at);
  /// `lasted_s` is by formula, for those who watch.
  void end(At at, double lasted_s);
  void end_work(At at);
  void begin_flow(At at);
  void end_flow(std::uint32_t index);
  void finish_transfer(At at);
  void set_rate(std::uint32_t index, double rate_Bps);
  void tell_bytes(Flow& flow, double moved_B);
  void drop_ended();

  StepFeed& feed_;
  const PlatformSpec& platform_;
  const RouteFigureTable& routes_;
  RunSums& sums_;
  PeakPower& peaks_;
  const Options options_;
  StepWatcher* watcher_;
  FetchingDevices* fetching_;
  LinkDomains domains_;
  FairRates rates_;

  double now_s_ = 0;
  double window_s_ = 0;  // when the present window began
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  std::deque<std::unique_ptr<LoadedStep>> steps_;
  std::shared_ptr<const CompiledStep> latest_;
  std::int64_t loaded_tasks_ = 0;
  std::int64_t steps_gone_ = 0;  // of those that the feed has given, with all before them
  bool all_loaded_ = false;
  /// The feed has no step until then; it was told of so many that are gone.
  struct Pause {
    double until_s = 0;
    std::int64_t told = 0;
  };
  std::optional<Pause> pause_;
  std::uint32_t pauses_ = 0;
  std::vector<StreamQueue> devices_;
  std::unordered_map<RouteIndex, StreamQueue> route_streams_;  // of routes that have been taken
  WorkMeter work_;
  std::vector<std::uint32_t> looks_;  // by device: how often the time of the next look has changed
  std::vector<Flow> flows_;
  std::vector<std::uint32_t> free_flows_;
  std::vector<double> links_B_;
  std::deque<At> released_;  // pieces that wait for nothing any more
  Moment moment_;
  int steps_ended_ = 0;  // since the last mark
  bool prefill_ended_ = false;
};

}  // namespace upmem_des
