#include <functional>
#include <queue>

#include "token_pipeline/model.hpp"
#include "unicode/utf8.hpp"
#include "util/shortened.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_shown = 60;
constexpr std::size_t none = static_cast<std::size_t>(-1);

/// What two tokens side by side become, and how early they do.
struct Merge {
  std::int64_t rank = 0;
  std::int64_t id = 0;
};

/// A token of the piece while it is put together, with its neighbours.
struct Symbol {
  std::int64_t id = 0;
  std::size_t before = none;
  std::size_t after = none;
  bool is_gone = false;
};

/// A merge that is possible, or was: the earliest in the file is next, of the same the leftmost.
struct Candidate {
  std::int64_t rank = 0;
  std::size_t at = 0;
  std::int64_t id = 0;

  bool operator>(const Candidate& other) const { return rank != other.rank ? rank > other.rank : at > other.at; }
};

/// Byte-pair encoding, with Hugging Face's extensions for bytes and unknown characters.
class BpeModel : public TokenModel {
 public:
  explicit BpeModel(const JsonNode& component)
      : TokenModel(TokenTable(component.at("vocab"))),
        prefix_(component.text("continuing_subword_prefix", "")),
        suffix_(component.text("end_of_word_suffix", "")),
        fuses_unknown_(component.truth("fuse_unk", false)),
        falls_back_(component.truth("byte_fallback", false)),
        ignores_merges_(component.truth("ignore_merges", false)) {
    if (const auto dropout = component.find("dropout"); dropout && dropout->any_number() != 0)
      dropout->fail("merges left out by chance are not supported; expected null");
    if (const auto unknown = component.find("unk_token")) {
      unknown_ = table_.id(unknown->text());
      has_unknown_ = true;
    }
    read_merges(component.at("merges"));
  }

  void add_tokens(const std::string& piece, TokenIds& ids) const override {
    if (ignores_merges_)
      if (const std::int64_t id = table_.id(piece); id >= 0) {
        ids.push_back(id);
        return;
      }
    std::vector<Symbol> symbols = symbols_of(piece);
    merge(symbols);
    for (const Symbol& symbol : symbols)
      if (!symbol.is_gone) ids.push_back(symbol.id);
  }

 private:
  static std::uint64_t pair_of(std::int64_t left, std::int64_t right) {
    return static_cast<std::uint64_t>(left) << 32U | static_cast<std::uint64_t>(right);
  }

  void read_merges(const JsonNode& merges) {
    const JsonItems all = merges.items();
    merges_.reserve(all.size());
    std::int64_t rank = 0;
    for (const JsonNode& merge : all) {
      std::string left;
      std::string right;
      if (merge.is_text()) {
        const std::string_view text = merge.text_view();
        if (text.compare(0, 8, "#version") == 0) continue;
        const std::size_t blank = text.find(' ');
        if (blank == std::string_view::npos || blank != text.rfind(' '))
          merge.fail(merge.shown() + "; expected two tokens with a blank between them");
        left = text.substr(0, blank);
        right = text.substr(blank + 1);
      } else {
        if (!merge.is_list() || merge.items().size() != 2) merge.fail("no merge; expected a text or a list of two");
        left = merge.items()[0].text();
        right = merge.items()[1].text();
      }
      const std::int64_t left_id = known(left, merge);
      const std::int64_t right_id = known(right, merge);
      if (right.size() < prefix_.size() || !is_utf8(std::string_view(right).substr(prefix_.size())))
        merge.fail("'" + shortened(right, max_shown) + "' is shorter than continuing_subword_prefix");
      merges_[pair_of(left_id, right_id)] = {rank++, known(left + right.substr(prefix_.size()), merge)};
    }
  }

  std::int64_t known(const std::string& token, const JsonNode& merge) const {
    const std::int64_t id = table_.id(token);
    if (id < 0) merge.fail("'" + shortened(token, max_shown) + "' is not in the vocabulary");
    return id;
  }

  std::vector<Symbol> symbols_of(const std::string& piece) const {
    std::vector<Symbol> symbols;
    symbols.reserve(piece.size());
    const auto add = [&symbols](std::int64_t id) {
      symbols.push_back({id, symbols.empty() ? none : symbols.size() - 1, none, false});
      if (symbols.size() > 1) symbols[symbols.size() - 2].after = symbols.size() - 1;
    };
    bool has_pending = false;  // an unknown token that further characters may be put into
    std::string token;
    for (std::size_t at = 0; at < piece.size();) {
      const std::size_t length = utf8_step(piece, at).length;
      token.clear();
      if (at > 0) token = prefix_;
      token.append(piece, at, length);
      at += length;
      if (at == piece.size()) token += suffix_;
      if (const std::int64_t id = table_.id(token); id >= 0) {
        if (has_pending) add(unknown_);
        has_pending = false;
        add(id);
        continue;
      }
      if (falls_back_)
        if (const std::optional<TokenIds> bytes = table_.bytes_of(token)) {
          for (const std::int64_t id : *bytes) add(id);
          continue;
        }
      // Without an unknown token the character is left out.
      if (!has_unknown_) continue;
      if (unknown_ < 0) throw ModelError("its unk_token is not in the vocabulary");
      if (has_pending && !fuses_unknown_) add(unknown_);
      has_pending = true;
    }
    if (has_pending) add(unknown_);
    return symbols;
  }

  void merge(std::vector<Symbol>& symbols) const {
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> waiting;
    const auto consider = [&](std::size_t left) {
      if (left == none || symbols[left].after == none) return;
      const auto found = merges_.find(pair_of(symbols[left].id, symbols[symbols[left].after].id));
      if (found != merges_.end()) waiting.push({found->second.rank, left, found->second.id});
    };
    for (std::size_t at = 0; at < symbols.size(); ++at) consider(at);
    while (!waiting.empty()) {
      const Candidate next = waiting.top();
      waiting.pop();
      Symbol& left = symbols[next.at];
      if (left.is_gone || left.after == none) continue;
      Symbol& right = symbols[left.after];
      // What stands there now may be something else.
      const auto found = merges_.find(pair_of(left.id, right.id));
      if (found == merges_.end() || found->second.id != next.id) continue;
      left.id = next.id;
      left.after = right.after;
      right.is_gone = true;
      if (left.after != none) symbols[left.after].before = next.at;
      consider(left.before);
      consider(next.at);
    }
  }

  std::string prefix_;
  std::string suffix_;
  bool fuses_unknown_;
  bool falls_back_;
  bool ignores_merges_;
  std::int64_t unknown_ = -1;
  bool has_unknown_ = false;
  std::unordered_map<std::uint64_t, Merge> merges_;
};

}  // namespace

std::unique_ptr<const TokenModel> make_bpe_model(const JsonNode& component) {
  return std::make_unique<BpeModel>(component);
}

}  // namespace upmem_des
