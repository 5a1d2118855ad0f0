#include "util/harmless_text.hpp"

#include <array>
#include <cstdint>

namespace upmem_des {

namespace {

/// A character of a text: its bytes, and what they stand for.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 1;
  bool is_utf8 = true;
};

constexpr unsigned char first_of_many = 0x80;

std::uint32_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// `at` is before the end.
Character character_at(std::string_view text, std::size_t at) {
  const std::uint32_t lead = byte_at(text, at);
  if (lead < first_of_many) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const Character bad{lead, 1, false};
  if (lead < 0xc2 || lead > 0xf4 || text.size() - at < size) return bad;
  std::uint32_t code = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const std::uint32_t next = byte_at(text, at + i);
    if ((next & 0xc0U) != 0x80U) return bad;
    code = code << 6U | (next & 0x3fU);
  }
  if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return bad;
  return {code, size, true};
}

/// Beyond the controls below a blank.
bool is_harmful(std::uint32_t code) {
  return (code >= 0x7f && code <= 0x9f) ||                                            // DEL and C1
         code == 0x61c || code == 0x200e || code == 0x200f ||                         // marks of direction
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||  // embeddings, overrides, isolates
         code == 0x2028 || code == 0x2029;                                            // ends of lines
}

/// Only characters that begin with these bytes can be harmful: a quick look spares most texts the rest.
bool may_be_harmful(std::string_view text) {
  for (const char c : text)
    if (c == '\x7f' || c == '\xc2' || c == '\xd8' || c == '\xe2') return true;
  return false;
}

void append_escape(std::string& out, const Character& character) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += character.is_utf8 ? "\\u" : "\\x";
  for (int shift = character.is_utf8 ? 12 : 4; shift >= 0; shift -= 4)
    out += digits[character.code >> static_cast<unsigned>(shift) & 0xfU];
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (!character.is_utf8 || character.code < 0x20 || is_harmful(character.code))
      append_escape(out, character);
    else
      out += text.substr(at, character.size);
    at += character.size;
  }
  return out;
}

std::size_t utf8_bytes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Character character = character_at(text, at);
    if (!character.is_utf8) break;
    at += character.size;
  }
  return at;
}

std::string csv_cell(std::string_view text) {
  std::string cell = one_line(text);
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) cell.insert(0, "'");
  if (cell.find_first_of(",\"") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string harmless_json(std::string json) {
  if (!may_be_harmful(json)) return json;
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const Character character = character_at(json, at);
    if (character.is_utf8 && is_harmful(character.code))
      append_escape(out, character);
    else
      out.append(json, at, character.size);
    at += character.size;
  }
  return out;
}

}  // namespace upmem_des
