/// Caches on their way: from the instances that read prompts to those that generate, or from and to a tier.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "service/machine_windows.hpp"
#include "simulation/fair_rates.hpp"
#include "simulation/link_domains.hpp"

namespace upmem_des {

/// Bytes that go from one device to another.
struct SentShare {
  DeviceIndex from = host_device;
  DeviceIndex to = host_device;
  double bytes = 0;
};

/// Transfers over the platform's routes: each hop takes its latency, and then shares links with all others as FairRates
/// says. Where two devices have no route of their own, bytes go to the host first, all of them, and on from there.
class CacheTransfers {
 public:
  using TellPower = std::function<void(double at_s, double more_W)>;

  /// References outlive this. With `ideal_links` transfers take no time and move no bytes. `links` say where the
  /// platform's are on the machine of the windows; none where that is the platform. `tell_power` is told how much more
  /// or less is drawn from a time on, in order of time.
  CacheTransfers(const PlatformSpec& platform, MachineWindows& windows, bool ideal_links,
                 std::vector<LinkIndex> links = {}, TellPower tell_power = {});

  /// `first_share` (0 to below 1) of each share sets out at `first_s`, and the rest at `last_s` (not before `first_s`),
  /// or when the first part has arrived, if that is later. Neither is before now. Without bytes it has arrived at
  /// `last_s`. Returns the transfer's number.
  std::size_t begin(const std::vector<SentShare>& shares, double first_share, double first_s, double last_s);

  /// When something happens; infinite where nothing does.
  double next_s() const { return events_.empty() ? never : events_.begin()->first; }

  /// Lets everything up to and at `now_s` happen; next_s() must not be before it. Calls `arrived(transfer)` for those
  /// that are there as a whole.
  template <class Arrived>
  void happen(double now_s, const Arrived& arrived) {
    while (next_s() <= now_s) step(now_s);
    for (const std::size_t transfer : arrived_) arrived(transfer);
    arrived_.clear();
  }

  /// Tells the windows of the bytes that have been moved up to then.
  void draw(double to_s);

  /// What the links draw for shares, J.
  double energy_J(const std::vector<SentShare>& shares) const;

  std::size_t under_way() const { return transfers_.size(); }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();

  struct Transfer {
    std::vector<SentShare> shares;
    double first_share = 0;
    double last_s = 0;
    bool is_last = false;   ///< the rest is under way
    std::size_t flows = 0;  ///< that have not arrived
  };
  /// A share's part on one hop.
  struct Flow {
    std::size_t transfer = 0;
    std::vector<RouteIndex> hops;  ///< this one and later ones
    std::size_t hop = 0;
    double bytes = 0;
    double left_B = 0;
    double rate_Bps = 0;  ///< 0 as long as its latency lasts
    double since_s = 0;
    double event_s = never;
  };
  struct Event {
    enum class Kind : std::uint8_t { PartBegins, LatencyEnds, FlowEnds };
    Kind kind = Kind::PartBegins;
    std::size_t index = 0;  ///< of a transfer or flow
  };

  std::vector<RouteIndex> hops_of(DeviceIndex from, DeviceIndex to) const;
  void step(double now_s);
  void begin_part(std::size_t transfer, double now_s);
  void part_arrived(std::size_t transfer, double now_s);
  void begin_hop(std::size_t flow, double now_s);
  void end_hop(std::size_t flow, double now_s);
  void advance(Flow& flow, double to_s);
  void set_rate(Flow& flow, double rate_Bps, double now_s);
  void count(RouteIndex route, double moved_B);
  void share_links(double now_s);
  void schedule(double time_s, Event event) { events_.emplace(time_s, event); }
  void reschedule(std::size_t flow, double time_s);

  const PlatformSpec& platform_;
  MachineWindows& windows_;
  const bool ideal_links_;
  const std::vector<LinkIndex> links_;
  const TellPower tell_power_;
  LinkDomains domains_;
  FairRates rates_;
  std::multimap<double, Event> events_;  // at the same time in the order in which they were made
  std::map<std::size_t, Transfer> transfers_;
  std::map<std::size_t, Flow> flows_;
  std::vector<std::size_t> arrived_;
  std::size_t next_transfer_ = 0;
  std::size_t next_flow_ = 0;
};

}  // namespace upmem_des
