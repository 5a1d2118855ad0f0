/// The bytes of a file, unpacked where it is gzip.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "util/file_contents.hpp"

struct z_stream_s;

namespace upmem_des {

/// Reads a file once from front to back with bounded memory. Gzip (one member or several) is known by its first two
/// bytes, not by the file's name.
class ByteSource {
 public:
  /// Throws InputError when `path` is no regular file or cannot be opened.
  /// `contents`, where given, has to be what is read.
  explicit ByteSource(std::string path, std::shared_ptr<FileContents> contents = nullptr);
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ~ByteSource();

  /// Fills up to `room` (> 0) bytes and returns how many; 0 only at the end. Throws InputError when reading fails and
  /// when gzip data is corrupt, cut off anywhere, or followed by bytes that are no gzip. At the end all of the file
  /// has been read.
  std::size_t read(char* to, std::size_t room);

 private:
  void refill();
  std::size_t read_file(char* to, std::size_t room);
  std::size_t inflate_into(char* to, std::size_t room);
  void begin_member();
  [[noreturn]] void fail(const std::string& problem) const;

  std::string path_;
  std::FILE* file_ = nullptr;
  std::optional<ContentsReading> reading_;  ///< of the bytes as in the file
  std::vector<char> packed_;                ///< bytes as in the file
  std::size_t begin_ = 0;                   ///< what is not used yet of packed_
  std::size_t end_ = 0;
  bool in_member_ = false;                ///< within a gzip member, whose end has not been seen
  std::unique_ptr<z_stream_s> inflater_;  ///< null for a plain file
};

}  // namespace upmem_des
