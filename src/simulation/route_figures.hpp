/// What is asked of a route again and again.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "upmem_des/platform/route_list.hpp"
#include "upmem_des/result/event_record.hpp"

namespace upmem_des {

struct PlatformSpec;

/// Where a transfer's time and bytes count.
enum class TransferKind { HostToDevice, DeviceToHost, DeviceToDevice };

struct RouteFigures {
  std::string name;  ///< for people: "HOST to dimm[2]", "HOST to 24 devices"
  TransferKind kind = TransferKind::HostToDevice;
  double bandwidth_Bps = 0;       ///< of a transfer that is alone: of the slowest link or medium
  EnergyParts energy_J_per_byte;  ///< by the links' roles
  /// Its ends without the host, or the host for its route to itself, and what each moves for each byte.
  std::vector<RouteSpec::End> counts_at;
  double arrives = 1;  ///< bytes that are counted once for all, for each byte
};

/// By RouteIndex, made when they are first asked for.
class RouteFigureTable {
 public:
  /// The platform outlives the table.
  explicit RouteFigureTable(const PlatformSpec& platform) : platform_(platform) {}
  RouteFigureTable(const RouteFigureTable&) = delete;
  RouteFigureTable& operator=(const RouteFigureTable&) = delete;

  /// The reference holds as long as the table is there.
  const RouteFigures& operator[](RouteIndex route) const;

 private:
  const PlatformSpec& platform_;
  mutable std::unordered_map<RouteIndex, RouteFigures> made_;
};

/// The member of a transfer's kind.
double& busy_part(BusyTimes& busy, TransferKind kind);
double& moved_part(MovedBytes& moved, TransferKind kind);

}  // namespace upmem_des
