#include "cost_sample.hpp"

namespace upmem_des::test {

CostInputs sample_inputs() {
  CostInputs inputs;
  CostSection& section = inputs.section;
  section.years = ValueRange::of(2);
  section.utilisation = ValueRange::of(0.5);
  section.operation_share = ValueRange::of(0.2);
  section.pue = ValueRange::of(1.2);
  section.electricity_usd_per_kWh = ValueRange::of(0.1);
  section.carbon_g_per_kWh = ValueRange::of(400);
  ItemPrice device, host;
  device.price_usd = ValueRange::of(1000);
  device.embodied_kg = ValueRange::of(150);
  host.price_usd = ValueRange::of(500);
  host.embodied_kg = ValueRange::of(50);
  inputs.machine.items = {{"HOST", 1, std::nullopt, host, true}, {"gpu", 2, std::nullopt, device, true}};
  inputs.machine.devices = 2;
  inputs.machine.idle_W = 100;
  RunFigures& run = inputs.run;
  run.time_s = 10;
  run.energy_J = 5000;
  run.answered = {4, 300, 100};
  run.prompt_time_share = 0.2;
  run.prompt_energy_share = 0.4;
  return inputs;
}

}  // namespace upmem_des::test
