/// Properties and normal forms of characters, of utf8proc's version of Unicode.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// Has the property White_Space.
bool is_white_space(char32_t character);
/// Of a category Nd, Nl or No.
bool is_numeric(char32_t character);
/// Of a category P….
bool is_punctuation(char32_t character);
/// ASCII's marks that are symbols to Unicode, as `$` and `+`, count, too.
bool is_punctuation_or_ascii_symbol(char32_t character);
/// Of a category M….
bool is_mark(char32_t character);
/// Of category Mn.
bool is_nonspacing_mark(char32_t character);
/// Of a category C… that is assigned, or private.
bool is_control_or_format(char32_t character);

/// Unicode's normal forms.
enum class NormalForm { C, D, KC, KD };

/// Of text that is UTF-8.
std::string normal_form(std::string_view text, NormalForm form);

/// Each character's lowercase, without regard to those around it.
std::string lowercase(std::string_view text);

/// Extended grapheme clusters: what a reader takes for a character.
std::vector<std::string_view> graphemes(std::string_view text);

}  // namespace upmem_des
