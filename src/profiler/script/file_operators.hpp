/// TorchScript's operators on files. Internal to the room.
#pragma once

#include <string>

namespace upmem_des::profiler {

/// Takes from libtorch, for the rest of the process, the operators by which TorchScript reads and writes files: a
/// network that calls one, in whatever method, cannot be loaded then, and so runs none.
void remove_file_operators();

/// Whether an operator ("aten::save") is one of them.
bool is_file_operator(const std::string& name);

}  // namespace upmem_des::profiler
