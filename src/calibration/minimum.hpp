/// The least value of a function of several numbers. Internal to the room.
#pragma once

#include <functional>
#include <vector>

namespace upmem_des {

/// False where this program was built without UPMEM_DES_CALIBRATION.
bool has_minimum();

struct Minimum {
  std::vector<double> at;
  double value = 0;
  bool converged = false;
};

/// Of a function on [0, 1] in each direction, near `start`; by Subplex (T. Rowan, 1990) as NLopt has it, which needs no
/// derivatives: forms round up to whole tiles.
Minimum minimum_of(const std::function<double(const std::vector<double>&)>& function, const std::vector<double>& start);

}  // namespace upmem_des
