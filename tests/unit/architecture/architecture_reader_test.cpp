#include "architecture/architecture_reader.hpp"

#include <gtest/gtest.h>

#include "profile_text.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

Architecture read_one(const ProfileText& text) {
  const TemporaryFolder folder;
  return read_architectures(folder.write("devices.yaml", text.str())).at(0);
}

}  // namespace

TEST(ArchitectureReaderTest, FiguresAreInSiUnits) {
  const TemporaryFolder folder;
  const std::string path = folder.write("devices.yaml", "# comment\n" + ProfileText().str());
  const Architecture profile = read_architectures(path).at(0);
  EXPECT_EQ(profile.name, "DEV");
  EXPECT_EQ(profile.where.str(), path + ":2");
  EXPECT_DOUBLE_EQ(profile.host_to_device.bandwidth_Bps, 12.8e9);
  EXPECT_DOUBLE_EQ(profile.host_to_device.energy_J_per_byte, 6.4e-10);
  EXPECT_DOUBLE_EQ(profile.host_to_device.power_W(), 8.192);
  EXPECT_DOUBLE_EQ(profile.device_to_host.bandwidth_Bps, 51.2e9);
  EXPECT_DOUBLE_EQ(profile.device_to_host.energy_J_per_byte, 1.6e-10);
  EXPECT_DOUBLE_EQ(profile.memory.bandwidth_Bps, 409.6e9);
  EXPECT_DOUBLE_EQ(profile.memory.energy_J_per_byte, 7.6e-12);
  EXPECT_DOUBLE_EQ(profile.flops_per_s, 20e12);
  EXPECT_DOUBLE_EQ(profile.energy_J_per_flop, 0.4e-12);
}

TEST(ArchitectureReaderTest, Defaults) {
  const Architecture profile = read_one(ProfileText());
  EXPECT_EQ(profile.flops_per_s_int4, std::nullopt);
  EXPECT_EQ(profile.softmax_s_per_element, std::nullopt);
  EXPECT_EQ(profile.silu_s_per_element, std::nullopt);
  EXPECT_EQ(profile.rmsnorm_s_per_element, std::nullopt);
  EXPECT_EQ(profile.compute_efficiency, 1);
  EXPECT_EQ(profile.memory_efficiency, 1);
  EXPECT_EQ(profile.launch_overhead_s, 0);
  EXPECT_EQ(profile.capacity_B, std::nullopt);
  EXPECT_EQ(profile.idle_W, 0);
  EXPECT_EQ(profile.active_W, 0);
  EXPECT_EQ(profile.power_limit_W, std::nullopt);
  EXPECT_EQ(profile.link_latency_s, 0);
  EXPECT_EQ(profile.peak_flops_per_s(NumberFormat::int4), 20e12) << "without a figure of its own";
}

TEST(ArchitectureReaderTest, EnergiesMayBeLeftOut) {
  const TemporaryFolder folder;
  const std::vector<std::string> keys{"host_to_device_pj_per_bit", "device_to_host_pj_per_bit", "mem_pj_per_bit",
                                      "pj_per_tflop"};
  EXPECT_TRUE(read_architectures(folder.write("a.yaml", ProfileText().str())).at(0).states_energy());
  ProfileText none;
  for (const std::string& key : keys) {
    none.remove(key);
    const Architecture profile = read_architectures(folder.write("a.yaml", ProfileText().remove(key).str())).at(0);
    EXPECT_EQ(profile.energies_not_stated(), std::vector<std::string>{key});
    EXPECT_FALSE(profile.states_energy());
    EXPECT_EQ(profile.states_power(), key.rfind("host", 0) == 0 || key.rfind("device", 0) == 0);
    const Architecture zero = read_architectures(folder.write("a.yaml", ProfileText().set(key, "0").str())).at(0);
    EXPECT_TRUE(zero.states_energy()) << "0 is stated";
  }
  const Architecture profile = read_architectures(folder.write("a.yaml", none.str())).at(0);
  EXPECT_EQ(profile.energies_not_stated(), keys);
  EXPECT_EQ(profile.memory.energy_J_per_byte + profile.energy_J_per_flop, 0) << "as the simulation adds it up";
}

TEST(ArchitectureReaderTest, OptionalFigures) {
  const Architecture profile = read_one(ProfileText()
                                            .set("tflops_int4", "128")
                                            .set("softmax_ns_per_element", "0.1")
                                            .set("SiLU_ns_per_element", "0.15")
                                            .set("RMSNorm_ns_per_element", "0.275")
                                            .set("compute_efficiency", "0.75")
                                            .set("mem_efficiency", "0.8")
                                            .set("launch_overhead_ns", "2500")
                                            .set("capacity_GB", "32")
                                            .set("idle_W", "12.5")
                                            .set("active_W", "30")
                                            .set("power_limit_W", "43")
                                            .set("link_latency_ns", "700"));
  EXPECT_DOUBLE_EQ(*profile.flops_per_s_int4, 128e12);
  EXPECT_DOUBLE_EQ(profile.peak_flops_per_s(NumberFormat::int4), 128e12);
  EXPECT_DOUBLE_EQ(profile.peak_flops_per_s(NumberFormat::int8), 20e12);
  EXPECT_DOUBLE_EQ(*profile.softmax_s_per_element, 0.1e-9);
  EXPECT_DOUBLE_EQ(*profile.silu_s_per_element, 0.15e-9);
  EXPECT_DOUBLE_EQ(*profile.rmsnorm_s_per_element, 0.275e-9);
  EXPECT_EQ(profile.compute_efficiency, 0.75);
  EXPECT_EQ(profile.memory_efficiency, 0.8);
  EXPECT_DOUBLE_EQ(profile.launch_overhead_s, 2.5e-6);
  EXPECT_DOUBLE_EQ(*profile.capacity_B, 32e9);
  EXPECT_EQ(profile.idle_W, 12.5);
  EXPECT_EQ(profile.active_W, 30);
  EXPECT_EQ(profile.power_limit_W, 43);
  EXPECT_DOUBLE_EQ(profile.link_latency_s, 7e-7);
}

TEST(ArchitectureReaderTest, NumbersInAllForms) {
  for (const char* figure : {"0.4e12", "0.4e+12", "4e11", "4E11", "400000000000", "+4e11", ".4e12"})
    EXPECT_DOUBLE_EQ(read_one(ProfileText().set("pj_per_tflop", figure)).energy_J_per_flop, 0.4e-12) << figure;
  EXPECT_DOUBLE_EQ(read_one(ProfileText().set("mem_bw_GBs", ".5")).memory.bandwidth_Bps, 0.5e9);
  EXPECT_DOUBLE_EQ(read_one(ProfileText().set("mem_bw_GBs", "+3")).memory.bandwidth_Bps, 3e9);
}

TEST(ArchitectureReaderTest, TheBoundsThemselvesAreGood) {
  for (const char* rate : {"1e18", "1e-9"})
    for (const char* key : {"host_to_device_bw_GBs", "device_to_host_bw_GBs", "mem_bw_GBs", "tflops", "tflops_int4",
                            "softmax_ns_per_element", "capacity_GB"})
      EXPECT_NO_THROW(read_one(ProfileText().set(key, rate))) << key;
  for (const char* amount : {"1e18", "0"})
    for (const char* key : {"host_to_device_pj_per_bit", "device_to_host_pj_per_bit", "mem_pj_per_bit", "pj_per_tflop",
                            "launch_overhead_ns", "idle_W", "active_W", "link_latency_ns"})
      EXPECT_NO_THROW(read_one(ProfileText().set(key, amount))) << key;
  EXPECT_NO_THROW(read_one(ProfileText().set("compute_efficiency", "1").set("mem_efficiency", "1e-9")));
}

TEST(ArchitectureReaderTest, ProfilesAreInTheFilesOrder) {
  const TemporaryFolder folder;
  const auto profiles = read_architectures(
      folder.write("devices.yaml", ProfileText().str("Z") + ProfileText().str("A_1") + ProfileText().str("HOST")));
  ASSERT_EQ(profiles.size(), 3U);
  EXPECT_EQ(profiles[0].name, "Z");
  EXPECT_EQ(profiles[1].name, "A_1");
  EXPECT_EQ(profiles[2].name, host_name);
}

TEST(ArchitectureReaderTest, CanonicalNamesHaveUnderscores) {
  EXPECT_EQ(canonical_device_name("PIM-AI-4chip"), "PIM_AI_4chip");
  EXPECT_EQ(canonical_device_name("PIM_AI_4chip"), "PIM_AI_4chip");
  EXPECT_EQ(canonical_device_name(""), "");
}

TEST(ArchitectureReaderTest, AFileIsWhatItHoldsNow) {
  const TemporaryFolder folder;
  const std::string path = folder.write("devices.yaml", ProfileText().set("tflops", "3").str());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(read_architectures(path).at(0).flops_per_s, 3e12);
  folder.write("devices.yaml", ProfileText().set("tflops", "4").str());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(read_architectures(path).at(0).flops_per_s, 4e12);
  const std::string other = folder.write("others.yaml", ProfileText().set("tflops", "4").str());
  EXPECT_EQ(read_architectures(other).at(0).where.file, other);
}

TEST(ArchitectureReaderTest, AFileThatIsWrongIsWrongEachTime) {
  const TemporaryFolder folder;
  const std::string path = folder.write("devices.yaml", ProfileText().str());
  EXPECT_EQ(read_architectures(path).size(), 1U);
  folder.write("devices.yaml", "x");
  for (int i = 0; i < 2; ++i) EXPECT_THROW(read_architectures(path), InputError);
  folder.write("devices.yaml", ProfileText().str());
  EXPECT_EQ(read_architectures(path).size(), 1U);
}

TEST(ArchitectureReaderTest, MoreFilesThanAreKept) {
  const TemporaryFolder folder;
  for (int round = 0; round < 2; ++round)
    for (int i = 1; i <= 100; ++i) {
      const std::string number = std::to_string(i);
      const std::string path = folder.write(number + ".yaml", ProfileText().set("tflops", number).str());
      EXPECT_EQ(read_architectures(path).at(0).flops_per_s, i * 1e12);
    }
}
