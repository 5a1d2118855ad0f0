#include "platform/profile_changes.hpp"

#include "architecture/figures.hpp"
#include "price/cost_reader.hpp"

namespace upmem_des {

namespace {

void replace_rates(Architecture& profile, const ArithmeticRates& changes) {
  auto& by_format = profile.flops_per_s_by_format;
  const auto set = [&by_format](NumberFormat format, double rate) {
    for (auto& known : by_format)
      if (known.first == format) {
        known.second = rate;
        return;
      }
    by_format.emplace_back(format, rate);
  };
  if (changes.flops_per_s) {
    profile.flops_per_s = *changes.flops_per_s;
    by_format.clear();
  }
  for (const auto& [format, rate] : changes.by_format) set(format, rate);
  if (changes.flops_per_s_int4) {
    if (by_format.empty())
      profile.flops_per_s_int4 = changes.flops_per_s_int4;
    else
      set(NumberFormat::int4, *changes.flops_per_s_int4);
  }
  if (by_format.empty()) return;
  profile.flops_per_s = profile.peak_flops_per_s(NumberFormat::bfloat16);
  profile.flops_per_s_int4.reset();
}

}  // namespace

Architecture ProfileChanges::applied_to(Architecture profile) const {
  const auto replace = [](auto& figure, const std::optional<double>& change) {
    if (change) figure = *change;
  };
  replace(profile.capacity_B, capacity_B);
  replace(profile.host_to_device.bandwidth_Bps, host_to_device_Bps);
  replace(profile.host_to_device.energy_J_per_byte, host_to_device_J_per_byte);
  replace(profile.device_to_host.bandwidth_Bps, device_to_host_Bps);
  replace(profile.device_to_host.energy_J_per_byte, device_to_host_J_per_byte);
  replace(profile.memory.bandwidth_Bps, memory_Bps);
  replace(profile.memory.energy_J_per_byte, memory_J_per_byte);
  replace_rates(profile, arithmetic);
  replace(profile.energy_J_per_flop, energy_J_per_flop);
  replace(profile.softmax_s_per_element, softmax_s_per_element);
  replace(profile.silu_s_per_element, silu_s_per_element);
  replace(profile.rmsnorm_s_per_element, rmsnorm_s_per_element);
  replace(profile.link_latency_s, link_latency_s);
  replace(profile.idle_W, idle_W);
  replace(profile.active_W, active_W);
  replace(profile.power_limit_W, power_limit_W);
  replace(profile.compute_efficiency, compute_efficiency);
  replace(profile.memory_efficiency, memory_efficiency);
  replace(profile.launch_overhead_s, launch_overhead_s);
  if (price) profile.price = profile.price.value_or(ItemPrice{}).with(*price);
  return profile;
}

ProfileChanges read_profile_changes(YamlMap& map) {
  const auto read = [&map](const char* key, double (*figure)(const YamlNode&)) -> std::optional<double> {
    const YamlNode* node = map.optional(key);
    if (node == nullptr) return std::nullopt;
    return figure(*node);
  };
  ProfileChanges changes;
  changes.capacity_B = read("capacity_GB", yaml_giga);
  changes.host_to_device_Bps = read("host_to_device_bw_GBs", yaml_giga);
  changes.host_to_device_J_per_byte = read("host_to_device_pj_per_bit", yaml_pj_per_bit);
  changes.device_to_host_Bps = read("device_to_host_bw_GBs", yaml_giga);
  changes.device_to_host_J_per_byte = read("device_to_host_pj_per_bit", yaml_pj_per_bit);
  changes.memory_Bps = read("mem_bw_GBs", yaml_giga);
  changes.memory_J_per_byte = read("mem_pj_per_bit", yaml_pj_per_bit);
  const YamlNode* tflops = map.optional("tflops");
  changes.arithmetic = read_arithmetic_rates(tflops, map.optional("tflops_int4"));
  changes.energy_J_per_flop = read("pj_per_tflop", yaml_pj_per_tflop);
  changes.softmax_s_per_element = read("softmax_ns_per_element", yaml_ns_per_element);
  changes.silu_s_per_element = read("SiLU_ns_per_element", yaml_ns_per_element);
  changes.rmsnorm_s_per_element = read("RMSNorm_ns_per_element", yaml_ns_per_element);
  changes.link_latency_s = read("link_latency_ns", yaml_ns);
  changes.idle_W = read("idle_W", yaml_amount);
  changes.active_W = read("active_W", yaml_amount);
  changes.power_limit_W = read("power_limit_W", yaml_rate);
  changes.compute_efficiency = read("compute_efficiency", yaml_share);
  changes.memory_efficiency = read("mem_efficiency", yaml_share);
  changes.launch_overhead_s = read("launch_overhead_ns", yaml_ns);
  if (const YamlNode* cost = map.optional("cost")) changes.price = read_item_price(*cost);
  return changes;
}

}  // namespace upmem_des
