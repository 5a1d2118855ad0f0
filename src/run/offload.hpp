/// Which devices keep what for others. Internal to the room.
#pragma once

#include <vector>

#include "plan/memory_account.hpp"
#include "plan/tasks/offload_rules.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// A scenario's section `offload`, with its devices found; docs/machines.md, Tiers, defines what it says.
class Offload {
 public:
  /// Throws InputError on devices that the platform has not, and under a cost model that moves tensors as published.
  /// `streams` are the events that a device may have room for what streams to it, at once.
  Offload(const OffloadSection& section, const PlatformSpec& platform, const CostModel& model, std::size_t streams);

  /// Decides how large a share of what each device would hold is kept elsewhere, and moves these bytes in `held`, by
  /// device. Throws InputError where only the stores themselves have what they are to keep.
  OffloadRules place(const StorageOptions& storage, std::vector<HeldBytes>& held) const;

 private:
  struct Kind {
    const char* key = "";
    double HeldBytes::*bytes = nullptr;
    double HeldBytes::*largest = nullptr;
    std::optional<OffloadEntry> entry;
    std::vector<DeviceIndex> stores;
  };
  using Away = std::vector<OffloadRules::Away>;

  Away stores_of(const Kind& kind, const std::vector<HeldBytes>& held) const;
  void decide(const Kind& kind, Away& away, std::vector<HeldBytes>& held) const;

  const PlatformSpec& platform_;
  const double streams_;
  Kind weights_, kv_cache_;
};

}  // namespace upmem_des
