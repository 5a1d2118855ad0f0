/// SentencePiece's table of characters and what they become.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "token_pipeline/json_parts.hpp"

namespace upmem_des {

/// precompiled_charsmap of a SentencePiece model: a double-array trie (Darts) from sequences of characters to texts.
/// Hugging Face takes for a grapheme of up to 5 bytes what the shortest key that it begins with becomes, and for all
/// others, and graphemes without one, the same of each character.
class Charsmap {
 public:
  /// Of the table in base64: four bytes that say how long the trie is, its units of four bytes, the texts with a zero
  /// byte behind each, all little-endian. Throws InputError on anything else.
  explicit Charsmap(const JsonNode& component);

  std::string normalized(const std::string& text) const;

 private:
  /// What a text becomes, or nullptr.
  const char* find(std::string_view text) const;

  std::vector<std::uint32_t> units_;
  std::string texts_;
};

}  // namespace upmem_des
