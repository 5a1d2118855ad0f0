/// Files that are read whole.
#pragma once

#include <cstddef>
#include <string>

namespace upmem_des {

/// The bytes of a file, or of a pipe. Throws InputError where it cannot be read or is larger than `max_mib` MiB;
/// `expected` says what it should be: "a file of token ids".
std::string read_bounded_file(const std::string& path, std::size_t max_mib, const std::string& expected);

}  // namespace upmem_des
