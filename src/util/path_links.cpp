#include "util/path_links.hpp"

#include <unistd.h>

#include <charconv>
#include <system_error>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

std::string folder_of(const fs::path& path) {
  const fs::path parent = path.parent_path();
  return parent.empty() ? "." : parent.string();
}

int stream_named(const fs::path& path) {
  if (path == "/dev/stdin") return STDIN_FILENO;
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  std::error_code error;
  const fs::path named = path.parent_path();
  const fs::path folder = fs::canonical(folder_of(path), error);
  const std::string own = "/proc/" + std::to_string(::getpid());
  const bool is_stream = named == "/dev/fd" || named == "/proc/self/fd" || folder == own + "/fd" ||
                         (folder.filename() == "fd" && folder.parent_path().parent_path() == own + "/task");
  if (!is_stream) return -1;
  const std::string name = path.filename().string();
  int descriptor = -1;
  const auto [stop, problem] = std::from_chars(name.data(), name.data() + name.size(), descriptor);
  return problem == std::errc() && stop == name.data() + name.size() && descriptor >= 0 ? descriptor : -1;
}

fs::path follow_links(const std::string& path) {
  constexpr int most_links = 40;  // as Linux has it
  fs::path target(path);
  std::error_code error;
  for (int links = 0; stream_named(target) < 0 && fs::is_symlink(fs::symlink_status(target, error)); ++links) {
    const fs::path next = fs::read_symlink(target, error);
    if (links == most_links || error) throw InputError({path}, "symbolic links that lead nowhere");
    target = target.parent_path() / next;  // `next` where that is absolute
  }
  return target;
}

}  // namespace upmem_des
