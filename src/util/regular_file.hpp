/// Files that are read from a name, perhaps more than once.
#pragma once

#include <string>

namespace upmem_des {

/// Throws InputError where `path` is no file with contents of its own: missing, a folder, a pipe, a socket or a device.
/// A link counts as what it leads to. To be asked before the file is opened, since opening a pipe waits for a writer.
/// `expected` says what it should be: "a trace file".
void expect_regular_file(const std::string& path, const std::string& expected);

/// "; did you mean 'X'?" for a file of nearly the same name in the same folder; "" without one, and where a folder is
/// too large to look through.
std::string did_you_mean_file(const std::string& name);

}  // namespace upmem_des
