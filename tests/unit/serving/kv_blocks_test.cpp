#include "upmem_des/serving/kv_blocks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {
namespace {

TEST(KvBlocks, AreTakenFromTheFrontAndGivenBackToTheEnd) {
  KvBlocks blocks(3);
  EXPECT_EQ(blocks.take(), 0u);
  EXPECT_EQ(blocks.take(), 1u);
  EXPECT_EQ(blocks.free(), 1);
  blocks.release(1);
  blocks.release(0);
  EXPECT_EQ(blocks.take(), 2u);
  EXPECT_EQ(blocks.take(), 1u);
  EXPECT_EQ(blocks.take(), 0u);
  EXPECT_EQ(blocks.used(), 3);
}

TEST(KvBlocks, AreFreeWhenTheLastUserHasGone) {
  KvBlocks blocks(2);
  const KvBlock block = blocks.take();
  blocks.hold(block);
  EXPECT_EQ(blocks.users(block), 2u);
  blocks.release(block);
  EXPECT_EQ(blocks.free(), 1);
  blocks.release(block);
  EXPECT_EQ(blocks.free(), 2);
}

TEST(KvBlocks, AreFoundByWhatTheyHoldUntilTheyAreTakenForSomethingElse) {
  KvBlocks blocks(1);
  const KvBlock block = blocks.take();
  blocks.set_hash(block, 7);
  blocks.release(block);
  EXPECT_EQ(blocks.find(7), block);
  EXPECT_EQ(blocks.free(), 1);
  blocks.hold(block);
  EXPECT_EQ(blocks.free(), 0);
  EXPECT_EQ(blocks.evicted(), 0);
  blocks.release(block);
  EXPECT_EQ(blocks.take(), block);
  EXPECT_EQ(blocks.find(7), KvBlocks::none);
  EXPECT_EQ(blocks.evicted(), 1);
}

TEST(KvBlocks, OfOneHashTheFirstIsFound) {
  KvBlocks blocks(3);
  for (int index = 0; index < 3; ++index) blocks.set_hash(blocks.take(), 9);
  EXPECT_EQ(blocks.find(9), 0u);
  blocks.release(0);
  EXPECT_EQ(blocks.take(), 0u);
  EXPECT_EQ(blocks.find(9), 1u);
}

TEST(KvBlocks, ThereIsAtLeastOneAndNotEndlesslyMany) {
  const auto message = [](std::int64_t total) {
    try {
      KvBlocks blocks(total);
      return std::string("none");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(message(0), "kv_blocks: is 0; expected 1 to 2147483648");
  EXPECT_EQ(message(-5), "kv_blocks: is -5; expected 1 to 2147483648");
  EXPECT_EQ(message(2147483649), "kv_blocks: is 2147483649; expected 1 to 2147483648");
}

/// The same by looking through everything.
struct PlainBlocks {
  std::vector<int> users;
  std::vector<std::uint64_t> hashes;
  std::deque<KvBlock> free;
  std::vector<KvBlock> hashed;  ///< in the order in which they got theirs

  KvBlock find(std::uint64_t hash) const {
    for (const KvBlock block : hashed)
      if (hashes[block] == hash) return block;
    return KvBlocks::none;
  }
};

TEST(KvBlocks, DoAsAPlainListDoes) {
  std::mt19937_64 random(1);
  constexpr KvBlock count = 23;
  KvBlocks blocks(count);
  PlainBlocks plain{std::vector<int>(count), std::vector<std::uint64_t>(count), {}, {}};
  for (KvBlock block = 0; block < count; ++block) plain.free.push_back(block);
  int found = 0;
  for (int step = 0; step < 100000; ++step) {
    const auto block = static_cast<KvBlock>(random() % count);
    const std::uint64_t hash = 1 + random() % 9;
    switch (random() % 4) {
      case 0:
        if (plain.free.empty()) break;
        {
          const KvBlock taken = plain.free.front();
          plain.free.pop_front();
          plain.users[taken] = 1;
          plain.hashes[taken] = 0;
          plain.hashed.erase(std::remove(plain.hashed.begin(), plain.hashed.end(), taken), plain.hashed.end());
          ASSERT_EQ(blocks.take(), taken);
        }
        break;
      case 1:
        if (plain.users[block] == 0) break;
        if (--plain.users[block] == 0) plain.free.push_back(block);
        blocks.release(block);
        break;
      case 2:
        if (plain.users[block]++ == 0) plain.free.erase(std::find(plain.free.begin(), plain.free.end(), block));
        blocks.hold(block);
        break;
      default:
        if (plain.users[block] == 0 || plain.hashes[block] != 0) break;
        plain.hashes[block] = hash;
        plain.hashed.push_back(block);
        blocks.set_hash(block, hash);
    }
    ASSERT_EQ(blocks.free(), static_cast<std::int64_t>(plain.free.size()));
    ASSERT_EQ(blocks.find(hash), plain.find(hash));
    found += plain.find(hash) != KvBlocks::none;
  }
  EXPECT_GT(found, 10000);
}

}  // namespace
}  // namespace upmem_des
