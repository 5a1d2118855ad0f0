#include "token_pipeline/decoder.hpp"

#include <array>
#include <map>
#include <utility>

#include "token_pipeline/byte_letters.hpp"
#include "token_pipeline/pre_tokenizer.hpp"
#include "token_pipeline/text_pattern.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

using Tokens = std::vector<std::string>;
using Maker = TokenDecoder (*)(const JsonNode&);

Tokens joined(const Tokens& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token;
  return {text};
}

void replace_text(std::string& text, const std::string& old, const std::string& content) {
  if (old.empty()) return;
  std::size_t at = 0;
  while ((at = text.find(old, at)) != std::string::npos) {
    text.replace(at, old.size(), content);
    at += content.size();
  }
}

/// One that treats each token by itself, given its place.
template <typename Change>
TokenDecoder each(Change change) {
  return [change = std::move(change)](Tokens tokens) {
    for (std::size_t at = 0; at < tokens.size(); ++at) change(tokens[at], at, tokens.size());
    return tokens;
  };
}

TokenDecoder make_byte_level(const JsonNode& /*component*/) {
  return [](const Tokens& tokens) {
    std::string bytes;
    for (const std::string& token : tokens) bytes += bytes_of_letters(token);
    return Tokens{lossy_utf8(bytes)};
  };
}

/// The byte of <0xNN>, −1 of other tokens.
int byte_of(const std::string& token) {
  if (token.size() != 6 || token.compare(0, 3, "<0x") != 0 || token.back() != '>') return -1;
  int byte = 0;
  for (const char digit : {token[3], token[4]}) {
    const std::size_t value = std::string("0123456789abcdefABCDEF").find(digit);
    if (value == std::string::npos) return -1;
    byte = byte * 16 + static_cast<int>(value < 16 ? value : value - 6);
  }
  return byte;
}

TokenDecoder make_byte_fallback(const JsonNode& /*component*/) {
  return [](const Tokens& tokens) {
    Tokens texts;
    std::string bytes;
    const auto flush = [&] {
      if (bytes.empty()) return;
      if (is_utf8(bytes))
        texts.push_back(bytes);
      else
        texts.insert(texts.end(), bytes.size(), utf8_text(0xfffd));
      bytes.clear();
    };
    for (const std::string& token : tokens) {
      if (const int byte = byte_of(token); byte >= 0) {
        bytes += static_cast<char>(byte);
        continue;
      }
      flush();
      texts.push_back(token);
    }
    flush();
    return texts;
  };
}

TokenDecoder make_fuse(const JsonNode& /*component*/) {
  return [](const Tokens& tokens) { return joined(tokens); };
}

TokenDecoder make_replace(const JsonNode& component) {
  return each([pattern = text_pattern(component), content = component.at("content").text()](
                  std::string& token, std::size_t, std::size_t) { token = replace_all(pattern, token, content); });
}

TokenDecoder make_strip(const JsonNode& component) {
  return each([content = utf8_text(character_of(component, "content")),
               left = component.at("start").count(0, max_token_id),
               right = component.at("stop").count(0, max_token_id)](std::string& token, std::size_t, std::size_t) {
    std::size_t begin = 0;
    for (std::int64_t cut = 0; cut < left && token.compare(begin, content.size(), content) == 0; ++cut)
      begin += content.size();
    std::size_t end = token.size();
    for (std::int64_t cut = 0; cut < right && end >= begin + content.size() &&
                               token.compare(end - content.size(), content.size(), content) == 0;
         ++cut)
      end -= content.size();
    token = token.substr(begin, end - begin);
  });
}

TokenDecoder make_metaspace(const JsonNode& component) {
  return each([mark = utf8_text(character_of(component, "replacement")),
               prepends = prepend_scheme(component) != "never"](std::string& token, std::size_t at, std::size_t) {
    replace_text(token, mark, at == 0 && prepends ? "" : " ");
  });
}

/// What English looks like before it was cut.
void clean_up(std::string& text) {
  static const std::array<std::pair<const char*, const char*>, 11> changes{{{" .", "."},
                                                                            {" ?", "?"},
                                                                            {" !", "!"},
                                                                            {" ,", ","},
                                                                            {" ' ", "'"},
                                                                            {" n't", "n't"},
                                                                            {" 'm", "'m"},
                                                                            {" do not", " don't"},
                                                                            {" 's", "'s"},
                                                                            {" 've", "'ve"},
                                                                            {" 're", "'re"}}};
  for (const auto& [old, content] : changes) replace_text(text, old, content);
}

TokenDecoder make_word_piece(const JsonNode& component) {
  return each([prefix = component.text("prefix", "##"), cleans = component.truth("cleanup", true)](
                  std::string& token, std::size_t at, std::size_t) {
    if (at > 0) token = token.compare(0, prefix.size(), prefix) == 0 ? token.substr(prefix.size()) : " " + token;
    if (cleans) clean_up(token);
  });
}

TokenDecoder make_bpe(const JsonNode& component) {
  return each([suffix = component.text("suffix", "</w>")](std::string& token, std::size_t at, std::size_t count) {
    replace_text(token, suffix, at + 1 == count ? "" : " ");
  });
}

TokenDecoder make_sequence(const JsonNode& component) {
  std::vector<TokenDecoder> parts;
  for (const JsonNode& part : component.at("decoders").items()) parts.push_back(make_decoder(part));
  return [parts](Tokens tokens) {
    for (const TokenDecoder& part : parts) tokens = part(std::move(tokens));
    return tokens;
  };
}

}  // namespace

TokenDecoder make_decoder(const JsonNode& component) {
  static const std::map<std::string, Maker> makers{
      {"BPEDecoder", &make_bpe},       {"ByteFallback", &make_byte_fallback},
      {"ByteLevel", &make_byte_level}, {"Fuse", &make_fuse},
      {"Metaspace", &make_metaspace},  {"Replace", &make_replace},
      {"Sequence", &make_sequence},    {"Strip", &make_strip},
      {"WordPiece", &make_word_piece}};
  return made_by_type(makers, component);
}

}  // namespace upmem_des
