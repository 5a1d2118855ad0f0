#include "upmem_des/timeline/timeline_window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "upmem_des/util/error.hpp"

namespace upmem_des {
namespace {

std::string problem_with(const std::string& text) {
  try {
    parse_timeline_window(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

constexpr const char* expected = "; expected step=3, steps=0..2 or time=1ms..2.5ms";

TEST(TimelineWindow, WithoutAnythingIsTheWholeRun) {
  const TimelineWindow window;
  EXPECT_TRUE(window.all());
  EXPECT_TRUE(window.contains(-1, 0));
  EXPECT_TRUE(window.contains(7, 1e9));
  EXPECT_EQ("the whole run", window.str());
}

TEST(TimelineWindow, OneStep) {
  const TimelineWindow window = parse_timeline_window("step=3");
  EXPECT_FALSE(window.all());
  EXPECT_FALSE(window.contains(2, 0));
  EXPECT_TRUE(window.contains(3, 1e9));
  EXPECT_FALSE(window.contains(4, 0));
  EXPECT_FALSE(window.contains(-1, 0));
  EXPECT_EQ("step 3", window.str());
}

TEST(TimelineWindow, SomeSteps) {
  const TimelineWindow window = parse_timeline_window("steps=0..2");
  EXPECT_TRUE(window.contains(0, 0));
  EXPECT_TRUE(window.contains(2, 0));
  EXPECT_FALSE(window.contains(3, 0));
  EXPECT_FALSE(window.contains(-1, 0));
  EXPECT_EQ("steps 0 to 2", window.str());
}

TEST(TimelineWindow, TimesFromTheFirstToBeforeTheLast) {
  const TimelineWindow window = parse_timeline_window("time=1ms..2.5ms");
  EXPECT_FALSE(window.contains(0, 0.000999));
  EXPECT_TRUE(window.contains(-1, 0.001));
  EXPECT_TRUE(window.contains(9, 0.00249));
  EXPECT_FALSE(window.contains(0, 0.0025));
  EXPECT_EQ("1 ms to 2.5 ms", window.str());
}

TEST(TimelineWindow, EveryUnit) {
  for (const char* text : {"time=0..1.5s", "time=0s..1500ms", "time=0ms..1500000us", "time=0us..1500000µs",
                           "time=0..1500000000ns", "time=0..1.5e9ns"}) {
    const TimelineWindow window = parse_timeline_window(text);
    ASSERT_TRUE(window.times) << text;
    EXPECT_EQ(0, window.times->first_s) << text;
    EXPECT_DOUBLE_EQ(1.5, window.times->last_s) << text;
  }
}

TEST(TimelineWindow, SaysWhatIsWrong) {
  const auto says = [](const std::string& problem) { return "--timeline-window: " + problem + expected; };
  EXPECT_EQ(says("''"), problem_with(""));
  EXPECT_EQ(says("'3'"), problem_with("3"));
  EXPECT_EQ(says("unknown key 'stp'"), problem_with("stp=3"));
  for (const std::string text : {"", "-1", "1.5", "x", "99999999999999999999", "3 "})
    EXPECT_EQ(says("'" + text + "' is no step"), problem_with("step=" + text));
  EXPECT_EQ(says("'3' is no range"), problem_with("steps=3"));
  EXPECT_EQ(says("'' is no step"), problem_with("steps=1.."));
  EXPECT_EQ(says("'2..1' runs backwards"), problem_with("steps=2..1"));
  EXPECT_EQ(says("'1ms' is no range"), problem_with("time=1ms"));
  for (const std::string text : {"1", "", "ms", "-1ms", "infs", "nanms", "1e999s", "1 h"})
    EXPECT_EQ(says("'" + text + "' is no time (a number with s, ms, us or ns)"), problem_with("time=" + text + "..5s"));
  EXPECT_EQ(says("'1ms..1ms' is empty or runs backwards"), problem_with("time=1ms..1ms"));
  EXPECT_EQ(says("'2ms..1ms' is empty or runs backwards"), problem_with("time=2ms..1ms"));
}

}  // namespace
}  // namespace upmem_des
