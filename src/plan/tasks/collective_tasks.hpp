/// The tasks of a collective. Internal to the room.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "plan/collectives/collective_table.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// Makes them stage by stage, and of a stage chunk by chunk.
class CollectiveTasks {
 public:
  /// References outlive this. `held`: by device, after what it has its part; `chunks`: in so many pieces. Nothing is
  /// sent to a device before `after`.
  CollectiveTasks(Transfers& transfers, const std::vector<DeviceIndex>& devices, const std::vector<Pieces>& held,
                  double bytes, double bytes_per_element, const char* purpose, std::size_t chunks, Pieces after = {});

  /// The next stage, but for inner ones; `transfers` are those of a plan, by team, where sends are together.
  void add(const Stage& stage, const std::vector<CollectivePlan::TeamTransfers>& transfers);

  /// By device, in pieces: after what it has what it is to have.
  const std::vector<Pieces>& held() const { return held_; }
  /// What an inner stage has done.
  void set_held(std::size_t device, Pieces pieces) { held_[device] = std::move(pieces); }
  /// After what the host has what the first team has sent there; empty where nothing has been.
  Pieces on_host() const { return on_host_.empty() ? Pieces() : on_host_.front(); }

 private:
  void add_chunk(const Stage& stage, std::size_t team, const CollectivePlan::TeamTransfers* transfers, std::size_t k);
  Pieces pass_host(const Stage::Team& team, const Pieces& after);
  void send_together(const Stage::Team& team, const CollectivePlan::TeamTransfers& transfers, std::size_t k);
  void send_apart(const Stage& stage, std::size_t team, std::size_t k);
  Pieces ready(const Stage& stage, std::size_t team, const Send& send, const Pieces& all, std::size_t k);
  void put_received(const Stage& stage, std::size_t team, std::vector<std::vector<Pieces>>& received,
                    std::vector<Pieces>& up, std::size_t k);
  void put_on_host(std::size_t team, const Pieces& piece, std::size_t k);
  void send_to_all(const Stage::Team& team, const Pieces& from, std::size_t k);
  void add_up(const Stage& stage, std::size_t team, std::size_t k);
  Pieces may_go(const Pieces& pieces, std::size_t k);
  Pieces one_of(const Pieces& pieces, std::size_t k) const;
  void put(Pieces& all, const Pieces& piece, std::size_t k);

  Transfers& transfers_;
  const std::vector<DeviceIndex>& devices_;
  double bytes_per_element_;
  double chunk_B_;  // of the tensor
  std::size_t chunks_;
  const char* purpose_;
  Pieces after_;
  std::optional<std::size_t> host_;  // its position, where it is one of the devices
  std::vector<Pieces> held_;
  std::vector<Pieces> next_;        // after the present stage
  std::vector<Pieces> on_host_;     // by team
  std::vector<Pieces> sent_;        // by device, in the stage before where it goes in rounds
  std::vector<Pieces> next_sent_;   // in the present one
  std::vector<bool> has_launched_;  // by device; the host last
};

}  // namespace upmem_des
