/// Rows from those that have made them to those that read them. Internal to the room.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// What some devices have made for others.
struct RowsMade {
  std::vector<DeviceIndex> devices;
  std::vector<double> bytes;   ///< of all rows of each
  std::vector<Pieces> pieces;  ///< after which they are there
};

/// Every maker sends every reader its rows, all at once.
class RowSends {
 public:
  /// So many sends are made at most: more, and a run would be of little else.
  static constexpr std::size_t most_sends = 4096;

  explicit RowSends(Transfers& transfers) : transfers_(transfers) {}

  /// How long it takes while nobody else uses the links; none where there are too many sends.
  /// `shares`: of the rows, by reader.
  std::optional<double> time_s(const RowsMade& made, const std::vector<DeviceIndex>& readers,
                               const std::vector<double>& shares) const;
  /// By reader the tasks after which its rows are there.
  std::vector<Pieces> send(const RowsMade& made, const std::vector<DeviceIndex>& readers,
                           const std::vector<double>& shares);

 private:
  Transfers& transfers_;
};

}  // namespace upmem_des
