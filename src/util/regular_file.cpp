#include "util/regular_file.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

namespace fs = std::filesystem;

const char* name_of(fs::file_type type) {
  switch (type) {
    case fs::file_type::directory:
      return "a folder";
    case fs::file_type::fifo:
      return "a pipe";
    case fs::file_type::socket:
      return "a socket";
    case fs::file_type::block:
    case fs::file_type::character:
      return "a device";
    default:
      return "no regular file";
  }
}

}  // namespace

std::string did_you_mean_file(const std::string& name) {
  const fs::path path(name);
  constexpr std::size_t most_files = 2000, short_name = 5;
  // Two changes make any short name another one.
  const std::size_t most_edits = path.stem().string().size() < short_name ? 1 : 2;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<std::string> names, other_endings;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (names.size() == most_files) return {};
    const fs::path& other = entry->path();
    // Of the same kind; the very name is that of a link that leads nowhere.
    if (other.extension() == path.extension() && other.stem() != path.stem()) names.push_back(other.stem().string());
    if (other.extension() != path.extension() && other.stem() == path.stem())
      other_endings.push_back(other.extension().string());
  }
  for (std::vector<std::string>* found : {&names, &other_endings})
    std::sort(found->begin(), found->end());  // a folder has no order of its own
  if (const std::string meant = nearest(path.extension().string(), other_endings, 3); !meant.empty())
    return "; did you mean '" + one_line(path.stem().string() + meant) + "'?";
  const std::string like = nearest(path.stem().string(), names, most_edits);
  return like.empty() ? "" : "; did you mean '" + one_line(like + path.extension().string()) + "'?";
}

void expect_regular_file(const std::string& path, const std::string& expected) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::regular) return;
  if (status.type() == fs::file_type::none) throw InputError({path}, "cannot be read: " + error.message());
  if (!fs::exists(status)) throw InputError({path}, "no such file" + did_you_mean_file(path));
  throw InputError({path}, std::string(name_of(status.type())) + "; expected " + expected);
}

}  // namespace upmem_des
