/// Commands as a shell takes them.
#pragma once

#include <string>
#include <vector>

namespace upmem_des {

/// The words as one command of a POSIX shell, each in single quotes where it has more than letters, digits and
/// `_-./=:,+@%`. What a shell makes of it are the same words, whatever bytes they have.
std::string shell_command(const std::vector<std::string>& words);

}  // namespace upmem_des
