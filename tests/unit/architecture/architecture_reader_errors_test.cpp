/// Every message that a wrong architectures file gives, in full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "architecture/architecture_reader.hpp"
#include "profile_text.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string known_keys =
    "host_to_device_bw_GBs, host_to_device_pj_per_bit, device_to_host_bw_GBs, device_to_host_pj_per_bit, mem_bw_GBs, "
    "mem_pj_per_bit, tflops, tflops_int4, pj_per_tflop, softmax_ns_per_element, SiLU_ns_per_element, "
    "RMSNorm_ns_per_element, compute_efficiency, mem_efficiency, launch_overhead_ns, capacity_GB, idle_W, active_W, "
    "power_limit_W, link_latency_ns, basis, note, cores, cache_MB, peer_bw_GBs, efficiency, pim, cost";

/// With one figure changed (line 2 to 9) or added (line 10).
std::string figure_error(const std::string& key, const std::string& value) {
  return reading_error(ProfileText().set(key, value).str());
}

const char* const rates[] = {"host_to_device_bw_GBs",
                             "device_to_host_bw_GBs",
                             "mem_bw_GBs",
                             "tflops",
                             "tflops_int4",
                             "softmax_ns_per_element",
                             "SiLU_ns_per_element",
                             "RMSNorm_ns_per_element",
                             "capacity_GB",
                             "power_limit_W",
                             "cache_MB",
                             "peer_bw_GBs"};
const char* const amounts[] = {"host_to_device_pj_per_bit",
                               "device_to_host_pj_per_bit",
                               "mem_pj_per_bit",
                               "pj_per_tflop",
                               "launch_overhead_ns",
                               "idle_W",
                               "active_W",
                               "link_latency_ns"};
const char* const efficiencies[] = {"compute_efficiency", "mem_efficiency"};

int line_of(const std::string& key) {
  const std::vector<std::string> keys = ProfileText().keys();
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == key) return static_cast<int>(i) + 2;
  return 10;
}

std::string at(const std::string& key) {
  return "F:" + std::to_string(line_of(key)) + ": DEV." + key + ": ";
}

}  // namespace

TEST(ArchitectureReaderErrors, ALimitThatLeavesNothingForWork) {
  EXPECT_EQ(reading_error(ProfileText().set("idle_W", "60").set("active_W", "40").set("power_limit_W", "100").str()),
            "F:12: DEV.power_limit_W: a power limit of 100 W is not above idle_W + active_W, 100 W; expected more");
  EXPECT_EQ(reading_error(ProfileText().set("power_limit_W", "100").set("active_W", "100.5").str()),
            "F:10: DEV.power_limit_W: a power limit of 100 W is not above idle_W + active_W, 100.5 W; expected more");
}

TEST(ArchitectureReaderErrors, Files) {
  const TemporaryFolder folder;
  const auto error = [](const std::string& path) {
    return replaced(input_error([&] { read_architectures(path); }), path, "F");
  };
  EXPECT_EQ(error(folder.path("none.yaml")), "F: no such file");
  EXPECT_EQ(error(folder.make_folder("folder.yaml")), "F: a folder; expected a YAML file");
  EXPECT_EQ(reading_error(""), "F: empty; expected device names with their figures");
  EXPECT_EQ(reading_error("# only\n# comments\n"), "F: empty; expected device names with their figures");
  EXPECT_EQ(reading_error("{}\n"), "F: empty; expected device names with their figures");
  EXPECT_EQ(reading_error("- DEV\n"), "F:1: no mapping; expected device names with their figures");
  EXPECT_EQ(reading_error("DEV\n"), "F:1: no mapping; expected device names with their figures");
  EXPECT_EQ(reading_error(std::string("\x7f"
                                      "ELF\0\0",
                                      6)),
            "F: not a text file; expected YAML");
  EXPECT_EQ(reading_error("DEV: {tflops: 5,\n"), "F:2: not YAML: end of map flow not found");
  EXPECT_EQ(reading_error("DEV:\n\ttflops: 5\n"), "F:2: not YAML: illegal map value");
  EXPECT_EQ(reading_error(ProfileText().str() + "---\n" + ProfileText().str("B")),
            "F:10: a second document; expected one");
  EXPECT_EQ(reading_error(ProfileText().str() + ProfileText().str()),
            "F:10: DEV: duplicate key, first given on line 1; expected it once");
  EXPECT_EQ(reading_error(ProfileText().str() + "  tflops: 5\n"),
            "F:10: DEV.tflops: duplicate key, first given on line 8; expected it once");
}

TEST(ArchitectureReaderErrors, Names) {
  EXPECT_EQ(reading_error(ProfileText().str("PIM-AI")),
            "F:1: PIM-AI: a device name with a hyphen; expected underscores (mappings may use either)");
  for (const std::string name : {"4chip", "_x", "a.b", "\"a b\"", "größe", "\"a,t\"", "a/b"})
    EXPECT_EQ(reading_error(ProfileText().str(name)),
              "F:1: " + replaced(name, "\"", "") +
                  ": not a device name; expected a letter, then letters, digits and underscores, at most 100");
  EXPECT_EQ(reading_error(ProfileText().str(std::string(100, 'x'))), "no error");
  EXPECT_EQ(reading_error(ProfileText().str(std::string(101, 'x'))),
            "F:1: " + std::string(101, 'x') +
                ": not a device name; expected a letter, then letters, digits and underscores, at most 100");
}

TEST(ArchitectureReaderErrors, ProfilesThatAreNoMapping) {
  EXPECT_EQ(reading_error("DEV:\n"), "F:1: DEV: nothing; expected a mapping of keys to values");
  EXPECT_EQ(reading_error("DEV: 5\n"), "F:1: DEV: '5'; expected a mapping of keys to values");
  EXPECT_EQ(reading_error("DEV: [5]\n"), "F:1: DEV: a list; expected a mapping of keys to values");
  EXPECT_EQ(reading_error("DEV: {}\n"), "F:1: DEV.host_to_device_bw_GBs: missing; expected a value");
}

TEST(ArchitectureReaderErrors, MissingFigures) {
  for (const std::string& key : ProfileText().keys()) {
    const bool is_energy = key.find("pj_per") != std::string::npos;
    EXPECT_EQ(reading_error(ProfileText().remove(key).str()),
              is_energy ? "no error" : "F:1: DEV." + key + ": missing; expected a value");
  }
  EXPECT_EQ(reading_error(ProfileText().remove("tflops").set("TFLOPS", "5").str()),
            "F:1: DEV.tflops: missing; expected a value (there is a 'TFLOPS')");
}

TEST(ArchitectureReaderErrors, UnknownFigures) {
  EXPECT_EQ(figure_error("tflops_int5", "5"),
            "F:10: DEV.tflops_int5: unknown key; expected one of " + known_keys + "; did you mean 'tflops_int4'?");
  EXPECT_EQ(figure_error("silu_ns_per_element", "5"), "F:10: DEV.silu_ns_per_element: unknown key; expected one of " +
                                                          known_keys + "; did you mean 'SiLU_ns_per_element'?");
  EXPECT_EQ(figure_error("colour", "red"), "F:10: DEV.colour: unknown key; expected one of " + known_keys);
}

TEST(ArchitectureReaderErrors, Rates) {
  for (const std::string key : rates) {
    for (const std::string bad : {"0", "-12.8", "-0.0", ".inf", "-.inf", ".nan", "1e400", "-1e400", "1e-400", "1e19",
                                  "0x10", "1_000", "12GB", "fast", "true"})
      EXPECT_EQ(figure_error(key, bad), at(key) + "'" + bad + "'; expected a number above 0 and at most 1e+18");
    EXPECT_EQ(figure_error(key, "'12.8'"), at(key) + "'12.8'; expected a number above 0 and at most 1e+18");
    EXPECT_EQ(figure_error(key, "1e-10"), at(key) + "'1e-10' is too small; expected at least 1e-9");
    EXPECT_EQ(figure_error(key, ""), at(key) + "nothing; expected a number above 0 and at most 1e+18");
    EXPECT_EQ(figure_error(key, "[12.8]"), at(key) + "a list; expected a number above 0 and at most 1e+18");
    if (key == "tflops") continue;
    EXPECT_EQ(figure_error(key, "{a: 1}"), at(key) + "a mapping; expected a number above 0 and at most 1e+18");
  }
}

TEST(ArchitectureReaderErrors, RatesByFormat) {
  const std::string known = "expected one of int4, int8, fp8, mxfp4, nvfp4, float16, bfloat16, float32";
  EXPECT_EQ(figure_error("tflops", "{a: 1}"), "F:8: DEV.tflops.a: 'a' is no format of arithmetic; " + known);
  EXPECT_EQ(figure_error("tflops", "{fp9: 1}"),
            "F:8: DEV.tflops.fp9: 'fp9' is no format of arithmetic; " + known + "; did you mean 'fp8'?");
  EXPECT_EQ(figure_error("tflops", "{int4-g128: 1}"),
            "F:8: DEV.tflops.int4-g128: 'int4-g128' is no format of arithmetic; " + known);
  EXPECT_EQ(figure_error("tflops", "{bf16: 1, bfloat16: 2}"),
            "F:8: DEV.tflops.bfloat16: a second rate of bfloat16; expected one");
  EXPECT_EQ(figure_error("tflops", "{fp8: 0}"),
            "F:8: DEV.tflops.fp8: '0'; expected a number above 0 and at most 1e+18");
  EXPECT_EQ(figure_error("tflops", "{}"), "F:8: DEV.tflops: no rate; expected a number, or one for each format");
}

TEST(ArchitectureReaderErrors, Notes) {
  EXPECT_EQ(figure_error("note", "H100 is the PCIe card"), "no error");
  EXPECT_EQ(figure_error("note", std::string(1000, 'n')), "no error");
  EXPECT_EQ(figure_error("note", std::string(1001, 'n')),
            "F:10: DEV.note: a text of 1001 bytes; expected at most 1000");
  for (const char* bad : {"''", "", "[a]", "{a: b}"})
    EXPECT_THAT(figure_error("note", bad), testing::HasSubstr("F:10: DEV.note: ")) << bad;
}

TEST(ArchitectureReaderErrors, BasisAndCores) {
  EXPECT_EQ(figure_error("basis", "measured"), "no error");
  EXPECT_EQ(figure_error("basis", "data_shet"),
            "F:10: DEV.basis: unknown value 'data_shet'; expected one of measured, data_sheet, published, assumed; did "
            "you mean 'data_sheet'?");
  for (const std::string bad : {"0", "-1", "1.5", "10000001", ".inf", "many"})
    EXPECT_EQ(figure_error("cores", bad), "F:10: DEV.cores: '" + bad + "'; expected a whole number from 1 to 10000000");
}

TEST(ArchitectureReaderErrors, Efficiency) {
  EXPECT_EQ(figure_error("efficiency", "{product: {bf16: {t0_us: 3}, any: {}}, elementwise: {any: {t0_us: 2}}}"),
            "no error");
  EXPECT_EQ(figure_error("efficiency", "0.5"), "F:10: DEV.efficiency: '0.5'; expected a mapping of keys to values");
  EXPECT_EQ(figure_error("efficiency", "{products: {any: {}}}"),
            "F:10: DEV.efficiency.products: unknown key; expected one of all_to_all, attention_decode, "
            "attention_prefill, elementwise, experts, one_shot, product, ring, send_receive; did you mean 'product'?");
  EXPECT_EQ(figure_error("efficiency", "{product: 1}"),
            "F:10: DEV.efficiency.product: no mapping; expected number formats, or any");
  const std::string unknown_format = figure_error("efficiency", "{product: {bf15: {}}}");
  EXPECT_EQ(unknown_format.find("F:10: DEV.efficiency.product.bf15: no number format; expected one of int4, "), 0U)
      << unknown_format;
  EXPECT_EQ(figure_error("efficiency", "{product: {bf16: {}, bfloat16: {}}}"),
            "F:10: DEV.efficiency.product.bfloat16: numbers of product bfloat16 a second time; expected them once");
  EXPECT_EQ(
      figure_error("efficiency", "{send_receive: {any: {steps_us: 1}}}"),
      "F:10: DEV.efficiency.send_receive.any.steps_us: unknown key; expected one of base_us, step_us, link_share, "
      "ramp_us, ramp_half_us, crowding; did you mean 'step_us'?");
  for (const std::string bad : {"-1", "1001", ".inf", ".nan", "fast"})
    EXPECT_EQ(figure_error("efficiency", "{product: {any: {t0_us: " + bad + "}}}"),
              "F:10: DEV.efficiency.product.any.t0_us: '" + bad + "'; expected a number from 0 to 1000");
  EXPECT_EQ(figure_error("efficiency", "{product: {any: {compute_share: 0}}}"),
            "F:10: DEV.efficiency.product.any.compute_share: '0'; expected a number from 0.0005 to 1.1");
}

TEST(ArchitectureReaderErrors, Amounts) {
  for (const std::string key : amounts) {
    for (const std::string bad : {"-1", "-1e-300", ".inf", ".nan", "1e400", "1e19", "0x10", "1_000", "12GB", "false"})
      EXPECT_EQ(figure_error(key, bad), at(key) + "'" + bad + "'; expected a number from 0 to 1e+18");
    EXPECT_EQ(figure_error(key, "\"5\""), at(key) + "'5'; expected a number from 0 to 1e+18");
    EXPECT_EQ(figure_error(key, "~"), at(key) + "nothing; expected a number from 0 to 1e+18");
    EXPECT_EQ(figure_error(key, "[]"), at(key) + "a list; expected a number from 0 to 1e+18");
  }
}

TEST(ArchitectureReaderErrors, Efficiencies) {
  for (const std::string key : efficiencies) {
    for (const std::string bad : {"0", "-0.5", "1.0001", "80", ".nan", ".inf", "80%"})
      EXPECT_EQ(figure_error(key, bad), at(key) + "'" + bad + "'; expected a number above 0 and at most 1");
    EXPECT_EQ(figure_error(key, "1e-10"), at(key) + "'1e-10' is too small; expected at least 1e-9");
  }
}
