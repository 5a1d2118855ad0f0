#include "profiler/script/script_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <optional>
#include <string_view>

#include "profile/reached_place.hpp"
#include "profiler/libtorch_compat.hpp"
#include "profiler/libtorch_message.hpp"
#include "profiler/script/file_operators.hpp"
#include "profiler/script/load_problem.hpp"
#include "profiler/script/missing_operators.hpp"
#include "profiler/script/other_formats.hpp"
#include "profiler/script/zip_archive.hpp"
#include "upmem_des/util/error.hpp"
#include "util/regular_file.hpp"

namespace upmem_des::profiler {

namespace {

/// What libtorch would say less clearly.
void check_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status))
    throw InputError({path}, std::string("no such file") + expected_script + did_you_mean_file(path));
  if (fs::is_directory(status)) throw InputError({path}, std::string("a folder") + expected_script);
  if (!fs::is_regular_file(status)) throw InputError({path}, std::string("no regular file") + expected_script);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError({path}, std::string("cannot be read: ") + std::strerror(errno));
  std::array<char, 4> start{};
  file.read(start.data(), start.size());
  if (file.gcount() == 0) throw InputError({path}, std::string("an empty file") + expected_script);
  if (std::string_view(start.data(), start.size()) != std::string_view("PK\3\4", start.size()))
    throw InputError({path}, not_torchscript(path));
}

/// Whole and undamaged.
ZipArchive open_archive(const std::string& path) {
  try {
    ZipArchive archive(path);
    archive.check_bytes();
    return archive;
  } catch (const std::runtime_error& error) {
    throw InputError({path}, error.what() + std::string(expected_script));
  }
}

/// Whether it can be tried again, with an operator that this libtorch does not have. Where the version before the dot
/// is another one, too much is.
bool can_stand_in(const std::string& name) {
  return libtorch::major_version >= 2 && is_of_libtorch(name) && !is_file_operator(name) && stand_in_for(name);
}

torch::jit::Module load(const std::string& path, const ZipArchive& archive) {
  std::optional<std::string> first_problem;
  while (true) try {
      return torch::jit::load(path, torch::kCPU);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      if (const std::string line = libtorch_message(error); is_out_of_memory(line))
        throw SimulationError(path + ": out of memory " + reached_place().text() + ": " + line);
      if (!first_problem) first_problem = load_problem(error, archive);
      if (!can_stand_in(unknown_operator(error))) throw InputError({path}, *first_problem);
    }
}

}  // namespace

torch::jit::Module open_script(const std::string& path) {
  check_file(path);
  ZipArchive archive = open_archive(path);
  if (const std::string other = not_torchscript(archive); !other.empty()) throw InputError({path}, other);
  remove_file_operators();
  torch::jit::Module module = load(path, archive);
  if (!module.find_method("forward"))
    throw InputError({path}, "no method 'forward'; expected a module that can be called");
  return module;
}

}  // namespace upmem_des::profiler
