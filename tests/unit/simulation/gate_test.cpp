/// Where actors wait for each other. Each test simulates once, in a process of its own.
#include "simulation/gate.hpp"

#include <gtest/gtest.h>

#include <simgrid/s4u.hpp>
#include <vector>

#include "simulation/machine.hpp"
#include "simulation/simulation_engine.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

/// An actor waits until 0, 1 and 1 s, which is when it begins to wait the last time, and then until 10 s at most; the
/// gate is opened at 5 s.
TEST(Gate, AWaitEndsWhenItsTimeHasCome) {
  struct Wait {
    bool was_opened = false;
    double until_s = 0;
  };
  std::vector<Wait> waits;
  const MachineBuilder builder;
  SimulationEngine engine("");
  const Machine machine(builder.platform, Pacing::Meters);
  Crew crew;
  Gate gate(crew);
  crew.start_actor("waits", machine.host().arithmetic, [&] {
    for (const double time_s : {0.0, 1.0, 1.0, 10.0}) {
      const bool was_opened = gate.wait_until(time_s);
      waits.push_back({was_opened, simgrid::s4u::Engine::get_clock()});
    }
  });
  crew.start_actor("opens", machine.host().arithmetic, [&] {
    simgrid::s4u::this_actor::sleep_until(5);
    gate.open();
  });
  EXPECT_TRUE(engine.run());
  crew.rethrow();
  ASSERT_EQ(4U, waits.size());
  const double expected_s[] = {0, 1, 1, 5};
  for (std::size_t i = 0; i < waits.size(); ++i) {
    EXPECT_DOUBLE_EQ(expected_s[i], waits[i].until_s) << i;
    EXPECT_EQ(i == 3, waits[i].was_opened) << i;
  }
}
