#include "profiler/pass_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;
using testing::ElementsAre;

namespace {

LayerEvent event(std::int64_t seq, std::int64_t step, std::vector<std::int64_t> deps, bool waits_for_nothing = false) {
  LayerEvent event;
  event.type = event.name = Name("f");
  event.seq = seq;
  event.step = step;
  event.deps = std::move(deps);
  event.waits_for_nothing = waits_for_nothing;
  return event;
}

}  // namespace

/// The first pass ends in 1 and 2. Of the second, 3 waits for both, 4 for 3, and 5, which reads what 1 has left, for
/// both; 7 says nothing, and so waits for 6.
TEST(PassOrder, APassBeginsWhenTheOneBeforeHasEnded) {
  std::vector<LayerEvent> events{event(0, 0, {}),       event(1, 0, {0}), event(2, 0, {}, true),
                                 event(3, 1, {}, true), event(4, 1, {3}), event(5, 1, {1}),
                                 event(6, 1, {4}),      event(7, 1, {}),  event(8, 2, {}, true)};
  PassOrder order;
  order.fill(events);
  EXPECT_THAT(deps(events), ElementsAre("0: before", "1: 0", "2: nothing", "3: 1 2", "4: 3", "5: 1 2", "6: 4",
                                        "7: before", "8: 5 7"));
}

/// 3 is the first of its pass and says nothing: it waits for all ends of the pass before, 1 and 2.
TEST(PassOrder, AFirstEventThatSaysNothingWaitsForThePassBefore) {
  std::vector<LayerEvent> events{event(0, 0, {}), event(1, 0, {0}), event(2, 0, {}, true), event(3, 1, {}),
                                 event(4, 2, {})};
  PassOrder order;
  order.fill(events);
  EXPECT_THAT(deps(events), ElementsAre("0: before", "1: 0", "2: nothing", "3: 1 2", "4: 3"));
}
