/// The scenarios that come with the program, and those of the golden cases.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "scenario/scenario_reader.hpp"
#include "scenario_compare.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;

namespace {

std::vector<std::string> shipped() {
  std::vector<std::string> files;
  for (const char* folder :
       {PROJECT_DIR "/scenarios", PROJECT_DIR "/scenarios/machines", PROJECT_DIR "/scenarios/reference"})
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  return files;
}

std::vector<std::string> golden() {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(GOLDEN_DIR))
    if (const fs::path file = entry.path() / "scenario.yaml"; fs::exists(file)) files.push_back(file.string());
  return files;
}

}  // namespace

TEST(ShippedScenariosTest, ReadBackAsWritten) {
  use_source_data();
  const std::vector<std::string> files = shipped();
  EXPECT_GE(files.size(), 17U);
  for (const std::string& file : files) expect_round_trip(file);
}

TEST(ShippedScenariosTest, GoldenCasesReadBackAsWritten) {
  use_source_data();
  const std::vector<std::string> files = golden();
  EXPECT_EQ(files.size(), 96U);
  for (const std::string& file : files) expect_round_trip(file);
}

TEST(ShippedScenariosTest, TheDataFolderIsSearched) {
  use_source_data();
  fs::current_path("/");
  for (const char* name : {"llama-2-7b_4chip.yaml", "scenarios/llama-2-7b_4chip.yaml"}) {
    const Scenario scenario = load_scenario(name);
    EXPECT_EQ(scenario.file, PROJECT_DIR "/scenarios/llama-2-7b_4chip.yaml");
    EXPECT_EQ(scenario.workload.model, PROJECT_DIR "/scenarios/models/llama-2-7b.json");
  }
  EXPECT_EQ(load_scenario("reference/llama-2-7b_mixed.yaml").simulation.cost_model, "reference");
}
