#include "upmem_des/util/name.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <unordered_set>
#include <vector>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

TEST(NameTest, EqualTextsAreOneName) {
  EXPECT_EQ(Name("q_proj"), Name(std::string("q_") + "proj"));
  EXPECT_NE(Name("q_proj"), Name("k_proj"));
  EXPECT_EQ(Name("q_proj").index(), Name("q_proj").index());
  EXPECT_EQ(Name("q_proj"), "q_proj");
  EXPECT_NE(Name("q_proj"), "q_pro");
  EXPECT_EQ(Name("q_proj").str(), "q_proj");
  EXPECT_EQ((std::unordered_set<Name>{Name("a"), Name("b"), Name("a")}.size()), 2U);
}

TEST(NameTest, TheEmptyNameIsNumberZero) {
  EXPECT_TRUE(Name().empty());
  EXPECT_EQ(Name().index(), 0U);
  EXPECT_EQ(Name(), Name(""));
  EXPECT_FALSE(Name("q_proj").empty());
}

TEST(NameTest, IndicesAreDense) {
  const std::uint32_t first = Name("dense 0").index();
  for (std::uint32_t i = 1; i < 100; ++i) EXPECT_EQ(Name("dense " + std::to_string(i)).index(), first + i);
}

TEST(NameTest, ThreadsAgree) {
  std::vector<std::vector<std::uint32_t>> indices(4);
  std::vector<std::thread> threads;
  threads.reserve(indices.size());
  for (auto& own : indices)
    threads.emplace_back([&own] {
      for (int i = 0; i < 1000; ++i) own.push_back(Name("shared " + std::to_string(i)).index());
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto& own : indices) EXPECT_EQ(own, indices.front());
}

namespace {

const char* const too_many =
    "more than 1000000 different names, or 64000000 bytes of them; expected those of one network";

}  // namespace

TEST(NameTest, ThereIsAMost) {
  EXPECT_EQ(input_error([] {
              for (std::size_t i = 0; i <= Name::max_names; ++i) Name(std::to_string(i));
            }),
            too_many);
  EXPECT_EQ(Name("7").str(), "7") << "names that are there already still work";
}

TEST(NameTest, LongNamesHaveAMostTogether) {
  const std::string megabyte(1'000'000, 'x');
  EXPECT_EQ(input_error([&] {
              for (int i = 0; i < 70; ++i) Name(megabyte + std::to_string(i));
            }),
            too_many);
}
