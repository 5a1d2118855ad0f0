/// The power that a device draws while it has work, where pieces of work overlap.
#pragma once

#include "simulation/machine.hpp"

namespace upmem_des {

/// Counts what a device does at a time, and has it draw its power while that is anything. To be called by actors;
/// others may run before a call returns.
class ActivePower {
 public:
  explicit ActivePower(const SimDevice& device) : host_(device.active) {}

  void begin() {
    if (++going_on_ == 1 && host_ != nullptr) host_->set_pstate(SimDevice::always_active);
  }
  void end() {
    if (--going_on_ == 0 && host_ != nullptr) host_->set_pstate(0);
  }

 private:
  simgrid::s4u::Host* host_;
  int going_on_ = 0;
};

}  // namespace upmem_des
