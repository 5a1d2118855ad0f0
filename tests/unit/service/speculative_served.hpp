/// A server with drafts, for tests.
#pragma once

#include <cstdlib>

#include "scenario/scenario_reader.hpp"
#include "served_run.hpp"

namespace upmem_des::test {

inline const std::string by_model = "method: draft_model, model: models/llama-3.2-1b.json";

class SpeculativeTest : public testing::Test {
 protected:
  SpeculativeTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  /// Llama-3.1-8B on gpu[0] of two. `drafts` and `serving` are flow maps without their braces; none: nothing is
  /// drafted.
  Scenario scenario(const std::string& drafts, const std::string& serving = "kv_blocks: 3000",
                    const std::string& more = "", const std::string& mapping = "mapping: {default: 'gpu[0]'}\n") {
    folder_.write("p.yaml", "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 2}]\n");
    return load_scenario(folder_.write(
        "s.yaml", "platform: p.yaml\n" + mapping + "workload: {model: models/llama-3.1-8b.json, " + given_by_test +
                      "}\nserving: {" + serving +
                      (drafts.empty() ? ", async: false" : ", speculative: {" + drafts + "}") + "}\n" + more));
  }

  std::string message(const Scenario& scenario, std::vector<std::string>* warnings = nullptr) {
    return refusal(scenario, folder_, warnings);
  }

  TemporaryFolder folder_;
};

}  // namespace upmem_des::test
