/// What drivers, tables and papers call devices.
#pragma once

#include <string>

namespace upmem_des {

/// A name without its capitals, hyphens, underscores and blanks: "h10080gbsxm".
std::string plain_hardware_name(const std::string& name);

/// The shipped profile of a device that others call so, its makers' names and its plain name apart: of
/// "NVIDIA H100 80GB HBM3" and "h100_sxm" "H100_80GB_SXM"; "" where it is no known name.
std::string profile_name_of(const std::string& hardware);

}  // namespace upmem_des
