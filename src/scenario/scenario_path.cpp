#include "scenario/scenario_path.hpp"

#include <filesystem>
#include <vector>

#include "upmem_des/util/data_folder.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/regular_file.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

constexpr const char* ending = ".yaml";

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// One of the data folder's scenarios, spelt nearly so, or so in another folder.
std::string did_you_mean_installed(const std::string& path) {
  const bool has_ending = fs::path(path).extension() == ending;
  std::vector<std::string> names, last_parts;
  for (const std::string& file : data_files_below("scenarios", ending, "sweeps")) {
    names.push_back(has_ending ? file : fs::path(file).replace_extension().string());
    last_parts.push_back(fs::path(names.back()).filename().string());
  }
  std::string meant = nearest(path, names);
  const std::string last = nearest(path, last_parts);
  for (std::size_t i = 0; i < names.size() && !last.empty() && (meant.empty() || last == path); ++i)
    if (last_parts[i] == last) meant = names[i];
  return meant.empty() ? "" : "; did you mean '" + one_line(meant) + "'?";
}

[[noreturn]] void fail(const std::string& path) {
  std::string meant = did_you_mean_file(path);
  if (meant.empty()) meant = did_you_mean_file(path + ending);
  if (meant.empty() && !fs::path(path).is_absolute()) meant = did_you_mean_installed(path);
  if (meant.empty()) meant = similar_data_file(path, ".");
  throw InputError({path}, "no such file" + meant);
}

}  // namespace

std::string find_scenario(const std::string& path) {
  std::error_code error;
  if (path == "-" || fs::exists(path, error)) return path;
  for (const char* more : {"", ending}) {
    if (is_file(path + more)) return path + more;
    if (const std::string found = find_data_file(path + more, "."); is_file(found)) return found;
  }
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none) expect_regular_file(path, "a scenario");  // says why it cannot be told
  fail(path);
}

}  // namespace upmem_des
