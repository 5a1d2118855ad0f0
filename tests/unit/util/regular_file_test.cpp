#include "util/regular_file.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "support/temporary_folder.hpp"

namespace upmem_des::test {

namespace {

std::string problem(const std::string& path) {
  return input_error([&] { expect_regular_file(path, "a text"); });
}

TEST(RegularFile, FilesAndLinksToThemAreFine) {
  const TemporaryFolder folder;
  const std::string file = folder.write("f", "text");
  EXPECT_NO_THROW(expect_regular_file(file, "a text"));
  std::filesystem::create_symlink(file, folder.path("link"));
  EXPECT_NO_THROW(expect_regular_file(folder.path("link"), "a text"));
  EXPECT_NO_THROW(expect_regular_file(folder.write("empty", ""), "a text"));
}

TEST(RegularFile, SaysWhatElseItIs) {
  const TemporaryFolder folder;
  EXPECT_EQ(problem(folder.path("none")), folder.path("none") + ": no such file");
  std::filesystem::create_symlink("nowhere", folder.path("dangling"));
  EXPECT_EQ(problem(folder.path("dangling")), folder.path("dangling") + ": no such file");
  EXPECT_EQ(problem(folder.str()), folder.str() + ": a folder; expected a text");
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(problem(folder.path("pipe")), folder.path("pipe") + ": a pipe; expected a text") << "and no waiting";
  EXPECT_EQ(problem("/dev/zero"), "/dev/zero: a device; expected a text");
  std::filesystem::create_symlink("around", folder.path("around"));
  EXPECT_EQ(problem(folder.path("around")),
            folder.path("around") + ": cannot be read: Too many levels of symbolic links");
}

TEST(RegularFile, SocketsAreNone) {
  const TemporaryFolder folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder.path("socket");
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(problem(path), path + ": a socket; expected a text");
  ::close(socket);
}

}  // namespace

}  // namespace upmem_des::test
