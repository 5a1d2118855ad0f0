/// Estimates beside measurements.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "architecture/architecture_reader.hpp"
#include "measurement/error_summary.hpp"
#include "measurement/measured_rows.hpp"
#include "upmem_des/architecture/catalogue.hpp"

namespace upmem_des {

struct ValidatedKernel {
  MeasuredKernel kernel;
  EstimateError error;
  std::optional<EstimateError> power;  ///< of the whole device, where it was measured and is estimated
};

/// The profile of the device that measurements call so: "H100-80GB-SXM" is H100_80GB_SXM, capitals and hyphens apart,
/// and so is what profile_name_of() knows; null: there is none.
const Architecture* profile_of(const Catalogue& catalogue, const std::string& hardware);

/// Throws InputError on hardware without a profile, at its row, unless `skips_unknown`, which counts them.
std::vector<ValidatedKernel> validate(const std::vector<MeasuredKernel>& kernels, const Catalogue& catalogue,
                                      bool skips_unknown, std::size_t& unknown);

}  // namespace upmem_des
