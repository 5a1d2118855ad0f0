/// The blocks that a paged cache of keys and values is made of.
#pragma once

#include <cstdint>
#include <vector>

namespace upmem_des {

/// A block by its number, from 0.
using KvBlock = std::uint32_t;

/// Blocks that somebody uses, and the free ones in the order in which they will be taken. A free block may still hold
/// what it did (its hash says what) and be used again for that; it loses its hash when it is taken for something else
/// (eviction). Every function takes constant time (find() and those that change hashes: expected), none allocates
/// memory.
class KvBlocks {
 public:
  static constexpr KvBlock none = UINT32_MAX;

  /// Of `total` blocks, none of them used. Throws InputError when `total` is below 1 or above 2^31.
  explicit KvBlocks(std::int64_t total);

  /// All blocks.
  std::int64_t total() const { return static_cast<std::int64_t>(blocks_.size()); }
  /// Blocks that nobody uses.
  std::int64_t free() const { return free_; }
  /// Blocks that somebody uses.
  std::int64_t used() const { return total() - free_; }
  /// Free blocks that lost their hash because they were taken for something else, since the beginning.
  std::int64_t evicted() const { return evicted_; }

  /// What the block that take() gives holds as yet; 0 where it has no hash. There has to be a free one.
  std::uint64_t next_hash() const { return blocks_[first_free_].hash; }
  /// The first free block, used once from now on. There has to be one.
  KvBlock take();
  /// One user more; a free block is taken out of the free ones and keeps its hash.
  void hold(KvBlock block);
  /// One user less; the last one's block becomes the last of the free ones and keeps its hash.
  void release(KvBlock block);
  /// How many use a block.
  std::uint32_t users(KvBlock block) const { return blocks_[block].users; }

  /// Says what a used block without a hash holds. Several may have one hash.
  void set_hash(KvBlock block, std::uint64_t hash);
  /// 0 where it has none; no hash is 0.
  std::uint64_t hash(KvBlock block) const { return blocks_[block].hash; }
  /// Of the blocks with this hash the one that has had it for longest, or `none`.
  KvBlock find(std::uint64_t hash) const;

 private:
  /// A block is in two lists: of the free ones, if free, and of those in its place of the table, if it has a hash.
  struct Block {
    std::uint64_t hash = 0;
    std::uint32_t users = 0;
    KvBlock free_before = none;
    KvBlock free_after = none;
    KvBlock same_before = none;
    KvBlock same_after = none;
  };
  struct Place {
    KvBlock first = none;
    KvBlock last = none;
  };

  void take_out(KvBlock block);
  void drop_hash(KvBlock block);

  std::vector<Block> blocks_;
  std::vector<Place> table_;  ///< a power of two of them
  std::uint64_t mask_ = 0;
  KvBlock first_free_ = none;
  KvBlock last_free_ = none;
  std::int64_t free_ = 0;
  std::int64_t evicted_ = 0;
};

}  // namespace upmem_des
