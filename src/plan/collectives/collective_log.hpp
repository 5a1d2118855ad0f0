/// Which collectives a run has had.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "plan/collectives/collective_table.hpp"

namespace upmem_des {

/// Told of each that is planned; a plan that is used again has had the same.
class CollectiveLog {
 public:
  struct Entry {
    Collective collective = Collective::AllReduce;
    std::vector<DeviceIndex> devices;
    const CollectivePlan* plan = nullptr;
    double least_B = 0;
    double most_B = 0;
  };

  void note(Collective collective, const std::vector<DeviceIndex>& devices, const CollectivePlan& plan, double bytes);

  /// In the order in which they first occurred.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::map<std::tuple<Collective, const CollectivePlan*>, std::size_t> places_;
  std::vector<Entry> entries_;
};

}  // namespace upmem_des
