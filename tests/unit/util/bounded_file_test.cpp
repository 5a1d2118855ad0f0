#include "util/bounded_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "support/temporary_folder.hpp"

namespace upmem_des::test {

namespace {

constexpr std::size_t mib = std::size_t{1} << 20U;

TEST(BoundedFile, GivesTheWholeFile) {
  const TemporaryFolder folder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65536}, std::size_t{65537}, mib}) {
    std::string bytes(size, 'x');
    if (size > 1) bytes[size / 2] = '\0';
    EXPECT_EQ(read_bounded_file(folder.write("f", bytes), 1, "a text"), bytes) << size;
  }
}

TEST(BoundedFile, SaysWhyNot) {
  const TemporaryFolder folder;
  const auto error = [](const std::string& path) { return input_error([&] { read_bounded_file(path, 1, "a text"); }); };
  EXPECT_EQ(error(folder.path("none")), folder.path("none") + ": no such file");
  EXPECT_EQ(error(folder.str()), folder.str() + ": a folder; expected a text");
  const std::string large = folder.write("large", std::string(mib + 1, 'x'));
  EXPECT_EQ(error(large), large + ": larger than 1 MiB; expected a text");
}

TEST(BoundedFile, WhatWouldNotEnd) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  for (const auto read : {read_bounded_file, read_bounded_stream}) {
    const auto error = [&](const std::string& path) { return input_error([&] { read(path, 1, "a text"); }); };
    EXPECT_EQ(error(folder.path("pipe")), folder.path("pipe") + ": a pipe; expected a text");
    EXPECT_EQ(error("/dev/zero"), "/dev/zero: a device; expected a text");
    EXPECT_EQ(error(folder.path("none")), folder.path("none") + ": no such file");
    EXPECT_EQ(error(folder.str()), folder.str() + ": a folder; expected a text");
  }
}

TEST(BoundedFile, OpenStreamsAreReadWhereTheyAreWanted) {
  std::array<int, 2> ends{};
  for (const bool wanted : {true, false}) {
    ASSERT_EQ(::pipe(ends.data()), 0);
    ASSERT_EQ(::write(ends[1], "text", 4), 4);
    ::close(ends[1]);
    const std::string path = "/dev/fd/" + std::to_string(ends[0]);
    if (wanted) {
      EXPECT_EQ(read_bounded_stream(path, 1, "a text"), "text");
    } else {
      EXPECT_EQ(input_error([&] { read_bounded_file(path, 1, "a text"); }), path + ": a pipe; expected a text");
    }
    ::close(ends[0]);
  }
}

}  // namespace

}  // namespace upmem_des::test
