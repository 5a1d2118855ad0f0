/// A collective as a list of what happens, without sizes.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plan/collectives/collective.hpp"

namespace upmem_des {

/// From one device to another; devices are positions in the group.
struct Send {
  static constexpr std::size_t host = ~std::size_t{0};

  std::size_t from = 0;
  std::size_t to = 0;
  double share = 0;  ///< of the tensor, that is sent in all
};

/// What each of some devices, or the host, adds.
struct Sum {
  double tensors = 0;  ///< so many at a time; below 2: nothing
  double share = 0;    ///< of the tensor that each of these is
};

/// What devices of a group send at once, and what is added when it is there. A stage begins for a team when the one
/// before it has ended for all of the team.
struct Stage {
  enum class How {
    Together,  ///< as one: it lasts as long as the busiest link needs
    Apart,     ///< each by itself
    ToAll      ///< the same from the host to each of the team, by broadcast where there is one: the share of one send
  };
  /// Devices that wait for each other.
  struct Team {
    std::vector<std::size_t> devices;
    std::vector<Send> sends;
    std::vector<double> sum_shares{};  ///< by device, in place of the sum's; empty: all add equal shares
    double host_share = 0;  ///< of the tensor, that the host takes in, or gives out if that is more, as it passes
  };
  /// A collective of some of the group, carried out as whatever serves them best, in place of sends.
  struct Inner {
    Collective collective = Collective::AllGather;
    std::vector<std::size_t> devices;
    std::vector<double> shares;  ///< by device, as CollectiveAlgorithm::stages takes them
  };

  How how = How::Together;
  std::vector<Team> teams;
  double passes = 1;   ///< how often the latency of a way passes
  double fixed_s = 0;  ///< beside that
  Sum sum{};
  bool sum_on_host = false;
  /// Of those apart: does all of a team begin when the stage before has ended for all of it?
  bool at_once = false;
  /// Of a collective with a root: each sends when it has what it sends, and what comes is beside what is there. The
  /// devices of a team are those that are sent something.
  bool flows = false;
  bool in_rounds = false;  ///< of those that flow: each sends when it has also sent what it had to before
  std::optional<Inner> inner{};
};

using Stages = std::vector<Stage>;

/// One team of these devices, without sends, of a collective with a root.
Stage flowing_stage(std::vector<std::size_t> devices, Stage::How how = Stage::How::Apart);

/// One team of n devices, without sends.
Stage stage_of(std::size_t n, Stage::How how = Stage::How::Together);

/// The second after the first; empty where one of them is.
Stages in_turn(Stages first, Stages second);

/// Positions of those that have some of the tensor, and of those that have nothing.
std::vector<std::size_t> with_share(const std::vector<double>& shares);
std::vector<std::size_t> without_share(const std::vector<double>& shares);

/// n equal shares.
std::vector<double> even_shares(std::size_t n);

}  // namespace upmem_des
