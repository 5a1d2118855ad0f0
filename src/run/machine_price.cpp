#include "run/machine_price.hpp"

#include <vector>

#include "architecture/architecture_reader.hpp"
#include "platform/idle_power.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

std::optional<double> capacity_GB(const Architecture& profile) {
  if (!profile.capacity_B) return std::nullopt;
  return *profile.capacity_B / 1e9;
}

PricedItem item_of(const std::string& name, double count, const Architecture& profile) {
  return {name, count, capacity_GB(profile), profile.price.value_or(ItemPrice{}), true};
}

/// Sets the price of all groups that have its name, or else of those whose profile has.
void set_price(const NamedPrice& named, const PlatformSpec& platform, std::vector<PricedItem>& of_groups) {
  const std::string profile = canonical_device_name(named.name);
  for (const bool by_group : {true, false}) {
    bool found = false;
    for (std::size_t i = 0; i < platform.groups.size(); ++i) {
      const DeviceGroup& group = platform.groups[i];
      if (by_group ? group.name != named.name : group.architecture != profile) continue;
      of_groups[i].price = of_groups[i].price.with(named.price);
      found = true;
    }
    if (found) return;
  }
  std::vector<std::string> names;
  for (const DeviceGroup& group : platform.groups) names.push_back(group.name);
  throw InputError(named.where, named.key,
                   "the machine has no such devices; expected " +
                       (names.empty() ? "none" : "one of " + listed(names) + did_you_mean(named.name, names)));
}

}  // namespace

PricedMachine priced_machine(const CostSection& cost, const PlatformSpec& platform, std::size_t copies) {
  PricedMachine machine;
  const auto times = static_cast<double>(copies);
  const PlatformPrices& prices = platform.prices;
  machine.whole = prices.machine.value_or(ItemPrice{}).with(cost.machine);
  for (const DeviceGroup& group : platform.groups) {
    machine.items.push_back(
        item_of(group.name, static_cast<double>(group.count) * times, platform.devices[group.first].architecture));
    machine.devices += static_cast<std::int64_t>(group.count * copies);
  }
  for (const NamedPrice& named : cost.devices) set_price(named, platform, machine.items);
  const DeviceSpec& host = platform.devices[host_device];
  PricedItem of_host = item_of(host.name, prices.host_share, host.architecture);
  of_host.price = of_host.price.with(cost.host);
  machine.items.insert(machine.items.begin(), of_host);
  for (const PlatformPrices::Part& part : prices.parts)
    machine.items.push_back({part.name, static_cast<double>(part.count) * times, std::nullopt, part.price, false});
  machine.idle_W = idle_W(platform, copies);
  return machine;
}

}  // namespace upmem_des
