#include "run/device_map.hpp"

#include "platform/device_names.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr const char* known_flags = "t (transfer point), m (mixture-of-experts transfer point) or both";

Split split_of(const MappingEntry& entry, Split otherwise) {
  if (!entry.split) return otherwise;
  if (*entry.split == "tensor") return Split::Tensor;
  if (*entry.split == "experts") return Split::Experts;
  if (*entry.split == "replicas") return Split::Replicas;
  throw InputError(entry.where, entry.key(),
                   "unknown split '" + *entry.split + "'; expected one of " + listed(split_names()) +
                       did_you_mean(*entry.split, split_names()));
}

/// Weights stay where they are in both phases, and every decode pass reads them all: so it is the memory's rate that
/// decides, and capacities tend to follow it.
std::vector<double> memory_rates(const PlatformSpec& platform, const std::vector<DeviceIndex>& devices) {
  std::vector<double> rates;
  for (const DeviceIndex device : devices) {
    const Architecture& architecture = platform.devices[device].architecture;
    rates.push_back(architecture.memory.bandwidth_Bps * architecture.memory_efficiency);
  }
  return rates;
}

class Builder {
 public:
  Builder(const Scenario& scenario, const PlatformSpec& platform, const CostModel& model, const Warn& warn)
      : scenario_(scenario),
        platform_(platform),
        published_(model.transfer_rules() == TransferRules::Published),
        instead_(" does not go with cost model " + model.name()),
        warn_(warn) {}

  Mapping build() {
    if (published_) check_published();
    Mapping mapping;
    add(scenario_.mapping, mapping.common());
    for (const Phase phase : {Phase::Prefill, Phase::Decode}) add(scenario_.mapping_of(phase), mapping.of(phase));
    return mapping;
  }

 private:
  void add(const MappingSection& section, Mapping::Section& targets) {
    for (const MappingEntry& entry : section.lines) targets.set(Name(entry.layer), target_of(entry, Split::Tensor));
    if (section.default_device) targets.set_default(target_of(*section.default_device, Split::Tensor));
    if (section.experts) targets.set_experts(target_of(*section.experts, Split::Experts));
    for (const LayerRangeEntry& range : section.layers)
      targets.add_layers(range.first, range.last, target_of(range.entry, Split::Tensor),
                         range.experts ? std::optional(target_of(*range.experts, Split::Experts)) : std::nullopt);
  }

  MapTarget target_of(const MappingEntry& entry, Split otherwise) {
    MapTarget target;
    target.devices = resolve_devices(platform_, entry.device, entry.where, entry.key());
    if (published_ && target.devices.size() > 1)
      throw InputError(entry.where, entry.key(),
                       "'" + entry.device + "' is " + std::to_string(target.devices.size()) + " devices, which" +
                           instead_ + "; expected one device, or cost_model: roofline");
    target.split = split_of(entry, otherwise);
    set_replicas(entry, target);
    set_context(entry, target);
    set_sequence(entry, target);
    set_expert_groups(entry, target);
    target.weights = weights_of(entry, target);
    target.transfer_point = entry.flags.find('t') != std::string::npos;
    target.shared_input = entry.flags.find('m') != std::string::npos;
    check_flags(entry);
    if (target.shared_input && !scenario_.moe)
      unusual(entry,
              "flag m without a section moe: its input is sent once in the whole run; expected moe: {end: …, "
              "experts_per_token: …}");
    return target;
  }

  static void set_replicas(const MappingEntry& entry, MapTarget& target) {
    const auto replicas = static_cast<std::size_t>(entry.replicas);
    const std::size_t n = target.devices.size();
    if (replicas > 1 && target.split != Split::Tensor)
      throw InputError(entry.where, entry.key() + ".replicas",
                       std::to_string(replicas) + " of what is split by experts; expected split: tensor");
    if (n % replicas != 0)
      throw InputError(entry.where, entry.key() + ".replicas",
                       std::to_string(replicas) + " do not divide the " + std::to_string(n) + " device" +
                           (n == 1 ? "" : "s") + " of '" + entry.device + "'; expected a divisor");
    if (n > 1 && replicas == n)
      target.split = Split::Replicas;
    else
      target.replicas = replicas;
  }

  void set_context(const MappingEntry& entry, MapTarget& target) const {
    if (entry.context == 1) return;
    const auto context = static_cast<std::size_t>(entry.context);
    if (target.groups() % context != 0)
      throw InputError(entry.where, entry.key() + ".context",
                       std::to_string(context) + " that share sequences do not divide " +
                           std::to_string(target.groups()) + " that share rows; expected a divisor");
    target.context = context;
    if (scenario_.offload.kv_cache)
      throw InputError(entry.where, entry.key() + ".context",
                       "sequences that several devices share, with offload.kv_cache; expected one of them");
  }

  static void set_sequence(const MappingEntry& entry, MapTarget& target) {
    if (!entry.sequence_parallel) return;
    if (target.split != Split::Tensor || target.group_size() == 1)
      throw InputError(entry.where, entry.key() + ".sequence_parallel",
                       "true of " +
                           std::string(target.split == Split::Experts ? "what is split by experts"
                                                                      : "devices that share no columns") +
                           "; expected split: tensor over two devices or more, or false");
    target.sequence_parallel = true;
  }

  static void set_expert_groups(const MappingEntry& entry, MapTarget& target) {
    if (entry.groups == 0) return;
    const auto groups = static_cast<std::size_t>(entry.groups);
    const std::size_t n = target.devices.size();
    if (target.split != Split::Experts)
      throw InputError(entry.where, entry.key() + ".groups",
                       "groups of what is not split by experts; expected split: experts");
    if (n % groups != 0)
      throw InputError(entry.where, entry.key() + ".groups",
                       std::to_string(groups) + " do not divide the " + std::to_string(n) + " device" +
                           (n == 1 ? "" : "s") + " of '" + entry.device + "'; expected a divisor");
    if (groups == n) return;
    const auto size = static_cast<std::ptrdiff_t>(n / groups);
    for (auto first = target.devices.begin(); first != target.devices.end(); first += size) {
      Spread& group = target.expert_groups.emplace_back();
      group.devices.assign(first, first + size);
    }
  }

  /// One for each device; of a grid those of a group's may be said once for all.
  std::vector<double> weights_of(const MappingEntry& entry, const MapTarget& target) const {
    if (entry.shares.are_equal()) return {};
    const std::size_t n = target.devices.size();
    const auto fail = [&](const std::string& problem) {
      throw InputError(entry.shares.where, entry.key() + ".shares", problem);
    };
    if (target.split == Split::Experts) fail("shares of experts, which are whole; expected split: tensor or replicas");
    if (entry.shares.by_rate) return memory_rates(platform_, target.devices);
    const std::vector<double>& said = entry.shares.weights;
    if (said.size() == n) return said;
    if (said.size() != target.group_size())
      fail(std::to_string(said.size()) + " for the " + std::to_string(n) + " device" + (n == 1 ? "" : "s") + " of '" +
           entry.device + "'; expected " +
           (target.is_grid() ? std::to_string(target.group_size()) + ", for the devices of every group, or " : "") +
           std::to_string(n));
    std::vector<double> repeated;
    for (std::size_t i = 0; i < target.replicas; ++i) repeated.insert(repeated.end(), said.begin(), said.end());
    return repeated;
  }

  void check_flags(const MappingEntry& entry) {
    for (const char flag : entry.flags)
      if (flag != 't' && flag != 'm' && flag != ' ')
        unusual(entry, std::string("unknown flag '") + flag + "'; expected " + known_flags);
    if (!entry.more.empty())
      unusual(entry, "'" + entry.more + "' after a second comma; expected DEVICE,flags with " + known_flags);
  }

  /// The published tool knows one device a layer, and one layer after the other.
  void check_published() {
    const SimulationSection& simulation = scenario_.simulation;
    if (simulation.schedule != "sequential")
      throw InputError(simulation.schedule_where, "simulation.schedule",
                       simulation.schedule + instead_ + "; expected sequential, or cost_model: roofline");
    if (simulation.ideal_links)
      throw InputError(simulation.cost_model_where, "simulation.ideal_links",
                       "true" + instead_ + "; expected false, or cost_model: roofline");
    const MappingSection& mapping = scenario_.mapping;
    if (mapping.experts) refuse(*mapping.experts, "a mapping of experts");
    if (!mapping.layers.empty()) refuse(mapping.layers.front().entry, "a mapping of layer ranges");
    for (const MappingSection& section : scenario_.phase_mapping)
      section.for_each([&](const MappingEntry& entry) { refuse(entry, "a mapping of one phase"); });
  }

  void refuse(const MappingEntry& entry, const char* what) const {
    throw InputError(entry.where, entry.key(), what + instead_ + "; expected names and types, or cost_model: roofline");
  }

  /// What the published tool lets pass, and its numbers depend on, is an error elsewhere.
  void unusual(const MappingEntry& entry, const std::string& problem) {
    const InputError error(entry.where, entry.key(), problem);
    if (!published_) throw InputError(error);
    warn_(error.what());
  }

  const Scenario& scenario_;
  const PlatformSpec& platform_;
  bool published_;
  std::string instead_;
  const Warn& warn_;
};

}  // namespace

Mapping build_mapping(const Scenario& scenario, const PlatformSpec& platform, const CostModel& model,
                      const Warn& warn) {
  return Builder(scenario, platform, model, warn).build();
}

}  // namespace upmem_des
