#include "profile/reached_place.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace upmem_des;
using Stage = ReachedPlace::Stage;

TEST(ReachedPlaceTest, Texts) {
  ReachedPlace place;
  EXPECT_EQ(place.text(), "");
  place.load_library("my/lib.so");
  EXPECT_EQ(place.text(), "while this library was loaded");
  EXPECT_EQ(place.library(), "my/lib.so");
  place.set_stage(Stage::Reading);
  EXPECT_EQ(place.text(), "while libtorch read this file");
  place.set_stage(Stage::Running);
  EXPECT_EQ(place.text(), "");
  place.begin_function("relu");
  EXPECT_EQ(place.text(), "in function 'relu'");
  place.end_call();
  EXPECT_EQ(place.text(), "");
  place.begin_layer("head.0", "Linear");
  EXPECT_EQ(place.text(), "in layer 'head.0' (Linear)");
  place.end_call();
  EXPECT_EQ(place.text(), "after layer 'head.0' (Linear)");
  place.begin_function("softmax");
  EXPECT_EQ(place.text(), "in function 'softmax' after layer 'head.0' (Linear)");
  place.begin_layer("", "ReLU");  // a network that is a layer itself
  EXPECT_EQ(place.text(), "in layer ReLU");
}

TEST(ReachedPlaceTest, LongNamesAreCut) {
  ReachedPlace place;
  place.begin_layer(std::string(300, 'p'), std::string(100, 't'));
  EXPECT_EQ(place.text(), "in layer '" + std::string(256, 'p') + "' (" + std::string(96, 't') + ")");
  place.begin_layer(std::string(255, 'q'), "Linear");
  EXPECT_EQ(place.text(), "in layer '" + std::string(255, 'q') + "' (Linear)");
}

/// What a process wrote before it was killed is read by the one that started it.
TEST(ReachedPlaceTest, OutlivesItsWriter) {
  const SharedPlace shared;
  const pid_t child = ::fork();
  if (child == 0) {
    if (!share_place(shared.descriptor())) ::_exit(1);
    reached_place().set_stage(Stage::Running);
    reached_place().begin_layer("head.0", "Linear");
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(shared.place().stage(), Stage::Running);
  EXPECT_EQ(shared.place().text(), "in layer 'head.0' (Linear)");
  EXPECT_EQ(reached_place().text(), "");  // ours is another
}

TEST(ReachedPlaceTest, DescriptorsOfOtherThings) {
  EXPECT_FALSE(share_place(-1));
  EXPECT_FALSE(share_place(0));
}
