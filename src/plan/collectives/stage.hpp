/// A collective as a list of what happens, without sizes.
#pragma once

#include <cstddef>
#include <vector>

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
    Together,  ///< over direct ways, as one: it lasts as long as the busiest link needs
    Apart,     ///< each by itself; to the host, or from it
    ToAll      ///< the same from the host to each of the team, by broadcast where there is one: the share of one send
  };
  /// Devices that wait for each other.
  struct Team {
    std::vector<std::size_t> devices;
    std::vector<Send> sends;
  };

  How how = How::Together;
  std::vector<Team> teams;
  double passes = 1;   ///< how often the latency of a way passes
  double fixed_s = 0;  ///< beside that
  Sum sum{};
  bool sum_on_host = false;
};

using Stages = std::vector<Stage>;

/// One team of n devices, without sends.
Stage stage_of(std::size_t n, Stage::How how = Stage::How::Together);

/// The second after the first; empty where one of them is.
Stages in_turn(Stages first, Stages second);

/// n equal shares.
std::vector<double> even_shares(std::size_t n);

}  // namespace upmem_des
