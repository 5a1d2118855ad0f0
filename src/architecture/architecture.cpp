#include "upmem_des/architecture/architecture.hpp"

#include <algorithm>
#include <array>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

/// A format, and those that its numbers can be widened to, in order.
struct Widening {
  NumberFormat format;
  std::array<NumberFormat, 5> to;
};

const Widening& widening_of(NumberFormat format) {
  using F = NumberFormat;
  static const std::array<Widening, 8> all{
      {{F::int4, {F::int8, F::bfloat16, F::float16, F::float32, F::float32}},
       {F::mxfp4, {F::fp8, F::bfloat16, F::float16, F::float32, F::float32}},
       {F::nvfp4, {F::fp8, F::bfloat16, F::float16, F::float32, F::float32}},
       {F::int8, {F::bfloat16, F::float16, F::float32, F::float32, F::float32}},
       {F::fp8, {F::bfloat16, F::float16, F::float32, F::float32, F::float32}},
       {F::bfloat16, {F::float16, F::float32, F::float32, F::float32, F::float32}},
       {F::float16, {F::bfloat16, F::float32, F::float32, F::float32, F::float32}},
       {F::float32, {F::float32, F::float32, F::float32, F::float32, F::float32}}}};
  return *std::find_if(all.begin(), all.end(), [&](const Widening& each) { return each.format == format; });
}

}  // namespace

const std::vector<std::string>& basis_names() {
  static const std::vector<std::string> names{"measured", "data_sheet", "published", "assumed"};
  return names;
}

std::vector<std::string> Architecture::energies_not_stated() const {
  std::vector<std::string> keys;
  const auto expect = [&keys](const EnergyFigure& energy, const char* key) {
    if (!energy.is_stated()) keys.emplace_back(key);
  };
  expect(host_to_device.energy_J_per_byte, "host_to_device_pj_per_bit");
  expect(device_to_host.energy_J_per_byte, "device_to_host_pj_per_bit");
  expect(memory.energy_J_per_byte, "mem_pj_per_bit");
  expect(energy_J_per_flop, "pj_per_tflop");
  return keys;
}

std::string Architecture::power_limit_problem() const {
  if (!power_limit_W) return "";
  if (!states_power())
    return "a power limit beside energies that are not stated; expected mem_pj_per_bit and pj_per_tflop, too, or no "
           "power_limit_W";
  if (*power_limit_W > idle_W + active_W) return "";
  constexpr int digits = 6;
  return "a power limit of " + rounded_plain(*power_limit_W, digits) + " W is not above idle_W + active_W, " +
         rounded_plain(idle_W + active_W, digits) + " W; expected more";
}

double Architecture::peak_flops_per_s(NumberFormat format) const {
  const NumberFormat wanted = format.arithmetic();
  if (flops_per_s_by_format.empty())
    return wanted == NumberFormat::int4 && flops_per_s_int4 ? *flops_per_s_int4 : flops_per_s;
  const auto stated = [&](NumberFormat which) -> const double* {
    for (const auto& [known, rate] : flops_per_s_by_format)
      if (known == which) return &rate;
    return nullptr;
  };
  if (const double* rate = stated(wanted)) return *rate;
  for (const NumberFormat wider : widening_of(wanted).to)
    if (const double* rate = stated(wider)) return *rate;
  return std::max_element(flops_per_s_by_format.begin(), flops_per_s_by_format.end(),
                          [](const auto& a, const auto& b) { return a.first.element_bits() < b.first.element_bits(); })
      ->second;
}

}  // namespace upmem_des
