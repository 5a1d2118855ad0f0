#include "upmem_des/util/data_folder.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "upmem_des/util/error.hpp"
#include "util/regular_file.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

bool has_data(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "architectures", error);
}

/// Where a path may lead, the first choice first; an absolute one as it is.
std::vector<fs::path> places_of(const std::string& path, const std::string& beside, const std::string& subfolder) {
  const fs::path wanted(path);
  if (wanted.is_absolute()) return {wanted};
  const fs::path data = data_folder();
  return {(fs::path(beside) / wanted).lexically_normal(), (data / subfolder / wanted).lexically_normal(),
          (data / wanted).lexically_normal()};
}

}  // namespace

std::string data_folder() {
  if (const char* chosen = std::getenv("UPMEM_DES_DATA"); chosen != nullptr && *chosen != '\0') {
    if (!has_data(chosen)) throw InputError({"UPMEM_DES_DATA"}, std::string(chosen) + " has no folder 'architectures'");
    return chosen;
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const std::array<fs::path, 3> candidates{program.parent_path().parent_path() / "share" / "upmem-des",
                                           UPMEM_DES_INSTALLED_DATA, UPMEM_DES_SOURCE_DATA};
  for (const fs::path& candidate : candidates)
    if (has_data(candidate)) return candidate.string();
  throw InputError("the folder with architectures was not found; set UPMEM_DES_DATA to it");
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

std::string find_data_file(const std::string& path, const std::string& beside, const std::string& subfolder) {
  const std::vector<fs::path> places = places_of(path, beside, subfolder);
  std::error_code error;
  for (const fs::path& place : places)
    if (fs::exists(place, error)) return place.string();
  return places.front().string();
}

std::string similar_data_file(const std::string& path, const std::string& beside, const std::string& subfolder) {
  for (const fs::path& place : places_of(path, beside, subfolder))
    if (const std::string similar = did_you_mean_file(place.string()); !similar.empty()) return similar;
  return "";
}

}  // namespace upmem_des
