#include "run/device_map.hpp"

#include <algorithm>

#include "architecture/architecture_reader.hpp"

namespace upmem_des {

namespace {

constexpr const char* known_flags = "t (transfer point), m (mixture-of-experts transfer point) or both";

class Builder {
 public:
  Builder(const Scenario& scenario, const Catalogue& catalogue, const CostModel& model, const Warn& warn)
      : scenario_(scenario), catalogue_(catalogue), model_(model), warn_(warn) {
    map_.profiles.push_back(model.host_profile(catalogue.get(host_name, {}, "architectures")));
  }

  DeviceMap build() {
    for (const MappingEntry& entry : scenario_.mapping) map_.mapping.set(Name(entry.layer), target_of(entry));
    if (scenario_.default_device) map_.mapping.set_default(device_of(*scenario_.default_device));
    return std::move(map_);
  }

 private:
  DeviceIndex device_of(const MappingEntry& entry) {
    const Architecture& profile = catalogue_.get(entry.device, entry.where, entry.key());
    const auto same = std::find_if(map_.profiles.begin(), map_.profiles.end(),
                                   [&](const Architecture& known) { return known.name == profile.name; });
    if (same != map_.profiles.end()) return static_cast<DeviceIndex>(same - map_.profiles.begin());
    map_.profiles.push_back(profile);
    return map_.profiles.size() - 1;
  }

  MapTarget target_of(const MappingEntry& entry) {
    MapTarget target;
    target.device = device_of(entry);
    target.transfer_point = entry.flags.find('t') != std::string::npos;
    target.shared_input = entry.flags.find('m') != std::string::npos;
    check_flags(entry);
    if (target.shared_input && !scenario_.moe)
      unusual(entry,
              "flag m without a section moe: its input is sent once in the whole run; expected moe: {end: …, "
              "experts_per_token: …}");
    return target;
  }

  void check_flags(const MappingEntry& entry) {
    for (const char flag : entry.flags)
      if (flag != 't' && flag != 'm' && flag != ' ')
        unusual(entry, std::string("unknown flag '") + flag + "'; expected " + known_flags);
    if (!entry.more.empty())
      unusual(entry, "'" + entry.more + "' after a second comma; expected DEVICE,flags with " + known_flags);
  }

  /// What the published tool lets pass, and its numbers depend on, is an error elsewhere.
  void unusual(const MappingEntry& entry, const std::string& problem) {
    const InputError error(entry.where, entry.key(), problem);
    if (model_.transfer_rules() != TransferRules::Published) throw InputError(error);
    warn_(error.what());
  }

  const Scenario& scenario_;
  const Catalogue& catalogue_;
  const CostModel& model_;
  const Warn& warn_;
  DeviceMap map_;
};

}  // namespace

DeviceMap build_device_map(const Scenario& scenario, const Catalogue& catalogue, const CostModel& model,
                           const Warn& warn) {
  return Builder(scenario, catalogue, model, warn).build();
}

}  // namespace upmem_des
