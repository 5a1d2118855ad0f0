/// When inputs and outputs move between the host and the devices.
#pragma once

#include <cstdint>
#include <memory>

#include "cost/cost_model.hpp"
#include "plan/mapping.hpp"
#include "plan/planned_event.hpp"

namespace upmem_des {

/// The scenario's `moe` section.
struct MoeOptions {
  Name end;  ///< the layer that ends an expert; empty when the model has none
  std::int64_t experts_per_token = 0;
};

/// The rules see every event in order and keep the current device, at first HOST.
class TransferPolicy {
 public:
  TransferPolicy() = default;
  TransferPolicy(const TransferPolicy&) = delete;
  TransferPolicy& operator=(const TransferPolicy&) = delete;
  virtual ~TransferPolicy() = default;

  /// Fills planned.before, planned.after and planned.device for planned.event.
  virtual void place(const Mapping::Found& found, PlannedEvent& planned) = 0;
  /// Fills planned.before with what remains to be moved after the last event, but for the last layer's input.
  virtual void finish(PlannedEvent& planned) = 0;

  DeviceIndex current() const { return current_; }

 protected:
  /// Moves the event's input over the host to `target`, which becomes the current device.
  void move_input(DeviceIndex target, double to_host_bytes, double to_device_bytes, TransferList& list) {
    if (current_ != host_device) list.add({current_, Direction::DeviceToHost, to_host_bytes});
    current_ = target;
    if (current_ != host_device) list.add({current_, Direction::HostToDevice, to_device_bytes});
  }

 private:
  DeviceIndex current_ = host_device;
};

/// The policy that a cost model asks for.
std::unique_ptr<TransferPolicy> make_transfer_policy(const CostModel& model, const MoeOptions& moe,
                                                     double bytes_per_element);

}  // namespace upmem_des
