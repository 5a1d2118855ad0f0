#include "upmem_des/serving/kv_blocks.hpp"

#include <string>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_blocks = std::int64_t{1} << 31;

std::size_t checked(std::int64_t total) {
  if (total < 1 || total > most_blocks)
    throw InputError({}, "kv_blocks", "is " + std::to_string(total) + "; expected 1 to " + std::to_string(most_blocks));
  return static_cast<std::size_t>(total);
}

}  // namespace

KvBlocks::KvBlocks(std::int64_t total) : blocks_(checked(total)), free_(total) {
  std::size_t places = 2;
  while (places < blocks_.size()) places *= 2;
  table_.resize(places);
  mask_ = places - 1;
  const auto count = static_cast<KvBlock>(total);
  for (KvBlock block = 0; block < count; ++block) {
    blocks_[block].free_before = block == 0 ? none : block - 1;
    blocks_[block].free_after = block + 1 == count ? none : block + 1;
  }
  first_free_ = 0;
  last_free_ = count - 1;
}

KvBlock KvBlocks::take() {
  const KvBlock block = first_free_;
  take_out(block);
  if (blocks_[block].hash != 0) {
    drop_hash(block);
    ++evicted_;
  }
  blocks_[block].users = 1;
  return block;
}

void KvBlocks::hold(KvBlock block) {
  if (blocks_[block].users++ == 0) take_out(block);
}

void KvBlocks::release(KvBlock block) {
  Block& released = blocks_[block];
  if (--released.users > 0) return;
  released.free_before = last_free_;
  released.free_after = none;
  (last_free_ == none ? first_free_ : blocks_[last_free_].free_after) = block;
  last_free_ = block;
  ++free_;
}

void KvBlocks::set_hash(KvBlock block, std::uint64_t hash) {
  Place& place = table_[hash & mask_];
  Block& named = blocks_[block];
  named.hash = hash;
  named.same_before = place.last;
  named.same_after = none;
  (place.last == none ? place.first : blocks_[place.last].same_after) = block;
  place.last = block;
}

KvBlock KvBlocks::find(std::uint64_t hash) const {
  KvBlock block = table_[hash & mask_].first;
  while (block != none && blocks_[block].hash != hash) block = blocks_[block].same_after;
  return block;
}

void KvBlocks::take_out(KvBlock block) {
  const Block& taken = blocks_[block];
  (taken.free_before == none ? first_free_ : blocks_[taken.free_before].free_after) = taken.free_after;
  (taken.free_after == none ? last_free_ : blocks_[taken.free_after].free_before) = taken.free_before;
  --free_;
}

void KvBlocks::drop_hash(KvBlock block) {
  Block& dropped = blocks_[block];
  Place& place = table_[dropped.hash & mask_];
  (dropped.same_before == none ? place.first : blocks_[dropped.same_before].same_after) = dropped.same_after;
  (dropped.same_after == none ? place.last : blocks_[dropped.same_after].same_before) = dropped.same_before;
  dropped.hash = 0;
}

}  // namespace upmem_des
