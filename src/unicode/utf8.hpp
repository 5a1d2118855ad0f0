/// Text as UTF-8 and as code points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace upmem_des {

/// What text begins with at a place: a character, or bytes that are none.
struct Utf8Step {
  std::size_t length = 1;  ///< of what is no character: the longest beginning of one that it is, at least 1
  bool is_character = false;
  char32_t code_point = 0xfffd;
};

/// Of text.substr(at), which is not empty.
Utf8Step utf8_step(std::string_view text, std::size_t at);

bool is_utf8(std::string_view text);

/// Bytes as text: U+FFFD for each maximal part that is no character (Unicode's recommended practice, chapter 3.9).
std::string lossy_utf8(std::string_view bytes);

/// The code points of text that is UTF-8.
std::u32string code_points(std::string_view text);

void append_utf8(std::string& text, char32_t code_point);
std::string utf8_text(char32_t code_point);

}  // namespace upmem_des
