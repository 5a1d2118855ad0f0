/// Scenarios that are wrong, and what is said of them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenario/scenario_reader.hpp"
#include "scenario_compare.hpp"
#include "support/temporary_folder.hpp"

namespace upmem_des::test {

struct Case {
  std::string text;
  std::string message;
};

/// Scenarios s.yaml beside m.json, t.jsonl and d.yaml. In messages F is the scenario, DIR its folder.
class ScenarioErrors : public testing::Test {
 protected:
  ScenarioErrors() {
    use_source_data();
    for (const char* name : {"m.json", "t.jsonl", "d.yaml"}) folder_.write(name, "");
  }

  std::string error(const std::string& text) { return error_of(folder_.write("s.yaml", text)); }

  std::string error_of(const std::string& path) {
    return replaced(replaced(input_error([&] { load_scenario(path); }), path, "F"), folder_.str(), "DIR");
  }

  void expect_messages(const std::string& before, const std::vector<Case>& cases) {
    for (const Case& each : cases) EXPECT_EQ(error(before + each.text), each.message) << each.text;
  }

  TemporaryFolder folder_;
};

inline const std::string trace = "workload: {trace: t.jsonl}\n";

}  // namespace upmem_des::test
