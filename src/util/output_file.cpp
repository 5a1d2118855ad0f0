#include "util/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "upmem_des/util/error.hpp"
#include "util/path_links.hpp"

namespace upmem_des {

namespace {

namespace fs = std::filesystem;

/// The name by which the kernel knows an open file, with one or without.
std::string name_of(int descriptor) {
  return "/proc/self/fd/" + std::to_string(descriptor);
}

/// A descriptor of a file in `folder` that has no name, or -1 where the file system has no such files, or they could
/// get no name later.
int open_nameless(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor < 0 || ::access(name_of(descriptor).c_str(), F_OK) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

bool give_name(int descriptor, const std::string& name) {
  return ::linkat(AT_FDCWD, name_of(descriptor).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

}  // namespace

bool is_standard_output(const std::string& path) {
  return path == "-";
}

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) throw InputError("an empty file name; expected a path to write to");
  if (path_ == "-") {
    std::fflush(stdout);
    file_ = ::fdopen(::dup(STDOUT_FILENO), "wb");
    if (file_ == nullptr) fail("cannot be written");
    return;
  }
  std::error_code error;
  const auto status = fs::status(path_, error);
  if (fs::is_directory(status)) throw InputError({path_}, "a folder; expected a file to write");
  const fs::path target = follow_links(path_);
  if (const int stream = stream_named(target); stream >= 0) {
    file_ = ::fdopen(::dup(stream), "wb");
  } else if (fs::exists(status) && !fs::is_regular_file(status)) {
    file_ = std::fopen(path_.c_str(), "wb");
  } else {
    target_ = target.string();
    const std::string folder = folder_of(target_);
    if (!fs::is_directory(folder, error)) throw InputError({path_}, "no such folder: " + folder);
    open_aside(folder);
  }
  if (file_ == nullptr) fail("cannot be written");
}

void OutputFile::open_aside(const std::string& folder) {
  struct stat status = {};
  if (::lstat(target_.c_str(), &status) != 0 && errno != ENOENT) return;
  nameless_ = open_nameless(folder);
  if (nameless_ >= 0) {
    const int writing = ::fcntl(nameless_, F_DUPFD_CLOEXEC, 0);
    if (writing >= 0) file_ = ::fdopen(writing, "wb");
    return;
  }
  std::string pattern = folder + "/.upmem-des.XXXXXX";
  const SignalsWait wait;
  const int descriptor = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor < 0) return;
  temporary_ = pattern;
  scrap_.note(temporary_);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor, 0666 & ~mask);
  file_ = ::fdopen(descriptor, "wb");
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
  const SignalsWait wait;
  if (nameless_ >= 0 && !name_nameless()) fail("cannot be put in place");
  if (!temporary_.empty()) {
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot be put in place");
    temporary_.clear();
    scrap_.forget();
  }
}

bool OutputFile::name_nameless() {
  // Where there is no old file to replace, it appears whole at once.
  bool named = give_name(nameless_, target_);
  const std::string aside = folder_of(target_) + "/.upmem-des." + std::to_string(::getpid()) + ".";
  constexpr int most_tries = 1000;
  for (int i = 0; !named && errno == EEXIST && i < most_tries; ++i) {
    named = give_name(nameless_, aside + std::to_string(i));
    if (named) temporary_ = aside + std::to_string(i);
  }
  if (!named) return false;
  ::close(nameless_);
  nameless_ = -1;
  return true;
}

void OutputFile::fail(const std::string& what) {
  const std::string reason = std::strerror(errno);
  discard();
  throw InputError({path_}, what + ": " + reason);
}

void OutputFile::discard() {
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
  if (nameless_ >= 0) ::close(nameless_);
  nameless_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
  scrap_.forget();
}

std::string output_target(const std::string& path) {
  return follow_links(path).string();
}

void write_file(const std::string& path, std::string_view text) {
  OutputFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace upmem_des
