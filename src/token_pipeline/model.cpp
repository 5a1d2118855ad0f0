#include "token_pipeline/model.hpp"

#include <array>
#include <limits>
#include <map>

#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_shown = 60;

/// Old files leave it out: Hugging Face then tells them by what they have.
std::string type_of(const Component& component) {
  if (component.find("type")) return component.type();
  if (component.find("merges")) return "BPE";
  if (component.find("vocab") && component.at("vocab").json().is_array()) return "Unigram";
  if (component.find("max_input_chars_per_word")) return "WordPiece";
  component.fail("type", "missing; expected BPE, Unigram, WordLevel or WordPiece");
}

std::string byte_token(unsigned char byte) {
  static const char* digits = "0123456789ABCDEF";
  return std::string("<0x") + digits[byte >> 4U] + digits[byte & 0xfU] + ">";
}

}  // namespace

TokenTable::TokenTable(const Component& vocabulary) {
  if (!vocabulary.json().is_object())
    vocabulary.fail(std::string(vocabulary.json().type_name()) + "; expected an object");
  ids_.reserve(vocabulary.json().size());
  tokens_.reserve(vocabulary.json().size());
  for (const auto& [token, id] : vocabulary.json().items()) {
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() > std::numeric_limits<std::int32_t>::max())
      vocabulary.fail("the token '" + lossy_utf8(token.substr(0, max_shown)) +
                      "' has an id that is none; expected a whole number from 0 to " +
                      std::to_string(std::numeric_limits<std::int32_t>::max()));
    add(token, id.get<std::int64_t>());
  }
}

void TokenTable::add(const std::string& token, std::int64_t id) {
  ids_[token] = id;
  tokens_[id] = token;
}

std::optional<TokenIds> TokenTable::bytes_of(const std::string& text) const {
  TokenIds found;
  for (const char byte : text) {
    found.push_back(id(byte_token(static_cast<unsigned char>(byte))));
    if (found.back() < 0) return std::nullopt;
  }
  return found;
}

std::unique_ptr<const TokenModel> make_model(const Component& component) {
  using Maker = std::unique_ptr<const TokenModel> (*)(const Component&);
  static const std::map<std::string, Maker> makers{{"BPE", &make_bpe_model},
                                                   {"Unigram", &make_unigram_model},
                                                   {"WordLevel", &make_word_level_model},
                                                   {"WordPiece", &make_word_piece_model}};
  return made_by_type(makers, component, type_of(component));
}

}  // namespace upmem_des
