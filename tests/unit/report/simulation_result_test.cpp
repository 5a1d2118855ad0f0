#include "upmem_des/result/simulation_result.hpp"

#include <gtest/gtest.h>

#include "sample_result.hpp"

using namespace upmem_des;

TEST(SimulationResultTest, Sums) {
  const SimulationResult result = sample_result();
  EXPECT_EQ(result.phase(Phase::Prefill).energy.total_J(), 17);
  EXPECT_EQ(result.phase(Phase::Decode).energy.total_J(), 36);
  EXPECT_EQ(result.energy_J(), 53);
  EXPECT_EQ(result.power_W(), 53.0 / 8);
  EXPECT_EQ(result.phase(Phase::Prefill).power_W(), 8.5);
  EXPECT_EQ(result.phase(Phase::Decode).power_W(), 6);
  EXPECT_EQ(result.generated_tokens(), 8) << "4 passes of 2 rows";
  EXPECT_EQ(result.decode_tokens(), 6) << "3 passes of 2 rows";
  EXPECT_EQ(result.tokens_per_s(), 1);
  EXPECT_EQ(result.time_to_first_token_s(), 2);
  EXPECT_EQ(result.time_per_output_token_s(), 2) << "6 s, 3 passes";
  EXPECT_EQ(result.energy_per_token_J(), 6);
}

TEST(SimulationResultTest, WithoutTimeOrTokensNothingIsDividedByZero) {
  SimulationResult result;
  EXPECT_EQ(result.power_W(), 0);
  EXPECT_EQ(result.phase(Phase::Decode).power_W(), 0);
  EXPECT_EQ(result.tokens_per_s(), 0);
  EXPECT_EQ(result.time_per_output_token_s(), 0);
  EXPECT_EQ(result.energy_per_token_J(), 0);
  EXPECT_EQ(result.generated_tokens(), 0);
  EXPECT_EQ(result.decode_tokens(), 0) << "and not -1";
  result.forward_passes = 1;
  EXPECT_EQ(result.generated_tokens(), 1);
  EXPECT_EQ(result.decode_tokens(), 0);
  result.phase(Phase::Prefill).energy.compute_J = 5;
  EXPECT_EQ(result.energy_per_token_J(), 0);
}

TEST(SimulationResultTest, PartsAddUp) {
  EnergyParts energy{1, 2, 6, 3, 4, 5, 7};
  energy += {10, 20, 60, 30, 40, 50, 70};
  EXPECT_EQ(energy.host_to_device_J, 11);
  EXPECT_EQ(energy.device_to_host_J, 22);
  EXPECT_EQ(energy.device_to_device_J, 66);
  EXPECT_EQ(energy.main_mem_J, 33);
  EXPECT_EQ(energy.compute_J, 44);
  EXPECT_EQ(energy.idle_J, 55);
  EXPECT_EQ(energy.active_J, 77);
  EXPECT_EQ(energy.of_events_J(), 176);
  EXPECT_EQ(energy.total_J(), 308);
  EXPECT_EQ((energy * 2).active_J, 154);
  const EnergyParts rest = energy - EnergyParts{1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(rest.host_to_device_J, 10);
  EXPECT_EQ(rest.device_to_host_J, 20);
  EXPECT_EQ(rest.device_to_device_J, 63);
  EXPECT_EQ(rest.main_mem_J, 29);
  EXPECT_EQ(rest.compute_J, 39);
  EXPECT_EQ(rest.idle_J, 49);
  EXPECT_EQ(rest.active_J, 70);

  EventCost cost{1, {1, 1, 1, 1, 1, 1}, {1, 2, 6, 3, 4, 5}, {6, 7, 10}, 8, 9};
  cost += cost;
  EXPECT_EQ(cost.time_s, 2);
  EXPECT_EQ(cost.energy.total_J(), 12);
  EXPECT_EQ(cost.busy.host_to_device_s, 2);
  EXPECT_EQ(cost.busy.device_to_host_s, 4);
  EXPECT_EQ(cost.busy.device_to_device_s, 12);
  EXPECT_EQ(cost.busy.compute_s, 6);
  EXPECT_EQ(cost.busy.mem_transfer_s, 8);
  EXPECT_EQ(cost.busy.kv_load_s, 10);
  EXPECT_EQ(cost.moved.host_to_device_B, 12);
  EXPECT_EQ(cost.moved.device_to_host_B, 14);
  EXPECT_EQ(cost.moved.device_to_device_B, 20);
  EXPECT_EQ(cost.flop, 16);
  EXPECT_EQ(cost.memory_bytes, 18);
}

TEST(SimulationResultTest, EnergyOfDevicesAndOfLinksThatNobodyOwnsIsAll) {
  for (const SimulationResult& result : {sample_result(), machine_result()}) {
    double sum_J = 0;
    for (const DeviceResult& device : result.devices) {
      sum_J += device.energy.total_J();
      EXPECT_EQ(device.phase_energy[0].total_J() + device.phase_energy[1].total_J(), device.energy.total_J());
    }
    for (const LinkResult& link : result.links) sum_J += link.owner ? 0 : link.total_energy_J();
    EXPECT_EQ(sum_J, result.energy_J()) << result.scenario;
    for (std::size_t p = 0; p < phase_count; ++p) {
      double phase_J = 0;
      for (const DeviceResult& device : result.devices) phase_J += device.phase_energy[p].total_J();
      for (const LinkResult& link : result.links) phase_J += link.owner ? 0 : link.energy_J[p];
      EXPECT_EQ(phase_J, result.phases[p].energy.total_J()) << result.scenario;
    }
  }
}

TEST(SimulationResultTest, UtilisationOfLinks) {
  LinkResult link;
  EXPECT_EQ(link.utilisation(0), 0);
  EXPECT_EQ(link.utilisation(5), 0);
  link.moved_B = {100, 50};
  EXPECT_EQ(link.utilisation(5), 0) << "without bandwidth, as no link of a platform is";
  link.bandwidth_Bps = 60;
  EXPECT_EQ(link.utilisation(5), 0.5) << "150 of 300 bytes";
  EXPECT_EQ(link.utilisation(0), 0);
  link.bandwidth_Bps = 1e308;
  EXPECT_EQ(link.utilisation(1e308), 0);
}

TEST(SimulationResultTest, MemoryTotals) {
  EXPECT_EQ(MemoryUse().total_B(), 0);
  EXPECT_EQ((MemoryUse{1, 2, 4, 8, 100}).total_B(), 15);
}
