/// Libtorch's error messages for people. Internal to the room.
#pragma once

#include <exception>
#include <string>

namespace upmem_des::profiler {

/// The one line of an exception's message that says what is wrong: "mat1 and mat2 shapes cannot be multiplied (1x3 and
/// 4x4)". Left out are where in libtorch it was thrown, the traces of TorchScript and Python, and source code.
std::string libtorch_message(const std::exception& error);

/// Whether such a line says that there was no memory: "DefaultCPUAllocator: can't allocate memory: you tried to …".
bool is_out_of_memory(const std::string& line);

}  // namespace upmem_des::profiler
