/// Bytes from one device to another, or to several. Internal to the room.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "plan/tasks/route_table.hpp"
#include "plan/tasks/task_maker.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// Directly where the platform has a route and this takes no longer, else by way of the host: first all of it there,
/// then on. A transfer is cut into `chunks` pieces, each of which goes on when it is there.
class Transfers {
 public:
  Transfers(const PlatformSpec& platform, TaskMaker& tasks, std::int64_t chunks)
      : platform_(platform), routes_(platform), tasks_(tasks), chunks_(static_cast<std::size_t>(chunks)) {}

  const PlatformSpec& platform() const { return platform_; }
  const RouteTable& routes() const { return routes_; }
  TaskMaker& tasks() { return tasks_; }
  std::size_t chunks() const { return chunks_; }

  /// So many bytes from one device to another.
  struct Transfer {
    DeviceIndex from = host_device;
    DeviceIndex to = host_device;
    double bytes = 0;
  };
  /// How long transfers take that begin at once, each by the way that send() takes, while nobody else uses the links:
  /// by way of the host all go up beside what goes directly, then down.
  double time_s(const std::vector<Transfer>& transfers) const;
  /// Does send() take a direct route, rather than the way by the host?
  bool goes_direct(DeviceIndex from, DeviceIndex to, double bytes) const;

  /// `bytes` from `from`, where they are after `pieces`, to `to`. 0 bytes, and bytes that are there, take no task.
  Pieces send(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces, const char* purpose);

  /// A part of what `from` has for `to`, all of which may go at once: the parts on a direct route are one message,
  /// whose latency passes once. `begun`: the routes of such messages so far; the one that this part takes is added. Not
  /// cut where `whole`.
  Pieces send_part(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces, const char* purpose,
                   bool whole, std::set<RouteIndex>& begun);

  /// The same bytes from the host to all of `devices`: one broadcast where the platform has one, else one by one.
  std::vector<Pieces> send_to_all(const std::vector<DeviceIndex>& devices, double bytes, const Pieces& pieces,
                                  const char* purpose);

  /// How often the latency of a route passes, and what more does.
  struct Latency {
    double passes = 1;
    double more_s = 0;
  };
  /// The same, not cut: one task over a route.
  Pieces send_whole(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces, const char* purpose,
                    const Latency& latency = {1, 0});
  std::vector<Pieces> send_whole_to_all(const std::vector<DeviceIndex>& devices, double bytes, const Pieces& pieces,
                                        const char* purpose, const Latency& latency = {1, 0});

 private:
  double latency_of(const Latency& latency, RouteIndex route) const {
    return latency.passes * routes_.latency_s(route) + latency.more_s;
  }
  Pieces over(RouteIndex route, double bytes, const Pieces& pieces, const char* purpose, std::size_t chunks,
              double latency_s);

  const PlatformSpec& platform_;
  RouteTable routes_;
  TaskMaker& tasks_;
  std::size_t chunks_;
};

}  // namespace upmem_des
