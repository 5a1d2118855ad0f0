/// This machine's processor.
#pragma once

#include <string>

namespace upmem_des {

/// As the kernel names it; "unknown" where it does not.
std::string cpu_name();

}  // namespace upmem_des
