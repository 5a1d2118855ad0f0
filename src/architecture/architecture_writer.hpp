/// Profiles as files have them.
#pragma once

#include <string>

#include "upmem_des/architecture/architecture.hpp"

namespace upmem_des {

/// YAML that read_architectures() reads back as the same profile, but for rounding to nine digits.
std::string architecture_yaml(const Architecture& profile);

}  // namespace upmem_des
