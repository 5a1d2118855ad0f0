/// The highest power that a machine and its devices draw.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "simulation/loaded_step.hpp"
#include "simulation/route_figures.hpp"
#include "simulation/running_work.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Is told of all that draws power as it starts and ends, and finds the peaks: of the machine (all devices with their
/// idle power, that of devices that have work, and all links) and of each device (with these powers and the links that
/// it owns), in each phase.
///
/// What draws at the same time adds up where it does so for longer than `least_share` of the time since the start of
/// the run. Else what ends as something else begins would add to it when rounding has one of the two a digit late.
///
/// It is cheap where it is told of much at once: the sum of what all that goes on can draw at most is always known, and
/// only where it is above the peak so far are the steps looked into.
class PeakPower {
 public:
  /// Where a device does work: a task after the other, and beside that memory work ahead of its task.
  enum class Lane : std::uint8_t { Tasks, Port };
  static constexpr double least_share = 1e-12;

  /// References outlive this.
  PeakPower(const PlatformSpec& platform, const RouteFigureTable& routes);
  PeakPower(const PeakPower&) = delete;
  PeakPower& operator=(const PeakPower&) = delete;

  /// Times ascend, from one call of any kind to the next.
  /// All steps of a piece of work begin now, one after the other, in a device's lane for tasks.
  void start_work(DeviceIndex device, const LoadedStep::At& piece, double now_s);
  /// The same of a single stretch. A lane has one thing to do at a time.
  void start_work(DeviceIndex device, Lane lane, const Stretch& stretch, double now_s);
  void end_work(DeviceIndex device, Lane lane, double now_s);
  /// A transfer over the route goes faster or slower from now on; 0 before it begins and after its end.
  void set_rate(RouteIndex route, double before_Bps, double now_Bps, double now_s);
  void end_prefill(double now_s);
  /// The time is now that. To be called where nothing of the above happens.
  void pass(double now_s) {
    if (now_s > now_s_) let_pass(now_s);
  }
  /// What is to be called before a later time comes: it may still call set_rate() for the time that it was till then.
  void before_time_passes(std::function<void()> call) { before_time_passes_ = std::move(call); }

  /// Puts the peaks into `result`, whose times and devices are there.
  void fill(SimulationResult& result);
  /// The most that the machine has drawn at any time until now beside what its devices draw always, W.
  double most_beside_idle_W(double now_s);

 private:
  struct Device {
    std::array<RunningWork, 2> lanes;
    std::array<RunningWork::Walk, 2> device_walks;   // by lane, for its own peak
    std::array<RunningWork::Walk, 2> machine_walks;  // and for the machine's
    double idle_W = 0;
    double active_W = 0;
    double active_since_s = 0;
    double links_W = 0;
    double links_since_s = 0;
    std::uint32_t transfers = 0;  // over links that it owns
    std::uint32_t place = 0;      // in active_
    double known_s = 0;           // until when its own peak is known
    std::array<double, phase_count> peak_W{};

    bool is_active() const { return lanes[0].is_running() || lanes[1].is_running(); }
    /// At present, whatever it does.
    double static_W() const { return is_active() ? idle_W + active_W : idle_W; }
    /// May more than one thing draw power at once?
    bool does_several() const { return transfers > 0 || (lanes[0].is_running() && lanes[1].is_running()); }
  };
  /// What a transfer over a route draws.
  struct RouteDraw {
    double J_per_byte = 0;
    std::vector<std::pair<DeviceIndex, double>> owners;  // J per byte of the links that they own
  };
  /// Power that changes at a time.
  struct Edge {
    double time_s = 0;
    double power_W = 0;
  };

  const RouteDraw& draw_of(RouteIndex route);
  static double settled_s(double now_s) { return now_s * (1 - least_share); }
  // Sums that grow and shrink all the time are not quite those of their present parts.
  static constexpr double rounding = 1e-11;
  static bool is_above(double power_W, double peak_W) { return power_W > peak_W * (1 + rounding); }
  void let_pass(double now_s);
  RunningWork& begin_work(DeviceIndex index, Lane lane, double now_s);
  void begun_work(DeviceIndex index, Lane lane);
  void look_at_machine(double to_s);
  /// A device's peak by what it does alone is found when its work ends. What is left is several things at once.
  void settle(DeviceIndex index, double now_s) {
    if (devices_[index].does_several()) settle_several(index, now_s);
  }
  void settle_several(DeviceIndex index, double now_s);
  void look_at_device(DeviceIndex index, double from_s, double to_s);
  void count_work(DeviceIndex index, const RunningWork& work, double now_s, bool has_ended);
  void add_draw(double start_s, double end_s, double power_W, double from_s, double to_s);
  double highest_W();
  double machine_peak_W(std::size_t phase) const;

  const PlatformSpec& platform_;
  const RouteFigureTable& figures_;
  std::unordered_map<RouteIndex, RouteDraw> draws_;  // of routes that have been taken
  std::vector<Device> devices_;
  std::vector<DeviceIndex> active_;
  double idle_W_ = 0;
  double links_W_ = 0;
  double links_since_s_ = 0;
  std::int64_t transfers_ = 0;
  double most_W_ = 0;   // that all that goes on now can draw together
  double known_s_ = 0;  // until when the machine's peak is known
  double now_s_ = 0;
  std::array<double, phase_count> peak_W_{};
  std::size_t phase_ = 0;
  double phase_start_s_ = 0;
  std::vector<Edge> edges_;
  std::function<void()> before_time_passes_;
};

}  // namespace upmem_des
