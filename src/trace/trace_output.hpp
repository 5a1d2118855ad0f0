/// Where a trace is written to. Internal to the room.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "util/output_file.hpp"

struct z_stream_s;

namespace upmem_des {

/// A file that is put in place whole by finish(), packed with gzip when its name ends in ".gz"; "-" is standard output.
class TraceOutput {
 public:
  /// Throws InputError when the file cannot be written.
  explicit TraceOutput(const std::string& path);
  TraceOutput(const TraceOutput&) = delete;
  TraceOutput& operator=(const TraceOutput&) = delete;
  ~TraceOutput();

  /// Throws InputError when writing fails.
  void write(std::string_view text);
  /// Throws InputError when the disk is full or the file cannot be put in place.
  void finish();

 private:
  void deflate(std::string_view text, bool last);

  std::unique_ptr<OutputFile> file_;  ///< null for standard output
  std::unique_ptr<z_stream_s> deflater_;
  std::vector<char> packed_;
};

}  // namespace upmem_des
