#include "util/unnamed_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "support/temporary_folder.hpp"
#include "util/output_file.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

TEST(UnnamedFileTest, IsReadFromItsStartAndLeavesNothing) {
  const TemporaryFolder folder;
  ::setenv("TMPDIR", folder.str().c_str(), 1);
  const UnnamedFile file;
  ::unsetenv("TMPDIR");
  EXPECT_EQ(file.folder(), folder.str());
  EXPECT_TRUE(folder.names().empty());
  write_file("/dev/fd/" + std::to_string(file.descriptor()), "hello");
  EXPECT_EQ(read_bytes(file.path()), "hello");
  EXPECT_EQ(read_bytes(file.path()), "hello");
  EXPECT_NE(::fcntl(file.descriptor(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(UnnamedFileTest, ClosesItsDescriptor) {
  int descriptor = -1;
  {
    const UnnamedFile file;
    descriptor = file.descriptor();
  }
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

TEST(UnnamedFileTest, FoldersThatAreNone) {
  const TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path("none").c_str(), 1);
  EXPECT_EQ(input_error([] { UnnamedFile(); }),
            folder.path("none") +
                ": no temporary file can be made: No such file or directory; TMPDIR names the folder "
                "for them");
  ::setenv("TMPDIR", "", 1);
  EXPECT_EQ(UnnamedFile().folder(), "/tmp");
  ::unsetenv("TMPDIR");
}
