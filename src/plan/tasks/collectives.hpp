/// What devices that share a tensor do together. Internal to the room.
#pragma once

#include <vector>

#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// n devices, a tensor of S bytes. Where every device has a direct route to the next one, they work as a ring; else by
/// way of the host. docs/machines.md gives the formulas. All results are by device, in the order of the value's.
class Collectives {
 public:
  Collectives(Transfers& transfers, double bytes_per_element)
      : transfers_(transfers), bytes_per_element_(bytes_per_element) {}

  /// Of a Sharded or Rows value: all of it on every device.
  std::vector<Pieces> all_gather(const Value& value);
  /// Of a Partial value: the sum on every device.
  std::vector<Pieces> all_reduce(const Value& value);
  /// Of a Partial value: a share of the sum, 1/n, on each device.
  std::vector<Pieces> reduce_scatter(const Value& value);
  /// Of a Sharded or Rows value: all of it on one device.
  Pieces gather(const Value& value, DeviceIndex root);
  /// Of a Partial value: the sum on one device; `purpose` is the collective that it is a part of.
  Pieces reduce(const Value& value, DeviceIndex root, const char* purpose = "reduce");

 private:
  Pieces sum(DeviceIndex device, double tensors, double bytes, const std::vector<Pieces>& parts, const char* purpose);
  /// Sends around: in step s device i passes on what it holds of share i − s; `sent[i]` is after what i sent last.
  std::vector<Pieces> ring_gather(const Value& value, const std::vector<Pieces>& own, const std::vector<double>& shares,
                                  std::size_t first_share, const char* purpose);
  std::vector<Pieces> ring_reduce(const Value& value, const char* purpose);

  Transfers& transfers_;
  double bytes_per_element_;
};

}  // namespace upmem_des
