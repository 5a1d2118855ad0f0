/// Files of networks and weights that are no TorchScript. Internal to the room.
#pragma once

#include <string>

#include "profiler/script/zip_archive.hpp"

namespace upmem_des::profiler {

/// What a file that is no zip file is, and what to do instead, as errors end: "a safetensors file: …; expected …".
/// "no TorchScript; expected …" where it is none of those that are known.
std::string not_torchscript(const std::string& path);

/// The same of a zip file; empty where it may be TorchScript.
std::string not_torchscript(ZipArchive& archive);

}  // namespace upmem_des::profiler
