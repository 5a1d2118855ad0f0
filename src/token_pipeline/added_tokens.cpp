#include "token_pipeline/added_tokens.hpp"

#include <algorithm>

#include "unicode/characters.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

/// Where the last character of text before `end` begins.
std::size_t last_character(const std::string& text, std::size_t end) {
  do --end;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80);
  return end;
}

}  // namespace

AddedTokens::AddedTokens(const std::optional<JsonNode>& tokens, const TokenTable& table, const Normalizer& normalizer)
    : word_(R"([\w\u200c\u200d])") {
  if (tokens)
    for (const JsonNode& token : tokens->items()) add(token, table);
  // Of two that are written alike, a special one is found.
  std::vector<std::size_t> order;
  for (const bool special : {false, true})
    for (std::size_t at = tokens_.size(); at-- > 0;)
      if (tokens_[at].is_special == special) order.push_back(at);
  for (const std::size_t at : order) {
    const Token& token = tokens_[at];
    Trie& trie = token.is_normalized ? normalized_ : plain_;
    trie.add(token.is_normalized && normalizer ? normalizer(token.content) : token.content,
             static_cast<std::int32_t>(at));
  }
}

void AddedTokens::add(const JsonNode& component, const TokenTable& table) {
  Token token;
  token.content = component.at("content").text();
  token.is_special = component.truth("special", false);
  token.is_single_word = component.truth("single_word", false);
  token.strips_left = component.truth("lstrip", false);
  token.strips_right = component.truth("rstrip", false);
  token.is_normalized = component.truth("normalized", !token.is_special);
  component.at("id").count(0, max_token_id);
  if (token.content.empty() || contents_.count(token.content) > 0) return;
  token.id = table.id(token.content);
  if (token.id < 0) token.id = std::max(highest_ + 1, table.size());
  highest_ = std::max(highest_, token.id);
  by_id_[token.id] = token.content;
  contents_.insert(token.content);
  if (token.is_special) special_.insert(token.content);
  tokens_.push_back(std::move(token));
}

std::vector<AddedPart> AddedTokens::parts_of(const std::string& text, const Normalizer& normalizer) const {
  std::vector<AddedPart> parts;
  find({text, -1, true}, plain_, parts);
  if (!normalizer && normalized_.empty()) return parts;
  std::vector<AddedPart> all;
  for (AddedPart& part : parts) {
    if (part.id >= 0) {
      all.push_back(std::move(part));
      continue;
    }
    if (normalizer) part.text = normalizer(part.text);
    find(part, normalized_, all);
  }
  return all;
}

void AddedTokens::find(const AddedPart& part, const Trie& trie, std::vector<AddedPart>& parts) const {
  const std::string& text = part.text;
  std::size_t begin = 0;  // of what is no token
  const auto add_rest = [&](std::size_t end) {
    if (begin < end) parts.push_back({text.substr(begin, end - begin), -1, part.is_first && begin == 0});
  };
  for (std::size_t at = 0; !trie.empty() && at < text.size();) {
    std::size_t length = 0;
    std::size_t place = 0;
    trie.each_at(text, at, [&](std::size_t found, std::int32_t number) {
      length = found;
      place = static_cast<std::size_t>(number);
    });
    if (length == 0) {
      ++at;
      continue;
    }
    const Token& token = tokens_[place];
    std::size_t start = at;
    std::size_t stop = at + length;
    at = stop;
    if (token.is_single_word && is_within_word(text, start, stop)) continue;
    if (token.strips_left) {
      while (start > begin) {
        const std::size_t last = last_character(text, start);
        if (!is_white_space(utf8_step(text, last).code_point)) break;
        start = last;
      }
      start = std::max(start, begin);
    }
    while (token.strips_right && stop < text.size()) {
      const Utf8Step step = utf8_step(text, stop);
      if (!is_white_space(step.code_point)) break;
      stop += step.length;
    }
    add_rest(start);
    parts.push_back({token.content, token.id, false});
    begin = stop;
  }
  add_rest(text.size());
}

bool AddedTokens::is_within_word(const std::string& text, std::size_t begin, std::size_t end) const {
  const auto is_letter = [&](std::size_t at) {
    return !word_.find_all(std::string_view(text).substr(at, utf8_step(text, at).length)).empty();
  };
  return (begin > 0 && is_letter(last_character(text, begin))) || (end < text.size() && is_letter(end));
}

const std::string* AddedTokens::token(std::int64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

}  // namespace upmem_des
