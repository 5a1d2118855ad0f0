/// A profile as a file.
#pragma once

#include <string>
#include <vector>

#include "calibration/calibration.hpp"

namespace upmem_des {

/// The device's profile with these efficiencies, those of other classes as they were, as an architectures file. A
/// comment says from what, when (`date`) and with which errors they were fitted.
std::string fitted_profile(const Architecture& device, const std::vector<Calibration>& calibrations,
                           const std::vector<std::string>& files, const std::string& date);

}  // namespace upmem_des
