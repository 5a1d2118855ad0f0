/// serving.disaggregation: what is wrong, and what is written back.
#include "scenario/scenario_writer.hpp"
#include "scenario_errors.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class DisaggregationErrors : public ScenarioErrors {
 protected:
  static std::string file(const std::string& apart) {
    return "workload:\n  model: m.json\n  requests: {arrivals: {process: poisson, rate: 1}, count: 1, prompt_tokens: "
           "1, "
           "output_tokens: 1}\nserving:\n  disaggregation: {" +
           apart + "}\n";
  }
  void expect(const std::string& apart, const std::string& message) {
    EXPECT_EQ(error(file(apart)), "F:5: serving.disaggregation" + message) << apart;
  }
};

const std::string pools = "prefill: {mapping: gpu}, decode: {mapping: dimm, replicas: 4}";

}  // namespace

TEST_F(DisaggregationErrors, AreSaid) {
  for (const char* value : {"0", "-1", "1e99", ".inf", "x"}) {
    EXPECT_NE(error(file("decode: {mapping: dimm}, prefill: {mapping: gpu, replicas: " + std::string(value) + "}"))
                  .find("serving.disaggregation.prefill.replicas: "),
              std::string::npos)
        << value;
    EXPECT_NE(error(file("decode: {mapping: dimm}, prefill: {mapping: gpu, kv_blocks: " + std::string(value) + "}"))
                  .find("serving.disaggregation.prefill.kv_blocks: "),
              std::string::npos)
        << value;
  }
  for (const char* value : {"-1", "1e99", ".inf", "x"})
    EXPECT_NE(error(file(pools + ", min_tokens: " + value)).find("serving.disaggregation.min_tokens: "),
              std::string::npos)
        << value;
  expect(pools + ", overlap: layers",
         ".overlap: unknown value 'layers'; expected one of layer, none; did you mean 'layer'?");
}

TEST_F(DisaggregationErrors, ReplicasAreThoseOfPools) {
  EXPECT_EQ(error("workload:\n  model: m.json\n  requests: {arrivals: {process: poisson, rate: 1}, count: 1, "
                  "prompt_tokens: 1, output_tokens: 1}\nserving:\n  replicas: 2\n  disaggregation: {" +
                  pools + "}\n"),
            "F:5: serving.replicas: does not go with disaggregation; expected replicas of its pools");
}
