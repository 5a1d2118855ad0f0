#include "cli/job_reader.hpp"

#include <charconv>
#include <utility>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw InputError({"standard input"}, what +
                                           "; expected a line with the number of arguments, then each with a zero "
                                           "byte behind it");
}

std::size_t argument_count(std::string_view line) {
  std::size_t count = 0;
  const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), count);
  if (error != std::errc() || stop != line.data() + line.size() || count == 0 || count > JobReader::max_arguments)
    fail("'" + std::string(line) + "' is no number of arguments");
  return count;
}

/// Of a line that begins with a minus.
std::int64_t withdrawn_job(std::string_view line) {
  std::int64_t job = 0;
  const char* const end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data() + 1, end, job);
  if (error != std::errc() || stop != end || job < 0) fail("'" + std::string(line) + "' is no number of a job");
  return job;
}

}  // namespace

std::vector<std::int64_t> JobReader::take_withdrawn() {
  return std::exchange(withdrawn_, {});
}

bool JobReader::next(std::vector<std::string>& arguments) {
  constexpr std::size_t longest_line = 20;
  while (true) {
    const std::size_t end = bytes_.find(wanted_ == 0 ? '\n' : '\0', seen_);
    if (end == std::string::npos) {
      if (wanted_ == 0 && bytes_.size() - seen_ > longest_line) fail("no number of arguments");
      if (bytes_.size() > max_bytes) fail("a job of more than " + std::to_string(max_bytes >> 20U) + " MiB");
      return false;
    }
    const std::string_view item = std::string_view(bytes_).substr(seen_, end - seen_);
    seen_ = end + 1;
    if (wanted_ == 0) {
      if (item.size() > longest_line) fail("no number of arguments");
      if (!item.empty() && item.front() == '-') {
        withdrawn_.push_back(withdrawn_job(item));
        continue;
      }
      wanted_ = argument_count(item);
      continue;
    }
    arguments_.emplace_back(item);
    if (arguments_.size() < wanted_) continue;
    arguments = std::move(arguments_);
    arguments_.clear();
    wanted_ = 0;
    bytes_.erase(0, seen_);
    seen_ = 0;
    return true;
  }
}

}  // namespace upmem_des
