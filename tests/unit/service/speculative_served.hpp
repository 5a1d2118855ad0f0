/// A server with drafts, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "given_requests.hpp"
#include "scenario/scenario_reader.hpp"
#include "service/serve.hpp"
#include "support/in_child.hpp"
#include "support/temporary_folder.hpp"
#include "util/error.hpp"

namespace upmem_des::test {

/// Whether a number is what it should be, to 1e-9 of it.
inline std::string same(double value, double expected) {
  const double off = expected == 0 ? value : value / expected - 1;
  return std::abs(off) <= 1e-9 ? "1" : "(" + std::to_string(value) + ", expected " + std::to_string(expected) + ")";
}

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
        "s.yaml", "platform: p.yaml\n" + mapping +
                      "workload: {model: models/llama-3.1-8b.json, requests: {arrivals: {process: burst, size: 1}, "
                      "prompt_tokens: 1, output_tokens: 1}}\nserving: {" +
                      serving + (drafts.empty() ? ", async: false" : ", speculative: {" + drafts + "}") + "}\n" +
                      more));
  }

  std::string served(const Scenario& scenario, const std::vector<Request>& requests,
                     const std::function<std::string(const PreparedServing&, const ServingRun&, const Kept&)>& look,
                     bool remembers_steps = true) {
    return in_child([&] {
      const PreparedServing prepared(scenario, [](const std::string&) {});
      Listed source(requests);
      Kept kept;
      ServeOptions options;
      options.requests = {&kept};
      options.remembers_steps = remembers_steps;
      const ServingRun run = serve(prepared, source, options);
      return look(prepared, run, kept);
    });
  }

  std::string message(const Scenario& scenario, std::vector<std::string>* warnings = nullptr) {
    try {
      const PreparedServing prepared(scenario, [&](const std::string& warning) {
        if (warnings != nullptr) warnings->push_back(replaced(warning, folder_.str() + "/", ""));
      });
      return "";
    } catch (const std::exception& error) {
      return replaced(error.what(), folder_.str() + "/", "");
    }
  }

  static std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what))
      text.replace(at, what.size(), by);
    return text;
  }

  TemporaryFolder folder_;
};

}  // namespace upmem_des::test
