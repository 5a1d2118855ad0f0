#include "util/file_contents.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/temporary_folder.hpp"

namespace upmem_des::test {

namespace {

constexpr const char* good = "no error";
constexpr const char* changed =
    "F: its contents have changed since they were checked; expected a file that stays as it is until the run ends";

/// Reads the first `count` bytes of `text` in pieces, and the end where that is all of it.
std::string reading(const std::shared_ptr<FileContents>& contents, const std::string& text, std::size_t count,
                    std::size_t piece = 3) {
  return input_error([&] {
    ContentsReading reading(contents);
    for (std::size_t at = 0; at < count; at += piece) reading.see(text.data() + at, std::min(piece, count - at));
    if (count == text.size()) reading.see_end();
  });
}

TEST(FileContents, TheSameIsFineInAnyPieces) {
  const auto contents = std::make_shared<FileContents>("F");
  const std::string text = "a file of some length";
  EXPECT_EQ(contents->digest(), "");
  for (const std::size_t count : {std::size_t{5}, std::size_t{2}, text.size(), std::size_t{9}, text.size()})
    for (const std::size_t piece : {1, 3, 7, 100}) EXPECT_EQ(reading(contents, text, count, piece), good);
  const TemporaryFolder folder;
  EXPECT_EQ(contents->digest(), file_digest(folder.write("f", text)));
}

TEST(FileContents, AnyByteThatIsAnotherIsFound) {
  const std::string text = "a file of some length";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto contents = std::make_shared<FileContents>("F");
    EXPECT_EQ(reading(contents, text, text.size()), good);
    std::string other = text;
    other[at] ^= 1;
    EXPECT_EQ(reading(contents, other, other.size()), changed) << at;
  }
}

TEST(FileContents, WhatWasReadOfABeginningCounts) {
  const auto contents = std::make_shared<FileContents>("F");
  EXPECT_EQ(reading(contents, "0123456789", 4), good);
  EXPECT_EQ(reading(contents, "012x456789", 10), changed);
  EXPECT_EQ(reading(contents, "0123x56789", 10), good);
  EXPECT_EQ(reading(contents, "0123456789", 10), changed);
}

TEST(FileContents, ALongerAndAShorterFileAreOthers) {
  const auto contents = std::make_shared<FileContents>("F");
  EXPECT_EQ(reading(contents, "0123456789", 10), good);
  EXPECT_EQ(reading(contents, "0123456789+", 11), changed);
  EXPECT_EQ(reading(contents, "012345678", 9), changed);
  EXPECT_EQ(reading(contents, "", 0), changed);
  EXPECT_EQ(reading(contents, "0123456789", 10), good) << "and what it was is not forgotten";
}

TEST(FileContents, AFileIsReadOnceMore) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  const FileContents unread(path);
  const auto contents = std::make_shared<FileContents>(path);
  EXPECT_EQ(reading(contents, "before", 6), good);
  EXPECT_NO_THROW(contents->expect_same());
  folder.write("f", "behind");
  EXPECT_EQ(input_error([&] { contents->expect_same(); }), path + std::string(changed).substr(1));
  EXPECT_NO_THROW(unread.expect_same());
  EXPECT_NO_THROW(FileContents(folder.path("none")).expect_same());
}

}  // namespace

}  // namespace upmem_des::test
