#include "upmem_des/serving/block_hashes.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

/// The finisher of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): one to one,
/// and every bit of the result depends on every bit of `x`.
std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::uint64_t joined(std::uint64_t hash, std::int64_t with) {
  return mixed(hash + 0x9e3779b97f4a7c15u + mixed(static_cast<std::uint64_t>(with)));
}

/// `tokens` tokens of a source from its token `first` on.
std::uint64_t with_tokens(std::uint64_t hash, std::int64_t source, std::int64_t first, std::int64_t tokens) {
  return joined(joined(joined(hash, source), first), tokens);
}

}  // namespace

std::uint64_t BlockHashes::next(const Request& request, std::int64_t block_tokens, std::uint64_t before) {
  constexpr std::uint64_t of_content = 0x6a09e667f3bcc908u;
  constexpr std::uint64_t of_request = 0xbb67ae8584caa73bu;
  std::uint64_t hash = joined(before, block_tokens);
  std::int64_t left = block_tokens;
  while (left > 0 && part_ < request.content.size()) {
    const Content& part = request.content[part_];
    const std::int64_t tokens = std::min(left, part.tokens - part_tokens_);
    if (tokens > 0) {
      hash = with_tokens(hash ^ of_content, part.source, part_tokens_, tokens);
      part_tokens_ += tokens;
      left -= tokens;
    }
    if (part_tokens_ >= part.tokens) {
      ++part_;
      part_tokens_ = 0;
    }
  }
  // Where a request's own tokens begin in the block follows from how many these are.
  if (left > 0) hash = with_tokens(hash ^ of_request, request.id, blocks_, left);
  ++blocks_;
  return hash == 0 ? 1 : hash;
}

}  // namespace upmem_des
