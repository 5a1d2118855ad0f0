/// Files that have to be the same each time they are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "util/digest.hpp"

namespace upmem_des {

/// Throws the InputError of a file that holds something else than when it was checked.
[[noreturn]] void fail_changed(const std::string& path);

/// What a file held where it has been read, as digests of its beginning: one for each place at which somebody stopped
/// reading. It is shared by all who read the file in one run.
class FileContents {
 public:
  explicit FileContents(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  /// Of the whole file, see file_digest(); empty until somebody has read it to its end.
  std::string digest() const { return whole_ ? marks_.back().digest : std::string(); }
  /// Reads the file once more. Throws InputError where it is another than before; one that can no longer be read is
  /// none of this function's business.
  void expect_same() const;

 private:
  friend class ContentsReading;

  struct Mark {
    std::uint64_t offset;
    std::string digest;
  };

  void add(Mark mark, bool at_end);

  std::string path_;
  std::vector<Mark> marks_;  ///< in order, none of them twice
  bool whole_ = false;       ///< is the last mark the file's end?
};

/// One reading of a file from its start, which leaves a mark where it stops.
class ContentsReading {
 public:
  explicit ContentsReading(std::shared_ptr<FileContents> contents) : contents_(std::move(contents)) {}
  ContentsReading(const ContentsReading&) = delete;
  ContentsReading& operator=(const ContentsReading&) = delete;
  ~ContentsReading();

  /// The next bytes. Throws InputError where they are not those that were read before.
  void see(const char* bytes, std::size_t count);
  /// The file ends here. Throws InputError where it ended elsewhere.
  void see_end();

 private:
  std::shared_ptr<FileContents> contents_;
  Digest digest_;
  std::uint64_t offset_ = 0;
  std::size_t next_mark_ = 0;
  bool good_ = true;
};

}  // namespace upmem_des
