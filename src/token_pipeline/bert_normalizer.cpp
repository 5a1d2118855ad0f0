#include <algorithm>
#include <array>
#include <utility>

#include "token_pipeline/normalizer.hpp"
#include "unicode/characters.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

constexpr char32_t replacement = 0xfffd;

/// CJK Unified Ideographs with their extensions and compatibility forms, as BERT's first tokenizer has them.
constexpr std::array<std::pair<char32_t, char32_t>, 8> ideographs{{{0x4e00, 0x9fff},
                                                                   {0x3400, 0x4dbf},
                                                                   {0x20000, 0x2a6df},
                                                                   {0x2a700, 0x2b73f},
                                                                   {0x2b740, 0x2b81f},
                                                                   {0x2b920, 0x2ceaf},
                                                                   {0xf900, 0xfaff},
                                                                   {0x2f800, 0x2fa1f}}};

bool is_ideograph(char32_t character) {
  return std::any_of(ideographs.begin(), ideographs.end(), [character](const std::pair<char32_t, char32_t>& range) {
    return character >= range.first && character <= range.second;
  });
}

bool is_space_control(char32_t character) {
  return character == '\t' || character == '\n' || character == '\r';
}

std::string cleaned(const std::string& text) {
  std::string kept;
  for (const char32_t character : code_points(text)) {
    if (character == 0 || character == replacement) continue;
    if (!is_space_control(character) && is_control_or_format(character)) continue;
    append_utf8(kept, is_white_space(character) ? U' ' : character);
  }
  return kept;
}

std::string with_ideographs_apart(const std::string& text) {
  std::string apart;
  for (const char32_t character : code_points(text)) {
    const bool is_alone = is_ideograph(character);
    if (is_alone) apart += ' ';
    append_utf8(apart, character);
    if (is_alone) apart += ' ';
  }
  return apart;
}

std::string without_accents(const std::string& text) {
  std::string kept;
  for (const char32_t character : code_points(normal_form(text, NormalForm::D)))
    if (!is_nonspacing_mark(character)) append_utf8(kept, character);
  return kept;
}

}  // namespace

Normalizer make_bert_normalizer(const JsonNode& component) {
  const bool is_lower = component.truth("lowercase", true);
  return [cleans = component.truth("clean_text", true), separates = component.truth("handle_chinese_chars", true),
          strips = component.truth("strip_accents", is_lower), is_lower](const std::string& text) {
    std::string normalized = cleans ? cleaned(text) : text;
    if (separates) normalized = with_ideographs_apart(normalized);
    if (strips) normalized = without_accents(normalized);
    return is_lower ? lowercase(normalized) : normalized;
  };
}

}  // namespace upmem_des
