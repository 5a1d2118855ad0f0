/// Which events wait for which: as tensors flow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;

/// Events: stem, left, right, other, add_, add, head. `left` is looked at in another shape, and add_ writes what
/// `right` has written.
TEST(ProfileScriptDeps, Branches) {
  for (const char* name : {"branches_scripted", "branches_traced"})
    EXPECT_THAT(deps(profiled(name, {"2x4", "2x4"}).events),
                ElementsAre("0: before", "1: 0", "2: 0", "3: nothing", "4: 2 3", "5: 1 4", "6: 5"));
}

/// A second pass waits for the first one's end, wherever it begins.
TEST(ProfileScriptDeps, Passes) {
  ScriptRequest script = network_request("branches_scripted", {"2x4", "2x4"});
  script.repeat = 2;
  script.warmup = 1;
  EXPECT_THAT(deps(profiled(script).events),
              ElementsAre("0: before", "1: 0", "2: 0", "3: nothing", "4: 2 3", "5: 1 4", "6: 5", "7: 6", "8: 7", "9: 7",
                          "10: 6", "11: 9 10", "12: 8 11", "13: 12"));
}

/// Events: first, sum, gt, and second, which reads none of these but comes after the program has looked at gt's result.
TEST(ProfileScriptDeps, NumbersThatAreLookedAt) {
  EXPECT_THAT(deps(profiled("looks", {"2x4", "2x4"}).events), ElementsAre("0: before", "1: 0", "2: 1", "3: 2"));
}

TEST(ProfileScriptDeps, ALayerThatIsCalledTwice) {
  EXPECT_THAT(deps(profiled("twice_traced", {"2x4"}).events), ElementsAre("0: before", "1: 0", "2: 1"));
}
