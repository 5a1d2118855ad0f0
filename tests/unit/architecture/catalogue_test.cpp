#include "upmem_des/architecture/catalogue.hpp"

#include <gtest/gtest.h>

#include "profile_text.hpp"
#include "support/temporary_folder.hpp"

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
