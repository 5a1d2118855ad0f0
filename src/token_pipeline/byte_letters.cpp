#include "token_pipeline/byte_letters.hpp"

#include <array>

#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

constexpr char32_t first_other = 0x100;
constexpr std::size_t letters_end = 0x200;

bool stands_for_itself(char32_t byte) {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

struct Table {
  std::array<std::string, 256> letters;
  std::array<int, letters_end> bytes{};  ///< −1: stands for none

  Table() {
    bytes.fill(-1);
    char32_t other = first_other;
    for (char32_t byte = 0; byte < letters.size(); ++byte) {
      const char32_t letter = stands_for_itself(byte) ? byte : other++;
      letters[byte] = utf8_text(letter);
      bytes[letter] = static_cast<int>(byte);
    }
  }
};

const Table& table() {
  static const Table made;
  return made;
}

}  // namespace

std::string byte_letters(std::string_view bytes) {
  std::string letters;
  letters.reserve(bytes.size() * 2);
  for (const char byte : bytes) letters += table().letters[static_cast<unsigned char>(byte)];
  return letters;
}

std::string bytes_of_letters(std::string_view token) {
  std::string bytes;
  for (std::size_t at = 0; at < token.size();) {
    const Utf8Step step = utf8_step(token, at);
    if (step.code_point >= letters_end || table().bytes[step.code_point] < 0) return std::string(token);
    bytes += static_cast<char>(table().bytes[step.code_point]);
    at += step.length;
  }
  return bytes;
}

}  // namespace upmem_des
