#include "architecture/architecture_reader.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <utility>

#include "architecture/arithmetic_rates.hpp"
#include "architecture/efficiency_reader.hpp"
#include "architecture/figures.hpp"
#include "architecture/pim_text.hpp"
#include "price/cost_reader.hpp"
#include "util/yaml_merge.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_cores = 10'000'000;
constexpr std::size_t longest_note = 1000;

bool is_device_name(const std::string& name) {
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), word) && name.size() <= 100;
}

EnergyFigure read_energy(YamlMap& map, const std::string& key, double (*figure)(const YamlNode&)) {
  const YamlNode* node = map.optional(key);
  return node == nullptr ? EnergyFigure::not_stated() : EnergyFigure(figure(*node));
}

Port read_port(YamlMap& map, const std::string& prefix) {
  Port port;
  port.bandwidth_Bps = yaml_giga(map.required(prefix + "_bw_GBs"));
  port.energy_J_per_byte = read_energy(map, prefix + "_pj_per_bit", yaml_pj_per_bit);
  return port;
}

std::optional<double> read_time_per_element(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  return yaml_ns_per_element(*node);
}

double read_efficiency(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  return node == nullptr ? 1 : yaml_share(*node);
}

double read_ns_or_zero(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  return node == nullptr ? 0 : yaml_ns(*node);
}

ProfileBasis read_basis(const YamlNode& node) {
  const std::vector<std::string>& names = basis_names();
  const std::string name = yaml_choice(node, names);
  return static_cast<ProfileBasis>(std::find(names.begin(), names.end(), name) - names.begin());
}

std::string read_note(const YamlNode& node) {
  std::string note = yaml_text(node);
  if (note.size() > longest_note)
    yaml_error(node,
               "a text of " + std::to_string(note.size()) + " bytes; expected at most " + std::to_string(longest_note));
  return note;
}

void read_arithmetic(YamlMap& map, Architecture& profile) {
  const YamlNode& tflops = map.required("tflops");
  ArithmeticRates rates = read_arithmetic_rates(&tflops, map.optional("tflops_int4"));
  profile.flops_per_s_int4 = rates.flops_per_s_int4;
  profile.flops_per_s_by_format = std::move(rates.by_format);
  profile.flops_per_s = rates.flops_per_s ? *rates.flops_per_s : profile.peak_flops_per_s(NumberFormat::bfloat16);
}

void read_board_power(YamlMap& map, Architecture& profile) {
  if (const YamlNode* idle = map.optional("idle_W")) profile.idle_W = yaml_amount(*idle);
  if (const YamlNode* active = map.optional("active_W")) profile.active_W = yaml_amount(*active);
  const YamlNode* limit = map.optional("power_limit_W");
  if (limit == nullptr) return;
  profile.power_limit_W = yaml_rate(*limit);
  if (const std::string problem = profile.power_limit_problem(); !problem.empty()) yaml_error(*limit, problem);
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
  profile.energy_J_per_flop = read_energy(map, "pj_per_tflop", yaml_pj_per_tflop);
  profile.softmax_s_per_element = read_time_per_element(map, "softmax_ns_per_element");
  profile.silu_s_per_element = read_time_per_element(map, "SiLU_ns_per_element");
  profile.rmsnorm_s_per_element = read_time_per_element(map, "RMSNorm_ns_per_element");
  profile.compute_efficiency = read_efficiency(map, "compute_efficiency");
  profile.memory_efficiency = read_efficiency(map, "mem_efficiency");
  profile.launch_overhead_s = read_ns_or_zero(map, "launch_overhead_ns");
  if (const YamlNode* capacity = map.optional("capacity_GB")) profile.capacity_B = yaml_giga(*capacity);
  read_board_power(map, profile);
  profile.link_latency_s = read_ns_or_zero(map, "link_latency_ns");
  if (const YamlNode* basis = map.optional("basis")) profile.basis = read_basis(*basis);
  if (const YamlNode* note = map.optional("note")) profile.note = read_note(*note);
  if (const YamlNode* cores = map.optional("cores"))
    profile.cores = static_cast<double>(yaml_integer(*cores, 1, most_cores));
  if (const YamlNode* cache = map.optional("cache_MB")) profile.cache_B = yaml_rate(*cache) * 1e6;
  if (const YamlNode* peers = map.optional("peer_bw_GBs")) profile.peer_Bps = yaml_giga(*peers);
  const YamlNode* const efficiency = map.optional("efficiency");
  if (efficiency != nullptr) profile.efficiency = read_efficiency_table(*efficiency);
  if (const YamlNode* pim = map.optional("pim")) {
    if (efficiency != nullptr) yaml_error(*pim, "beside efficiency; expected one of the two");
    profile.pim = read_pim_banks(*pim);
  }
  if (const YamlNode* cost = map.optional("cost")) profile.price = read_item_price(*cost);
  map.done();
  return profile;
}

std::vector<Architecture> read_profiles(const YamlNode& root, const std::string& path) {
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
    return parsed(path, std::move(text)).profiles;
  }

  /// The tree of a profile.
  YamlNode tree(const std::string& path, const std::string& name) {
    std::string text = read_yaml_text(path);
    const std::lock_guard lock(mutex_);
    const YamlNode* const profile = parsed(path, std::move(text)).root.find(name);
    if (profile == nullptr) throw InputError({path}, "no '" + name + "' any more; expected the device that was read");
    return *profile;
  }

 private:
  static constexpr std::size_t most_files = 64;

  struct ParsedFile {
    std::string text;
    YamlNode root;
    std::vector<Architecture> profiles;
  };

  const ParsedFile& parsed(const std::string& path, std::string text) {
    const auto known = files_.find(path);
    if (known != files_.end() && known->second.text == text) return known->second;
    YamlNode root = parse_yaml(text, path);
    std::vector<Architecture> profiles = read_profiles(root, path);
    if (files_.size() == most_files) files_.clear();
    return files_[path] = {std::move(text), std::move(root), std::move(profiles)};
  }

  std::mutex mutex_;
  std::map<std::string, ParsedFile> files_;
};

KnownArchitectures& known_architectures() {
  static KnownArchitectures known;
  return known;
}

}  // namespace

std::vector<Architecture> parse_architectures(const std::string& text, const std::string& path) {
  return read_profiles(parse_yaml(text, path), path);
}

std::vector<Architecture> read_architectures(const std::string& path) {
  return known_architectures().read(path);
}

Architecture read_changed_architecture(const std::string& path, const std::string& name, const YamlNode& changes) {
  YamlNode profile = known_architectures().tree(path, name);
  merge_yaml(profile, changes);
  return read_profile(name, profile);
}

std::string canonical_device_name(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace upmem_des
