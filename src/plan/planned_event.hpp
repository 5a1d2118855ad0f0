/// An event with all that it asks of the machine.
#pragma once

#include <array>
#include <cstddef>

#include "cost/demand.hpp"
#include "platform/platform_spec.hpp"
#include "trace/layer_event.hpp"

namespace upmem_des {

enum class Direction { HostToDevice, DeviceToHost };

/// Bytes over a device's link to or from the host.
struct Transfer {
  DeviceIndex device = host_device;
  Direction direction = Direction::HostToDevice;
  double bytes = 0;
};

/// A few transfers, one after the other. Empty ones (0 bytes) are not kept.
class TransferList {
 public:
  static constexpr std::size_t capacity = 4;

  void add(const Transfer& transfer) {
    if (transfer.bytes > 0) items_.at(count_++) = transfer;
  }
  void clear() { count_ = 0; }
  bool empty() const { return count_ == 0; }
  const Transfer* begin() const { return items_.data(); }
  const Transfer* end() const { return items_.data() + count_; }

 private:
  std::array<Transfer, capacity> items_{};
  std::size_t count_ = 0;
};

/// In order: `before`, the demand on `device`, `after`.
struct PlannedEvent {
  const LayerEvent* event = nullptr;  ///< null for the transfer that ends a run
  DeviceIndex device = host_device;
  Phase phase = Phase::Prefill;  ///< that the event's costs are counted in
  TransferList before;
  const Demand* demand = nullptr;  ///< never null where the event is not
  TransferList after;
  bool ends_prefill = false;  ///< the first call of the last layer

  std::size_t kind = 0;  ///< of the event: its name and type, numbered as they occur; see DemandCache
  bool repeats = false;  ///< are demand, device and phase those of the last event of its kind?
};

}  // namespace upmem_des
