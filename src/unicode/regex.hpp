/// Regular expressions over UTF-8 text.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// A pattern that cannot be used, or one that takes too long on a text. what() is part of a line.
class RegexError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A part of a text.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// A pattern as Oniguruma reads it in its Ruby syntax, which Hugging Face's tokenizers use: see oniguruma_pattern.hpp.
/// Copies share what a search needs: one thread at a time.
class Regex {
 public:
  /// Throws RegexError on what is no pattern, or one that is not supported.
  explicit Regex(const std::string& pattern);
  /// Matches this text and nothing else.
  static Regex literal(const std::string& text);

  /// All matches from left to right, as Oniguruma's search finds them one after the other: a match may be empty, but
  /// not where the one before it ends. The text is UTF-8. Throws RegexError where a match takes more than a million
  /// steps.
  std::vector<TextRange> find_all(std::string_view text) const;

 private:
  struct Compiled;

  std::shared_ptr<const Compiled> compiled_;
  std::string pattern_;
};

}  // namespace upmem_des
