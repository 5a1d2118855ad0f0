/// Files that a command writes.
#pragma once

#include <string>
#include <vector>

namespace upmem_des {

/// Throws InputError when one of the files to write is among those that the command reads, is named twice, or cannot be
/// written: that is found before the work, not after it. Empty names are left out.
void check_outputs(const std::vector<std::string>& written, const std::vector<std::string>& read);

/// Is one of them standard output? Then nothing else is printed there.
bool any_to_standard_output(const std::vector<std::string>& written);

}  // namespace upmem_des
