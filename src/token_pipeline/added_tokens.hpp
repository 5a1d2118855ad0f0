/// Tokens beside the model's, found before a text is cut.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "token_pipeline/json_parts.hpp"
#include "token_pipeline/model.hpp"
#include "token_pipeline/normalizer.hpp"
#include "token_pipeline/trie.hpp"
#include "unicode/regex.hpp"

namespace upmem_des {

/// A part of a text: a token, or what is between tokens.
struct AddedPart {
  std::string text;
  std::int64_t id = -1;   ///< of a token
  bool is_first = false;  ///< the whole text begins with it
};

/// The file's "added_tokens". At each place of a text the longest of them is taken, first among those that are looked
/// for in the text as it is, then in what the normalizer makes of the rest. Ids are the model's where it has the token,
/// and the next free ones else, whatever the file says: so does Hugging Face.
class AddedTokens {
 public:
  AddedTokens(const std::optional<JsonNode>& tokens, const TokenTable& table, const Normalizer& normalizer);

  /// The text in parts, those that are no tokens normalized.
  std::vector<AddedPart> parts_of(const std::string& text, const Normalizer& normalizer) const;

  /// Nothing where it is not among them.
  const std::string* token(std::int64_t id) const;
  bool is_special(const std::string& token) const { return special_.count(token) > 0; }

 private:
  struct Token {
    std::string content;
    std::int64_t id = 0;
    bool is_special = false;
    bool is_single_word = false;
    bool strips_left = false;
    bool strips_right = false;
    bool is_normalized = false;
  };

  void add(const JsonNode& component, const TokenTable& table);
  void find(const AddedPart& part, const Trie& trie, std::vector<AddedPart>& parts) const;
  bool is_within_word(const std::string& text, std::size_t begin, std::size_t end) const;

  std::vector<Token> tokens_;
  std::unordered_map<std::int64_t, std::string> by_id_;
  std::unordered_set<std::string> contents_;
  std::unordered_set<std::string> special_;
  std::int64_t highest_ = -1;
  Trie plain_;       ///< of tokens_'s places
  Trie normalized_;  ///< the same, as the normalizer writes them
  Regex word_;
};

}  // namespace upmem_des
