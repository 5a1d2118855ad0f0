/// Words by their beginnings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace upmem_des {

/// A set of words with a number each, which finds those that a text goes on with.
class Trie {
 public:
  /// A word that is there already gets the new number.
  void add(std::string_view word, std::int32_t number);

  /// Calls `found(length, number)` for each word that the text has at a place, the shortest first. The empty word is
  /// none.
  template <typename Found>
  void each_at(std::string_view text, std::size_t at, const Found& found) const {
    std::uint64_t node = 0;
    for (std::size_t next = at; next < text.size(); ++next) {
      const auto child = children_.find(edge(node, text[next]));
      if (child == children_.end()) return;
      node = child->second;
      if (numbers_[node] >= 0) found(next + 1 - at, numbers_[node]);
    }
  }

  bool empty() const { return children_.empty(); }

 private:
  static std::uint64_t edge(std::uint64_t node, char letter) { return node << 8U | static_cast<unsigned char>(letter); }

  std::unordered_map<std::uint64_t, std::uint32_t> children_;
  std::vector<std::int32_t> numbers_{-1};  ///< by node; −1 where no word ends
};

}  // namespace upmem_des
