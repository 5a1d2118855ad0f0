#include "lines/line_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t first_size = std::size_t{1} << 17;

}  // namespace

LineReader::LineReader(const std::string& path, std::shared_ptr<FileContents> contents)
    : path_(path), bytes_(path, std::move(contents)), buffer_(first_size + padding) {}

bool LineReader::next(std::string_view& line) {
  if (number_ < std::numeric_limits<int>::max()) ++number_;
  for (std::size_t searched = 0;;) {
    const char* const start = buffer_.data() + begin_;
    const std::size_t available = end_ - begin_;
    const void* const newline = std::memchr(start + searched, '\n', available - searched);
    const std::size_t length =
        newline != nullptr ? static_cast<std::size_t>(static_cast<const char*>(newline) - start) : available;
    if (length > max_line) throw InputError({path_, number_}, "a line of more than 1 MiB; expected one event a line");
    if (newline != nullptr) {
      line = {start, length};
      begin_ += length + 1;
      ended_ = true;
      return true;
    }
    searched = available;
    if (fill()) continue;
    if (available == 0) {
      --number_;
      return false;
    }
    line = {buffer_.data() + begin_, available};
    begin_ = end_;
    ended_ = false;
    return true;
  }
}

/// Moves the unread bytes to the front and reads more behind them; false at the file's end.
bool LineReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ + padding == buffer_.size()) buffer_.resize(2 * end_ + padding);
  const std::size_t count = bytes_.read(buffer_.data() + end_, buffer_.size() - padding - end_);
  end_ += count;
  return count > 0;
}

}  // namespace upmem_des
