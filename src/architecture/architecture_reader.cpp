#include "architecture/architecture_reader.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>

#include "architecture/figures.hpp"
#include "util/suggest.hpp"

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

/// `tflops` is one rate, with `tflops_int4` beside it, or a rate for each format.
void read_arithmetic(YamlMap& map, Architecture& profile) {
  const YamlNode& rates = map.required("tflops");
  const YamlNode* int4 = map.optional("tflops_int4");
  if (rates.kind != YamlNode::Kind::Map) {
    profile.flops_per_s = yaml_rate(rates) * tera;
    if (int4 != nullptr) profile.flops_per_s_int4 = yaml_rate(*int4) * tera;
    return;
  }
  if (int4 != nullptr) yaml_error(*int4, "does not go with tflops by format, which says so itself; expected it there");
  static const std::vector<std::string> formats{"int4",  "int8",    "fp8",      "mxfp4",
                                                "nvfp4", "float16", "bfloat16", "float32"};
  for (const auto& [name, node] : rates.entries) {
    const std::optional<NumberFormat> format = parse_number_format(name);
    if (!format || format->arithmetic() != *format)
      yaml_error(node, "'" + name + "' is no format of arithmetic; expected one of " + listed(formats) +
                           did_you_mean(name, formats));
    for (const auto& known : profile.flops_per_s_by_format)
      if (known.first == *format)
        yaml_error(node, "a second rate of " + std::string(format->name()) + "; expected one");
    profile.flops_per_s_by_format.emplace_back(*format, yaml_rate(node) * tera);
  }
  if (profile.flops_per_s_by_format.empty()) yaml_error(rates, "no rate; expected a number, or one for each format");
  profile.flops_per_s = profile.peak_flops_per_s(NumberFormat::bfloat16);
}

Architecture read_profile(const std::string& name, const YamlNode& node) {
  Architecture profile;
  profile.name = name;
  profile.where = node.where;
  YamlMap map(node);
  profile.host_to_device = read_port(map, "host_to_device");
  profile.device_to_host = read_port(map, "device_to_host");
  profile.memory = read_port(map, "mem");
  read_arithmetic(map, profile);
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

std::vector<Architecture> parse_architectures(const std::string& text, const std::string& path) {
  const YamlNode root = parse_yaml(text, path);
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

/// The files that were read last. Those who check the points of a sweep, or run them, read the same ones each time, and
/// parsing takes most of that.
class KnownArchitectures {
 public:
  std::vector<Architecture> read(const std::string& path) {
    std::string text = read_yaml_text(path);
    const std::lock_guard lock(mutex_);
    const auto known = files_.find(path);
    if (known != files_.end() && known->second.text == text) return known->second.profiles;
    std::vector<Architecture> profiles = parse_architectures(text, path);
    if (files_.size() == most_files) files_.clear();
    files_[path] = {std::move(text), profiles};
    return profiles;
  }

 private:
  static constexpr std::size_t most_files = 64;

  struct ParsedFile {
    std::string text;
    std::vector<Architecture> profiles;
  };

  std::mutex mutex_;
  std::map<std::string, ParsedFile> files_;
};

}  // namespace

std::vector<Architecture> read_architectures(const std::string& path) {
  static KnownArchitectures known;
  return known.read(path);
}

std::string canonical_device_name(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace upmem_des
