/// Every folder of tests/golden: its scenario is run with and without segments and every number of its expected.json is
/// compared, on the generated platform and on one from a file; where it has a model.json, the stream generated from the
/// configuration must give the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "architecture/architecture_reader.hpp"
#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "support/golden_case.hpp"
#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;

namespace {

std::vector<std::string> golden_cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(GOLDEN_DIR))
    if (fs::exists(entry.path() / "expected.json")) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

class GoldenTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::string folder() const { return std::string(GOLDEN_DIR) + "/" + GetParam(); }

  void expect_run(const char* segments) const {
    const Scenario scenario =
        load_scenario(folder() + "/scenario.yaml", {{{"simulation.segments", segments, "test"}}, {}});
    test::expect_golden(folder(), run(scenario));
  }
};

}  // namespace

TEST_P(GoldenTest, EveryEventAsItsOwnActivities) {
  expect_run("false");
}

TEST_P(GoldenTest, Segments) {
  expect_run("true");
}

TEST_P(GoldenTest, OnAPlatformFile) {
  // A group of one device for each profile that the mapping names; cases that run on the host alone get an idle one.
  const std::string file = folder() + "/scenario.yaml";
  std::vector<std::string> names;
  load_scenario(file).mapping.for_each([&](const MappingEntry& entry) {
    const std::string name = canonical_device_name(entry.device);
    if (name != host_name && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  });
  if (names.empty()) names.emplace_back("PIM_AI_4chip");
  std::string platform = "devices:\n";
  for (const std::string& name : names) platform += "  - {name: " + name + ", architecture: " + name + "}\n";
  const test::TemporaryFolder temporary;
  const std::string path = temporary.write("platform.yaml", platform);
  test::expect_golden(folder(), run(load_scenario(file, {{{"platform", path, "test"}}, {}})));
}

INSTANTIATE_TEST_SUITE_P(Published, GoldenTest, ::testing::ValuesIn(golden_cases()),
                         [](const ::testing::TestParamInfo<std::string>& golden) { return golden.param; });

TEST(GoldenCases, AreAllThere) {
  EXPECT_EQ(golden_cases().size(), 96U);
}
