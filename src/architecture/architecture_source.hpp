/// A device profile as something to begin another with.
#pragma once

#include <string>

#include "upmem_des/architecture/architecture.hpp"

namespace upmem_des {

/// A file with this one device: its lines as they stand in the file that it was read from, with all comments, below
/// what the units are. Reads back as the same figures. Where they cannot be told apart there (a device in one line,
/// aliases), or the file is not what it was, what architecture_yaml() writes.
std::string architecture_source(const Architecture& profile);

/// The same as JSON: {"NAME": {"mem_bw_GBs": 80, …}}, keys and units as in files; energies that are not stated are
/// null.
std::string architecture_json(const Architecture& profile);

}  // namespace upmem_des
