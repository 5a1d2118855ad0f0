#include "token_pipeline/normalizer.hpp"

#include <map>
#include <memory>

#include "token_pipeline/byte_letters.hpp"
#include "token_pipeline/charsmap.hpp"
#include "token_pipeline/text_pattern.hpp"
#include "unicode/characters.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

using Maker = Normalizer (*)(const JsonNode&);

Normalizer form(NormalForm chosen) {
  return [chosen](const std::string& text) { return normal_form(text, chosen); };
}

template <NormalForm chosen>
Normalizer make_form(const JsonNode& /*component*/) {
  return form(chosen);
}

Normalizer make_lowercase(const JsonNode& /*component*/) {
  return [](const std::string& text) { return lowercase(text); };
}

Normalizer make_strip_accents(const JsonNode& /*component*/) {
  return [](const std::string& text) {
    std::string kept;
    for (const char32_t character : code_points(text))
      if (!is_mark(character)) append_utf8(kept, character);
    return kept;
  };
}

Normalizer make_replace(const JsonNode& component) {
  return [pattern = text_pattern(component), content = component.at("content").text()](const std::string& text) {
    return replace_all(pattern, text, content);
  };
}

Normalizer make_prepend(const JsonNode& component) {
  return [prefix = component.at("prepend").text()](const std::string& text) {
    return text.empty() ? text : prefix + text;
  };
}

Normalizer make_strip(const JsonNode& component) {
  return [left = component.truth("strip_left", true),
          right = component.truth("strip_right", true)](const std::string& text) {
    const std::u32string characters = code_points(text);
    std::size_t begin = 0;
    std::size_t end = characters.size();
    while (left && begin < end && is_white_space(characters[begin])) ++begin;
    while (right && end > begin && is_white_space(characters[end - 1])) --end;
    std::string kept;
    for (std::size_t at = begin; at < end; ++at) append_utf8(kept, characters[at]);
    return kept;
  };
}

/// What SentencePiece's nmt_nfkc does about control characters and spaces.
Normalizer make_nmt(const JsonNode& /*component*/) {
  const auto is_left_out = [](char32_t at) {
    return (at >= 0x01 && at <= 0x08) || at == 0x0b || (at >= 0x0e && at <= 0x1f) || at == 0x7f || at == 0x8f ||
           at == 0x9f;
  };
  const auto is_space = [](char32_t at) {
    return at == 0x09 || at == 0x0a || at == 0x0c || at == 0x0d || at == 0x1680 || (at >= 0x200b && at <= 0x200f) ||
           at == 0x2028 || at == 0x2029 || at == 0x2581 || at == 0xfeff || at == 0xfffd;
  };
  return [is_left_out, is_space](const std::string& text) {
    std::string kept;
    for (const char32_t character : code_points(text))
      if (!is_left_out(character)) append_utf8(kept, is_space(character) ? U' ' : character);
    return kept;
  };
}

Normalizer make_precompiled(const JsonNode& component) {
  return [map = std::make_shared<const Charsmap>(component.at("precompiled_charsmap"))](const std::string& text) {
    return map->normalized(text);
  };
}

Normalizer make_byte_level(const JsonNode& /*component*/) {
  return [](const std::string& text) { return byte_letters(text); };
}

Normalizer make_sequence(const JsonNode& component) {
  std::vector<Normalizer> parts;
  for (const JsonNode& part : component.at("normalizers").items()) parts.push_back(make_normalizer(part));
  return [parts](const std::string& text) {
    std::string normalized = text;
    for (const Normalizer& part : parts) normalized = part(normalized);
    return normalized;
  };
}

}  // namespace

Normalizer make_normalizer(const JsonNode& component) {
  static const std::map<std::string, Maker> makers{{"BertNormalizer", &make_bert_normalizer},
                                                   {"ByteLevel", &make_byte_level},
                                                   {"Lowercase", &make_lowercase},
                                                   {"NFC", &make_form<NormalForm::C>},
                                                   {"NFD", &make_form<NormalForm::D>},
                                                   {"NFKC", &make_form<NormalForm::KC>},
                                                   {"NFKD", &make_form<NormalForm::KD>},
                                                   {"Nmt", &make_nmt},
                                                   {"Precompiled", &make_precompiled},
                                                   {"Prepend", &make_prepend},
                                                   {"Replace", &make_replace},
                                                   {"Sequence", &make_sequence},
                                                   {"Strip", &make_strip},
                                                   {"StripAccents", &make_strip_accents}};
  return made_by_type(makers, component);
}

}  // namespace upmem_des
