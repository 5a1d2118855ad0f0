#include "price/cost_inputs.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

constexpr double varied_by = 0.2;

}  // namespace

std::vector<NamedInput> named_inputs(const CostInputs& inputs) {
  std::vector<NamedInput> named;
  const auto add = [&named](const std::string& name, const ValueRange& input, const ValueBounds& bounds = {}) {
    if (input.is_nothing()) return;
    NamedInput one{name, &input, input.low, input.high};
    if (!input.is_range()) {
      one.low = std::max(bounds.least, input.mid * (1 - varied_by));
      one.high = std::min(bounds.most, input.mid * (1 + varied_by));
    }
    named.push_back(one);
  };
  const CostSection& section = inputs.section;
  const auto add_given = [&add](const char* name, const std::optional<ValueRange>& input) {
    if (input) add(name, *input);
  };
  add_given("years", section.years);
  add("utilisation", section.utilisation, {0, 1});
  add_given("operation_share", section.operation_share);
  add("pue", section.pue, {1});
  add_given("electricity_usd_per_kWh", section.electricity_usd_per_kWh);
  add_given("carbon_g_per_kWh", section.carbon_g_per_kWh);
  add_given("cloud_usd_per_hour", section.cloud_usd_per_hour);
  add_given("cloud_usd_per_device_hour", section.cloud_usd_per_device_hour);
  add_given("idle_W", section.idle_W);
  inputs.machine.for_each_input(add);
  add("simulated throughput", inputs.run.throughput);
  add("simulated power", inputs.run.power);
  return named;
}

}  // namespace upmem_des
