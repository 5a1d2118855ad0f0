#include "calibration/minimum.hpp"

#include <nlopt.hpp>

namespace upmem_des {

namespace {

using Function = std::function<double(const std::vector<double>&)>;

double call(const std::vector<double>& at, std::vector<double>& /*gradient*/, void* function) {
  return (*static_cast<const Function*>(function))(at);
}

}  // namespace

bool has_minimum() {
  return true;
}

Minimum minimum_of(const Function& function, const std::vector<double>& start) {
  nlopt::opt search(nlopt::LN_SBPLX, static_cast<unsigned>(start.size()));
  search.set_lower_bounds(0.0);
  search.set_upper_bounds(1.0);
  search.set_initial_step(0.1);
  search.set_ftol_rel(1e-7);
  search.set_xtol_abs(1e-6);
  search.set_maxeval(400 * static_cast<int>(start.size()) + 2000);
  Function copy = function;
  search.set_min_objective(call, &copy);
  Minimum found{start, 0, false};
  try {
    const nlopt::result result = search.optimize(found.at, found.value);
    found.converged = result > 0;
  } catch (const nlopt::roundoff_limited&) {
    found.value = function(found.at);
    found.converged = true;
  }
  return found;
}

}  // namespace upmem_des
