#include "measurement/validation.hpp"

#include <gtest/gtest.h>

#include "measurement/kernel_estimate.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using upmem_des::test::TemporaryFolder;

namespace {

/// 1 TFLOP/s, 100 GB/s; half of the arithmetic is reached, after 5 us. What is fitted reaches all.
constexpr const char* profiles = R"(
SLOW_CARD:
  {host_to_device_bw_GBs: 1, host_to_device_pj_per_bit: 1, device_to_host_bw_GBs: 1, device_to_host_pj_per_bit: 1,
   mem_bw_GBs: 100, mem_pj_per_bit: 1, tflops: 1, pj_per_tflop: 1, compute_efficiency: 0.5, launch_overhead_ns: 5000}
FIT_CARD:
  {host_to_device_bw_GBs: 1, host_to_device_pj_per_bit: 1, device_to_host_bw_GBs: 1, device_to_host_pj_per_bit: 1,
   mem_bw_GBs: 100, mem_pj_per_bit: 1, tflops: 1, pj_per_tflop: 1, compute_efficiency: 0.5,
   efficiency: {product: {bfloat16: {t0_us: 1}}}}
)";

MeasuredKernel product(const std::string& hardware, double time_s) {
  MeasuredKernel kernel;
  kernel.hardware = hardware;
  kernel.kind = "product bfloat16";
  kernel.sizes = ProductSizes{100, 1000, 1000, 2.4e6, 0};  // 200 us of arithmetic
  kernel.time_s = time_s;
  kernel.where = {"m.csv", 7};
  return kernel;
}

class ValidationTest : public ::testing::Test {
 protected:
  ValidationTest() { catalogue_.add_file(folder_.write("a.yaml", profiles)); }
  TemporaryFolder folder_;
  Catalogue catalogue_;
};

}  // namespace

TEST_F(ValidationTest, EstimatesAreTheProfiles) {
  std::size_t unknown = 0;
  const auto rows = validate({product("slow-card", 450e-6), product("FIT CARD", 201e-6), product("Fit-Card", 150e-6)},
                             catalogue_, false, unknown);
  ASSERT_EQ(3U, rows.size());
  EXPECT_EQ("SLOW_CARD", rows[0].error.device);
  EXPECT_NEAR(405e-6, rows[0].error.estimated, 1e-15);
  EXPECT_NEAR(201e-6, rows[1].error.estimated, 1e-15);
  EXPECT_FALSE(rows[1].error.is_suspect);
  EXPECT_TRUE(rows[2].error.is_suspect);  // 200 us at the peak
  EXPECT_NEAR(0.34, rows[2].error.relative(), 1e-12);
}

TEST_F(ValidationTest, ShippedDevicesHaveTheNamesThatOthersGiveThem) {
  const Catalogue shipped = Catalogue::builtin();
  const std::pair<const char*, const char*> names[] = {
      {"A100-80GB-SXM", "A100_80GB_SXM"},
      {"A100-SXM4-80GB", "A100_80GB_SXM"},
      {"NVIDIA A100-SXM4-80GB", "A100_80GB_SXM"},
      {"a100_sxm", "A100_80GB_SXM"},
      {"H100 SXM", "H100_80GB_SXM"},
      {"h100_sxm", "H100_80GB_SXM"},
      {"NVIDIA H100 80GB HBM3", "H100_80GB_SXM"},
      {"NVIDIA H200", "H200_SXM"},
      {"h200_sxm", "H200_SXM"},
      {"b200_sxm", "B200_SXM"},
      {"NVIDIA GB200", "GB200"},
      {"NVIDIA L40S", "L40S"},
      {"NVIDIA A40", "A40"},
      {"NVIDIA RTX A6000", "RTX_A6000"},
      {"NVIDIA GeForce RTX 3090", "RTX3090"},
      {"NVIDIA GeForce RTX 4090", "RTX4090"},
      {"rtx_pro_6000_server", "RTX_PRO_6000_Blackwell_Server"},
      {"NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX_PRO_6000_Blackwell_Server"},
      {"AMD Instinct MI210", "MI210"},
      {"AMD Instinct MI300X", "MI300X"},
      {"Intel Gaudi 3", "Gaudi3"},
      {"TPU v5 lite", "TPU_v5e"},
      {"TPU v6e", "TPU_v6e"},
      {"Apple M2 Ultra", "Apple_M2_Ultra"},
      {"Apple M3 Max", "Apple_M3_Max"},
      {"M4 Max", "Apple_M4_Max"},
      {"2 x Intel(R) Xeon(R) Platinum 8480+", "Xeon_8480_x2"},
      // Published profiles go by their names.
      {"H100", "H100"},
      {"h200", "H200"},
  };
  for (const auto& [hardware, profile] : names) {
    const Architecture* found = profile_of(shipped, hardware);
    ASSERT_NE(nullptr, found) << hardware;
    EXPECT_EQ(profile, found->name) << hardware;
  }
  for (const char* hardware : {"", "H100-80GB-pairwise-NVLink", "NVIDIA", "A100-PCIE-40GB", "RTX 5090"})
    EXPECT_EQ(nullptr, profile_of(shipped, hardware)) << hardware;
  EXPECT_EQ(nullptr, profile_of(catalogue_, "H100 SXM")) << "a known name of a profile that is not there";
}

TEST_F(ValidationTest, UnknownHardware) {
  std::size_t unknown = 0;
  EXPECT_TRUE(validate({product("FITT_CARD", 1)}, catalogue_, true, unknown).empty());
  EXPECT_EQ(1U, unknown);
  try {
    validate({product("FITT_CARD", 1)}, catalogue_, false, unknown);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_STREQ(
        "m.csv:7: hardware: unknown device 'FITT_CARD'; expected one of upmem-des arch list, or of --extra-archs; "
        "did you mean 'FIT_CARD'?",
        e.what());
  }
}

TEST_F(ValidationTest, PowerIsThatOfTheDeviceAndTheKernelsEnergy) {
  const auto card = [](const std::string& name, const std::string& more) {
    return name +
           ":\n  {host_to_device_bw_GBs: 1, host_to_device_pj_per_bit: 1, device_to_host_bw_GBs: 1, "
           "device_to_host_pj_per_bit: 1,\n   mem_bw_GBs: 100, mem_pj_per_bit: 1, tflops: 1, pj_per_tflop: 1.0e+12, "
           "idle_W: 10, active_W: 20" +
           more + "}\n";
  };
  catalogue_.add_file(folder_.write("power.yaml", card("FREE", "") + card("LIMITED", ", power_limit_W: 31")));
  std::vector<MeasuredKernel> kernels{product("FREE", 200e-6), product("LIMITED", 200e-6), product("FREE", 200e-6)};
  kernels[0].power_W = kernels[1].power_W = 40;
  std::size_t unknown = 0;
  const auto rows = validate(kernels, catalogue_, false, unknown);
  ASSERT_TRUE(rows[0].power && rows[1].power);
  // 2e8 flop of 1 pJ and 2.4e6 bytes of 8 pJ in 200 us.
  EXPECT_NEAR(10 + 20 + (200e-6 + 19.2e-6) / 200e-6, rows[0].power->estimated, 1e-9);
  EXPECT_EQ(40, rows[0].power->measured);
  EXPECT_EQ(31, rows[1].power->estimated);
  EXPECT_FALSE(rows[2].power) << "not measured";
}
