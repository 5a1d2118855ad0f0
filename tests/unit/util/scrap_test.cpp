#include "util/scrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;

TEST(ScrapTest, WhatIsNotedIsRemovedUntilItIsForgotten) {
  const TemporaryFolder folder;
  ScrapNote kept;
  ScrapNote noted;
  kept.note(folder.write("kept", ""));
  noted.note(folder.write("noted", ""));
  kept.forget();
  remove_scrap();
  EXPECT_THAT(folder.names(), ElementsAre("kept"));
}

TEST(ScrapTest, AChildDoesNotRemoveItsParentsFiles) {
  const TemporaryFolder folder;
  ScrapNote note;
  note.note(folder.write("noted", ""));
  const pid_t child = ::fork();
  if (child == 0) {
    remove_scrap();
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_THAT(folder.names(), ElementsAre("noted"));
}

TEST(ScrapTest, PlacesAreUsedAgain) {
  const TemporaryFolder folder;
  for (int i = 0; i < 1000; ++i) {
    ScrapNote note;
    note.note(folder.path("none"));
  }
  ScrapNote last;
  last.note(folder.write("last", ""));
  remove_scrap();
  EXPECT_TRUE(folder.names().empty());
}

TEST(ScrapTest, MoreThanThereArePlacesFor) {
  const TemporaryFolder folder;
  std::vector<std::unique_ptr<ScrapNote>> notes;
  for (int i = 0; i < 100; ++i) notes.emplace_back(std::make_unique<ScrapNote>())->note(folder.path("none"));
  notes.clear();
  ScrapNote last;
  last.note(std::string(100'000, 'x'));
  last.note(folder.write("last", ""));
  remove_scrap();
  EXPECT_TRUE(folder.names().empty());
}

TEST(ScrapTest, ChildrenAreKilledUntilTheyAreForgotten) {
  const auto sleeper = [] {
    const pid_t child = ::fork();
    if (child == 0) {
      ::pause();
      ::_exit(0);
    }
    return child;
  };
  const pid_t killed = sleeper();
  const pid_t kept = sleeper();
  ChildNote first;
  ChildNote second;
  first.note(killed);
  second.note(kept);
  second.forget();
  remove_scrap();
  int status = 0;
  ASSERT_EQ(::waitpid(killed, &status, 0), killed);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_EQ(::waitpid(kept, &status, WNOHANG), 0);
  ::kill(kept, SIGKILL);
  ::waitpid(kept, &status, 0);
}

TEST(ScrapTest, SignalsWait) {
  static volatile sig_atomic_t came = 0;
  const auto before = ::signal(SIGTERM, [](int) { came = 1; });
  {
    const SignalsWait wait;
    ::raise(SIGTERM);
    EXPECT_EQ(came, 0);
  }
  EXPECT_EQ(came, 1);
  ::signal(SIGTERM, before);
}
