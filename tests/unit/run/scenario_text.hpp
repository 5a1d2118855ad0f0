/// Scenarios as text, and a machine to run them on, for tests of names.
#pragma once

#include <string>
#include <vector>

#include "scenario/scenario_reader.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des::test {

/// A scenario s.yaml beside an empty t.jsonl, on which it is; lines are counted from the first of `text`.
class ScenarioText {
 public:
  ScenarioText() { folder_.write("t.jsonl", ""); }

  Scenario read(const std::string& text) {
    return load_scenario(folder_.write("s.yaml", text + "workload: {trace: t.jsonl}\n"));
  }

  /// The message with F for the scenario's file.
  std::string shortened(const std::string& message) const { return replaced(message, folder_.path("s.yaml"), "F"); }

 private:
  TemporaryFolder folder_;
};

/// HOST, a dimm[0..3] of PIM_AI_1chip, a gpu[0..1] of H100, one npu of H100: indices 0, 1 to 4, 5 and 6, 7.
inline PlatformSpec small_platform() {
  PlatformSpec platform;
  platform.groups = {{"dimm", "PIM_AI_1chip", 1, 4}, {"gpu", "H100", 5, 2}, {"npu", "H100", 7, 1}};
  platform.devices.resize(8);
  for (std::size_t i = 0; i < platform.devices.size(); ++i) platform.devices[i].name = "device" + std::to_string(i);
  return platform;
}

}  // namespace upmem_des::test
