/// What holds for every workload and machine.
#include <gtest/gtest.h>

#include <cmath>

#include "law_cases.hpp"
#include "machine_bench.hpp"
#include "support/peak_laws.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class Law : public ::testing::TestWithParam<LawCase> {
 protected:
  SimulationResult run(const std::string& simulation) {
    MachineBench bench;
    return bench.run_model(GetParam().platform, GetParam().mapping, simulation, GetParam().workload);
  }
};

double energy_J(const SimulationResult& result) {
  return result.phases[0].energy.of_events_J() + result.phases[1].energy.of_events_J();
}

}  // namespace

TEST_P(Law, OnIdealLinksDataflowIsNotSlowerAndTakesTheSameEnergy) {
  const SimulationResult in_order = run("schedule: sequential, ideal_links: true");
  const SimulationResult dataflow = run("schedule: dataflow, ideal_links: true");
  EXPECT_LE(dataflow.time_s, in_order.time_s * (1 + 1e-12));
  EXPECT_NEAR(energy_J(in_order), energy_J(dataflow), 1e-9 * energy_J(in_order));
}

TEST_P(Law, LinksTakeTimeAndEnergy) {
  const SimulationResult ideal = run("schedule: dataflow, ideal_links: true");
  const SimulationResult real = run("schedule: dataflow");
  EXPECT_LT(ideal.time_s, real.time_s);
  EXPECT_LT(energy_J(ideal), energy_J(real));
  for (std::size_t p = 0; p < phase_count; ++p) {
    EXPECT_DOUBLE_EQ(ideal.phases[p].moved.host_to_device_B, real.phases[p].moved.host_to_device_B);
    EXPECT_DOUBLE_EQ(ideal.phases[p].moved.device_to_host_B, real.phases[p].moved.device_to_host_B);
    EXPECT_DOUBLE_EQ(ideal.phases[p].moved.device_to_device_B, real.phases[p].moved.device_to_device_B);
  }
}

TEST_P(Law, EnergyIsThatOfDevicesAndLinks) {
  for (const char* how :
       {"schedule: sequential", "schedule: dataflow", "schedule: dataflow, prefetch_weights: true, chunks: 4"}) {
    const SimulationResult result = run(how);
    EXPECT_NEAR(result.energy_J(), summed_energy_J(result), 1e-9 * result.energy_J()) << how;
    EXPECT_NEAR(result.time_s, result.phases[0].time_s + result.phases[1].time_s, 1e-12 * result.time_s);
    // What the plugins integrated is what the formulas say of every event.
    EnergyParts formulas, plugins = result.phases[0].energy;
    plugins += result.phases[1].energy;
    for (const EventClass& events : result.event_classes) formulas += events.cost.energy;
    // A transfer of a few bytes late in the run is as exact as the clock's last digit.
    const double last_digit_J = 1e-15 * energy_J(result);
    const auto agrees = [&](double integrated_J, double formula_J) {
      EXPECT_NEAR(integrated_J, formula_J, 1e-9 * formula_J + last_digit_J) << how;
    };
    agrees(plugins.compute_J, formulas.compute_J);
    agrees(plugins.main_mem_J, formulas.main_mem_J);
    agrees(plugins.host_to_device_J, formulas.host_to_device_J);
    agrees(plugins.device_to_device_J, formulas.device_to_device_J);
  }
}

TEST_P(Law, PeakPowerIsBetweenTheMeanAndWhatEverythingDraws) {
  for (const char* how : {"schedule: sequential", "schedule: dataflow", "schedule: dataflow, segments: false",
                          "schedule: dataflow, prefetch_weights: true, chunks: 4"})
    EXPECT_EQ("", broken_peak_law(run(how))) << how;
}

TEST_P(Law, NothingIsBusyLongerThanTheRun) {
  const SimulationResult result = run("schedule: dataflow, prefetch_weights: true");
  for (const DeviceResult& device : result.devices) {
    EXPECT_LE(device.busy.compute_s, result.time_s * (1 + 1e-9)) << device.name;
    EXPECT_LE(device.busy.mem_transfer_s + device.busy.kv_load_s, result.time_s * (1 + 1e-9)) << device.name;
    EXPECT_LE(device.busy.host_to_device_s, result.time_s * (1 + 1e-9)) << device.name;
    EXPECT_LE(device.busy.device_to_host_s, result.time_s * (1 + 1e-9)) << device.name;
    EXPECT_LE(device.busy.device_to_device_s, result.time_s * (1 + 1e-9)) << device.name;
  }
  for (const LinkResult& link : result.links)
    EXPECT_LE(link.total_moved_B(), link.bandwidth_Bps * result.time_s * (1 + 1e-9)) << link.name;
}

TEST_P(Law, PrefetchingIsNotSlower) {
  const SimulationResult without = run("schedule: dataflow");
  const SimulationResult with = run("schedule: dataflow, prefetch_weights: true");
  EXPECT_LE(with.time_s, without.time_s * (1 + 1e-9));
  EXPECT_NEAR(energy_J(without), energy_J(with), 1e-9 * energy_J(without));
  double last_s = without.time_s;
  for (const char* buffer_MB : {"0.1", "10", "50", "1e6"}) {
    const SimulationResult buffered =
        run("schedule: dataflow, prefetch_weights: {buffer_MB: " + std::string(buffer_MB) + "}");
    EXPECT_LE(buffered.time_s, last_s * (1 + 1e-9)) << buffer_MB;
    EXPECT_NEAR(energy_J(without), energy_J(buffered), 1e-9 * energy_J(without)) << buffer_MB;
    for (const DeviceResult& device : buffered.devices)
      for (const double busy_s : {device.busy.compute_s, device.busy.mem_transfer_s + device.busy.kv_load_s})
        EXPECT_LE(busy_s, buffered.time_s * (1 + 1e-9)) << device.name;
    last_s = buffered.time_s;
  }
  EXPECT_LE(last_s, with.time_s * (1 + 1e-9));
}

TEST_P(Law, TwoRunsAreEqualToTheLastBit) {
  const SimulationResult first = run("schedule: dataflow");
  const SimulationResult second = run("schedule: dataflow");
  EXPECT_EQ(first.time_s, second.time_s);
  EXPECT_EQ(first.energy_J(), second.energy_J());
}

INSTANTIATE_TEST_SUITE_P(Machines, Law, ::testing::ValuesIn(law_cases),
                         [](const ::testing::TestParamInfo<LawCase>& one) { return one.param.name; });
