/// Efficiencies from measurements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measurement/error_summary.hpp"
#include "measurement/measured_kernel.hpp"
#include "upmem_des/architecture/architecture.hpp"

namespace upmem_des {

struct CalibrationOptions {
  double holdout = 0;    ///< share of shapes or rows that a first fit does not see, 0 to 0.9
  bool by_shape = true;  ///< hold out whole shapes; else single rows
  std::uint64_t seed = 1;
};

/// One form in one format.
struct Calibration {
  FittedForm fitted;                   ///< of all rows
  std::vector<bool> used;              ///< by parameter: does any row's time depend on it?
  ErrorGroup in_sample;                ///< of that
  std::optional<ErrorGroup> held_out;  ///< of the rows that another fit, on the others, did not see
  std::size_t shapes = 0;
};

/// Minimises the sum of soft-L1 logarithmic errors, clipped at a factor of two, over all rows alike: no row counts more
/// than another. Rows whose class and format differ are fitted apart; products each format, attention and element-wise
/// kernels all together. Throws InputError where a class has fewer rows than twice its form's parameters, a fit does
/// not converge, and where this program was built without NLopt.
std::vector<Calibration> calibrate(const Architecture& device, const std::vector<MeasuredKernel>& kernels,
                                   const CalibrationOptions& options);

}  // namespace upmem_des
