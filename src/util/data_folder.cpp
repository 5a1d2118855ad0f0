#include "upmem_des/util/data_folder.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "upmem_des/util/error.hpp"

// A library has no place of its own; the CMake package gives each program that links it a file with this. See
// cmake/installation.cpp.in.
extern "C" [[gnu::weak]] const char upmem_des_installation[];

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

bool has_data(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "architectures", error);
}

}  // namespace

std::string data_folder() {
  if (const char* chosen = std::getenv("UPMEM_DES_DATA"); chosen != nullptr && *chosen != '\0') {
    if (!has_data(chosen)) throw InputError({"UPMEM_DES_DATA"}, std::string(chosen) + " has no folder 'architectures'");
    return chosen;
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside("share/upmem-des"), linked(linked_installation());
  const std::array<fs::path, 4> candidates{program.parent_path().parent_path() / beside,
                                           linked.empty() ? linked : linked / beside, UPMEM_DES_INSTALLED_DATA,
                                           UPMEM_DES_SOURCE_DATA};
  for (const fs::path& candidate : candidates)
    if (!candidate.empty() && has_data(candidate)) return candidate.string();
  throw InputError("the folder with architectures was not found; set UPMEM_DES_DATA to it");
}

std::string linked_installation() {
  return upmem_des_installation == nullptr ? "" : upmem_des_installation;
}

std::vector<std::string> data_files(const std::string& folder, const std::string& ending) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(data_folder()) / folder, error))
    if (entry.path().extension() == ending) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> data_files_below(const std::string& folder, const std::string& ending,
                                          const std::string& without) {
  const fs::path top = fs::path(data_folder()) / folder;
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(top, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename() == without) entry.disable_recursion_pending();
    if (entry->path().extension() == ending) files.push_back(entry->path().lexically_relative(top).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace upmem_des
