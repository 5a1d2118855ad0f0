#include "util/output_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "util/error.hpp"

namespace upmem_des {

namespace {

/// The descriptor that a path such as /dev/stdout stands for, or -1. Where the stream is led to a file, the path itself
/// must not be opened: that would cut the file, and a rename would replace /dev/stdout.
int descriptor_named(const std::string& path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (path.compare(0, folder.size(), folder) != 0) continue;
    const char* const end = path.data() + path.size();
    int descriptor = -1;
    const auto [stop, error] = std::from_chars(path.data() + folder.size(), end, descriptor);
    if (error == std::errc() && stop == end && descriptor >= 0) return descriptor;
  }
  return -1;
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  namespace fs = std::filesystem;
  if (path_.empty()) throw InputError("an empty file name; expected a path to write to");
  std::error_code error;
  const auto status = fs::status(path_, error);
  if (fs::is_directory(status)) throw InputError({path_}, "a folder; expected a file to write");
  if (const int stream = descriptor_named(path_); stream >= 0) {
    file_ = ::fdopen(::dup(stream), "wb");
  } else if (fs::exists(status) && !fs::is_regular_file(status)) {
    file_ = std::fopen(path_.c_str(), "wb");
  } else {
    fs::path target(path_);
    if (fs::is_symlink(target, error) && fs::exists(status)) target = fs::canonical(target);
    target_ = target.string();
    const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, error)) throw InputError({path_}, "no such folder: " + folder.string());
    std::string pattern = (folder / ("." + target.filename().string() + ".XXXXXX")).string();
    const int descriptor = ::mkstemp(pattern.data());
    if (descriptor >= 0) {
      temporary_ = pattern;
      const mode_t mask = ::umask(0);
      ::umask(mask);
      ::fchmod(descriptor, 0666 & ~mask);
      file_ = ::fdopen(descriptor, "wb");
    }
  }
  if (file_ == nullptr) fail("cannot be written");
}

OutputFile::~OutputFile() {
  discard();
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("cannot be written");
}

void OutputFile::commit() {
  const bool flushed = std::fflush(file_) == 0;
  const bool closed = std::fclose(file_) == 0;
  file_ = nullptr;
  if (!flushed || !closed) fail("cannot be written");
  if (!temporary_.empty()) {
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot be put in place");
    temporary_.clear();
  }
}

void OutputFile::fail(const std::string& what) {
  const std::string reason = std::strerror(errno);
  discard();
  throw InputError({path_}, what + ": " + reason);
}

void OutputFile::discard() {
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

void write_file(const std::string& path, std::string_view text) {
  OutputFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace upmem_des
