/// The rows of a mixture's sum, for those that share them. Internal to the room.
#pragma once

#include <optional>
#include <vector>

#include "plan/tasks/expert_sums.hpp"
#include "plan/tasks/row_sends.hpp"

namespace upmem_des {

/// Readers are replicas, each of which wants its rows of the sum, or groups of a grid, each of whose devices wants the
/// group's rows. No device stands for others.
class ExpertCombine {
 public:
  /// References outlive this.
  ExpertCombine(Transfers& transfers, Collectives& collectives, ExpertSums& sums)
      : collectives_(collectives), sums_(sums), sends_(transfers) {}

  /// By the fastest of: a collective of all readers, where they have made the outputs themselves; every maker sends
  /// every reader its rows. Of a grid each device gets a share of the group's rows first, and the group gathers them;
  /// or it is sent all of them. None where readers have not all made the outputs and there would be too many sends.
  std::optional<std::vector<Pieces>> bring(const std::vector<Value*>& values, const Wanted& wanted);

 private:
  static bool are_rows(const std::vector<Value*>& values, const Wanted& wanted);
  bool knows_groups(const Wanted& wanted) const;
  double gather_s(const Wanted& wanted) const;
  std::vector<Pieces> gathered(const std::vector<Pieces>& rows, const Wanted& wanted);
  static bool may_be_collective(const std::vector<double>& own, const Wanted& wanted, bool can_be_sent);
  static std::vector<double> shares_of(const Wanted& wanted, bool of_whole_group);

  Collectives& collectives_;
  ExpertSums& sums_;
  RowSends sends_;
};

}  // namespace upmem_des
