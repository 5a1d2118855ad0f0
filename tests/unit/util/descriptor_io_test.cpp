#include "util/descriptor_io.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

using namespace upmem_des;

TEST(DescriptorIoTest, WholeTextsGoThroughPipesAndSockets) {
  const std::string text(3'000'000, 'x');  // more than either holds at a time
  for (const bool socket : {false, true}) {
    std::array<int, 2> ends{};
    ASSERT_EQ(socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) : ::pipe(ends.data()), 0);
    std::string got;
    std::thread reader([&] { got = read_all(ends[0]); });
    EXPECT_TRUE(write_all(ends[1], text));
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
    EXPECT_EQ(got, text);
  }
}

TEST(DescriptorIoTest, ASocketWhoseOtherSideIsGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  ::close(ends[0]);
  EXPECT_FALSE(write_all(ends[1], "text"));
  EXPECT_EQ(read_all(ends[1]), "");
  EXPECT_TRUE(write_all(ends[1], ""));
  ::close(ends[1]);
}
