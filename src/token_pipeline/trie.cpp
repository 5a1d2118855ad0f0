#include "token_pipeline/trie.hpp"

namespace upmem_des {

void Trie::add(std::string_view word, std::int32_t number) {
  std::uint64_t node = 0;
  for (const char letter : word) {
    const auto [child, is_new] = children_.try_emplace(edge(node, letter), static_cast<std::uint32_t>(numbers_.size()));
    if (is_new) numbers_.push_back(-1);
    node = child->second;
  }
  if (node > 0) numbers_[node] = number;
}

}  // namespace upmem_des
