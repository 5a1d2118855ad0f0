/// Pieces of a file for messages. Internal to the room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace upmem_des {

inline bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// The beginning of a text, at most `most_bytes` of it and cut between two characters, with "..." for the rest.
inline std::string shortened(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return std::string(text);
  std::size_t end = most_bytes;
  while (end > 0 && continues_character(text[end])) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace upmem_des
