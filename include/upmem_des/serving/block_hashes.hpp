/// What the blocks of a request hold, as numbers.
#pragma once

#include <cstdint>

#include "upmem_des/requests/request.hpp"

namespace upmem_des {

/// The hashes of a request's blocks, one after the other. That of a block is of its tokens and of the hash before it,
/// so two blocks have one hash iff everything up to their ends is the same (but for chance, 2^-64 for two blocks).
/// Tokens that no content reaches are like those of the same place of the same request and like no others.
class BlockHashes {
 public:
  /// The hash of the next block of `block_tokens` (>= 1) tokens of `request`, which is the same at every call; `before`
  /// is the hash of the block before, 0 for the first. Never 0.
  std::uint64_t next(const Request& request, std::int64_t block_tokens, std::uint64_t before);

  /// The next block is the first again.
  void restart() { *this = BlockHashes(); }

  /// How many blocks next() has given.
  std::int64_t blocks() const { return blocks_; }

 private:
  std::int64_t blocks_ = 0;
  std::int64_t part_tokens_ = 0;  ///< of the part that is being read, those that were read
  std::uint32_t part_ = 0;        ///< of the request's content
};

}  // namespace upmem_des
