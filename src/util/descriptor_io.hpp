/// Whole texts through pipes and sockets between processes.
#pragma once

#include <string>
#include <string_view>

namespace upmem_des {

/// Writes all of `text`; false where the other side is gone (which must not end this process: SIGPIPE is off for
/// sockets, and is the caller's concern for pipes).
bool write_all(int descriptor, std::string_view text);

/// Reads to the end.
std::string read_all(int descriptor);

}  // namespace upmem_des
