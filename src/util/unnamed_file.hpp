/// Temporary files that cannot be left behind.
#pragma once

#include <string>

namespace upmem_des {

/// A file without a name in the folder for temporary files ($TMPDIR, or /tmp): it goes away with its last descriptor,
/// however the program ends.
class UnnamedFile {
 public:
  /// Throws InputError when the folder cannot be written.
  UnnamedFile();
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;
  ~UnnamedFile();

  /// Open for reading and writing; not inherited by programs that are started.
  int descriptor() const { return descriptor_; }
  /// Opens the file once more, from its start, as long as this lives: "/proc/self/fd/5".
  std::string path() const;
  /// Where its bytes are, for messages: "/tmp".
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  int descriptor_ = -1;
};

}  // namespace upmem_des
