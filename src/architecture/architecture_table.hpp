/// Profiles as text.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/architecture/architecture.hpp"

namespace upmem_des {

/// The main figures of all profiles, a line each, units in the header.
std::string architecture_table(const std::vector<Architecture>& profiles);

/// Every figure of one profile, with units, and which of them are defaults.
std::string architecture_sheet(const Architecture& profile);

}  // namespace upmem_des
