#include <algorithm>
#include <limits>

#include "token_pipeline/model.hpp"
#include "token_pipeline/trie.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

/// How much less likely than the least likely token an unknown character is, as a logarithm.
constexpr double unknown_penalty = 10;
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// The best way to a place in the piece: its last token, where that begins, and the sum of logarithms.
struct Way {
  std::int32_t id = -1;
  std::size_t from = nowhere;
  double score = 0;

  void improve(std::int32_t new_id, std::size_t new_from, double new_score) {
    if (from != nowhere && new_score <= score) return;
    *this = {new_id, new_from, new_score};
  }
};

/// The most likely tokens of a piece, each with a probability of its own (SentencePiece's unigram model).
class UnigramModel : public TokenModel {
 public:
  explicit UnigramModel(const JsonNode& component)
      : TokenModel(TokenTable()), falls_back_(component.truth("byte_fallback", false)) {
    const JsonNode vocabulary = component.at("vocab");
    const JsonItems tokens = vocabulary.items();
    if (tokens.empty())
      vocabulary.fail("no tokens; expected a list of tokens with the logarithm of how likely they are");
    double least = std::numeric_limits<double>::infinity();
    for (const JsonNode& entry : tokens) {
      const auto id = static_cast<std::int32_t>(scores_.size());
      const JsonItems pair = entry.items();
      if (pair.size() != 2) entry.fail("no token; expected a list of a text and a number");
      const std::string token = pair[0].text();
      table_.add(token, id);
      words_.add(token, id);
      scores_.push_back(pair[1].any_number());
      least = std::min(least, scores_.back());
    }
    unknown_score_ = least - unknown_penalty;
    if (const auto unknown = component.find("unk_id")) {
      unknown_ = static_cast<std::int32_t>(unknown->count(0, max_token_id));
      if (unknown_ >= table_size())
        unknown->fail(std::to_string(unknown_) + "; expected one of the " + std::to_string(table_size()) + " tokens");
    }
  }

  void add_tokens(const std::string& piece, TokenIds& ids) const override {
    std::vector<std::string> tokens;
    const std::vector<Way> ways = ways_through(piece);
    bool is_unknown = false;  // the last of `tokens`, which unknown characters before it are put into
    for (std::size_t end = piece.size(); end > 0; end = ways[end].from) {
      const std::string token = piece.substr(ways[end].from, end - ways[end].from);
      const bool joins = is_unknown && ways[end].id == unknown_;
      if (joins)
        tokens.back().insert(0, token);
      else
        tokens.push_back(token);
      is_unknown = unknown_ >= 0 && ways[end].id == unknown_;
    }
    std::reverse(tokens.begin(), tokens.end());
    for (const std::string& token : tokens) add_token(token, ids);
  }

 private:
  std::int32_t table_size() const { return static_cast<std::int32_t>(scores_.size()); }

  std::vector<Way> ways_through(const std::string& piece) const {
    std::vector<Way> ways(piece.size() + 1);
    for (std::size_t at = 0; at < piece.size();) {
      const double score = ways[at].score;
      const std::size_t length = utf8_step(piece, at).length;
      bool has_character = false;
      words_.each_at(piece, at, [&](std::size_t token_length, std::int32_t id) {
        ways[at + token_length].improve(id, at, scores_[static_cast<std::size_t>(id)] + score);
        has_character |= token_length == length;
      });
      if (!has_character) {
        if (unknown_ < 0) throw_unknown(piece.substr(at, length));
        ways[at + length].improve(unknown_, at, unknown_score_ + score);
      }
      at += length;
    }
    return ways;
  }

  void add_token(const std::string& token, TokenIds& ids) const {
    if (const std::int64_t id = table_.id(token); id >= 0) {
      ids.push_back(id);
      return;
    }
    if (falls_back_)
      if (const std::optional<TokenIds> bytes = table_.bytes_of(token)) {
        ids.insert(ids.end(), bytes->begin(), bytes->end());
        return;
      }
    if (unknown_ < 0) throw_unknown(token);
    ids.push_back(unknown_);
  }

  [[noreturn]] static void throw_unknown(const std::string& text) {
    throw ModelError("the vocabulary has neither '" + text + "' nor an unk_id");
  }

  bool falls_back_;
  Trie words_;
  std::vector<double> scores_;
  double unknown_score_ = 0;
  std::int32_t unknown_ = -1;
};

}  // namespace

std::unique_ptr<const TokenModel> make_unigram_model(const JsonNode& component) {
  return std::make_unique<UnigramModel>(component);
}

}  // namespace upmem_des
