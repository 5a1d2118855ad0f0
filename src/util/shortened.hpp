/// Pieces of a file for messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace upmem_des {

/// Is it a byte of a UTF-8 character, but not its first?
inline bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// The beginning of a text, at most `most_bytes` of it and cut between two characters, with `rest` for the rest.
inline std::string shortened(std::string_view text, std::size_t most_bytes, std::string_view rest = "...") {
  if (text.size() <= most_bytes) return std::string(text);
  std::size_t end = most_bytes;
  while (end > 0 && continues_character(text[end])) --end;
  return std::string(text.substr(0, end)).append(rest);
}

}  // namespace upmem_des
