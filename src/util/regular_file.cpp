#include "util/regular_file.hpp"

#include <filesystem>

#include "util/error.hpp"

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

void expect_regular_file(const std::string& path, const std::string& expected) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::regular) return;
  if (status.type() == fs::file_type::none) throw InputError({path}, "cannot be read: " + error.message());
  if (!fs::exists(status)) throw InputError({path}, "no such file");
  throw InputError({path}, std::string(name_of(status.type())) + "; expected " + expected);
}

}  // namespace upmem_des
