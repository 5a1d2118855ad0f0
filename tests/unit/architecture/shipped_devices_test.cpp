/// The device files that come with the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "architecture/architecture_reader.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/architecture/catalogue.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// Of the source tree, not of one that may be installed.
Catalogue shipped() {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  return Catalogue::builtin();
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text(line + ",");
  for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
  return cells;
}

/// The published figures: device → column → cell.
std::map<std::string, std::map<std::string, std::string>> published() {
  std::ifstream file(TEST_DATA_DIR "/devices.csv");
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = cells_of(line);
  std::map<std::string, std::map<std::string, std::string>> devices;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = cells_of(line);
    for (std::size_t i = 1; i < header.size(); ++i) devices[cells.at(0)][header[i]] = cells.at(i);
  }
  return devices;
}

}  // namespace

TEST(ShippedDevicesTest, AllAreThere) {
  std::vector<std::string> names;
  const Catalogue catalogue = shipped();
  for (const Architecture& profile : catalogue.all()) names.push_back(profile.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre(
                         "HOST",                                                                                  //
                         "A100_80GB_SXM", "H100_80GB_SXM", "H200_SXM", "B200_SXM", "GB200", "L40S",               //
                         "RTX_PRO_6000_Blackwell_Server", "RTX4090", "A40", "RTX_A6000", "RTX3090",               //
                         "MI210", "MI300X", "Gaudi3",                                                             //
                         "TPU_v5e", "TPU_v6e", "Apple_M2_Ultra", "Apple_M3_Max", "Apple_M4_Max", "Xeon_8480_x2",  //
                         "V100", "A6000", "A800", "H20", "H100", "H200",                                          //
                         "H100_x2", "H100_x3", "H100_x4", "H100_x5", "H100_x8", "DGX100",                         //
                         "A17Pro", "Dimensity9300", "Snapdragon8gen3",                                            //
                         "PIM_AI_1chip", "PIM_AI_4chip", "PIM_AI_1dimm", "PIM_AI_2dimm", "PIM_AI_4dimm",          //
                         "PIM_AI_6dimm", "PIM_AI_8dimm", "PIM_AI_10dimm", "PIM_AI_12dimm", "PIM_AI_16dimm",       //
                         "PIM_AI_24dimm", "SAM_LPDDR5PIM", "CXL_PIM_BC", "CXL_PIM_nBC",                           //
                         "AttAcc_stack", "AttAcc_5stack", "CENT_device", "CENT_8channels", "GeniePIM_LPDDR5X",    //
                         "NeuPIMs", "HBM_PIM", "AiM_GDDR6", "UPMEM_DDR4_DIMM"));
}

TEST(ShippedDevicesTest, Pim4chip) {
  const Catalogue catalogue = shipped();
  const Architecture& chip = catalogue.get("PIM-AI-4chip", {}, "");
  EXPECT_DOUBLE_EQ(chip.host_to_device.bandwidth_Bps, 12.8e9);
  EXPECT_DOUBLE_EQ(chip.host_to_device.energy_J_per_byte, 6.4e-10) << "80 pJ/bit";
  EXPECT_DOUBLE_EQ(chip.device_to_host.bandwidth_Bps, 51.2e9);
  EXPECT_DOUBLE_EQ(chip.device_to_host.energy_J_per_byte, 1.6e-10);
  EXPECT_DOUBLE_EQ(chip.memory.bandwidth_Bps, 409.6e9);
  EXPECT_DOUBLE_EQ(chip.memory.energy_J_per_byte, 7.6e-12);
  EXPECT_DOUBLE_EQ(chip.flops_per_s, 20e12);
  EXPECT_DOUBLE_EQ(chip.peak_flops_per_s(NumberFormat::int4), 128e12);
  EXPECT_DOUBLE_EQ(chip.energy_J_per_flop, 4e-13);
  EXPECT_DOUBLE_EQ(*chip.softmax_s_per_element, 1e-10);
  EXPECT_DOUBLE_EQ(*chip.silu_s_per_element, 1.5e-10);
  EXPECT_DOUBLE_EQ(*chip.rmsnorm_s_per_element, 2.75e-10);
}

TEST(ShippedDevicesTest, AFewOthers) {
  const Catalogue catalogue = shipped();
  const Architecture& h100 = catalogue.get("H100", {}, "");
  EXPECT_DOUBLE_EQ(h100.memory.bandwidth_Bps, 2e12);
  EXPECT_DOUBLE_EQ(h100.memory.energy_J_per_byte, 5.6e-11);
  EXPECT_DOUBLE_EQ(h100.flops_per_s, 7.565e14);
  EXPECT_DOUBLE_EQ(h100.energy_J_per_flop, 5e-13);
  EXPECT_EQ(h100.flops_per_s_int4, std::nullopt);
  const Architecture& phone = catalogue.get("A17Pro", {}, "");
  EXPECT_DOUBLE_EQ(phone.host_to_device.power_W(), 8.192) << "51.2 GB/s at 20 pJ/bit";
  const Architecture& sam = catalogue.get("SAM_LPDDR5PIM", {}, "");
  EXPECT_DOUBLE_EQ(sam.peak_flops_per_s(NumberFormat::int4), 4.096e11);
  EXPECT_DOUBLE_EQ(sam.energy_J_per_flop, 8e-13);
  const Architecture& host = catalogue.get(host_name, {}, "");
  EXPECT_DOUBLE_EQ(host.memory.bandwidth_Bps, 614.4e9);
  EXPECT_DOUBLE_EQ(host.flops_per_s * host.compute_efficiency, 6.144e12);
}

TEST(ShippedDevicesTest, ModulesHaveTheVendorsFigures) {
  const Catalogue catalogue = shipped();
  const Architecture& h100 = catalogue.get("H100-80GB-SXM", {}, "");
  EXPECT_DOUBLE_EQ(h100.memory.bandwidth_Bps, 3.352e12);
  EXPECT_DOUBLE_EQ(h100.peak_flops_per_s(NumberFormat::bfloat16), 989.4e12);
  EXPECT_DOUBLE_EQ(h100.peak_flops_per_s(NumberFormat::fp8), 1978.9e12);
  EXPECT_EQ(h100.capacity_B, 80e9);
  // Of the rack's figures, with sparsity: 360, 720 and 1440 PFLOP/s, 576 TB/s.
  const Architecture& gb200 = catalogue.get("GB200", {}, "");
  EXPECT_DOUBLE_EQ(gb200.peak_flops_per_s(NumberFormat::bfloat16) * 72 * 2, 360e15);
  EXPECT_DOUBLE_EQ(gb200.peak_flops_per_s(NumberFormat::fp8) * 72 * 2, 720e15);
  EXPECT_DOUBLE_EQ(gb200.peak_flops_per_s(NumberFormat::nvfp4) * 72 * 2, 1440e15);
  EXPECT_DOUBLE_EQ(gb200.memory.bandwidth_Bps * 72, 576e12);
}

TEST(ShippedDevicesTest, FiguresFollowFromTheirParts) {
  const Catalogue catalogue = shipped();
  const auto peak = [&](const char* name, NumberFormat format) {
    return catalogue.get(name, {}, "").peak_flops_per_s(format);
  };
  // Of a pod of 256 chips: 234.9 PFLOP/s.
  EXPECT_NEAR(peak("TPU-v6e", NumberFormat::bfloat16) * 256, 234.9e15, 0.2e15);
  EXPECT_DOUBLE_EQ(peak("TPU-v6e", NumberFormat::int8), 2 * peak("TPU-v6e", NumberFormat::bfloat16));
  EXPECT_DOUBLE_EQ(peak("TPU-v5e", NumberFormat::int8), 393e12);
  EXPECT_NEAR(peak("Apple-M2-Ultra", NumberFormat::float16), 76 * 128 * 2 * 1.398e9, 0.1e12);
  EXPECT_NEAR(peak("Apple-M3-Max", NumberFormat::bfloat16), 40 * 128 * 2 * 1.398e9, 0.1e12);
  EXPECT_NEAR(peak("Apple-M4-Max", NumberFormat::int8), 40 * 128 * 2 * 1.8e9, 0.1e12);
  EXPECT_DOUBLE_EQ(peak("Xeon-8480-x2", NumberFormat::bfloat16), 2 * 56 * 1024 * 2e9);
  EXPECT_DOUBLE_EQ(peak("Xeon-8480-x2", NumberFormat::int8), 2 * 56 * 2048 * 2e9);
  EXPECT_DOUBLE_EQ(peak("Xeon-8480-x2", NumberFormat::float32), 2 * 56 * 64 * 2e9);
  EXPECT_DOUBLE_EQ(catalogue.get("Xeon-8480-x2", {}, "").memory.bandwidth_Bps, 2 * 8 * 8 * 4.8e9);
}

TEST(ShippedDevicesTest, NoStatedFormatOfACardIsIdeal) {
  const Catalogue catalogue = shipped();
  int checked = 0;
  for (const Architecture& profile : catalogue.all()) {
    if (profile.pim) continue;  // banks have formulas of their own
    for (const auto& [format, rate] : profile.flops_per_s_by_format)
      for (const KernelSizes& sizes : {KernelSizes(ProductSizes{}), KernelSizes(ExpertSizes{})}) {
        const bool is_fitted = profile.efficiency.find(sizes, format) != nullptr;
        EXPECT_TRUE(is_fitted || profile.compute_efficiency < 1) << profile.name << " " << format.name();
        ++checked;
      }
  }
  EXPECT_GT(checked, 100);
}

TEST(ShippedDevicesTest, EveryOneSaysHowItWasComeBy) {
  const Catalogue catalogue = shipped();
  for (const Architecture& profile : catalogue.all()) {
    const bool is_measured = profile.basis == ProfileBasis::Measured;
    if (is_measured) {
      EXPECT_FALSE(profile.efficiency.fitted.empty()) << profile.name;
    }
    if (profile.basis == ProfileBasis::DataSheet) {
      EXPECT_FALSE(profile.is_ideal()) << profile.name;
      EXPECT_TRUE(profile.capacity_B) << profile.name;
      EXPECT_GT(profile.idle_W, 0) << profile.name;
    }
    if (profile.basis == ProfileBasis::Published && !profile.pim) {
      EXPECT_TRUE(profile.is_ideal()) << profile.name;
    }
    const bool is_assumed = profile.name == host_name;
    EXPECT_EQ(profile.basis == ProfileBasis::Assumed, is_assumed) << profile.name;
  }
}

TEST(ShippedDevicesTest, AreThePublishedFigures) {
  const Catalogue catalogue = shipped();
  const auto devices = published();
  EXPECT_EQ(devices.size(), 29U);
  EXPECT_EQ(catalogue.all().size(), devices.size() + 30)
      << "and HOST, fourteen cards, TPUs, Macs, a server and nine memories that compute";
  for (const auto& [name, figures] : devices) {
    SCOPED_TRACE(name);
    const Architecture* profile = catalogue.find(name);
    ASSERT_NE(profile, nullptr);
    const auto figure = [&, &cells = figures](const char* column) { return std::stod(cells.at(column)); };
    const auto port = [&](const std::string& prefix, const Port& actual) {
      EXPECT_EQ(actual.bandwidth_Bps, figure((prefix + "_bw_GBs").c_str()) * 1e9) << prefix;
      EXPECT_EQ(actual.energy_J_per_byte, figure((prefix + "_pj_per_bit").c_str()) * 8 * 1e-12) << prefix;
    };
    const auto optional = [&, &cells = figures](const char* column, const std::optional<double>& actual, double unit) {
      const bool is_given = !cells.at(column).empty();
      EXPECT_EQ(actual, is_given ? std::optional<double>(figure(column) * unit) : std::nullopt) << column;
    };
    port("host_to_device", profile->host_to_device);
    port("device_to_host", profile->device_to_host);
    port("mem", profile->memory);
    EXPECT_EQ(profile->flops_per_s, figure("tflops") * 1e12);
    EXPECT_EQ(profile->energy_J_per_flop, figure("pj_per_tflop") * 1e-12 / 1e12);
    optional("tflops_int4", profile->flops_per_s_int4, 1e12);
    optional("softmax_ns_per_element", profile->softmax_s_per_element, 1e-9);
    optional("SiLU_ns_per_element", profile->silu_s_per_element, 1e-9);
    optional("RMSNorm_ns_per_element", profile->rmsnorm_s_per_element, 1e-9);
    // What the published table has no column for keeps its default, or the device would no longer be the published one.
    EXPECT_EQ(profile->compute_efficiency, 1);
    EXPECT_EQ(profile->memory_efficiency, 1);
    EXPECT_EQ(profile->launch_overhead_s, 0);
    EXPECT_EQ(profile->idle_W, 0);
    EXPECT_EQ(profile->link_latency_s, 0);
  }
}

TEST(ShippedDevicesTest, AFileOfTheUsersReplacesOne) {
  const TemporaryFolder folder;
  Catalogue catalogue = shipped();
  const std::size_t before = catalogue.all().size();
  catalogue.add_file(GOLDEN_DIR "/extra_architectures.yaml");
  EXPECT_EQ(catalogue.all().size(), before + 1);
  EXPECT_NE(catalogue.find("PIM-AI-4chip-duplicated"), nullptr);
  catalogue.add_file(folder.write(
      "mine.yaml", replaced(read_bytes(PROJECT_DIR "/architectures/host.yaml"), "tflops: 8.192", "tflops: 1")));
  EXPECT_EQ(catalogue.all().size(), before + 1);
  EXPECT_EQ(catalogue.get("HOST", {}, "").flops_per_s, 1e12);
}
