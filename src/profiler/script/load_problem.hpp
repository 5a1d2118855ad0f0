/// Why libtorch does not read a TorchScript file. Internal to the room.
#pragma once

#include <exception>
#include <string>

#include "profiler/script/zip_archive.hpp"

namespace upmem_des::profiler {

/// What was expected instead of a file that is none of TorchScript's, as errors end.
inline constexpr const char* expected_script = "; expected a module that torch.jit.save() has written";

/// The operator that libtorch does not have ("aten::rms_norm"); empty where that is not what is wrong.
std::string unknown_operator(const std::exception& error);

/// Whether an operator ("aten::rms_norm") is one that other versions of libtorch may have; others come with a library.
bool is_of_libtorch(const std::string& name);

/// What is wrong and what was expected, as one line without the file's name.
std::string load_problem(const std::exception& error, const ZipArchive& archive);

}  // namespace upmem_des::profiler
