#include "upmem_des/architecture/catalogue.hpp"

#include <gtest/gtest.h>

#include "profile_text.hpp"
#include "support/temporary_folder.hpp"
#include "util/yaml.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

TEST(CatalogueTest, ALaterProfileReplacesOneOfTheSameName) {
  const TemporaryFolder folder;
  Catalogue catalogue;
  catalogue.add_file(folder.write("a.yaml", ProfileText().str("A") + ProfileText().str("B") + ProfileText().str("C")));
  const std::string later = folder.write("b.yaml", ProfileText().set("tflops", "7").str("B") + ProfileText().str("D"));
  catalogue.add_file(later);
  ASSERT_EQ(catalogue.all().size(), 4U);
  EXPECT_EQ(catalogue.all()[1].name, "B") << "keeps its place";
  EXPECT_EQ(catalogue.all()[1].flops_per_s, 7e12);
  EXPECT_EQ(catalogue.all()[1].where.file, later);
  EXPECT_EQ(catalogue.all()[3].name, "D");
}

TEST(CatalogueTest, HyphensAndUnderscoresFindTheSame) {
  const TemporaryFolder folder;
  Catalogue catalogue;
  catalogue.add_file(folder.write("a.yaml", ProfileText().str("PIM_AI_4chip")));
  const Architecture* profile = catalogue.find("PIM_AI_4chip");
  ASSERT_NE(profile, nullptr);
  EXPECT_EQ(catalogue.find("PIM-AI-4chip"), profile);
  EXPECT_EQ(catalogue.find("PIM-AI_4chip"), profile);
  EXPECT_EQ(&catalogue.get("PIM-AI-4chip", {}, ""), profile);
  for (const char* other : {"pim_ai_4chip", "PIM_AI_4chi", "PIM_AI_4chip,t", "PIM_AI_4chip ", ""})
    EXPECT_EQ(catalogue.find(other), nullptr) << other;
}

TEST(CatalogueTest, UnknownNames) {
  const TemporaryFolder folder;
  Catalogue catalogue;
  catalogue.add_file(folder.write("a.yaml", ProfileText().str("PIM_AI_4chip") + ProfileText().str("H100")));
  const auto error = [&](const std::string& name) {
    return input_error([&] { catalogue.get(name, {"s.yaml", 5}, "mapping.q_proj"); });
  };
  EXPECT_EQ(error("PIM-AI-4chpi"),
            "s.yaml:5: mapping.q_proj: unknown device 'PIM-AI-4chpi'; expected one of 'upmem-des arch list'; did you "
            "mean 'PIM_AI_4chip'?");
  EXPECT_EQ(error("h100"),
            "s.yaml:5: mapping.q_proj: unknown device 'h100'; expected one of 'upmem-des arch list'; did you mean "
            "'H100'?");
  EXPECT_EQ(error("TPU"), "s.yaml:5: mapping.q_proj: unknown device 'TPU'; expected one of 'upmem-des arch list'");
}

TEST(CatalogueTest, AWrongFileIsAnError) {
  const TemporaryFolder folder;
  Catalogue catalogue;
  const std::string path = folder.write("a.yaml", "DEV: 5\n");
  EXPECT_EQ(input_error([&] { catalogue.add_file(path); }),
            path + ":1: DEV: '5'; expected a mapping of keys to values");
}

namespace {

/// Of a catalogue with the profiles A and B_1 of "a.yaml".
class ChangedProfilesTest : public testing::Test {
 protected:
  ChangedProfilesTest() { catalogue_.add_file(file_); }

  void change(const std::string& yaml) { catalogue_.change(parse_yaml(yaml, "s.yaml")); }
  std::string error(const std::string& yaml) {
    return replaced(input_error([&] { change(yaml); }), file_, "a.yaml");
  }
  const Architecture& get(const std::string& name) const { return *catalogue_.find(name); }

  TemporaryFolder folder_;
  std::string file_ = folder_.write("a.yaml", ProfileText().str("A") + ProfileText().str("B_1"));
  Catalogue catalogue_;
};

}  // namespace

TEST_F(ChangedProfilesTest, FiguresStandInPlaceOfTheFiles) {
  const Architecture before = get("B_1");
  change("B-1: {mem_bw_GBs: 7, cores: 12, cost: {price_usd: 3}, tflops: {bfloat16: 5, int8: 11}}");
  EXPECT_EQ(get("B_1").memory.bandwidth_Bps, 7e9);
  EXPECT_EQ(get("B_1").memory.energy_J_per_byte, before.memory.energy_J_per_byte);
  EXPECT_EQ(get("B_1").cores, 12);
  EXPECT_EQ(get("B_1").price->price_usd->mid, 3);
  EXPECT_EQ(get("B_1").peak_flops_per_s(NumberFormat::int8), 11e12);
  EXPECT_EQ(get("B_1").peak_flops_per_s(NumberFormat::bfloat16), 5e12);
  EXPECT_EQ(get("B_1").where.file, file_);
  EXPECT_EQ(get("A").memory.bandwidth_Bps, before.memory.bandwidth_Bps);
  EXPECT_EQ(catalogue_.all().size(), 2U);
}

TEST_F(ChangedProfilesTest, BothSpellingsOfANameAreOneProfile) {
  change("B-1: {mem_bw_GBs: 7, capacity_GB: 3}\nB_1: {mem_bw_GBs: 8}");
  EXPECT_EQ(get("B_1").memory.bandwidth_Bps, 8e9);
  EXPECT_EQ(get("B_1").capacity_B, 3e9);
}

TEST_F(ChangedProfilesTest, NothingChangesNothing) {
  const double before = get("A").memory.bandwidth_Bps;
  change("A: {}");
  catalogue_.change(YamlNode());
  EXPECT_EQ(get("A").memory.bandwidth_Bps, before);
}

TEST_F(ChangedProfilesTest, WhatTheFileCouldNotSayIsAnError) {
  const std::string range = "; expected a number above 0 and at most 1e+18";
  for (const char* bad : {"0", "-1", "inf", "1e30", "x", "'5'"}) {
    const std::string text = bad == std::string("'5'") ? "5" : bad;
    EXPECT_EQ(error("A:\n  mem_bw_GBs: " + std::string(bad)), "s.yaml:2: A.mem_bw_GBs: '" + text + "'" + range);
  }
  EXPECT_EQ(error("A:\n  mem_bw_GBs:"), "s.yaml:2: A.mem_bw_GBs: nothing" + range);
  EXPECT_EQ(error("A: {mem_bw_GB: 5}").substr(0, 34), "s.yaml:1: A.mem_bw_GB: unknown key");
  EXPECT_EQ(error("\nAB: {}"),
            "s.yaml:2: AB: unknown device 'AB'; expected one of 'upmem-des arch list'; did you mean 'A'?");
}
