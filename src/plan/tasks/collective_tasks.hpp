/// The tasks of a collective. Internal to the room.
#pragma once

#include <vector>

#include "plan/collectives/collective_table.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// Makes them stage by stage, and of a stage chunk by chunk.
class CollectiveTasks {
 public:
  /// References outlive this. `held`: by device, after what it has its part.
  CollectiveTasks(Transfers& transfers, const std::vector<DeviceIndex>& devices, const std::vector<Pieces>& held,
                  double bytes, double bytes_per_element, const char* purpose);

  /// The next stage; `transfers` are those of a plan, by team, where sends are together.
  void add(const Stage& stage, const std::vector<CollectivePlan::TeamTransfers>& transfers);

  /// By device, in pieces: after what it has what it is to have.
  const std::vector<Pieces>& held() const { return held_; }

 private:
  void add_chunk(const Stage& stage, std::size_t team, const CollectivePlan::TeamTransfers* transfers, std::size_t k);
  void send_together(const Stage::Team& team, const CollectivePlan::TeamTransfers& transfers, std::size_t k);
  void send_apart(const Stage& stage, std::size_t team, std::size_t k);
  void send_to_all(const Stage::Team& team, const Pieces& from, std::size_t k);
  void add_up(const Stage& stage, std::size_t team, std::size_t k);
  Pieces one_of(const Pieces& pieces, std::size_t k) const;
  void put(Pieces& all, const Pieces& piece, std::size_t k);

  Transfers& transfers_;
  const std::vector<DeviceIndex>& devices_;
  double bytes_per_element_;
  double chunk_B_;  // of the tensor
  std::size_t chunks_;
  const char* purpose_;
  std::vector<Pieces> held_;
  std::vector<Pieces> next_;        // after the present stage
  std::vector<Pieces> on_host_;     // by team
  std::vector<bool> has_launched_;  // by device; the host last
};

}  // namespace upmem_des
