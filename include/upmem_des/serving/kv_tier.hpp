/// Blocks of keys and values in other memory.
#pragma once

#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>

namespace upmem_des {

/// Which blocks, by their hashes, a second level of the prefix cache holds. A block comes (begin_store()) and is there
/// (stored()); the one that has not been used for longest makes room for it, but none that comes or is read. Time grows
/// with the logarithm of the blocks, memory with the blocks that are there.
class KvTier {
 public:
  /// With room for `capacity` blocks. Throws InputError when that is below 1 or above 2^31.
  explicit KvTier(std::int64_t capacity);

  /// Blocks that it has room for.
  std::int64_t capacity() const { return capacity_; }
  /// Those that come among them.
  std::int64_t used() const { return static_cast<std::int64_t>(entries_.size()); }
  /// The most blocks that it has held.
  std::int64_t peak() const { return peak_; }
  /// Does any come, or is any read?
  bool is_busy() const { return can_go_.size() < entries_.size(); }
  /// Since the beginning: blocks that made room for others, and those for which there was none.
  std::int64_t evicted() const { return evicted_; }
  /// Blocks that found no room.
  std::int64_t not_stored() const { return not_stored_; }

  /// Is all of the block there?
  bool has(std::uint64_t hash) const;
  /// It is used now, wherever it comes from. Nothing where it is not there.
  void touch(std::uint64_t hash);

  /// One that reads more; the block has to be there.
  void hold(std::uint64_t hash);
  /// One that reads less; the block was used now.
  void release(std::uint64_t hash);

  /// Makes room for a block that is used now. False, and nothing has to be sent, where it is there, or comes already,
  /// or where all others are read or come.
  bool begin_store(std::uint64_t hash);
  /// One that came is there.
  void stored(std::uint64_t hash);

 private:
  struct Entry {
    std::uint64_t used = 0;  ///< the later the larger
    std::uint32_t readers = 0;
    bool is_here = false;

    bool can_go() const { return is_here && readers == 0; }
  };

  void use(std::uint64_t hash, Entry& entry);

  const std::int64_t capacity_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> can_go_;  // used and hash of those that can
  std::uint64_t uses_ = 0;
  std::int64_t peak_ = 0;
  std::int64_t evicted_ = 0;
  std::int64_t not_stored_ = 0;
};

}  // namespace upmem_des
