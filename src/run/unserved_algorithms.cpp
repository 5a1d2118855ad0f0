#include "run/unserved_algorithms.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "platform/device_names.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

void warn_of_unserved(const CollectiveLog& log, const PlatformSpec& platform,
                      const std::vector<NamedChoice>& of_scenario, const Warn& warn) {
  std::map<std::string, const NamedChoice*> choices;
  for (const std::vector<NamedChoice>* some : {&platform.collectives, &of_scenario})
    for (const NamedChoice& choice : *some) choices[choice.of] = &choice;
  std::set<std::pair<Collective, std::vector<DeviceIndex>>> told;
  for (const CollectiveLog::Entry& entry : log.entries()) {
    const auto choice = choices.find(key_of(entry.collective));
    if (choice == choices.end() || choice->second->name == entry.algorithm->name() ||
        !told.emplace(entry.collective, entry.devices).second)
      continue;
    warn(InputError(choice->second->where, choice->second->key,
                    "'" + choice->second->name + "' cannot serve the " + name_of(entry.collective) + " of " +
                        device_set_name(platform, entry.devices) + ", so " + entry.algorithm->title() +
                        " is taken; expected an algorithm that has the ways that it needs, or none")
             .what());
  }
}

}  // namespace upmem_des
