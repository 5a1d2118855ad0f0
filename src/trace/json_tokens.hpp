/// Where the parts of a line of JSON begin. Internal to the room.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace upmem_des {

/// simdjson's first stage by itself: it checks UTF-8 and quotes, 64 bytes at a time, and finds every bracket, colon,
/// comma, quoted text and bare word. A reader that knows what a line has to be can go from one to the next, which takes
/// a fraction of what a general walk through the values does.
class JsonTokens {
 public:
  JsonTokens();
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;
  ~JsonTokens();

  /// Splits a line; false on an empty one, on bad UTF-8, on a text without an end and on control characters in texts.
  bool split(std::string_view line);

  /// Offsets in the line that was split, ascending; one more, the line's length, stands at end(). What follows a token
  /// up to the next is the rest of its text or word, then spaces.
  const std::uint32_t* begin() const { return begin_; }
  const std::uint32_t* end() const { return end_; }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  const std::uint32_t* begin_ = nullptr;
  const std::uint32_t* end_ = nullptr;
};

}  // namespace upmem_des
