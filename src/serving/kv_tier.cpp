#include "upmem_des/serving/kv_tier.hpp"

#include <algorithm>
#include <string>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_blocks = std::int64_t{1} << 31;

std::int64_t checked(std::int64_t capacity) {
  if (capacity < 1 || capacity > most_blocks)
    throw InputError({}, "tier_blocks",
                     "is " + std::to_string(capacity) + "; expected 1 to " + std::to_string(most_blocks));
  return capacity;
}

}  // namespace

KvTier::KvTier(std::int64_t capacity) : capacity_(checked(capacity)) {}

bool KvTier::has(std::uint64_t hash) const {
  const auto at = entries_.find(hash);
  return at != entries_.end() && at->second.is_here;
}

void KvTier::use(std::uint64_t hash, Entry& entry) {
  if (entry.can_go()) can_go_.erase({entry.used, hash});
  entry.used = ++uses_;
  if (entry.can_go()) can_go_.emplace(entry.used, hash);
}

void KvTier::touch(std::uint64_t hash) {
  if (const auto at = entries_.find(hash); at != entries_.end()) use(hash, at->second);
}

void KvTier::hold(std::uint64_t hash) {
  Entry& entry = entries_.at(hash);
  if (entry.can_go()) can_go_.erase({entry.used, hash});
  ++entry.readers;
}

void KvTier::release(std::uint64_t hash) {
  Entry& entry = entries_.at(hash);
  entry.used = ++uses_;
  --entry.readers;
  if (entry.can_go()) can_go_.emplace(entry.used, hash);
}

bool KvTier::begin_store(std::uint64_t hash) {
  if (const auto at = entries_.find(hash); at != entries_.end()) {
    use(hash, at->second);
    return false;
  }
  if (used() == capacity_) {
    if (can_go_.empty()) {
      ++not_stored_;
      return false;
    }
    entries_.erase(can_go_.begin()->second);
    can_go_.erase(can_go_.begin());
    ++evicted_;
  }
  entries_.emplace(hash, Entry{++uses_, 0, false});
  peak_ = std::max(peak_, used());
  return true;
}

void KvTier::stored(std::uint64_t hash) {
  Entry& entry = entries_.at(hash);
  entry.is_here = true;
  can_go_.emplace(entry.used, hash);
}

}  // namespace upmem_des
