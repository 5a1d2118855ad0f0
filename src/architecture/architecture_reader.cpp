#include "architecture/architecture_reader.hpp"

#include <algorithm>
#include <cctype>

#include "util/yaml.hpp"

namespace upmem_des {

namespace {

constexpr double giga = 1e9;
constexpr double nano = 1e-9;
constexpr double pico = 1e-12;
constexpr double tera = 1e12;
constexpr double bits_per_byte = 8;

// Far beyond any device, and small enough that no formula overflows.
constexpr double largest = 1e18;
// A rate below this would make a single layer take longer than SimGrid's clock can tell nanoseconds in.
constexpr double smallest_rate = 1e-9;

bool is_device_name(const std::string& name) {
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), word) && name.size() <= 100;
}

double rate(const YamlNode& node) {
  const double value = yaml_number(node, NumberRange::positive(largest));
  if (value < smallest_rate) yaml_error(node, "'" + node.scalar + "' is too small; expected at least 1e-9");
  return value;
}

double amount(const YamlNode& node) {
  return yaml_number(node, NumberRange::not_negative(largest));
}

Port read_port(YamlMap& map, const std::string& prefix) {
  Port port;
  port.bandwidth_Bps = rate(map.required(prefix + "_bw_GBs")) * giga;
  port.energy_J_per_byte = amount(map.required(prefix + "_pj_per_bit")) * bits_per_byte * pico;
  return port;
}

std::optional<double> read_time_per_element(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  return rate(*node) * nano;
}

double read_efficiency(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return 1;
  const double value = yaml_number(*node, NumberRange::positive(1));
  if (value < smallest_rate) yaml_error(*node, "'" + node->scalar + "' is too small; expected at least 1e-9");
  return value;
}

double read_amount_or_zero(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  return node == nullptr ? 0 : amount(*node);
}

Architecture read_profile(const std::string& name, const YamlNode& node) {
  Architecture profile;
  profile.name = name;
  profile.where = node.where;
  YamlMap map(node);
  profile.host_to_device = read_port(map, "host_to_device");
  profile.device_to_host = read_port(map, "device_to_host");
  profile.memory = read_port(map, "mem");
  profile.flops_per_s = rate(map.required("tflops")) * tera;
  if (const YamlNode* int4 = map.optional("tflops_int4")) profile.flops_per_s_int4 = rate(*int4) * tera;
  profile.energy_J_per_flop = amount(map.required("pj_per_tflop")) * pico / tera;
  profile.softmax_s_per_element = read_time_per_element(map, "softmax_ns_per_element");
  profile.silu_s_per_element = read_time_per_element(map, "SiLU_ns_per_element");
  profile.rmsnorm_s_per_element = read_time_per_element(map, "RMSNorm_ns_per_element");
  profile.compute_efficiency = read_efficiency(map, "compute_efficiency");
  profile.memory_efficiency = read_efficiency(map, "mem_efficiency");
  profile.launch_overhead_s = read_amount_or_zero(map, "launch_overhead_ns") * nano;
  if (const YamlNode* capacity = map.optional("capacity_GB")) profile.capacity_B = rate(*capacity) * giga;
  profile.idle_W = read_amount_or_zero(map, "idle_W");
  profile.link_latency_s = read_amount_or_zero(map, "link_latency_ns") * nano;
  map.done();
  return profile;
}

}  // namespace

std::vector<Architecture> read_architectures(const std::string& path) {
  const YamlNode root = read_yaml_file(path);
  if (root.kind == YamlNode::Kind::Null) throw InputError({path}, "empty; expected device names with their figures");
  if (root.kind != YamlNode::Kind::Map) yaml_error(root, "no mapping; expected device names with their figures");
  std::vector<Architecture> profiles;
  for (const auto& [name, node] : root.entries) {
    if (name.find('-') != std::string::npos)
      yaml_error(node, "a device name with a hyphen; expected underscores (mappings may use either)");
    if (!is_device_name(name))
      yaml_error(node, "not a device name; expected a letter, then letters, digits and underscores, at most 100");
    profiles.push_back(read_profile(name, node));
  }
  if (profiles.empty()) throw InputError({path}, "empty; expected device names with their figures");
  return profiles;
}

std::string canonical_device_name(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace upmem_des
