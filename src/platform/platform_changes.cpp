#include "platform/platform_changes.hpp"

#include <utility>

#include "util/suggest.hpp"
#include "util/yaml_merge.hpp"

namespace upmem_des {

namespace {

void expect_map(const YamlNode& node, const std::string& what) {
  if (node.kind != YamlNode::Kind::Map) yaml_error(node, "not " + what + "; expected a mapping of keys to values");
}

void change_items(YamlNode& platform, const std::string& section, const YamlNode& changes) {
  expect_map(changes, "changes of " + section + " by their names");
  YamlNode* const items = find_entry(platform, section);
  for (const auto& [name, change] : changes.entries) {
    std::vector<std::string> names;
    YamlNode* changed = nullptr;
    if (items != nullptr)
      for (YamlNode& item : items->items) {
        const YamlNode* its_name = item.find("name");
        if (its_name == nullptr || its_name->kind != YamlNode::Kind::Scalar) continue;
        names.push_back(its_name->scalar);
        if (names.back() == name) changed = &item;
      }
    if (changed == nullptr)
      yaml_error(change, "the platform has no " + section + " '" + name + "'; expected " +
                             (names.empty() ? "none" : "one of " + listed(names) + did_you_mean(name, names)));
    expect_map(change, "figures of '" + name + "'");
    if (const YamlNode* new_name = change.find("name"))
      yaml_error(*new_name, "names stay; expected figures of '" + name + "'");
    merge_yaml(*changed, change);
  }
}

}  // namespace

void apply_platform_changes(YamlNode& platform, const YamlNode& changes) {
  YamlMap map(changes, true);
  for (const auto& [section, figures] : {std::pair("host", "figures of the host"), std::pair("cost", "prices")})
    if (const YamlNode* change = map.optional(section)) {
      expect_map(*change, figures);
      if (YamlNode* old = find_entry(platform, section))
        merge_yaml(*old, *change);
      else
        platform.entries.emplace_back(section, *change);
    }
  for (const char* const section : {"links", "devices", "networks"})
    if (const YamlNode* change = map.optional(section)) change_items(platform, section, *change);
  map.done();
}

}  // namespace upmem_des
