/// read_yaml_file: the messages of files that are none.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/ordinary_user.hpp"
#include "support/temporary_folder.hpp"
#include "util/yaml.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

std::string reading_error(const std::string& path) {
  return replaced(input_error([&] { read_yaml_file(path); }), path, "F");
}

}  // namespace

TEST(YamlFileTest, Read) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f.yaml", "a: 1\n");
  const YamlNode root = read_yaml_file(path);
  EXPECT_EQ(root.find("a")->scalar, "1");
  EXPECT_EQ(root.find("a")->where.str(), path + ":1");
  EXPECT_EQ(read_yaml_file(folder.write("empty.yaml", "")).kind, YamlNode::Kind::Null);
}

TEST(YamlFileTest, Messages) {
  const TemporaryFolder folder;
  EXPECT_EQ(reading_error(folder.path("none.yaml")), "F: no such file");
  EXPECT_EQ(reading_error(folder.path("none/none.yaml")), "F: no such file");
  EXPECT_EQ(reading_error(folder.make_folder("folder.yaml")), "F: a folder; expected a YAML file");
  EXPECT_EQ(reading_error(folder.write("cut.yaml", "a: {b: 1,\n  c: [1, 2")),
            "F:2: not YAML: end of sequence flow not found");
  EXPECT_EQ(reading_error(folder.write("binary.yaml", std::string("\x89PNG\r\n\x1a\n\0\0", 10))),
            "F: not a text file; expected YAML");
}

TEST(YamlFileTest, SizeHasALimit) {
  const TemporaryFolder folder;
  const std::size_t limit = std::size_t{16} << 20U;
  EXPECT_EQ(reading_error(folder.write("full.yaml", "a: 1\n#" + std::string(limit - 6, 'x'))), "no error");
  EXPECT_EQ(reading_error(folder.write("more.yaml", "a: 1\n#" + std::string(limit - 5, 'x'))),
            "F: larger than 16 MiB; expected a YAML file");
  EXPECT_EQ(reading_error("/dev/zero"), "F: a device; expected a YAML file") << "and does not read";
}

TEST(YamlFileTest, AFileThatMayNotBeRead) {
  const OrdinaryUser user;
  if (!user.is_bound()) GTEST_SKIP() << "root cannot become another user";
  const TemporaryFolder folder;
  const std::string path = folder.write("f.yaml", "a: 1\n");
  ::chmod(path.c_str(), 0);
  EXPECT_EQ(reading_error(path), "F: cannot be read");
}
