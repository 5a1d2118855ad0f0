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
    const CollectiveAlgorithm* algorithm = nullptr;
    Sum on_host{};               ///< what the host adds, for each of its teams; fewer than two tensors: nothing
    std::size_t host_teams = 0;  ///< devices that it adds up for are in so many teams
    double least_B = 0;
    double most_B = 0;
  };

  /// Of a broadcast, `devices` are those that lacked the tensor; of a gather and a reduce, those that had some of it.
  void note(Collective collective, const std::vector<DeviceIndex>& devices, const CollectiveAlgorithm& algorithm,
            const Stages& stages, double bytes);

  /// In the order in which they first occurred.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::map<std::tuple<Collective, const CollectiveAlgorithm*, std::vector<DeviceIndex>>, std::size_t> places_;
  std::vector<Entry> entries_;
};

}  // namespace upmem_des
