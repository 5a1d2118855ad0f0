#include "run/mapped_profiles.hpp"

#include <algorithm>
#include <string>

#include "architecture/architecture_reader.hpp"

namespace upmem_des {

namespace {

class Collector {
 public:
  Collector(const Catalogue& catalogue, const CostModel& model) : catalogue_(catalogue) {
    profiles_.push_back(model.host_profile(catalogue.get(host_name, {}, "architectures")));
  }

  /// Of a line with something else wrong, such as nothing between two '+', what can be found is added:
  /// resolve_devices() tells the rest, once all devices are known.
  void add(const MappingEntry& entry) {
    const std::string& text = entry.device;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('+', at), text.size());
      const std::string part = trimmed(text.substr(at, end - at));
      if (!part.empty() && part[0] != '[') add(entry, part);
      at = end + 1;
    }
  }

  std::vector<Architecture> take() { return std::move(profiles_); }

 private:
  static std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
  }

  /// `part`: "H100" or, as on a platform with groups, "H100[0]".
  void add(const MappingEntry& entry, const std::string& part) {
    const std::size_t bracket = part.find('[');
    const std::string name = part.substr(0, bracket);
    const Architecture& profile = catalogue_.get(name, entry.where, entry.key());
    if (bracket != std::string::npos && part.find_first_of("123456789", bracket) != std::string::npos)
      throw InputError(entry.where, entry.key(),
                       "'" + part + "', but without a platform there is one " + name + "; expected '" + name +
                           "', or a platform file under platform:");
    const bool known = std::any_of(profiles_.begin(), profiles_.end(),
                                   [&](const Architecture& other) { return other.name == profile.name; });
    if (!known) profiles_.push_back(profile);
  }

  const Catalogue& catalogue_;
  std::vector<Architecture> profiles_;
};

}  // namespace

std::vector<Architecture> mapped_profiles(const Scenario& scenario, const Catalogue& catalogue,
                                          const CostModel& model) {
  Collector collector(catalogue, model);
  const auto add = [&](const MappingEntry& entry) { collector.add(entry); };
  scenario.mapping.for_each(add);
  for (const MappingSection& section : scenario.phase_mapping) section.for_each(add);
  return collector.take();
}

}  // namespace upmem_des
