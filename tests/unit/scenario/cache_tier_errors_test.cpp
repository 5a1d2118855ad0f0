/// serving.cache_tier: what is wrong.
#include "scenario_errors.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class CacheTierErrors : public ScenarioErrors {
 protected:
  std::string of(const std::string& tier, const std::string& serving = "") {
    return error(
        "workload:\n  model: m.json\n  requests: {arrivals: {process: poisson, rate: 1}, count: 1, prompt_tokens: 1, "
        "output_tokens: 1}\nserving:\n" +
        serving + "  cache_tier: {" + tier + "}\n");
  }
};

}  // namespace

TEST_F(CacheTierErrors, AreSaid) {
  EXPECT_EQ(of("blocks: 5"), "F:5: serving.cache_tier.to: missing; expected a value");
  for (const char* value : {"0", "-1", ".inf", ".nan", "1e99", "x"}) {
    EXPECT_NE(of("to: HOST, capacity_GB: " + std::string(value)).find("F:5: serving.cache_tier.capacity_GB: "),
              std::string::npos)
        << value;
    EXPECT_NE(of("to: HOST, blocks: " + std::string(value)).find("F:5: serving.cache_tier.blocks: "), std::string::npos)
        << value;
  }
  EXPECT_EQ(of("to: HOST, capacity_GB: 0"),
            "F:5: serving.cache_tier.capacity_GB: '0'; expected a number above 0 and at most 1000000000");
  EXPECT_EQ(of("to: HOST, blocks: 0"),
            "F:5: serving.cache_tier.blocks: '0'; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(of("to: HOST, capacity_GB: 1, blocks: 5"),
            "F:5: serving.cache_tier.blocks: does not go with capacity_GB; expected one of them");
  EXPECT_EQ(of("to: HOST, store: evict"),
            "F:5: serving.cache_tier.store: unknown value 'evict'; expected one of full, evicted; did you mean "
            "'evicted'?");
  EXPECT_EQ(of("to: HOST", "  prefix_caching: false\n"),
            "F:6: serving.cache_tier: needs prefix_caching, whose second level it is; expected that, or no cache_tier");
  EXPECT_EQ(of("to: HOST", "  disaggregation: {prefill: {mapping: gpu}, decode: {mapping: dimm}}\n"),
            "F:6: serving.cache_tier: does not go with disaggregation; expected instances that read and generate");
}
