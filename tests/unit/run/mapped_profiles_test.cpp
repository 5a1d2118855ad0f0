#include "run/mapped_profiles.hpp"

#include <gtest/gtest.h>

#include "scenario_text.hpp"
#include "support/fixed_cost.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class MappedProfilesTest : public testing::Test {
 protected:
  MappedProfilesTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  std::vector<std::string> names(const std::string& text) {
    const FixedCost model([](const LayerEvent&, const Architecture&, const CostState&) { return Demand(); });
    std::vector<std::string> names;
    for (const Architecture& profile : mapped_profiles(text_.read(text), Catalogue::builtin(), model))
      names.push_back(profile.name);
    return names;
  }

  std::string error(const std::string& text) {
    return text_.shortened(input_error([&] { names(text); }));
  }

  ScenarioText text_;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_F(MappedProfilesTest, EveryDeviceThatALineNames) {
  EXPECT_EQ(names(""), Names{"HOST"});
  EXPECT_EQ(names("mapping: {default: H100, q: 'PIM-AI-4chip,t', k: PIM_AI_4chip, v: HOST}\n"),
            (Names{"HOST", "PIM_AI_4chip", "H100"}))
      << "named lines before the default";
  EXPECT_EQ(names("mapping:\n  decode: {default: A17Pro}\n  prefill: {norm: DGX100}\n  layers: {0..3: H100}\n"
                  "  experts: PIM-AI-1chip\n  default: PIM-AI-4chip\n"),
            (Names{"HOST", "PIM_AI_4chip", "PIM_AI_1chip", "H100", "DGX100", "A17Pro"}));
}

TEST_F(MappedProfilesTest, ThereIsOneOfAKind) {
  EXPECT_EQ(names("mapping:\n  a: H100[0]\n  b: PIM-AI-4chip[0..0] + H100\n"), (Names{"HOST", "H100", "PIM_AI_4chip"}));
  const std::string one =
      "but without a platform there is one H100; expected 'H100', or a platform file under "
      "platform:";
  EXPECT_EQ(error("mapping:\n  a: H100[1]\n"), "F:2: mapping.a: 'H100[1]', " + one);
  EXPECT_EQ(error("mapping:\n  layers:\n    0..3: HOST+H100[0..3],t\n"),
            "F:3: mapping.layers.0..3: 'H100[0..3]', " + one);
  EXPECT_EQ(error("mapping:\n  experts: H100[10]\n"), "F:2: mapping.experts: 'H100[10]', " + one);
}

TEST_F(MappedProfilesTest, UnknownDevices) {
  EXPECT_EQ(error("mapping:\n  q: H101\n"),
            "F:2: mapping.q: unknown device 'H101'; expected one of 'upmem-des arch list'; did you mean 'H100'?");
  EXPECT_EQ(error("mapping:\n  prefill:\n    default: HOST+dimm[0..3]\n"),
            "F:3: mapping.prefill.default: unknown device 'dimm'; expected one of 'upmem-des arch list'");
}

TEST_F(MappedProfilesTest, WhatIsNoListOfDevicesIsLeftToThoseWhoReadIt) {
  EXPECT_EQ(names("mapping:\n  a: H100+\n  b: +\n  c: '[0]'\n  d: H100[a\n  e: ' '\n"), (Names{"HOST", "H100"}));
}
