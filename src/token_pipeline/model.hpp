/// What makes tokens of a piece of text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "token_pipeline/json_parts.hpp"

namespace upmem_des {

using TokenIds = std::vector<std::int64_t>;

/// Tokens and their ids, both ways.
class TokenTable {
 public:
  TokenTable() = default;
  /// Of an object of ids by token. Throws InputError on ids that are none, naming the token.
  explicit TokenTable(const JsonNode& vocabulary);

  /// The later of two with the same token or id counts.
  void add(const std::string& token, std::int64_t id);
  /// −1 where there is none.
  std::int64_t id(const std::string& token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? -1 : found->second;
  }
  /// nullptr where there is none.
  const std::string* token(std::int64_t id) const {
    const auto found = tokens_.find(id);
    return found == tokens_.end() ? nullptr : &found->second;
  }
  std::int64_t size() const { return static_cast<std::int64_t>(ids_.size()); }
  /// The ids of <0xNN> for each byte; nothing where one is missing.
  std::optional<TokenIds> bytes_of(const std::string& text) const;

 private:
  std::unordered_map<std::string, std::int64_t> ids_;
  std::unordered_map<std::int64_t, std::string> tokens_;
};

/// A kind of vocabulary with its rule.
class TokenModel {
 public:
  TokenModel() = default;
  TokenModel(const TokenModel&) = delete;
  TokenModel& operator=(const TokenModel&) = delete;
  virtual ~TokenModel() = default;

  /// Appends a piece's tokens. Throws ModelError where the vocabulary has nothing for it.
  virtual void add_tokens(const std::string& piece, TokenIds& ids) const = 0;

  const TokenTable& table() const { return table_; }

 protected:
  explicit TokenModel(TokenTable table) : table_(std::move(table)) {}

  TokenTable table_;
};

/// A text that a vocabulary has no tokens for. what() is part of a line.
class ModelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Of the file's "model": BPE, Unigram, WordPiece or WordLevel. Throws InputError on what is not supported.
std::unique_ptr<const TokenModel> make_model(const JsonNode& component);

std::unique_ptr<const TokenModel> make_bpe_model(const JsonNode& component);
std::unique_ptr<const TokenModel> make_unigram_model(const JsonNode& component);
std::unique_ptr<const TokenModel> make_word_piece_model(const JsonNode& component);
std::unique_ptr<const TokenModel> make_word_level_model(const JsonNode& component);

}  // namespace upmem_des
