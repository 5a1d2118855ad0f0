#include "upmem_des/serving/block_hashes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

namespace upmem_des {
namespace {

std::vector<std::uint64_t> hashes_of(const Request& request, std::int64_t block_tokens, int count) {
  std::vector<std::uint64_t> all;
  BlockHashes hashes;
  for (int index = 0; index < count; ++index)
    all.push_back(hashes.next(request, block_tokens, all.empty() ? 0 : all.back()));
  EXPECT_EQ(hashes.blocks(), count);
  return all;
}

Request request_with(std::int64_t id, std::vector<Content> content) {
  Request request;
  request.id = id;
  request.content = std::move(content);
  return request;
}

TEST(BlockHashes, AreEqualAsFarAsTheContentIs) {
  // 40 tokens of source 5 in both: two blocks of 16, and half of the third.
  const auto one = hashes_of(request_with(0, {{5, 40}, {6, 100}}), 16, 4);
  const auto other = hashes_of(request_with(1, {{5, 40}, {7, 100}}), 16, 4);
  EXPECT_EQ(one[0], other[0]);
  EXPECT_EQ(one[1], other[1]);
  EXPECT_NE(one[2], other[2]);
  EXPECT_NE(one[3], other[3]);
}

TEST(BlockHashes, SayWhatCameBefore) {
  // The second blocks hold the same 16 tokens.
  const auto one = hashes_of(request_with(0, {{1, 16}, {9, 16}}), 16, 2);
  const auto other = hashes_of(request_with(0, {{2, 16}, {9, 16}}), 16, 2);
  EXPECT_NE(one[1], other[1]);
}

TEST(BlockHashes, OfTokensWithoutContentAreTheRequestsOwn) {
  const auto one = hashes_of(request_with(0, {}), 16, 3);
  EXPECT_EQ(one, hashes_of(request_with(0, {}), 16, 3));
  const auto other = hashes_of(request_with(1, {}), 16, 3);
  for (int index = 0; index < 3; ++index) EXPECT_NE(one[index], other[index]);
}

TEST(BlockHashes, APieceWithoutTokensIsNothing) {
  EXPECT_EQ(hashes_of(request_with(0, {{1, 0}, {2, 20}, {3, 0}}), 4, 7), hashes_of(request_with(0, {{2, 20}}), 4, 7));
}

TEST(BlockHashes, ASourceThatGoesOnIsNotOneThatBeginsAgain) {
  const auto once = hashes_of(request_with(0, {{1, 8}}), 4, 2);
  const auto twice = hashes_of(request_with(0, {{1, 4}, {1, 4}}), 4, 2);
  EXPECT_EQ(once[0], twice[0]);
  EXPECT_NE(once[1], twice[1]);
}

/// Written out: each token with its source and its place in it.
using Written = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST(BlockHashes, AreEqualWhereEverythingBeforeIs) {
  std::mt19937_64 random(2);
  std::map<Written, std::uint64_t> known;
  std::map<std::uint64_t, Written> reversed;
  int again = 0;
  for (int run = 0; run < 3000; ++run) {
    Request request;
    request.id = run % 50;
    Written all;
    for (std::uint64_t part = 0, parts = random() % 5; part < parts; ++part) {
      const Content content{static_cast<std::int64_t>(random() % 3), static_cast<std::int64_t>(random() % 9)};
      request.content.push_back(content);
      for (std::int64_t place = 0; place < content.tokens; ++place) all.emplace_back(content.source, place);
    }
    for (std::int64_t own = 0; own < 12; ++own) all.emplace_back(-1 - request.id, own);
    constexpr std::int64_t block = 3;
    const int blocks = static_cast<int>(all.size()) / block;
    const auto hashes = hashes_of(request, block, blocks);
    for (int index = 0; index < blocks; ++index) {
      const Written until(all.begin(), all.begin() + (index + 1) * block);
      again += known.count(until) > 0;
      ASSERT_EQ(known.emplace(until, hashes[index]).first->second, hashes[index]);
      ASSERT_EQ(reversed.emplace(hashes[index], until).first->second, until);
    }
  }
  EXPECT_GT(again, 1000);
}

}  // namespace
}  // namespace upmem_des
