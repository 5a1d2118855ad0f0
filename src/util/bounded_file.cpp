#include "util/bounded_file.hpp"

#include <filesystem>
#include <fstream>

#include "upmem_des/util/error.hpp"
#include "util/path_links.hpp"
#include "util/regular_file.hpp"

namespace upmem_des {

namespace {

std::string read(const std::string& path, std::size_t max_mib, const std::string& expected) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError({path}, "cannot be read");
  constexpr std::size_t chunk_bytes = std::size_t{1} << 16U;
  const std::size_t max_bytes = max_mib << 20U;
  std::string text;
  while (file && text.size() <= max_bytes) {
    const std::size_t before = text.size();
    text.resize(before + chunk_bytes);
    file.read(&text[before], chunk_bytes);
    text.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw InputError({path}, "cannot be read");
  if (text.size() > max_bytes)
    throw InputError({path}, "larger than " + std::to_string(max_mib) + " MiB; expected " + expected);
  return text;
}

}  // namespace

std::string read_bounded_file(const std::string& path, std::size_t max_mib, const std::string& expected) {
  expect_regular_file(path, expected);
  return read(path, max_mib, expected);
}

std::string read_bounded_stream(const std::string& path, std::size_t max_mib, const std::string& expected) {
  expect_file_or_stream(path, expected);
  return read(path, max_mib, expected);
}

void expect_file_or_stream(const std::string& path, const std::string& expected) {
  std::error_code error;
  if (stream_named(follow_links(path)) < 0 || std::filesystem::is_directory(path, error))
    expect_regular_file(path, expected);
}

}  // namespace upmem_des
