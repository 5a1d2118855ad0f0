/// Devices that compute in the banks of their memory, by hand, and the laws that hold whatever the figures.
#include <gtest/gtest.h>

#include <random>

#include "cost/reference_model.hpp"
#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"

namespace upmem_des::test {

namespace {

/// 100 GB/s, 2 TFLOP/s; 10 pJ a byte, 0.5 pJ a flop.
Architecture device_with(const PimBanks& pim) {
  Architecture device = plain_device();
  device.pim = pim;
  return device;
}

LayerEvent linear(std::int64_t rows) {
  return layer("Linear", "q_proj", {1, rows, 4}, {4, 10}, {1, rows, 10});  // 80 bytes of weights
}

/// A query of each of 8 heads against 100 rows of 2 KV heads, 16 wide.
LayerEvent grouped_decode() {
  return function("scaled_dot_product_attention", "x", {1, 2, 100, 16}, {1, 8, 1, 16});
}

Demand cost(const LayerEvent& event, const Architecture& device) {
  return RooflineModel(options()).cost(event, device, prefill_state);
}

PimBanks one_row() {
  PimBanks pim;
  pim.rows_per_weight_pass = 1;
  return pim;
}

TEST(BankDemand, WeightsAreReadForEachPassOfRows) {
  PimBanks pim = one_row();
  // 3 rows: 3 x 80 bytes of weights, 3 x (4 + 10) x 2 of rows.
  Step step = cost(linear(3), device_with(pim))[0];
  EXPECT_DOUBLE_EQ(step.memory_bytes, 240 + 84);
  EXPECT_DOUBLE_EQ(step.memory.time_s, 324 / 100e9);
  EXPECT_DOUBLE_EQ(step.memory.energy_J, 324 * 10e-12);
  EXPECT_DOUBLE_EQ(step.flop, 240);
  pim.rows_per_weight_pass = 2;
  EXPECT_DOUBLE_EQ(cost(linear(3), device_with(pim))[0].memory_bytes, 160 + 84) << "2 rows, then 1";
  pim.rows_per_weight_pass = 3;
  EXPECT_DOUBLE_EQ(cost(linear(3), device_with(pim))[0].memory_bytes, 80 + 84);
  pim.rows_per_weight_pass.reset();
  EXPECT_DOUBLE_EQ(cost(linear(3), device_with(pim))[0].memory_bytes, 80 + 84);
}

TEST(BankDemand, CachesAreReadForEachPassOfTheirQueryHeads) {
  // 2 KV heads x 100 rows x 32 numbers x 2 bytes; 4 query heads share each.
  PimBanks pim = one_row();
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device_with(pim))[0].kv_bytes, 4 * 12800);
  pim.rows_per_weight_pass = 3;
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device_with(pim))[0].kv_bytes, 2 * 12800);
  pim.rows_per_weight_pass = 4;
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device_with(pim))[0].kv_bytes, 12800);
  // A prompt of 4 rows, one head: its queries see 1, 2, 3 and 4 rows of 2 x 8 numbers.
  const LayerEvent prompt = function("scaled_dot_product_attention", "x", {1, 1, 4, 8}, {1, 1, 4, 8});
  pim.rows_per_weight_pass = 1;
  EXPECT_DOUBLE_EQ(cost(prompt, device_with(pim))[0].kv_bytes, (1 + 2 + 3 + 4) * 16 * 2);
  pim.rows_per_weight_pass = 2;
  EXPECT_DOUBLE_EQ(cost(prompt, device_with(pim))[0].kv_bytes, 2 * 2.5 * 16 * 2) << "2 passes of 2.5 rows on average";
  pim.rows_per_weight_pass = 4;
  EXPECT_DOUBLE_EQ(cost(prompt, device_with(pim))[0].kv_bytes, 4 * 16 * 2);
}

TEST(BankDemand, PartsOfEagerAttentionAndProductsOfTensorsArePassesToo) {
  const Architecture device = device_with(one_row());
  CostOptions grouped = options();
  grouped.num_key_value_heads = 2;
  const RooflineModel model(grouped);
  // Queries of 8 heads, 3 rows each, 16 wide, against 6 keys of 2 heads: 4 x 3 rows share a key head.
  const LayerEvent scores = function("matmul", "attn_weights", {1, 8, 3, 16}, {1, 8, 3, 6});
  EXPECT_DOUBLE_EQ(model.cost(scores, device, prefill_state)[0].kv_bytes, 12 * (2 * 6 * 16 * 2));
  const LayerEvent output = function("matmul", "attn_output", {1, 8, 3, 6}, {1, 8, 3, 16});
  EXPECT_DOUBLE_EQ(model.cost(output, device, prefill_state)[0].kv_bytes, 12 * (2 * 6 * 16 * 2));
  // 3 rows of 4 times a matrix of 4 x 5: 12 + 3 x 20 + 15 numbers.
  const LayerEvent product = function("matmul", "x", {3, 4}, {3, 5});
  EXPECT_DOUBLE_EQ(cost(product, device)[0].memory_bytes, 2 * (12 + 60 + 15));
  // A kernel of 2 x 3 x 3 x 3 at each of 2 x 2 places.
  const LayerEvent convolution = layer("Conv2d", "c", {3, 4, 4}, {3, 3}, {2, 2, 2});
  EXPECT_DOUBLE_EQ(cost(convolution, device)[0].memory_bytes, 2 * (48 + 4 * 54 + 8));
}

TEST(BankDemand, ExpertsShareRowsEvenly) {
  // 6 rows of 4, each to one of 3 experts' matrices of 4 x 10.
  LayerEvent experts = function("linear", "experts.gate_up_proj", {6, 4}, {6, 10});
  static const Operation packed = [] {
    operation::Product product;
    product.second = operation::Product::Second::Packed;
    product.matrices = 3;
    return Operation(product);
  }();
  experts.operation = &keep(packed);
  PimBanks pim = one_row();
  EXPECT_DOUBLE_EQ(cost(experts, device_with(pim))[0].memory_bytes, 6 * 80 + 6 * 14 * 2);
  pim.rows_per_weight_pass = 2;
  EXPECT_DOUBLE_EQ(cost(experts, device_with(pim))[0].memory_bytes, 3 * 80 + 6 * 14 * 2);
  pim.rows_per_weight_pass = 100;
  EXPECT_DOUBLE_EQ(cost(experts, device_with(pim))[0].memory_bytes, 3 * 80 + 6 * 14 * 2);
}

TEST(BankDemand, RowsAreOpened) {
  PimBanks pim = one_row();
  pim.banks = 4;
  pim.row_B = 10;
  pim.row_open_s = 50e-9;
  pim.row_open_J = 20e-12;
  // 240 bytes of weights are in 6 rows of each bank; 2 pJ a byte.
  const Step step = cost(linear(3), device_with(pim))[0];
  EXPECT_DOUBLE_EQ(step.memory.time_s, 324 / 100e9 + 6 * 50e-9);
  EXPECT_DOUBLE_EQ(step.memory.energy_J, 324 * 10e-12 + 240 * 2e-12);
  const Step cached = cost(grouped_decode(), device_with(pim))[0];
  EXPECT_DOUBLE_EQ(cached.kv.time_s, 51200 / 100e9 + 1280 * 50e-9);
  EXPECT_DOUBLE_EQ(cached.kv.energy_J, 51200 * 12e-12);
  // 100 GB/s at 12 pJ a byte.
  EXPECT_DOUBLE_EQ(RooflineModel(options()).ratings(device_with(pim)).memory_W, 1.2);
}

TEST(BankDemand, CachesOfFewHeadsLeaveBanksIdle) {
  PimBanks pim;
  pim.banks = 16;
  pim.cache_banks = 2;
  pim.row_B = 100;
  pim.row_open_s = 50e-9;
  // 12800 bytes of 2 KV heads in 4 of 16 banks, 32 rows of each.
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device_with(pim))[0].kv.time_s, 4 * 128e-9 + 32 * 50e-9);
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device_with(pim))[0].kv.energy_J, 12800 * 10e-12);
  pim.cache_banks = 16;  // more than there are for two
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device_with(pim))[0].kv.time_s, 128e-9 + 8 * 50e-9);
  pim.cache_banks = 1;
  const LayerEvent scores = function("matmul", "attn_weights", {2, 4, 1, 16}, {2, 4, 1, 10});
  EXPECT_DOUBLE_EQ(cost(scores, device_with(pim))[0].kv.time_s, 2 * 25.6e-9 + 3.2 * 50e-9)
      << "8 heads of 320 bytes in 8 of 16 banks";
}

TEST(BankDemand, TheFullestBankSetsThePace) {
  PimBanks pim;
  pim.banks = 8;
  pim.bank_per_output = true;
  // 10 outputs on 8 banks: 2 in the fullest, 16 places; 80 bytes of weights as if they were 128.
  const Step step = cost(linear(3), device_with(pim))[0];
  EXPECT_DOUBLE_EQ(step.memory.time_s, (84 + 128) / 100e9);
  EXPECT_DOUBLE_EQ(step.memory.energy_J, 164 * 10e-12);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 164);
  pim.banks = 5;
  EXPECT_DOUBLE_EQ(cost(linear(3), device_with(pim))[0].memory.time_s, 164 / 100e9);
  pim.row_B = 8;
  pim.row_open_s = 50e-9;
  EXPECT_DOUBLE_EQ(cost(linear(3), device_with(pim))[0].memory.time_s, 164 / 100e9 + 2 * 50e-9);
  pim.banks = 40;
  EXPECT_DOUBLE_EQ(cost(linear(3), device_with(pim))[0].memory.time_s, (84 + 320) / 100e9 + 50e-9);
}

TEST(BankDemand, VectorsGoInAndResultsComeOut) {
  PimBanks pim;
  pim.input_Bps = 1e9;
  pim.input_copies = 3;
  pim.output_Bps = 2e9;
  Architecture device = device_with(pim);
  device.launch_overhead_s = 1e-6;
  // 3 rows of 4 numbers of 2 bytes, thrice; 3 rows of 10.
  EXPECT_DOUBLE_EQ(cost(linear(3), device)[0].overhead_s, 1e-6 + 72e-9 + 30e-9);
  // 8 queries of 16 numbers, and as many results.
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device)[0].overhead_s, 1e-6 + 768e-9 + 128e-9);
  // What is computed where it lies needs neither.
  EXPECT_DOUBLE_EQ(cost(layer("SiLU", "act", {1, 8}, {}, {1, 8}), device)[0].overhead_s, 1e-6);
}

PimBanks with_controller() {
  PimBanks pim;
  pim.classes = {OperatorClass::Linear, OperatorClass::Attention};
  pim.controller = PimController{4e9, 20e9, 30e-12, false};
  return pim;
}

TEST(BankDemand, TheControllerDoesWhatBanksCannot) {
  const Architecture device = device_with(with_controller());
  // 5 flop for each of 100 elements; 400 bytes.
  const Step step = cost(layer("SiLU", "act", {1, 100}, {}, {1, 100}), device)[0];
  EXPECT_EQ(step.unit, ComputeUnit::Vector);
  EXPECT_DOUBLE_EQ(step.compute.time_s, 500 / 4e9);
  EXPECT_DOUBLE_EQ(step.compute.energy_J, 500 * 0.5e-12);
  EXPECT_DOUBLE_EQ(step.memory.time_s, 400 / 20e9);
  EXPECT_DOUBLE_EQ(step.memory.energy_J, 400 * 30e-12);
  EXPECT_DOUBLE_EQ(RooflineModel(options()).ratings(device).vector_W, 4e9 * 0.5e-12);
  EXPECT_DOUBLE_EQ(RooflineModel(options()).ratings(device).memory_W, 1) << "100 GB/s x 10 pJ, above 20 GB/s x 30 pJ";
}

TEST(BankDemand, TheSoftmaxOfAttentionIsTheControllers) {
  const Demand demand = cost(grouped_decode(), device_with(with_controller()));
  ASSERT_EQ(demand.size(), 2U);
  // 800 pairs: 64 flop each of the products, 5 of the softmax; the scores are read and written, 2 bytes each.
  EXPECT_DOUBLE_EQ(demand[0].flop, 51200);
  EXPECT_DOUBLE_EQ(demand[0].compute.time_s, 51200 / 2e12);
  EXPECT_DOUBLE_EQ(demand[0].compute.energy_J, 51200 * 0.5e-12);
  EXPECT_DOUBLE_EQ(demand[0].kv_bytes, 12800);
  EXPECT_DOUBLE_EQ(demand[1].flop, 4000);
  EXPECT_DOUBLE_EQ(demand[1].compute.time_s, 4000 / 4e9);
  EXPECT_DOUBLE_EQ(demand[1].memory_bytes, 3200);
  EXPECT_DOUBLE_EQ(demand[1].memory.time_s, 3200 / 20e9);
  Architecture stated = device_with(with_controller());
  stated.softmax_s_per_element = 0.1e-9;
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), stated)[1].compute.time_s, 800 * 0.1e-9);
  const LayerEvent softmax = layer("Softmax", "s", {1, 100}, {}, {1, 100});
  EXPECT_EQ(cost(softmax, device_with(with_controller()))[0].unit, ComputeUnit::Vector);
}

TEST(BankDemand, ASerialControllerTakesBothTogether) {
  PimBanks pim = with_controller();
  pim.controller->is_serial = true;
  Architecture device = device_with(pim);
  device.launch_overhead_s = 1e-6;
  // 125 ns of arithmetic, 20 ns of traffic.
  EXPECT_DOUBLE_EQ(cost(layer("SiLU", "act", {1, 100}, {}, {1, 100}), device).time_s(), 1e-6 + 125e-9 + 20e-9);
  // 1000 ns and 160 ns of the softmax, after the products: 128 ns, which the launch comes before.
  EXPECT_DOUBLE_EQ(cost(grouped_decode(), device).time_s(), 1e-6 + (12800 + 8 * 32 * 2) / 100e9 + 1000e-9 + 160e-9);
}

TEST(BankDemand, AControllerIsAsFastAsTheMemoryAtMost) {
  PimBanks pim = with_controller();
  const LayerEvent silu = layer("SiLU", "act", {1, 100}, {}, {1, 100});
  pim.controller = PimController{4e9, 1e12, std::nullopt, false};
  EXPECT_DOUBLE_EQ(cost(silu, device_with(pim))[0].memory.time_s, 400 / 100e9);
  EXPECT_DOUBLE_EQ(cost(silu, device_with(pim))[0].memory.energy_J, 400 * 10e-12);
  pim.controller = PimController{4e9, 0, std::nullopt, false};
  EXPECT_DOUBLE_EQ(cost(silu, device_with(pim))[0].memory.time_s, 400 / 100e9);
  pim.controller = PimController{4e9, 1e12, 80e-12, false};
  EXPECT_DOUBLE_EQ(RooflineModel(options()).ratings(device_with(pim)).memory_W, 8);
}

TEST(BankDemand, OnTheControllerWeightsAreReadOnce) {
  PimBanks pim = with_controller();
  pim.rows_per_weight_pass = 1;
  pim.classes = {OperatorClass::Attention};
  const Step step = cost(linear(3), device_with(pim))[0];
  EXPECT_DOUBLE_EQ(step.memory_bytes, 164);
  EXPECT_DOUBLE_EQ(step.memory.time_s, 164 / 20e9);
  EXPECT_DOUBLE_EQ(step.compute.time_s, 240 / 4e9);
}

TEST(BankDemand, WhatNobodyComputesIsAnError) {
  PimBanks pim;
  pim.classes = {OperatorClass::Linear, OperatorClass::Attention};
  const Architecture device = device_with(pim);
  EXPECT_EQ(error_of([&] {
              cost(layer("SiLU", "act_fn", {1, 100}, {}, {1, 100}), device);
            }),
            "the banks of plain compute linear, attention, not activation (event 12, 'act_fn'); expected "
            "pim.controller in its profile, or another device in the mapping");
  EXPECT_EQ(error_of([&] { cost(grouped_decode(), device); }), "");
  EXPECT_EQ(error_of([&] { cost(function("cat", "x", {1, 8}, {1, 8}), device); }), "") << "nothing is computed";
}

TEST(BankDemand, ReferenceKnowsNothingOfIt) {
  PimBanks pim = one_row();
  pim.input_Bps = 1;
  const ReferenceModel model(options());
  EXPECT_EQ(model.cost(linear(3), device_with(pim), prefill_state).time_s(),
            model.cost(linear(3), plain_device(), prefill_state).time_s());
}

// Laws.

class BankLaws : public testing::Test {
 protected:
  double uniform(double least, double most) { return std::uniform_real_distribution<double>(least, most)(random_); }
  std::int64_t count(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }

  PimBanks any_banks() {
    PimBanks pim;
    if (count(0, 3) > 0) pim.rows_per_weight_pass = count(1, 9);
    pim.banks = static_cast<double>(count(1, 64));
    pim.cache_banks = static_cast<double>(count(0, static_cast<std::int64_t>(pim.banks)));
    pim.bank_per_output = count(0, 1) == 1;
    pim.row_B = uniform(16, 4096);
    pim.row_open_s = count(0, 1) * uniform(0, 1e-6);
    pim.row_open_J = count(0, 1) * uniform(0, 1e-6);
    pim.input_Bps = count(0, 1) * uniform(1e6, 1e12);
    pim.input_copies = static_cast<double>(count(1, 32));
    pim.output_Bps = count(0, 1) * uniform(1e6, 1e12);
    if (count(0, 1) == 1)
      pim.controller = PimController{uniform(1e6, 1e13), uniform(1e6, 1e12), uniform(0, 1e-9), count(0, 1) == 1};
    if (pim.controller && count(0, 1) == 1) pim.classes = {OperatorClass::Linear};
    return pim;
  }

  LayerEvent any_linear(std::int64_t rows) {
    return layer("Linear", "q_proj", {1, rows, in_}, {in_, out_}, {1, rows, out_});
  }
  LayerEvent any_attention(std::int64_t queries) {
    return function("scaled_dot_product_attention", "x", {1, 2, cached_ + queries, 16}, {1, 2 * group_, queries, 16});
  }
  void draw_sizes() {
    in_ = count(1, 500);
    out_ = count(1, 500);
    cached_ = count(0, 300);
    group_ = count(1, 9);
  }

  std::mt19937 random_{17};
  std::int64_t in_ = 1, out_ = 1, cached_ = 1, group_ = 1;
};

double energy_J(const Demand& demand) {
  double sum = 0;
  for (const Step& step : demand) sum += step.compute.energy_J + step.memory.energy_J + step.kv.energy_J;
  return sum;
}

TEST_F(BankLaws, MoreRowsNeverTakeLess) {
  for (int i = 0; i < 3000; ++i) {
    draw_sizes();
    const Architecture device = device_with(any_banks());
    const std::int64_t rows = count(1, 40), more = rows + count(1, 10);
    EXPECT_LE(cost(any_linear(rows), device).time_s(), cost(any_linear(more), device).time_s() * (1 + 1e-12));
    EXPECT_LE(energy_J(cost(any_linear(rows), device)), energy_J(cost(any_linear(more), device)) * (1 + 1e-12));
    EXPECT_LE(cost(any_attention(rows), device).time_s(), cost(any_attention(more), device).time_s() * (1 + 1e-12));
    EXPECT_LE(energy_J(cost(any_attention(rows), device)), energy_J(cost(any_attention(more), device)) * (1 + 1e-12));
  }
}

TEST_F(BankLaws, MoreRowsAPassAreNeverSlower) {
  for (int i = 0; i < 3000; ++i) {
    draw_sizes();
    PimBanks pim = any_banks();
    pim.rows_per_weight_pass = count(1, 30);
    const Architecture few = device_with(pim);
    *pim.rows_per_weight_pass += count(1, 30);
    const Architecture many = device_with(pim);
    pim.rows_per_weight_pass.reset();
    const Architecture all = device_with(pim);
    for (const LayerEvent& event : {any_linear(count(1, 40)), any_attention(count(1, 40))}) {
      EXPECT_LE(cost(event, many).time_s(), cost(event, few).time_s() * (1 + 1e-12));
      EXPECT_LE(cost(event, all).time_s(), cost(event, many).time_s() * (1 + 1e-12));
      EXPECT_LE(energy_J(cost(event, all)), energy_J(cost(event, many)) * (1 + 1e-12));
    }
  }
}

TEST_F(BankLaws, NothingIsAskedBeyondTheRatings) {
  for (int i = 0; i < 3000; ++i) {
    draw_sizes();
    const Architecture device = device_with(any_banks());
    const DeviceRatings ratings = RooflineModel(options()).ratings(device);
    for (const LayerEvent& event :
         {any_linear(count(1, 40)), any_attention(count(1, 40)), layer("SiLU", "act", {1, in_}, {}, {1, in_})})
      for (const Step& step : cost(event, device)) {
        const double rated_W = step.unit == ComputeUnit::Vector ? ratings.vector_W : ratings.arithmetic_W;
        EXPECT_LE(step.compute.energy_J, rated_W * step.compute.time_s * (1 + 1e-12));
        EXPECT_LE(step.memory.energy_J, ratings.memory_W * step.memory.time_s * (1 + 1e-12));
        EXPECT_LE(step.kv.energy_J, ratings.memory_W * step.kv.time_s * (1 + 1e-12));
      }
  }
}

}  // namespace

}  // namespace upmem_des::test
