/// TorchScript files. Internal to the room.
#pragma once

#include <torch/script.h>

#include <string>

namespace upmem_des::profiler {

/// Reads a module that torch.jit.save() wrote. Throws InputError ("FILE: …") when it is missing, empty, a folder,
/// damaged or something else, when it calls an operator that this libtorch does not have or one that reads or writes
/// files, and when it has no method `forward`. Reading may run code of the file.
torch::jit::Module open_script(const std::string& path);

}  // namespace upmem_des::profiler
