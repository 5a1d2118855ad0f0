/// The group `pim` of profiles: what it says, that it reads back, and every message.
#include "upmem_des/architecture/pim_banks.hpp"

#include <gtest/gtest.h>

#include "architecture/architecture_reader.hpp"
#include "architecture/architecture_table.hpp"
#include "architecture/architecture_writer.hpp"
#include "profile_text.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string full =
    "{rows_per_weight_pass: 1, banks: 128, cache_banks: 16, bank_per_output: true, row_bytes: 2048, row_open_ns: 30, "
    "row_open_pj: 900, input_bw_GBs: 8, "
    "input_copies: 4, output_bw_GBs: 16, in_banks: [linear, attention], controller: {tflops: 0.5, bw_GBs: 64, "
    "pj_per_bit: 4, serial: true}}";

Architecture profile_of(const std::string& pim) {
  const TemporaryFolder folder;
  return read_architectures(folder.write("a.yaml", ProfileText().set("pim", pim).str("B"))).at(0);
}

/// With `figures` in the group, which is line 10.
std::string pim_error(const std::string& figures) {
  return reading_error(ProfileText().set("pim", "{" + figures + "}").str());
}

}  // namespace

TEST(PimBanksTest, EveryFigureIsRead) {
  const PimBanks pim = *profile_of(full).pim;
  EXPECT_EQ(pim.rows_per_weight_pass, 1);
  EXPECT_EQ(pim.banks, 128);
  EXPECT_EQ(pim.cache_banks, 16);
  EXPECT_TRUE(pim.bank_per_output);
  EXPECT_EQ(pim.row_B, 2048);
  EXPECT_DOUBLE_EQ(pim.row_open_s, 30e-9);
  EXPECT_DOUBLE_EQ(pim.row_open_J, 900e-12);
  EXPECT_DOUBLE_EQ(pim.input_Bps, 8e9);
  EXPECT_EQ(pim.input_copies, 4);
  EXPECT_DOUBLE_EQ(pim.output_Bps, 16e9);
  EXPECT_EQ(pim.classes, (std::vector<OperatorClass>{OperatorClass::Linear, OperatorClass::Attention}));
  EXPECT_DOUBLE_EQ(pim.controller->flops_per_s, 0.5e12);
  EXPECT_DOUBLE_EQ(pim.controller->bandwidth_Bps, 64e9);
  EXPECT_DOUBLE_EQ(*pim.controller->energy_J_per_byte, 32e-12);
  EXPECT_TRUE(pim.controller->is_serial);
  EXPECT_TRUE(pim.compute(OperatorClass::Linear));
  EXPECT_FALSE(pim.compute(OperatorClass::Activation));
}

TEST(PimBanksTest, WithoutItNothingIsSaid) {
  EXPECT_FALSE(read_architectures(TemporaryFolder().write("a.yaml", ProfileText().str())).at(0).pim);
  const PimBanks pim = *profile_of("{banks: 2}").pim;
  EXPECT_FALSE(pim.rows_per_weight_pass);
  EXPECT_FALSE(pim.controller);
  EXPECT_TRUE(pim.compute(OperatorClass::Normalization));
  EXPECT_EQ(pim.opening_s(1e9, 1), 0);
  EXPECT_EQ(pim.used_by_caches(1), 1);
  EXPECT_EQ(pim.used_by_outputs(1), 1);
  EXPECT_EQ(pim.opening_J_per_byte(), 0);
}

TEST(PimBanksTest, RowsAreOpenedForTheirBytesAndForEachPass) {
  PimBanks pim;
  pim.banks = 4;
  pim.row_B = 1000;
  pim.row_open_s = 10e-9;
  pim.row_open_J = 500e-12;
  EXPECT_DOUBLE_EQ(pim.opening_s(8000, 1), 20e-9) << "2 rows of each of 4 banks";
  EXPECT_DOUBLE_EQ(pim.opening_s(400, 1), 10e-9) << "a row at least";
  EXPECT_DOUBLE_EQ(pim.opening_s(400, 3), 30e-9) << "in each pass";
  EXPECT_DOUBLE_EQ(pim.opening_s(8000, 2), 20e-9);
  EXPECT_EQ(pim.opening_s(0, 1), 0);
  EXPECT_DOUBLE_EQ(pim.opening_J_per_byte(), 0.5e-12);
}

TEST(PimBanksTest, WhatIsWrittenReadsBack) {
  const std::string text = architecture_yaml(profile_of(full));
  const std::string expected =
      "  pim:\n"
      "    rows_per_weight_pass: 1\n"
      "    banks: 128\n"
      "    cache_banks: 16\n"
      "    bank_per_output: true\n"
      "    row_bytes: 2048\n"
      "    row_open_ns: 30\n"
      "    row_open_pj: 900\n"
      "    input_bw_GBs: 8\n"
      "    input_copies: 4\n"
      "    output_bw_GBs: 16\n"
      "    in_banks: [linear, attention]\n"
      "    controller: {tflops: 0.5, bw_GBs: 64, pj_per_bit: 4, serial: true}\n";
  EXPECT_EQ(text.substr(text.find("  pim:")), expected);
  EXPECT_EQ(architecture_yaml(read_architectures(TemporaryFolder().write("a.yaml", text)).at(0)), text);
  const std::string sheet = architecture_sheet(profile_of(full));
  EXPECT_NE(sheet.find("  rows a weight pass        1\n"
                       "  banks                   128\n"
                       "                           16  for the cache of a KV head\n"
                       "                            1  for an output of a product\n"
                       "  row of a bank          2048  bytes\n"
                       "                           30  ns to open\n"
                       "                          900  pJ to open\n"
                       "  vectors to banks          8  GB/s\n"
                       "                            4  copies\n"
                       "  results of banks         16  GB/s\n"
                       "  in banks                     linear, attention\n"
                       "  controller              0.5  TFLOP/s\n"
                       "                           64  GB/s\n"
                       "                            4  pJ/bit\n"
                       "                               loads, then computes\n"),
            std::string::npos)
      << sheet;
}

TEST(PimBanksErrors, Groups) {
  EXPECT_EQ(pim_error("banks: 1"), "no error");
  EXPECT_EQ(pim_error(""), "F:10: DEV.pim: empty; expected one key at least");
  EXPECT_EQ(reading_error(ProfileText().set("pim", "1").str()),
            "F:10: DEV.pim: '1'; expected a mapping of keys to values");
  EXPECT_EQ(pim_error("bank: 1"),
            "F:10: DEV.pim.bank: unknown key; expected one of rows_per_weight_pass, banks, cache_banks, "
            "bank_per_output, row_bytes, row_open_ns, row_open_pj, input_bw_GBs, input_copies, output_bw_GBs, "
            "in_banks, controller; did you mean 'banks'?");
  EXPECT_EQ(
      reading_error(ProfileText().set("efficiency", "{product: {any: {t0_us: 3}}}").set("pim", "{banks: 1}").str()),
      "F:11: DEV.pim: beside efficiency; expected one of the two");
}

TEST(PimBanksErrors, Counts) {
  for (const std::string bad :
       {"0", "-1", "1.5", ".inf", "-.inf", ".nan", "1e400", "99999999999999999999", "many", ""}) {
    const std::string shown = bad.empty() ? "nothing" : "'" + bad + "'";
    EXPECT_EQ(pim_error("rows_per_weight_pass: " + bad),
              "F:10: DEV.pim.rows_per_weight_pass: " + shown + "; expected a whole number from 1 to 1000000000");
    EXPECT_EQ(pim_error("banks: " + bad),
              "F:10: DEV.pim.banks: " + shown + "; expected a whole number from 1 to 10000000");
    EXPECT_EQ(pim_error("banks: 8, cache_banks: " + bad),
              "F:10: DEV.pim.cache_banks: " + shown + "; expected a whole number from 1 to 10000000");
    EXPECT_EQ(pim_error("input_bw_GBs: 1, input_copies: " + bad),
              "F:10: DEV.pim.input_copies: " + shown + "; expected a whole number from 1 to 10000000");
  }
}

TEST(PimBanksErrors, RatesAndAmounts) {
  for (const std::string bad : {"0", "-1", ".inf", ".nan", "1e400", "1e19", "fast"}) {
    for (const std::string key : {"row_bytes", "input_bw_GBs", "output_bw_GBs"})
      EXPECT_EQ(pim_error(key + ": " + bad),
                "F:10: DEV.pim." + key + ": '" + bad + "'; expected a number above 0 and at most 1e+18");
    EXPECT_EQ(pim_error("controller: {tflops: " + bad + "}"),
              "F:10: DEV.pim.controller.tflops: '" + bad + "'; expected a number above 0 and at most 1e+18");
    EXPECT_EQ(pim_error("controller: {tflops: 1, bw_GBs: " + bad + "}"),
              "F:10: DEV.pim.controller.bw_GBs: '" + bad + "'; expected a number above 0 and at most 1e+18");
    if (bad == "0") continue;
    for (const std::string key : {"row_open_ns", "row_open_pj"})
      EXPECT_EQ(pim_error("row_bytes: 1024, " + key + ": " + bad),
                "F:10: DEV.pim." + key + ": '" + bad + "'; expected a number from 0 to 1e+18");
    EXPECT_EQ(pim_error("controller: {tflops: 1, pj_per_bit: " + bad + "}"),
              "F:10: DEV.pim.controller.pj_per_bit: '" + bad + "'; expected a number from 0 to 1e+18");
  }
}

TEST(PimBanksErrors, WhatNeedsAnotherKey) {
  EXPECT_EQ(pim_error("row_open_ns: 30"), "F:10: DEV.pim.row_open_ns: expected row_bytes beside it");
  EXPECT_EQ(pim_error("row_open_pj: 30"), "F:10: DEV.pim.row_open_pj: expected row_bytes beside it");
  EXPECT_EQ(pim_error("input_copies: 3"), "F:10: DEV.pim.input_copies: expected input_bw_GBs beside it");
  EXPECT_EQ(pim_error("bank_per_output: true"), "F:10: DEV.pim.bank_per_output: expected banks beside it");
  EXPECT_EQ(pim_error("banks: 2, bank_per_output: 1"), "F:10: DEV.pim.bank_per_output: '1'; expected true or false");
  EXPECT_EQ(pim_error("banks: 8, cache_banks: 9"),
            "F:10: DEV.pim.cache_banks: more than banks; expected at most as many");
  EXPECT_EQ(pim_error("controller: {}"), "F:10: DEV.pim.controller.tflops: missing; expected a value");
  EXPECT_EQ(pim_error("controller: {tflops: 1, serial: 1}"),
            "F:10: DEV.pim.controller.serial: '1'; expected true or false");
  EXPECT_EQ(pim_error("controller: {tflops: 1, bw: 3}"),
            "F:10: DEV.pim.controller.bw: unknown key; expected one of tflops, bw_GBs, pj_per_bit, serial");
}

TEST(PimBanksErrors, Classes) {
  const std::string known =
      "expected one of linear, attention, normalization, activation, embedding, convolution, other";
  EXPECT_EQ(pim_error("in_banks: [linear, atention]"),
            "F:10: DEV.pim.in_banks[1]: unknown value 'atention'; " + known + "; did you mean 'attention'?");
  EXPECT_EQ(pim_error("in_banks: [softmax]"), "F:10: DEV.pim.in_banks[0]: unknown value 'softmax'; " + known);
  EXPECT_EQ(pim_error("in_banks: []"),
            "F:10: DEV.pim.in_banks: empty; expected one class of operations at least, or no such key");
  EXPECT_EQ(pim_error("in_banks: linear"), "F:10: DEV.pim.in_banks: 'linear'; expected a list");
  EXPECT_EQ(pim_error("in_banks: [other, other]"), "F:10: DEV.pim.in_banks[1]: other a second time; expected it once");
}
