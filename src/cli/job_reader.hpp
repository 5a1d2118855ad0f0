/// Jobs for a worker, as bytes that come piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// Takes a stream of jobs apart: each is a line with the number of its arguments, then the arguments, each ended by a
/// zero byte. "2\nrun\0scenario.yaml\0" is one; a name of a file can have any byte that Linux allows. Between jobs a
/// line
/// "-3" says that nobody waits any more for job 3, counted from 0.
class JobReader {
 public:
  static constexpr std::size_t max_arguments = 100'000;
  static constexpr std::size_t max_bytes = std::size_t{16} << 20U;  ///< of one job

  /// Further bytes.
  void feed(std::string_view bytes) { bytes_ += bytes; }

  /// Whether a whole job has come, which is put into `arguments` then. Throws InputError on what is no job.
  bool next(std::vector<std::string>& arguments);

  /// The jobs that nobody waits for any more, of what next() has come past since the last time.
  std::vector<std::int64_t> take_withdrawn();

 private:
  std::string bytes_;       // from the start of the next job on
  std::size_t seen_ = 0;    // of bytes_
  std::size_t wanted_ = 0;  // arguments of that job; 0: its line has not come
  std::vector<std::string> arguments_;
  std::vector<std::int64_t> withdrawn_;
};

}  // namespace upmem_des
