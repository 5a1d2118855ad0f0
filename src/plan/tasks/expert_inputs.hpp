/// The rows that are routed to an expert. Internal to the room.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "plan/tasks/collectives.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"
#include "plan/tasks/wanted.hpp"

namespace upmem_des {

/// The dispatch of a mixture: rows that lie on several devices, or on groups of which each device has the same ones, go
/// to the devices of an expert, and nothing meets on the way.
class ExpertInputs {
 public:
  /// References outlive this.
  ExpertInputs(Transfers& transfers, Collectives& collectives) : transfers_(transfers), collectives_(collectives) {}

  /// Are some rows wanted of a tensor that lies like that?
  bool knows(const Value& value, const Wanted& wanted) const;

  /// The tasks after which each of wanted.devices has the rows. Of devices that have the same rows the one sends them
  /// that is in the receiver's place of its own group. Where an expert has several devices, each is sent all rows, or a
  /// share of them, and they gather these, whichever is faster. What a device sends another one directly, for all of
  /// its experts, is one message.
  std::vector<Pieces> bring(Value& value, const Wanted& wanted);

 private:
  /// Devices that have the same rows.
  struct Part {
    std::vector<Value::At> holders;
    double share = 0;  ///< of the rows
  };
  /// From a holder to a receiver; these are positions.
  struct Sending {
    std::size_t part = 0;
    std::size_t holder = 0;
    std::size_t to = 0;
    double bytes = 0;
  };

  static std::vector<Part> parts_of(const Value& value);
  static void add_parts(const Value& value, double share, std::vector<Part>& parts);
  static bool has(const Part& part, DeviceIndex device);
  static std::size_t place_of(const std::vector<Part>& parts, DeviceIndex device);
  std::size_t sender_for(const Part& part, std::size_t place, DeviceIndex device) const;
  std::vector<Sending> all_to_each(const std::vector<Part>& parts, const Wanted& wanted) const;
  std::vector<Sending> shares_to_each(const std::vector<Part>& parts, const Wanted& wanted) const;
  double time_s(const std::vector<Part>& parts, const std::vector<Sending>& sendings, const Wanted& wanted) const;
  static double gathered_B(const std::vector<Part>& parts, const Wanted& wanted);
  std::vector<Pieces> send(const std::vector<Part>& parts, const std::vector<Sending>& sendings, const Wanted& wanted,
                           std::set<RouteIndex>& begun);

  Transfers& transfers_;
  Collectives& collectives_;
};

}  // namespace upmem_des
