#include "unicode/characters.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <new>

#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

utf8proc_category_t category(char32_t character) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(character));
}

bool is_between(char32_t character, char32_t first, char32_t last) {
  return character >= first && character <= last;
}

}  // namespace

bool is_white_space(char32_t character) {
  if (is_between(character, 0x09, 0x0d) || character == 0x85) return true;
  const utf8proc_category_t found = category(character);
  return found == UTF8PROC_CATEGORY_ZS || found == UTF8PROC_CATEGORY_ZL || found == UTF8PROC_CATEGORY_ZP;
}

bool is_numeric(char32_t character) {
  const utf8proc_category_t found = category(character);
  return found == UTF8PROC_CATEGORY_ND || found == UTF8PROC_CATEGORY_NL || found == UTF8PROC_CATEGORY_NO;
}

bool is_punctuation(char32_t character) {
  switch (category(character)) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return true;
    default:
      return false;
  }
}

bool is_punctuation_or_ascii_symbol(char32_t character) {
  if (is_between(character, '!', '/') || is_between(character, ':', '@') || is_between(character, '[', '`') ||
      is_between(character, '{', '~'))
    return true;
  return is_punctuation(character);
}

bool is_mark(char32_t character) {
  const utf8proc_category_t found = category(character);
  return found == UTF8PROC_CATEGORY_MN || found == UTF8PROC_CATEGORY_MC || found == UTF8PROC_CATEGORY_ME;
}

bool is_nonspacing_mark(char32_t character) {
  return category(character) == UTF8PROC_CATEGORY_MN;
}

bool is_control_or_format(char32_t character) {
  const utf8proc_category_t found = category(character);
  return found == UTF8PROC_CATEGORY_CC || found == UTF8PROC_CATEGORY_CF || found == UTF8PROC_CATEGORY_CO;
}

std::string normal_form(std::string_view text, NormalForm form) {
  int options = UTF8PROC_STABLE;
  options |= form == NormalForm::C || form == NormalForm::KC ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  if (form == NormalForm::KC || form == NormalForm::KD) options |= UTF8PROC_COMPAT;
  utf8proc_uint8_t* found = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &found, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(found, &std::free);
  // The text is UTF-8, so that only memory can be missing.
  if (length < 0) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(found), static_cast<std::size_t>(length)};
}

std::string lowercase(std::string_view text) {
  constexpr char32_t dotted_i = 0x130;  // the only one whose lowercase is two characters
  constexpr char32_t dot_above = 0x307;
  std::string lower;
  lower.reserve(text.size());
  for (const char32_t character : code_points(text)) {
    append_utf8(lower, static_cast<char32_t>(
                           utf8proc_tolower(static_cast<utf8proc_int32_t>(character == dotted_i ? U'I' : character))));
    if (character == dotted_i) append_utf8(lower, dot_above);
  }
  return lower;
}

std::vector<std::string_view> graphemes(std::string_view text) {
  std::vector<std::string_view> found;
  utf8proc_int32_t state = 0;
  char32_t before = 0;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_step(text, at);
    if (at > 0 && utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before),
                                                   static_cast<utf8proc_int32_t>(step.code_point), &state)) {
      found.push_back(text.substr(start, at - start));
      start = at;
    }
    before = step.code_point;
    at += step.length;
  }
  if (start < text.size()) found.push_back(text.substr(start));
  return found;
}

}  // namespace upmem_des
