#include "upmem_des/architecture/catalogue.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "architecture/architecture_reader.hpp"
#include "upmem_des/util/data_folder.hpp"
#include "util/suggest.hpp"
#include "util/yaml_merge.hpp"

namespace upmem_des {

Catalogue Catalogue::builtin() {
  Catalogue catalogue;
  for (const std::string& file : data_files("architectures", ".yaml")) catalogue.add_file(file);
  return catalogue;
}

void Catalogue::add_file(const std::string& path) {
  for (Architecture& profile : read_architectures(path)) {
    const auto same = std::find_if(profiles_.begin(), profiles_.end(),
                                   [&](const Architecture& known) { return known.name == profile.name; });
    if (same != profiles_.end())
      *same = std::move(profile);
    else
      profiles_.push_back(std::move(profile));
  }
}

void Catalogue::change(const YamlNode& changes) {
  // Both spellings of a name are one profile.
  std::map<std::string, YamlNode> by_name;
  for (const auto& [name, figures] : changes.entries) {
    const Architecture& known = get(name, figures.where, figures.key);
    const auto [place, is_new] = by_name.emplace(known.name, figures);
    if (!is_new) merge_yaml(place->second, figures);
  }
  for (Architecture& profile : profiles_)
    if (const auto found = by_name.find(profile.name); found != by_name.end())
      profile = read_changed_architecture(profile.where.file, profile.name, found->second);
}

const Architecture* Catalogue::find(const std::string& name) const {
  const std::string wanted = canonical_device_name(name);
  for (const Architecture& profile : profiles_)
    if (profile.name == wanted) return &profile;
  return nullptr;
}

const Architecture& Catalogue::get(const std::string& name, const SourceLocation& where, const std::string& key) const {
  if (const Architecture* profile = find(name)) return *profile;
  std::vector<std::string> names;
  for (const Architecture& profile : profiles_) names.push_back(profile.name);
  throw InputError(where, key,
                   "unknown device '" + name + "'; expected one of 'upmem-des arch list'" + did_you_mean(name, names));
}

}  // namespace upmem_des
