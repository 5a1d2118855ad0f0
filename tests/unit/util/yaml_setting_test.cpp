/// set_yaml_value: what --set does to a tree.
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "util/yaml.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// The tree after a setting, as YAML.
std::string set(const std::string& yaml, const std::string& key, const std::string& value) {
  YamlNode root = parse_yaml(yaml, "F");
  set_yaml_value(root, key, value, "--set");
  return emit_yaml(root);
}

std::string setting_error(const std::string& key, const std::string& value) {
  return input_error([&] { set("a: 1\nb:\n  c: 2\nd: [1, 2]\ne:\n", key, value); });
}

}  // namespace

TEST(YamlSettingTest, ValuesAreReplacedAndAdded) {
  EXPECT_EQ(set("a: 1\nb: {c: 2}\n", "a", "5"), "a: 5\nb:\n  c: 2\n");
  EXPECT_EQ(set("a: 1\nb: {c: 2}\n", "b.c", "x"), "a: 1\nb:\n  c: x\n");
  EXPECT_EQ(set("a: 1\n", "b.c.d", "true"), "a: 1\nb:\n  c:\n    d: true\n");
  EXPECT_EQ(set("a:\n", "a.b", "1"), "a:\n  b: 1\n") << "nothing becomes a map";
  EXPECT_EQ(set("", "a.b", "1"), "a:\n  b: 1\n");
  EXPECT_EQ(set("a: 1\n", "a", "[1, x]"), "a: [1, x]\n");
  EXPECT_EQ(set("a: 1\n", "a", "{b: 1}"), "a:\n  b: 1\n");
  EXPECT_EQ(set("a: 1\n", "a", ""), "a: ~\n");
  EXPECT_EQ(set("a: 1\n", "a", "'5'"), "a: \"5\"\n");
  EXPECT_EQ(set("a: 1\n", "a", "PIM-AI-4chip,t"), "a: PIM-AI-4chip,t\n");
}

TEST(YamlSettingTest, PlacesAreTheOption) {
  YamlNode root = parse_yaml("a: 1\n", "F");
  set_yaml_value(root, "b.c", "[{d: x}]", "--set");
  const YamlNode& c = *root.find("b")->find("c");
  EXPECT_EQ(root.find("b")->where.str(), "--set");
  EXPECT_EQ(root.find("b")->key, "b");
  EXPECT_EQ(c.where.str(), "--set");
  EXPECT_EQ(c.key, "b.c");
  EXPECT_EQ(c.items[0].find("d")->key, "b.c[0].d");
  EXPECT_EQ(c.items[0].find("d")->where.str(), "--set");
  EXPECT_EQ(root.find("a")->where.str(), "F:1");
}

TEST(YamlSettingTest, Messages) {
  EXPECT_EQ(setting_error("", "1"), "--set: '' has an empty part; expected key.key=value");
  EXPECT_EQ(setting_error(".", "1"), "--set: '.' has an empty part; expected key.key=value");
  EXPECT_EQ(setting_error("b..c", "1"), "--set: 'b..c' has an empty part; expected key.key=value");
  EXPECT_EQ(setting_error("b.", "1"), "--set: 'b.' has an empty part; expected key.key=value");
  EXPECT_EQ(setting_error(".b", "1"), "--set: '.b' has an empty part; expected key.key=value");
  EXPECT_EQ(setting_error("a.x", "1"), "--set: a.x: 'a' is a value and has no key 'x'");
  EXPECT_EQ(setting_error("b.c.x.y", "1"), "--set: b.c.x.y: 'b.c' is a value and has no key 'x'");
  EXPECT_EQ(setting_error("d.x", "1"), "--set: d.x: 'd' is a list and has no key 'x'");
  EXPECT_EQ(setting_error("a", "{b: 1"), "--set: a: not YAML: end of map flow not found");
  EXPECT_EQ(setting_error("a", "b: c: d"), "--set: a: not YAML: illegal map value");
  EXPECT_EQ(setting_error("a", "{b: 1, b: 2}"), "--set: a.b: duplicate key; expected it once");
  EXPECT_EQ(setting_error("a", "--- 1\n--- 2"), "--set: a: a second document; expected one");
  EXPECT_EQ(setting_error("a", std::string("1\0", 2)), "--set: a: not a text file; expected YAML");
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) deep += ".a";
  EXPECT_EQ(input_error([&] { set("", deep, "1"); }), "--set: a key of more than 64 parts");
}

TEST(YamlSettingTest, ARootThatIsNoMapHasNoKeys) {
  EXPECT_EQ(input_error([] { set("[1, 2]", "a", "1"); }), "--set: a: the file is a list and has no key 'a'");
  EXPECT_EQ(input_error([] { set("text", "a", "1"); }), "--set: a: the file is a value and has no key 'a'");
}
