#include "token_pipeline/model.hpp"

#include <array>
#include <map>

namespace upmem_des {

namespace {

/// Old files leave it out: Hugging Face then tells them by what they have.
std::string type_of(const JsonNode& component) {
  if (const auto type = component.find("type")) return type->text();
  if (component.find("merges")) return "BPE";
  if (const auto vocabulary = component.find("vocab"); vocabulary && vocabulary->is_list()) return "Unigram";
  if (component.find("max_input_chars_per_word")) return "WordPiece";
  component.fail("type", "missing; expected BPE, Unigram, WordLevel or WordPiece");
}

std::string byte_token(unsigned char byte) {
  static const char* digits = "0123456789ABCDEF";
  return std::string("<0x") + digits[byte >> 4U] + digits[byte & 0xfU] + ">";
}

}  // namespace

TokenTable::TokenTable(const JsonNode& vocabulary) {
  const JsonItems members = vocabulary.members();
  ids_.reserve(members.size());
  tokens_.reserve(members.size());
  for (const JsonNode& id : members) add(id.key(), id.count(0, max_token_id));
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

std::unique_ptr<const TokenModel> make_model(const JsonNode& component) {
  using Maker = std::unique_ptr<const TokenModel> (*)(const JsonNode&);
  static const std::map<std::string, Maker> makers{{"BPE", &make_bpe_model},
                                                   {"Unigram", &make_unigram_model},
                                                   {"WordLevel", &make_word_level_model},
                                                   {"WordPiece", &make_word_piece_model}};
  return made_by_type(makers, component, type_of(component));
}

}  // namespace upmem_des
