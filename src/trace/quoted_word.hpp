/// Short words that lines repeat. Internal to the room.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace upmem_des {

/// A word of at most 15 bytes with the quote behind it, compared in two steps.
class QuotedWord {
 public:
  static constexpr std::size_t longest = 15;

  /// `word` is cut where it is longer than `longest`, and then never found.
  explicit QuotedWord(std::string_view word) : size_(word.size() < longest ? word.size() : longest) {
    std::array<char, bytes> text{}, used{};
    std::memcpy(text.data(), word.data(), size_);
    text[size_] = '"';
    std::memset(used.data(), -1, size_ + 1);
    std::memcpy(text_.data(), text.data(), bytes);
    std::memcpy(used_.data(), used.data(), bytes);
  }

  /// Bytes of the word, without the quote.
  std::size_t size() const { return size_; }

  /// Does `text`, of which 16 bytes can be read, begin with the word and a quote?
  bool begins(const char* text) const {
    std::array<std::uint64_t, 2> found;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the next line
    std::memcpy(found.data(), text, bytes);
    return (((found[0] ^ text_[0]) & used_[0]) | ((found[1] ^ text_[1]) & used_[1])) == 0;
  }

 private:
  static constexpr std::size_t bytes = 16;

  std::size_t size_;
  std::array<std::uint64_t, 2> text_{};
  std::array<std::uint64_t, 2> used_{};
};

}  // namespace upmem_des
