/// Jobs for a worker, as bytes that come piece by piece.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// Takes a stream of jobs apart: each is a line with the number of its arguments, then the arguments, each ended by a
/// zero byte. "2\nrun\0scenario.yaml\0" is one; a name of a file can have any byte that Linux allows.
class JobReader {
 public:
  static constexpr std::size_t max_arguments = 100'000;
  static constexpr std::size_t max_bytes = std::size_t{16} << 20U;  ///< of one job

  /// Further bytes.
  void feed(std::string_view bytes) { bytes_ += bytes; }

  /// Whether a whole job has come, which is put into `arguments` then. Throws InputError on what is no job.
  bool next(std::vector<std::string>& arguments);

 private:
  std::string bytes_;       // from the start of the next job on
  std::size_t seen_ = 0;    // of bytes_
  std::size_t wanted_ = 0;  // arguments of that job; 0: its line has not come
  std::vector<std::string> arguments_;
};

}  // namespace upmem_des
