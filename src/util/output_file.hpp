/// Files that are whole or not there.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "util/scrap.hpp"

namespace upmem_des {

/// Writes aside, in the folder of `path`, and puts the file in place on commit(); without commit() nothing is left.
/// Where the file system has files without a name (O_TMPFILE), that is so however the program ends, but for the instant
/// in which an old file is replaced; elsewhere remove_scrap() removes ".upmem-des.XXXXXX", which only a program leaves
/// that is killed at once (SIGKILL). A symbolic link stays, and the file that it leads to is replaced or made. Other
/// names of a file that is replaced (hard links) keep the old one. A path that is, or leads to, no regular file (a
/// pipe, a device) or an open stream (/dev/stdout, /dev/fd/3) is written straight; "-" is standard output.
class OutputFile {
 public:
  /// Throws InputError when the folder does not exist or cannot be written.
  explicit OutputFile(std::string path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(std::string_view text);
  /// Throws InputError when the disk is full or the file cannot be put in place.
  void commit();

 private:
  /// Opens a file in the target's folder; leaves `file_` null, and errno, where that cannot be.
  void open_aside(const std::string& folder);
  /// Gives the nameless file the target's name, or a temporary one where that is taken. False, and errno, on failure.
  bool name_nameless();
  [[noreturn]] void fail(const std::string& what);
  void discard();

  std::string path_;
  std::string target_;     ///< where the temporary file is put
  std::string temporary_;  ///< empty while the file has no name
  ScrapNote scrap_;        ///< of `temporary_`
  int nameless_ = -1;
  std::FILE* file_ = nullptr;
};

/// The file that OutputFile puts in place for `path`: where symbolic links lead, whether or not there is one yet.
/// Throws InputError where they lead in a circle.
std::string output_target(const std::string& path);

/// Is it "-"? Other names of standard output (/dev/stdout) are files like others: nothing else gives way to them.
bool is_standard_output(const std::string& path);

/// Writes a whole text to `path` in one go.
void write_file(const std::string& path, std::string_view text);

}  // namespace upmem_des
