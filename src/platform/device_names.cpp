#include "platform/device_names.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "architecture/architecture_reader.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t longest_set_name = 40;

std::string instances(const std::string& group, std::size_t first, std::size_t last) {
  return group + "[" + std::to_string(first) + (first == last ? "" : ".." + std::to_string(last)) + "]";
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

class Resolver {
 public:
  Resolver(const PlatformSpec& platform, const std::string& text, const SourceLocation& where, const std::string& key)
      : platform_(platform), text_(text), where_(where), key_(key), taken_(platform.devices.size()) {}

  std::vector<DeviceIndex> resolve() {
    if (trimmed(text_).empty()) fail("empty; " + expected());
    for (std::size_t at = 0; at <= text_.size();) {
      const std::size_t end = std::min(text_.find('+', at), text_.size());
      add_part(trimmed(std::string_view(text_).substr(at, end - at)));
      at = end + 1;
    }
    return std::move(devices_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const { throw InputError(where_, key_, problem); }

  static std::string expected() {
    return "expected HOST, a group of devices, or some of one as in dimm[3] or dimm[0..7], joined by '+'";
  }

  void add_part(const std::string& part) {
    const std::size_t bracket = part.find('[');
    const std::string name = part.substr(0, bracket);
    if (name.empty()) fail("'" + text_ + "' is no list of devices; " + expected());
    if (name == "HOST") {
      if (bracket != std::string::npos) fail("'" + part + "': HOST is one device; expected HOST");
      return add(host_device);
    }
    const DeviceGroup& group = find_group(name);
    std::size_t first = 0;
    std::size_t last = group.count - 1;
    if (bracket != std::string::npos) read_range(part, bracket, group, first, last);
    for (std::size_t i = first; i <= last; ++i) add(group.first + i);
  }

  /// "[3]" or "[0..7]".
  void read_range(const std::string& part, std::size_t bracket, const DeviceGroup& group, std::size_t& first,
                  std::size_t& last) const {
    const char* at = part.data() + bracket + 1;
    const char* const end = part.data() + part.size();
    const auto number = [&](std::size_t& value) {
      const auto [stop, error] = std::from_chars(at, end, value);
      if (stop == at) return false;
      if (error != std::errc()) value = group.count;  // more than any
      at = stop;
      return true;
    };
    bool good = number(first);
    last = first;
    if (good && end - at > 2 && at[0] == '.' && at[1] == '.') {
      at += 2;
      good = number(last);
    }
    if (!good || end - at != 1 || *at != ']')
      fail("'" + part + "' is not part of a group; expected an index or a range as in " + group.name + "[0] or " +
           group.name + "[0.." + std::to_string(group.count - 1) + "]");
    if (first >= group.count || last >= group.count)
      fail("'" + part + "': the group has " + std::to_string(group.count) +
           (group.count == 1 ? " device; expected 0" : " devices; expected 0 to " + std::to_string(group.count - 1)));
    if (first > last) fail("'" + part + "': the range runs backwards; expected " + instances(group.name, last, first));
  }

  const DeviceGroup& find_group(const std::string& name) const {
    for (const DeviceGroup& group : platform_.groups)
      if (group.name == name) return group;
    std::vector<const DeviceGroup*> alike;
    for (const DeviceGroup& group : platform_.groups)
      if (group.architecture == canonical_device_name(name)) alike.push_back(&group);
    if (alike.size() == 1) return *alike.front();
    std::vector<std::string> names;
    for (const DeviceGroup* group : alike) names.push_back(group->name);
    if (!alike.empty()) fail("'" + name + "' is the architecture of several groups; expected one of " + listed(names));
    names.emplace_back("HOST");
    for (const DeviceGroup& group : platform_.groups) names.push_back(group.name);
    std::vector<std::string> candidates = names;
    for (const DeviceGroup& group : platform_.groups)
      if (std::find(candidates.begin(), candidates.end(), group.architecture) == candidates.end())
        candidates.push_back(group.architecture);
    fail("unknown device '" + name + "'; expected one of " + listed(names) + did_you_mean(name, candidates));
  }

  void add(DeviceIndex device) {
    if (taken_[device]) fail("'" + platform_.devices[device].name + "' a second time; expected each device once");
    taken_[device] = true;
    devices_.push_back(device);
  }

  const PlatformSpec& platform_;
  const std::string& text_;
  const SourceLocation& where_;
  const std::string& key_;
  std::vector<bool> taken_;
  std::vector<DeviceIndex> devices_;
};

}  // namespace

std::vector<DeviceIndex> resolve_devices(const PlatformSpec& platform, const std::string& text,
                                         const SourceLocation& where, const std::string& key) {
  return Resolver(platform, text, where, key).resolve();
}

std::string device_set_name(const PlatformSpec& platform, const std::vector<DeviceIndex>& devices) {
  std::string name;
  for (std::size_t i = 0; i < devices.size() && name.size() <= longest_set_name; ++i) {
    if (i > 0) name += "+";
    const auto group = std::find_if(platform.groups.begin(), platform.groups.end(), [&](const DeviceGroup& candidate) {
      return devices[i] >= candidate.first && devices[i] < candidate.first + candidate.count;
    });
    if (group == platform.groups.end()) {
      name += platform.devices[devices[i]].name;
      continue;
    }
    const std::size_t first = devices[i] - group->first;
    std::size_t last = first;
    for (; last + 1 < group->count && i + 1 < devices.size() && devices[i + 1] == devices[i] + 1; ++i) ++last;
    name += first == 0 && last + 1 == group->count ? group->name : instances(group->name, first, last);
  }
  if (name.size() <= longest_set_name) return name;
  return std::to_string(devices.size()) + " devices";
}

std::string route_name(const PlatformSpec& platform, const RouteSpec& route) {
  if (route.is_collective()) return route.collective;
  return platform.devices[route.from].name + " to " +
         (route.broadcast() ? std::to_string(route.to.size()) + " devices" : platform.devices[route.to.front()].name);
}

}  // namespace upmem_des
