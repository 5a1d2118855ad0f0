#include "token_pipeline/model.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

/// Words with an unknown one among them.
class WordLevelModel : public TokenModel {
 public:
  explicit WordLevelModel(const JsonNode& component)
      : TokenModel(TokenTable(component.at("vocab"))), unknown_(component.text("unk_token", "[UNK]")) {}

  void add_tokens(const std::string& piece, TokenIds& ids) const override {
    const std::int64_t id = table_.id(piece);
    ids.push_back(id >= 0 ? id : unknown());
  }

 protected:
  std::int64_t unknown() const {
    const std::int64_t id = table_.id(unknown_);
    if (id < 0) throw ModelError("its unk_token '" + unknown_ + "' is not in the vocabulary");
    return id;
  }

 private:
  std::string unknown_;
};

/// BERT's: the longest beginnings of what is left of a word, one after the other.
class WordPieceModel : public WordLevelModel {
 public:
  explicit WordPieceModel(const JsonNode& component)
      : WordLevelModel(component), prefix_(component.text("continuing_subword_prefix", "##")) {
    if (const auto most = component.find("max_input_chars_per_word"))
      most_ = static_cast<std::size_t>(most->count(0, max_token_id));
  }

  void add_tokens(const std::string& piece, TokenIds& ids) const override {
    const std::size_t before = ids.size();
    if (code_points(piece).size() > most_ || !add_pieces(piece, ids)) {
      ids.resize(before);
      ids.push_back(unknown());
    }
  }

 private:
  bool add_pieces(const std::string& word, TokenIds& ids) const {
    for (std::size_t start = 0; start < word.size();) {
      std::size_t end = word.size();
      std::int64_t id = -1;
      while (end > start) {
        id = table_.id((start > 0 ? prefix_ : "") + word.substr(start, end - start));
        if (id >= 0) break;
        do --end;
        while (end > start && (static_cast<unsigned char>(word[end]) & 0xc0U) == 0x80);
      }
      if (id < 0) return false;
      ids.push_back(id);
      start = end;
    }
    return true;
  }

  std::string prefix_;
  std::size_t most_ = 100;
};

}  // namespace

std::unique_ptr<const TokenModel> make_word_level_model(const JsonNode& component) {
  return std::make_unique<WordLevelModel>(component);
}

std::unique_ptr<const TokenModel> make_word_piece_model(const JsonNode& component) {
  return std::make_unique<WordPieceModel>(component);
}

}  // namespace upmem_des
