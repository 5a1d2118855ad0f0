#include "util/output_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <filesystem>
#include <thread>

#include "support/ordinary_user.hpp"
#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::string writing_error(const std::string& path) {
  return input_error([&] { write_file(path, "new\n"); });
}

mode_t mode_of(const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

bool has_nameless_files(const TemporaryFolder& folder) {
  const int descriptor = ::open(folder.str().c_str(), O_TMPFILE | O_WRONLY, 0600);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= 0;
}

/// How a child process ends that writes to `path` and is killed before it commits: the number of the signal.
int kill_while_writing(const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    OutputFile file(path);
    file.write(std::string(1'000'000, 'x'));
    ::kill(::getpid(), SIGKILL);
    file.commit();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST(OutputFileTest, CommitPutsTheWholeFileInPlace) {
  const TemporaryFolder folder;
  {
    OutputFile file(folder.path("out.txt"));
    file.write("a");
    file.write(std::string("\0b\n", 3));
    EXPECT_FALSE(fs::exists(folder.path("out.txt"))) << "not before commit()";
    file.commit();
  }
  EXPECT_THAT(folder.names(), ElementsAre("out.txt"));
  EXPECT_EQ(read_bytes(folder.path("out.txt")), std::string("a\0b\n", 4));
}

TEST(OutputFileTest, WithoutCommitNothingIsLeft) {
  const TemporaryFolder folder;
  { OutputFile(folder.path("out.txt")).write("text"); }
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(OutputFileTest, WithoutCommitAnExistingFileStays) {
  const TemporaryFolder folder;
  folder.write("out.txt", "old\n");
  { OutputFile(folder.path("out.txt")).write("new\n"); }
  EXPECT_EQ(read_bytes(folder.path("out.txt")), "old\n");
  write_file(folder.path("out.txt"), "new\n");
  EXPECT_EQ(read_bytes(folder.path("out.txt")), "new\n");
  EXPECT_THAT(folder.names(), ElementsAre("out.txt"));
}

TEST(OutputFileTest, AKilledProgramLeavesNothing) {
  const TemporaryFolder folder;
  if (!has_nameless_files(folder)) GTEST_SKIP() << "the file system has no files without a name";
  EXPECT_EQ(kill_while_writing(folder.path("out.txt")), SIGKILL);
  EXPECT_THAT(folder.names(), IsEmpty());
  folder.write("out.txt", "old\n");
  EXPECT_EQ(kill_while_writing(folder.path("out.txt")), SIGKILL);
  EXPECT_THAT(folder.names(), ElementsAre("out.txt"));
  EXPECT_EQ(read_bytes(folder.path("out.txt")), "old\n");
}

/// Such as one that a killed program of the same number left.
TEST(OutputFileTest, ATemporaryNameThatIsTakenIsNoObstacle) {
  const TemporaryFolder folder;
  const std::string taken = ".upmem-des." + std::to_string(::getpid()) + ".0";
  folder.write("out.txt", "old\n");
  folder.write(taken, "other\n");
  write_file(folder.path("out.txt"), "new\n");
  EXPECT_THAT(folder.names(), ElementsAre(taken, "out.txt"));
  EXPECT_EQ(read_bytes(folder.path("out.txt")), "new\n");
  EXPECT_EQ(read_bytes(folder.path(taken)), "other\n");
}

/// /dev/shm may be of another kind than the folder for temporary files, where links need not be allowed.
TEST(OutputFileTest, FileSystemsInMemory) {
  std::string folder = "/dev/shm/upmem-des-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) GTEST_SKIP() << "no /dev/shm";
  for (const char* text : {"first\n", "second\n"}) {
    write_file(folder + "/out", text);
    EXPECT_EQ(read_bytes(folder + "/out"), text);
  }
  EXPECT_EQ(fs::remove_all(folder), 2U) << "the folder and the file";
}

TEST(OutputFileTest, ManyWritersOfOneFile) {
  const TemporaryFolder folder;
  OutputFile first(folder.path("out"));
  OutputFile second(folder.path("out"));
  first.write("first");
  second.write("second");
  second.commit();
  EXPECT_EQ(read_bytes(folder.path("out")), "second");
  first.commit();
  EXPECT_EQ(read_bytes(folder.path("out")), "first");
  EXPECT_THAT(folder.names(), ElementsAre("out"));
}

TEST(OutputFileTest, AFolderThatIsGoneIsAnError) {
  const TemporaryFolder folder;
  const std::string inner = folder.make_folder("inner");
  OutputFile file(inner + "/out");
  file.write("text");
  fs::remove_all(inner);
  EXPECT_EQ(input_error([&] { file.commit(); }), inner + "/out: cannot be put in place: No such file or directory");
}

TEST(OutputFileTest, TheLongestNameThatAFileCanHave) {
  const TemporaryFolder folder;
  const std::string name(255, 'x');
  write_file(folder.path(name), "old");
  write_file(folder.path(name), "new");
  EXPECT_THAT(folder.names(), ElementsAre(name));
  EXPECT_EQ(read_bytes(folder.path(name)), "new");
}

TEST(OutputFileTest, PathsThatCannotBeWritten) {
  const TemporaryFolder folder;
  folder.write("file", "old\n");
  folder.make_folder("folder");
  EXPECT_EQ(writing_error(""), "an empty file name; expected a path to write to");
  EXPECT_EQ(writing_error(folder.path("folder")), folder.path("folder") + ": a folder; expected a file to write");
  EXPECT_EQ(writing_error(folder.path("none/out")),
            folder.path("none/out") + ": no such folder: " + folder.path("none"));
  EXPECT_EQ(writing_error(folder.path("none/")), folder.path("none/") + ": no such folder: " + folder.path("none"));
  EXPECT_EQ(writing_error(folder.path("file/out")),
            folder.path("file/out") + ": no such folder: " + folder.path("file"));
  const std::string long_name = folder.path(std::string(300, 'x'));
  EXPECT_EQ(writing_error(long_name), long_name + ": cannot be written: File name too long");
  EXPECT_EQ(writing_error("/proc/none"), "/proc/none: cannot be written: No such file or directory");
  EXPECT_THAT(folder.names(), ElementsAre("file", "folder"));
  EXPECT_EQ(read_bytes(folder.path("file")), "old\n");
}

TEST(OutputFileTest, AFolderWithoutTheRightToWrite) {
  const OrdinaryUser user;
  if (!user.is_bound()) GTEST_SKIP() << "root cannot become another user";
  const TemporaryFolder folder;
  const std::string closed = folder.make_folder("closed");
  ::chmod(closed.c_str(), 0500);
  EXPECT_EQ(writing_error(closed + "/out"), closed + "/out: cannot be written: Permission denied");
  ::chmod(closed.c_str(), 0700);
}

TEST(OutputFileTest, ThatCannotBePutInPlaceIsAnError) {
  const TemporaryFolder folder;
  EXPECT_EQ(input_error([&] {
              OutputFile file(folder.path("out"));
              file.write("text");
              folder.write("out/x", "someone else makes it a folder meanwhile");
              file.commit();
            }),
            folder.path("out") + ": cannot be put in place: Is a directory");
  EXPECT_THAT(folder.names(), ElementsAre("out"));
}

TEST(OutputFileTest, AFullDiskIsAnError) {
  EXPECT_EQ(writing_error("/dev/full"), "/dev/full: cannot be written: No space left on device");
  EXPECT_EQ(input_error([] { write_file("/dev/full", std::string(10'000'000, 'x')); }),
            "/dev/full: cannot be written: No space left on device");
}

TEST(OutputFileTest, DevicesAreWrittenStraight) {
  EXPECT_EQ(writing_error("/dev/null"), "no error");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(OutputFileTest, PipesAreWrittenStraight) {
  const TemporaryFolder folder;
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string received;
  std::thread reader([&] { received = read_bytes(pipe); });
  write_file(pipe, "text");
  reader.join();
  EXPECT_EQ(received, "text");
  EXPECT_TRUE(fs::is_fifo(pipe));
}

/// `run --json /dev/stdout > FILE` must neither replace /dev/stdout nor cut what FILE holds already.
TEST(OutputFileTest, AStandardStreamLedToAFileIsWrittenStraight) {
  const TemporaryFolder folder;
  for (const char* name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    SCOPED_TRACE(name);
    const int kept = ::dup(STDOUT_FILENO);
    std::fflush(stdout);
    const int target = ::open(folder.path("led").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ASSERT_EQ(::write(target, "before\n", 7), 7);
    ::dup2(target, STDOUT_FILENO);
    const std::string error = writing_error(name);
    const ssize_t after = ::write(STDOUT_FILENO, "after\n", 6);
    ::dup2(kept, STDOUT_FILENO);
    ::close(kept);
    ::close(target);
    EXPECT_EQ(error, "no error");
    EXPECT_EQ(after, 6);
    EXPECT_EQ(read_bytes(folder.path("led")), "before\nnew\nafter\n");
    EXPECT_TRUE(fs::is_symlink("/dev/stdout"));
  }
  EXPECT_THAT(folder.names(), ElementsAre("led"));
}

TEST(OutputFileTest, ASymbolicLinkLeadsToItsTarget) {
  const TemporaryFolder folder;
  folder.write("runs/1.json", "old\n");
  fs::create_symlink("runs/1.json", folder.path("latest.json"));
  write_file(folder.path("latest.json"), "new\n");
  EXPECT_TRUE(fs::is_symlink(folder.path("latest.json")));
  EXPECT_EQ(read_bytes(folder.path("runs/1.json")), "new\n");
  EXPECT_THAT(folder.names(), ElementsAre("latest.json", "runs"));
}

TEST(OutputFileTest, ALinkToNothingYetLeadsThere) {
  const TemporaryFolder folder;
  folder.make_folder("runs");
  fs::create_symlink("latest", folder.path("first.json"));
  fs::create_symlink("runs/1.json", folder.path("latest"));
  for (const char* text : {"new\n", "newer\n"}) {
    write_file(folder.path("first.json"), text);
    EXPECT_TRUE(fs::is_symlink(folder.path("first.json")));
    EXPECT_TRUE(fs::is_symlink(folder.path("latest")));
    EXPECT_EQ(read_bytes(folder.path("runs/1.json")), text);
  }
  EXPECT_THAT(folder.names(), ElementsAre("first.json", "latest", "runs"));
  fs::create_symlink("none/1.json", folder.path("astray"));
  EXPECT_EQ(writing_error(folder.path("astray")), folder.path("astray") + ": no such folder: " + folder.path("none"));
  fs::create_symlink("runs", folder.path("to_folder"));
  EXPECT_EQ(writing_error(folder.path("to_folder")), folder.path("to_folder") + ": a folder; expected a file to write");
}

TEST(OutputFileTest, LinksInACircle) {
  const TemporaryFolder folder;
  fs::create_symlink("b", folder.path("a"));
  fs::create_symlink("a", folder.path("b"));
  EXPECT_EQ(writing_error(folder.path("a")), folder.path("a") + ": symbolic links that lead nowhere");
  EXPECT_TRUE(fs::is_symlink(folder.path("a")));
  EXPECT_TRUE(fs::is_symlink(folder.path("b")));
}

TEST(OutputFileTest, ALinkToAnOpenStreamIsWrittenStraight) {
  const TemporaryFolder folder;
  fs::create_symlink("/dev/stdout", folder.path("link"));
  fs::create_symlink("/dev/fd", folder.path("streams"));
  const std::string own = "/proc/" + std::to_string(::getpid());
  for (const std::string& name :
       {folder.path("link"), folder.path("streams/1"), own + "/fd/1",
        own + "/task/" + std::to_string(::getpid()) + "/fd/1", std::string("/dev/../dev/fd/1")}) {
    SCOPED_TRACE(name);
    const int kept = ::dup(STDOUT_FILENO);
    std::fflush(stdout);
    const int target = ::open(folder.path("led").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ASSERT_EQ(::write(target, "before\n", 7), 7);
    ::dup2(target, STDOUT_FILENO);
    const std::string error = writing_error(name);
    const ssize_t after = ::write(STDOUT_FILENO, "after\n", 6);
    ::dup2(kept, STDOUT_FILENO);
    ::close(kept);
    ::close(target);
    EXPECT_EQ(error, "no error");
    EXPECT_EQ(after, 6);
    EXPECT_EQ(read_bytes(folder.path("led")), "before\nnew\nafter\n");
  }
}

/// What is replaced has a new file's contents under this name; others keep the old.
TEST(OutputFileTest, OtherNamesOfAFileKeepTheOldOne) {
  const TemporaryFolder folder;
  folder.write("a", "old\n");
  fs::create_hard_link(folder.path("a"), folder.path("b"));
  write_file(folder.path("a"), "new\n");
  EXPECT_EQ(read_bytes(folder.path("a")), "new\n");
  EXPECT_EQ(read_bytes(folder.path("b")), "old\n");
}

TEST(OutputFileTest, Target) {
  const TemporaryFolder folder;
  fs::create_symlink("x/y", folder.path("a"));
  EXPECT_EQ(output_target(folder.path("a")), folder.path("x/y"));
  EXPECT_EQ(output_target("none"), "none");
}

TEST(OutputFileTest, PermissionsHonourTheMask) {
  const TemporaryFolder folder;
  for (const mode_t mask : {0022U, 0077U, 0000U}) {
    const mode_t before = ::umask(mask);
    write_file(folder.path("out"), "text");
    EXPECT_EQ(mode_of(folder.path("out")), 0666U & ~mask);
    EXPECT_EQ(::umask(before), mask) << "left as it was";
    fs::remove(folder.path("out"));
  }
}
