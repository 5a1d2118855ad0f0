/// Files that are read whole.
#pragma once

#include <cstddef>
#include <string>

namespace upmem_des {

/// The bytes of a regular file. Throws InputError where it is none, cannot be read or is larger than `max_mib` MiB;
/// `expected` says what it should be: "a file of token ids".
std::string read_bounded_file(const std::string& path, std::size_t max_mib, const std::string& expected);

/// The same, also of a stream that is open already: /dev/stdin, or what a shell makes of <(command). For what is read
/// once only.
std::string read_bounded_stream(const std::string& path, std::size_t max_mib, const std::string& expected);

/// Throws InputError unless `path` is a regular file or an open stream.
void expect_file_or_stream(const std::string& path, const std::string& expected);

}  // namespace upmem_des
