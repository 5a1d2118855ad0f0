#include "token_pipeline/charsmap.hpp"

#include "unicode/characters.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t unit_bytes = 4;
constexpr std::size_t max_grapheme_bytes = 5;

int base64_digit(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
  if (letter >= '0' && letter <= '9') return letter - '0' + 52;
  if (letter == '+') return 62;
  return letter == '/' ? 63 : -1;
}

std::string from_base64(const JsonNode& component) {
  std::string text = component.text();
  for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding) text.pop_back();
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const int digit = base64_digit(letter);
    if (digit < 0) component.fail("no base64");
    bits = (bits << 6U | static_cast<std::uint32_t>(digit)) & 0xffffU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xffU);
  }
  return bytes;
}

std::uint32_t little_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t byte = 0; byte < unit_bytes; ++byte)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + byte])) << 8U * byte;
  return value;
}

// A unit of a double array: its label with a bit that says it is none, whether a value hangs on it, and how far away
// the next units are.
std::uint32_t label_of(std::uint32_t unit) {
  return unit & (1U << 31U | 0xffU);
}
bool has_value(std::uint32_t unit) {
  return (unit >> 8U & 1U) == 1;
}
std::uint32_t value_of(std::uint32_t unit) {
  return unit & ((1U << 31U) - 1);
}
std::uint32_t offset_of(std::uint32_t unit) {
  return unit >> 10U << ((unit & 1U << 9U) >> 6U);
}

}  // namespace

Charsmap::Charsmap(const JsonNode& component) {
  const std::string bytes = from_base64(component);
  const std::size_t trie_bytes = bytes.size() < unit_bytes ? 0 : little_endian(bytes, 0);
  if (trie_bytes == 0 || trie_bytes % unit_bytes != 0 || trie_bytes > bytes.size() - unit_bytes)
    component.fail("no table of SentencePiece: its trie is said to be " + std::to_string(trie_bytes) + " of " +
                   std::to_string(bytes.size()) + " bytes");
  for (std::size_t at = unit_bytes; at < unit_bytes + trie_bytes; at += unit_bytes)
    units_.push_back(little_endian(bytes, at));
  texts_ = bytes.substr(unit_bytes + trie_bytes);
  if (!is_utf8(texts_)) component.fail("no table of SentencePiece: what characters become is not UTF-8");
}

const char* Charsmap::find(std::string_view text) const {
  std::size_t node = offset_of(units_.front());
  for (const char letter : text) {
    const std::uint32_t byte = static_cast<unsigned char>(letter);
    node ^= byte;
    if (byte == 0 || node >= units_.size() || label_of(units_[node]) != byte) return nullptr;
    const std::uint32_t unit = units_[node];
    node ^= offset_of(unit);
    if (!has_value(unit)) continue;
    if (node >= units_.size() || value_of(units_[node]) >= texts_.size()) return nullptr;
    const char* found = texts_.c_str() + value_of(units_[node]);
    // In a table that is none a value may lie within a character.
    return (static_cast<unsigned char>(*found) & 0xc0U) == 0x80 ? nullptr : found;
  }
  return nullptr;
}

std::string Charsmap::normalized(const std::string& text) const {
  std::string made;
  for (const std::string_view grapheme : graphemes(text)) {
    const char* whole = grapheme.size() <= max_grapheme_bytes ? find(grapheme) : nullptr;
    if (whole != nullptr) {
      made += whole;
      continue;
    }
    for (std::size_t at = 0; at < grapheme.size();) {
      const std::string_view character = grapheme.substr(at, utf8_step(grapheme, at).length);
      const char* part = find(character);
      if (part != nullptr)
        made += part;
      else
        made += character;
      at += character.size();
    }
  }
  return made;
}

}  // namespace upmem_des
