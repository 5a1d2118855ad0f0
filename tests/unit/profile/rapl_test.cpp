#include "profile/rapl.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "powercap_tree.hpp"
#include "support/ordinary_user.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// One socket of a desktop machine: what is counted and what is not.
void add_socket(const PowercapTree& tree) {
  std::filesystem::create_directories(tree.folder() + "/intel-rapl");  // the control type, no zone
  tree.add("intel-rapl:0", "package-0", "1000000\n");
  tree.add("intel-rapl:0:0", "core", "500000\n");
  tree.add("intel-rapl:0:1", "uncore", "100000\n");
  tree.add("intel-rapl:0:2", "dram", "2000000\n", "65712999613\n");
  tree.add("intel-rapl:1", "psys", "9000000\n");
  tree.add("intel-rapl-mmio:0", "package-0", "1000000\n");
}

std::string problem_of(const PowercapTree& tree) {
  return replaced(Rapl(tree.folder()).problem(), tree.folder(), "TREE");
}

}  // namespace

TEST(RaplTest, CountsPackageAndMemoryOnceEach) {
  const PowercapTree tree;
  add_socket(tree);
  const Rapl rapl(tree.folder());
  EXPECT_EQ(rapl.problem(), "");
  const RaplReading before = rapl.read();
  EXPECT_EQ(before, (RaplReading{1'000'000, 2'000'000}));
  tree.set("intel-rapl:0", "4500000\n");
  tree.set("intel-rapl:0:0", "3000000\n");
  tree.set("intel-rapl:0:2", "2250000\n");
  tree.set("intel-rapl:1", "99000000\n");
  const auto energy = rapl.between(before, rapl.read());
  ASSERT_TRUE(energy);
  EXPECT_DOUBLE_EQ(energy->package_J, 3.5);
  EXPECT_DOUBLE_EQ(energy->dram_J, 0.25);
  EXPECT_DOUBLE_EQ(energy->total_J(), 3.75);
}

TEST(RaplTest, AddsSocketsAndDies) {
  const PowercapTree tree;
  tree.add("intel-rapl:0", "package-0-die-0", "0\n");
  tree.add("intel-rapl:1", "package-0-die-1", "0\n");
  tree.add("intel-rapl:10", "package-1", "0\n");
  tree.add("intel-rapl:10:0", "dram", "0\n");
  const Rapl rapl(tree.folder());
  const RaplReading before = rapl.read();
  tree.set("intel-rapl:0", "1000000");
  tree.set("intel-rapl:1", "2000000");
  tree.set("intel-rapl:10", "4000000");
  tree.set("intel-rapl:10:0", "500000");
  const auto energy = rapl.between(before, rapl.read());
  ASSERT_TRUE(energy);
  EXPECT_DOUBLE_EQ(energy->package_J, 7);
  EXPECT_DOUBLE_EQ(energy->dram_J, 0.5);
}

TEST(RaplTest, MemoryOfWhatIsNoPackageIsNotCounted) {
  const PowercapTree tree;
  tree.add("intel-rapl:0", "package-0", "0\n");
  tree.add("intel-rapl:1", "psys", "0\n");
  tree.add("intel-rapl:1:0", "dram", "0\n");
  EXPECT_EQ(Rapl(tree.folder()).read().size(), 1U);
}

TEST(RaplTest, ACounterThatWrappedAround) {
  const PowercapTree tree;
  tree.add("intel-rapl:0", "package-0", "9000000\n", "10000000\n");
  const Rapl rapl(tree.folder());
  // From 9 J up to 10 J, and from 0 to 0.5 J.
  EXPECT_DOUBLE_EQ(rapl.between({9'000'000}, {500'000})->package_J, 1.5);
  EXPECT_DOUBLE_EQ(rapl.between({9'000'000}, {9'000'000})->package_J, 0);
  // Beyond its own range: nothing sensible can be said of what was before it.
  EXPECT_DOUBLE_EQ(rapl.between({11'000'000}, {500'000})->package_J, 0.5);
}

TEST(RaplTest, AbsentCounters) {
  const PowercapTree tree;
  EXPECT_EQ(problem_of(tree), "TREE: no such folder; this machine has no energy counters that Linux shows");
  std::filesystem::create_directories(tree.folder() + "/intel-rapl");
  EXPECT_EQ(problem_of(tree), "TREE: no counter of a CPU's energy; expected one such as intel-rapl:0");
  tree.add("intel-rapl:0", "psys", "0\n");
  EXPECT_EQ(problem_of(tree), "TREE: no counter of a CPU's energy; expected one such as intel-rapl:0");
  tree.files().write("file", "");
  EXPECT_EQ(Rapl(tree.files().path("file")).problem(),
            tree.files().path("file") + ": no such folder; this machine has no energy counters that Linux shows");
}

TEST(RaplTest, ContentsThatAreNoCounter) {
  const std::string number = "'; expected a whole number of microjoules";
  for (const std::string bad : {"", "many", "-1", "1.5", "12 J", "99999999999999999999", "0x10"}) {
    const PowercapTree tree;
    tree.add("intel-rapl:0", "package-0", bad + "\n");
    EXPECT_EQ(problem_of(tree), "TREE/intel-rapl:0/energy_uj: '" + bad + number);
    tree.add("intel-rapl:0", "package-0", "1\n", bad + "\n");
    EXPECT_EQ(problem_of(tree), "TREE/intel-rapl:0/max_energy_range_uj: '" + bad + number);
    EXPECT_TRUE(Rapl(tree.folder()).read().empty());
  }
}

TEST(RaplTest, FilesThatAreMissing) {
  for (const char* file : {"name", "energy_uj", "max_energy_range_uj"}) {
    const PowercapTree tree;
    tree.add("intel-rapl:0", "package-0", "1\n");
    std::filesystem::remove(tree.folder() + "/intel-rapl:0/" + file);
    EXPECT_EQ(problem_of(tree),
              std::string("TREE/intel-rapl:0/") + file + ": cannot be read: No such file or directory");
  }
}

TEST(RaplTest, ACounterThatOnlyRootMayRead) {
  const OrdinaryUser user;
  if (!user.is_bound()) GTEST_SKIP() << "root cannot become another user";
  const PowercapTree tree;
  add_socket(tree);
  ::chmod((tree.folder() + "/intel-rapl:0/energy_uj").c_str(), 0);
  EXPECT_EQ(problem_of(tree), "TREE/intel-rapl:0/energy_uj: permission denied; Linux lets only root read it");
}

TEST(RaplTest, ACounterThatGoesAway) {
  const PowercapTree tree;
  tree.add("intel-rapl:0", "package-0", "1\n");
  const Rapl rapl(tree.folder());
  const RaplReading before = rapl.read();
  tree.set("intel-rapl:0", "broken");
  EXPECT_TRUE(rapl.read().empty());
  EXPECT_FALSE(rapl.between(before, rapl.read()));
  EXPECT_FALSE(rapl.between(rapl.read(), before));
}

TEST(RaplTest, TheFolderComesFromTheEnvironment) {
  ::setenv("UPMEM_DES_POWERCAP", "/elsewhere", 1);
  EXPECT_EQ(Rapl::default_folder(), "/elsewhere");
  ::setenv("UPMEM_DES_POWERCAP", "", 1);
  EXPECT_EQ(Rapl::default_folder(), "/sys/class/powercap");
  ::unsetenv("UPMEM_DES_POWERCAP");
  EXPECT_EQ(Rapl::default_folder(), "/sys/class/powercap");
}
