#include "upmem_des/serving/kv_tier.hpp"

#include <gtest/gtest.h>

#include <string>

#include "upmem_des/util/error.hpp"

namespace upmem_des {
namespace {

/// A block that has arrived.
void put(KvTier& tier, std::uint64_t hash) {
  ASSERT_TRUE(tier.begin_store(hash));
  tier.stored(hash);
}

TEST(KvTier, WhatHasNotBeenUsedForLongestMakesRoom) {
  KvTier tier(3);
  for (const std::uint64_t hash : {1, 2, 3}) put(tier, hash);
  tier.touch(1);
  put(tier, 4);
  EXPECT_FALSE(tier.has(2));
  put(tier, 5);
  EXPECT_FALSE(tier.has(3));
  for (const std::uint64_t hash : {1, 4, 5}) EXPECT_TRUE(tier.has(hash));
  EXPECT_EQ(tier.used(), 3);
  EXPECT_EQ(tier.peak(), 3);
  EXPECT_EQ(tier.evicted(), 2);
}

TEST(KvTier, WhatIsThereOrComesIsUsedAndNeedNotBeSent) {
  KvTier tier(2);
  EXPECT_TRUE(tier.begin_store(1));
  EXPECT_FALSE(tier.has(1));
  EXPECT_FALSE(tier.begin_store(1));
  tier.stored(1);
  EXPECT_TRUE(tier.has(1));
  put(tier, 2);
  EXPECT_FALSE(tier.begin_store(1));
  put(tier, 3);
  EXPECT_FALSE(tier.has(2));
  EXPECT_TRUE(tier.has(1));
  EXPECT_EQ(tier.not_stored(), 0);
}

/// It was used when it set out, however late it arrives.
TEST(KvTier, ArrivingIsNoUse) {
  KvTier tier(2);
  EXPECT_TRUE(tier.begin_store(1));
  put(tier, 2);
  tier.stored(1);
  put(tier, 3);
  EXPECT_FALSE(tier.has(1));
}

TEST(KvTier, WhatComesOrIsReadStays) {
  KvTier tier(2);
  put(tier, 1);
  tier.hold(1);
  tier.hold(1);
  EXPECT_TRUE(tier.begin_store(2));
  EXPECT_FALSE(tier.begin_store(3));
  EXPECT_EQ(tier.not_stored(), 1);
  tier.release(1);
  EXPECT_FALSE(tier.begin_store(3));
  tier.stored(2);
  tier.release(1);
  // 1 was used after 2.
  EXPECT_TRUE(tier.begin_store(3));
  EXPECT_TRUE(tier.has(1));
  EXPECT_FALSE(tier.has(2));
  // Only 1 can go now.
  EXPECT_TRUE(tier.begin_store(4));
  EXPECT_FALSE(tier.has(1));
  EXPECT_EQ(tier.evicted(), 2);
  EXPECT_EQ(tier.not_stored(), 2);
}

TEST(KvTier, SizesAreChecked) {
  const auto message = [](std::int64_t capacity) {
    try {
      const KvTier tier(capacity);
      return std::string("none");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(message(0), "tier_blocks: is 0; expected 1 to 2147483648");
  EXPECT_EQ(message(-1), "tier_blocks: is -1; expected 1 to 2147483648");
  EXPECT_EQ(message(2147483649), "tier_blocks: is 2147483649; expected 1 to 2147483648");
  EXPECT_EQ(message(1), "none");
}

}  // namespace
}  // namespace upmem_des
