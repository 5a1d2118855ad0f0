/// The lines of a file.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lines/byte_source.hpp"

namespace upmem_des {

/// Reads a plain or gzip file line by line through one buffer, which never grows beyond the longest line allowed and
/// the padding.
class LineReader {
 public:
  static constexpr std::size_t max_line = std::size_t{1} << 20;  ///< bytes, newline not counted
  static constexpr std::size_t padding = 64;                     ///< readable bytes behind every line

  /// Throws InputError when `path` is no regular file or cannot be opened.
  /// `contents`, where given, has to be what is read.
  explicit LineReader(const std::string& path, std::shared_ptr<FileContents> contents = nullptr);

  /// The next line without its newline, valid until the next call; false at the end. Throws InputError on a line of
  /// more than max_line bytes, when reading fails, and on corrupt or truncated gzip data.
  bool next(std::string_view& line);

  const std::string& path() const { return path_; }
  /// The number of the last line read, from 1; 0 before the first.
  int line_number() const { return number_; }
  /// Did the last line end in a newline? If not, it is the file's last.
  bool line_ended() const { return ended_; }

 private:
  bool fill();

  std::string path_;
  ByteSource bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< what is not read yet of buffer_
  std::size_t end_ = 0;
  int number_ = 0;
  bool ended_ = true;
};

}  // namespace upmem_des
