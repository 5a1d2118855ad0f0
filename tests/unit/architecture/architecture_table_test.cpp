#include "architecture/architecture_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "architecture/architecture_reader.hpp"
#include "profile_text.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const char* const full_profile =
    "PIM_AI_4chip:\n"
    "  host_to_device_bw_GBs: 12.8\n"
    "  host_to_device_pj_per_bit: 80\n"
    "  device_to_host_bw_GBs: 51.2\n"
    "  device_to_host_pj_per_bit: 20\n"
    "  mem_bw_GBs: 409.6\n"
    "  mem_pj_per_bit: 0.95\n"
    "  tflops: 20\n"
    "  tflops_int4: 128\n"
    "  pj_per_tflop: 0.4e+12\n"
    "  softmax_ns_per_element: 0.1\n"
    "  SiLU_ns_per_element: 0.15\n"
    "  capacity_GB: 32\n"
    "  compute_efficiency: 0.75\n"
    "  launch_overhead_ns: 2500\n"
    "  idle_W: 1.5\n";

}  // namespace

TEST(ArchitectureTableTest, FiguresAreThoseOfTheFile) {
  const TemporaryFolder folder;
  const auto profiles = read_architectures(folder.write("a.yaml", full_profile + ProfileText().str("B")));
  EXPECT_EQ(
      architecture_table(profiles),
      "device        to device          to host          memory          arithmetic     int4   energy  basis\n"
      "                   GB/s  pJ/bit     GB/s  pJ/bit    GB/s  pJ/bit     TFLOP/s  TFLOP/s  pJ/FLOP\n"
      "-------------------------------------------------------------------------------------------------------\n"
      "PIM_AI_4chip       12.8      80     51.2      20   409.6    0.95          20      128      0.4  assumed\n"
      "B                  12.8      80     51.2      20   409.6    0.95          20        -      0.4  assumed\n");
}

TEST(ArchitectureTableTest, SheetHasEveryFigure) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.yaml", full_profile);
  EXPECT_EQ(architecture_sheet(read_architectures(path).at(0)),
            "PIM_AI_4chip (" + path +
                ":1)\n"
                "  host to device         12.8  GB/s\n"
                "                           80  pJ/bit\n"
                "  device to host         51.2  GB/s\n"
                "                           20  pJ/bit\n"
                "  link latency              0  ns\n"
                "  memory                409.6  GB/s\n"
                "                         0.95  pJ/bit\n"
                "                      3.11296  W at full bandwidth\n"
                "  memory efficiency         1  of the bandwidth (roofline)\n"
                "  capacity                 32  GB\n"
                "  arithmetic               20  TFLOP/s\n"
                "    at int4               128  TFLOP/s\n"
                "                          0.4  pJ/FLOP\n"
                "                            8  W at full rate\n"
                "  compute efficiency     0.75  of the arithmetic (roofline)\n"
                "  softmax                 0.1  ns per element\n"
                "  SiLU                   0.15  ns per element\n"
                "  RMSNorm                   -  not given: from arithmetic and memory (roofline), of one PIM chip "
                "(reference)\n"
                "  launch overhead        2500  ns per event (roofline)\n"
                "  idle power              1.5  W\n"
                "  basis                        assumed\n");
}

TEST(ArchitectureTableTest, TheNoteIsShownInLinesOf80) {
  const TemporaryFolder folder;
  const std::string word(39, 'w');
  const std::string text =
      ProfileText().set("note", "\"" + word + " " + word + "x last\x1b[1m " + std::string(90, 'l') + "\"").str();
  const std::string sheet = architecture_sheet(read_architectures(folder.write("a.yaml", text)).at(0));
  const std::string indent(31, ' ');
  const std::string expected = "  note                         " + word + " " + word + "x\n" + indent +
                               "last\\u001b[1m\n" + indent + std::string(90, 'l') + "\n";
  EXPECT_THAT(sheet, testing::HasSubstr(expected));
  EXPECT_EQ(architecture_sheet(read_architectures(folder.write("a.yaml", full_profile)).at(0)).find("note "),
            std::string::npos);
}

TEST(ArchitectureTableTest, ActivePowerAndALimitHaveLinesWhereThereAreAny) {
  const TemporaryFolder folder;
  const std::string powers = std::string(full_profile) + "  active_W: 2.5\n  power_limit_W: 12\n";
  const std::string sheet = architecture_sheet(read_architectures(folder.write("a.yaml", powers)).front());
  EXPECT_NE(sheet.find("\n  active power            2.5  W while it has work\n"), std::string::npos) << sheet;
  EXPECT_NE(sheet.find("\n  power limit              12  W (roofline)\n"), std::string::npos) << sheet;
  const std::string without = architecture_sheet(read_architectures(folder.write("b.yaml", full_profile)).front());
  EXPECT_EQ(without.find("active"), std::string::npos);
  EXPECT_EQ(without.find("limit"), std::string::npos);
}
