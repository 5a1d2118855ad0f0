/// Device profiles from devices.csv, a copy of the published tool's table: nothing of the architecture room's reader.
#pragma once

#include <map>
#include <string>

#include "upmem_des/architecture/architecture.hpp"

namespace upmem_des::test {

/// By name, with underscores. Throws std::runtime_error on a file that is not as expected.
std::map<std::string, Architecture> read_device_csv(const std::string& path);

}  // namespace upmem_des::test
