#include "architecture/architecture_reader.hpp"

#include <algorithm>
#include <cctype>

#include "architecture/figures.hpp"

namespace upmem_des {

namespace {

constexpr double nano = 1e-9;
constexpr double pico = 1e-12;
constexpr double tera = 1e12;

bool is_device_name(const std::string& name) {
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), word) && name.size() <= 100;
}

Port read_port(YamlMap& map, const std::string& prefix) {
  Port port;
  port.bandwidth_Bps = yaml_giga(map.required(prefix + "_bw_GBs"));
  port.energy_J_per_byte = yaml_pj_per_bit(map.required(prefix + "_pj_per_bit"));
  return port;
}

std::optional<double> read_time_per_element(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  return yaml_rate(*node) * nano;
}

double read_efficiency(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  return node == nullptr ? 1 : yaml_share(*node);
}

double read_ns_or_zero(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  return node == nullptr ? 0 : yaml_ns(*node);
}

Architecture read_profile(const std::string& name, const YamlNode& node) {
  Architecture profile;
  profile.name = name;
  profile.where = node.where;
  YamlMap map(node);
  profile.host_to_device = read_port(map, "host_to_device");
  profile.device_to_host = read_port(map, "device_to_host");
  profile.memory = read_port(map, "mem");
  profile.flops_per_s = yaml_rate(map.required("tflops")) * tera;
  if (const YamlNode* int4 = map.optional("tflops_int4")) profile.flops_per_s_int4 = yaml_rate(*int4) * tera;
  profile.energy_J_per_flop = yaml_amount(map.required("pj_per_tflop")) * pico / tera;
  profile.softmax_s_per_element = read_time_per_element(map, "softmax_ns_per_element");
  profile.silu_s_per_element = read_time_per_element(map, "SiLU_ns_per_element");
  profile.rmsnorm_s_per_element = read_time_per_element(map, "RMSNorm_ns_per_element");
  profile.compute_efficiency = read_efficiency(map, "compute_efficiency");
  profile.memory_efficiency = read_efficiency(map, "mem_efficiency");
  profile.launch_overhead_s = read_ns_or_zero(map, "launch_overhead_ns");
  if (const YamlNode* capacity = map.optional("capacity_GB")) profile.capacity_B = yaml_giga(*capacity);
  if (const YamlNode* idle = map.optional("idle_W")) profile.idle_W = yaml_amount(*idle);
  profile.link_latency_s = read_ns_or_zero(map, "link_latency_ns");
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
