/// The forms' values, worked out by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>
#include <random>

#include "efficiency/smooth_maximum.hpp"
#include "upmem_des/efficiency/efficiency_table.hpp"

using namespace upmem_des;

namespace {

// 1 TFLOP/s, 100 GB/s, a cache of 10 MB, 10 cores.
constexpr DeviceRates rates{1e12, 100e9, 10e6, 10, 50e9};

/// The form's ideal values, but for some.
std::vector<double> values(const char* name, const std::vector<std::pair<std::string, double>>& said) {
  const EfficiencyForm& form = *find_form(name);
  std::vector<double> all = form.ideal();
  for (const auto& [key, value] : said) {
    std::size_t found = all.size();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (form.parameters()[i].key == key) found = i;
    all.at(found) = value;
  }
  return all;
}

double time_s(const char* name, const KernelSizes& sizes, const std::vector<std::pair<std::string, double>>& said) {
  const EfficiencyForm& form = *find_form(name);
  EXPECT_TRUE(form.serves(sizes));
  return form.time(sizes, rates, values(name, said)).total_s();
}

// 2 · 64 · 1000 · 1000 flop, 128 us; 2 MB of weights and 256 kB of rows, 22.56 us.
const ProductSizes product{64, 1000, 1000, 2.256e6, 0};

}  // namespace

TEST(SmoothMaximum, IsSumForOneAndMaximumForInfinity) {
  EXPECT_DOUBLE_EQ(7, smooth_maximum(1, 3, 4));
  EXPECT_DOUBLE_EQ(5, smooth_maximum(2, 3, 4));
  EXPECT_DOUBLE_EQ(4, smooth_maximum(sharpest, 3, 4));
  EXPECT_DOUBLE_EQ(0, smooth_maximum(2, 0, 0));
  const KernelTime time = side_by_side(2, 3, 4);
  EXPECT_DOUBLE_EQ(5, time.memory_s);
  EXPECT_DOUBLE_EQ(3.75, time.compute_s);
}

TEST(EfficiencyForms, AbsentNumbersMeanIdeal) {
  EXPECT_DOUBLE_EQ(128e-6, time_s("product", product, {}));
  AttentionSizes decode;
  decode.query_heads = decode.cache_heads = 8;
  decode.width = 100;
  decode.decodes = 2;
  decode.bytes = 1e6;
  decode.decode_flop = 1e6;
  decode.longest = 50;
  EXPECT_DOUBLE_EQ(10e-6, time_s("attention_decode", decode, {}));
  AttentionSizes prompt = decode;
  prompt.prompts = 1;
  prompt.decodes = 0;
  prompt.decode_flop = 0;
  prompt.flop = 5e7;
  EXPECT_DOUBLE_EQ(50e-6, time_s("attention_prefill", prompt, {}));
  ElementwiseSizes rows;
  rows.bytes = 3e6;
  rows.width = 100;
  EXPECT_DOUBLE_EQ(30e-6, time_s("elementwise", rows, {}));
  EXPECT_DOUBLE_EQ(20e-6, time_s("experts", ExpertSizes{2e7, 1e6, 2, 5e5, 5e5}, {}));
}

TEST(EfficiencyForms, EveryKindOfKernelHasOne) {
  AttentionSizes prompt;
  prompt.prompts = 1;
  for (const KernelSizes& sizes : {KernelSizes(ProductSizes{}), KernelSizes(AttentionSizes{}), KernelSizes(prompt),
                                   KernelSizes(ElementwiseSizes{}), KernelSizes(ExpertSizes{})})
    EXPECT_TRUE(form_for(sizes).serves(sizes)) << sizes.index();
  using Kind = CollectiveSizes::Kind;
  for (const Kind kind : {Kind::AllReduce, Kind::AllGather, Kind::ReduceScatter, Kind::AllToAll, Kind::SendReceive,
                          Kind::OneShotAllReduce}) {
    const KernelSizes sizes = CollectiveSizes{kind, 2, 1};
    EXPECT_TRUE(form_for(sizes).serves(sizes)) << static_cast<int>(kind);
  }
}

TEST(ProductForm, ByHand) {
  // 4 + (160^2 + 28.2^2)^(1/2) with 128 / 0.8 and 22.56 / 0.8.
  EXPECT_NEAR(
      4e-6 + std::hypot(160e-6, 28.2e-6),
      time_s("product", product, {{"t0_us", 4}, {"compute_share", 0.8}, {"memory_share", 0.8}, {"sharpness", 2}}),
      1e-15);
  EXPECT_NEAR(128e-6 * 1.1, time_s("product", product, {{"k0", 100}}), 1e-15);
  // 128 us on a ramp of 10 us that half is reached of at 32 us.
  EXPECT_NEAR(136e-6, time_s("product", product, {{"ramp_us", 10}, {"ramp_half_us", 32}}), 1e-15);
  ProductSizes narrow = product;
  narrow.quantized_bytes = 192000;
  EXPECT_NEAR(128e-6 + 3.84e-6, time_s("product", narrow, {{"quantize_share", 0.5}}), 1e-15);
  // Waves of whole tiles: of 64 rows by 128 columns there are 8, fewer than the 10 cores; as full waves all cores are
  // busy: 2 · 64 · 128 · 10 · 1000 flop. Other tiles waste more.
  EXPECT_NEAR(2 * 64.0 * 128 * 10 * 1000 / 1e12, time_s("product", product, {{"wave", 1}}), 1e-12);
}

TEST(DecodeForm, ByHand) {
  AttentionSizes sizes;
  sizes.query_heads = 32;
  sizes.cache_heads = 8;
  sizes.width = 100;
  sizes.decodes = 5;
  sizes.bytes = 6e6;
  sizes.longest = 1000;
  // 40 blocks on 10 cores, 2 us each, twice as long for the width; beside 60 us of traffic. Grouped: 10 us at half.
  EXPECT_NEAR(60e-6 + 5e-6 + 3e-6,
              time_s("attention_decode", sizes,
                     {{"block_us", 2}, {"width_half", 100}, {"split_us", 10}, {"split_half", 1000}, {"pack_us", 3}}),
              1e-15);
  EXPECT_NEAR(80e-6, time_s("attention_decode", sizes, {{"block_us", 10}, {"width_half", 100}}), 1e-15);
  // Of 6 MB 4 stay in a cache of which 5 MB are used, and are twice as fast.
  EXPECT_NEAR(40e-6, time_s("attention_decode", sizes, {{"cache_share", 0.5}, {"cache_speedup", 2}}), 1e-15);
  sizes.cache_heads = 32;
  EXPECT_NEAR(4 * 1000 * 100 / 2e9, time_s("attention_decode", sizes, {{"serial_GBs", 2}}), 1e-12);
}

TEST(DecodeForm, BeyondTheOthersTheLongestCacheIsReadByOneCore) {
  AttentionSizes sizes;
  sizes.query_heads = 32;
  sizes.cache_heads = 8;
  sizes.width = 64;
  sizes.decodes = 2;  // 16 blocks on 10 cores: as many as are not split
  sizes.bytes = 6e6;
  sizes.longest = sizes.longest_decode = 1000;
  sizes.decode_rows = 1200;
  // The mean is 600 rows, so 1000 - 780 are beyond; of half the width.
  EXPECT_NEAR(60e-6 + 220 * 20e-9 / 2, time_s("attention_decode", sizes, {{"tail_ns", 20}}), 1e-15);
  sizes.decode_rows = 2000;  // equally long
  EXPECT_NEAR(60e-6, time_s("attention_decode", sizes, {{"tail_ns", 20}}), 1e-15);
  sizes.decode_rows = 1200;
  sizes.cache_heads = 7;  // 14 blocks: split
  sizes.query_heads = 28;
  EXPECT_NEAR(60e-6, time_s("attention_decode", sizes, {{"tail_ns", 20}}), 1e-15);
  sizes.cache_heads = sizes.query_heads = 32;  // no heads share a cache: serial_GBs
  EXPECT_NEAR(60e-6, time_s("attention_decode", sizes, {{"tail_ns", 20}}), 1e-15);
}

namespace {

/// How long memory of a bandwidth of 1 takes for blocks of these sizes that cores take in order and read `fastest` at
/// most, all of them equally fast.
double listed_s(const std::vector<double>& blocks, std::size_t cores, double fastest) {
  double read = 0, time_s = 0;  // of each block that is being read, since the first was
  std::priority_queue<double, std::vector<double>, std::greater<>> ends;
  std::size_t next = 0;
  while (next < blocks.size() || !ends.empty()) {
    while (next < blocks.size() && ends.size() < cores) ends.push(read + blocks[next++]);
    time_s += (ends.top() - read) / std::min(fastest, 1 / static_cast<double>(ends.size()));
    read = ends.top();
    ends.pop();
  }
  return time_s;
}

}  // namespace

TEST(DecodeForm, TheTailIsThatOfBlocksInOrder) {
  const DeviceRates card{1e30, 1, 0, 188, 0};
  constexpr double fastest = 1.0 / 65;  // of one core
  std::mt19937_64 random(1);
  for (const double sequences : {40., 64., 128., 200.}) {
    double listed = 0, tail = 0;
    for (int i = 0; i < 40; ++i) {
      AttentionSizes sizes;
      sizes.query_heads = 32;
      sizes.cache_heads = 8;
      sizes.width = 128;
      sizes.decodes = sequences;
      std::vector<double> rows;
      for (int k = 0; k < sequences; ++k) rows.push_back(1 + static_cast<double>(random() % 4000));
      std::vector<double> blocks;
      for (int head = 0; head < 8; ++head) blocks.insert(blocks.end(), rows.begin(), rows.end());
      sizes.longest = sizes.longest_decode = *std::max_element(rows.begin(), rows.end());
      sizes.decode_rows = std::accumulate(rows.begin(), rows.end(), 0.0);
      sizes.bytes = 8 * sizes.decode_rows;
      listed += listed_s(blocks, 188, fastest) - sizes.bytes;
      std::vector<double> given = values("attention_decode", {{"tail_ns", 1 / fastest}});
      tail += (find_form("attention_decode")->time(sizes, card, given).total_s() - sizes.bytes) * 1e9;
    }
    EXPECT_NEAR(1, tail / listed, 0.15) << sequences;
  }
}

TEST(PrefillForm, ByHand) {
  AttentionSizes sizes;
  sizes.query_heads = 32;
  sizes.cache_heads = 8;
  sizes.width = 128;
  sizes.prompts = 1;
  sizes.flop = 5e7;
  sizes.tiles = 64;
  sizes.grouped_tiles = 16;
  sizes.decodes = 2;
  sizes.decode_flop = 1e6;
  sizes.longest = 2000;
  // 50 us and 32 times 1 us of decodes, at a half; blocks: 64 + 2 · 32 on 10 cores, 16 + 2 · 8 where heads are grouped.
  EXPECT_NEAR(2 * (50e-6 + 32e-6) + 12.8e-6,
              time_s("attention_prefill", sizes, {{"compute_share", 0.5}, {"block_us", 1}, {"decode_rows", 32}}),
              1e-15);
  EXPECT_NEAR(51e-6 + 3.2e-6, time_s("attention_prefill", sizes, {{"block_us", 1}, {"grouped", 1}}), 1e-15);
  EXPECT_NEAR(51e-6 * 1.5, time_s("attention_prefill", sizes, {{"width0", 64}}), 1e-15);
  EXPECT_NEAR(200e-6, time_s("attention_prefill", sizes, {{"row_ns", 100}}), 1e-15);
}

TEST(ElementwiseForm, ByHand) {
  ElementwiseSizes sizes;
  sizes.kind = ElementwiseSizes::Kind::Norm;
  sizes.width = 5000;
  sizes.bytes = 8e6;
  EXPECT_NEAR(2e-6 + 160e-6, time_s("elementwise", sizes, {{"t0_us", 2}, {"norm_share", 0.5}}), 1e-15);
  EXPECT_NEAR(100e-6, time_s("elementwise", sizes, {{"memory_share", 0.8}, {"add_share", 0.1}}), 1e-15);
  // 4 of 8 MB from the cache, four times as fast.
  EXPECT_NEAR(50e-6, time_s("elementwise", sizes, {{"cache_share", 0.4}, {"cache_speedup", 4}}), 1e-15);
  EXPECT_NEAR(500e-6, time_s("elementwise", sizes, {{"width_ns", 100}}), 1e-15);
}

TEST(ExpertsForm, ByHand) {
  const ExpertSizes sizes{2e7, 1e6, 2, 5e5, 5e5};
  // 40 us beside 10 us; 0.5 + 0.4 · 0.5 MB at half of the bandwidth; 2 experts.
  EXPECT_NEAR(30e-6 + 40e-6 + 14e-6 + 2e-6,
              time_s("experts", sizes,
                     {{"t0_us", 30}, {"compute_share", 0.5}, {"row_share", 0.5}, {"pad_share", 0.4}, {"expert_us", 1}}),
              1e-15);
}

TEST(CollectiveForms, ByHand) {
  using Kind = CollectiveSizes::Kind;
  // 8 devices, 1 MB: 2 · 7/8 MB at 50 GB/s are 35 us; 14 steps of a ring.
  const CollectiveSizes all{Kind::AllReduce, 8, 1e6};
  EXPECT_NEAR(35e-6, time_s("ring", all, {}), 1e-15);
  EXPECT_NEAR(6e-6 + 14e-6 + 70e-6, time_s("ring", all, {{"base_us", 6}, {"step_us", 1}, {"link_share", 0.5}}), 1e-15);
  EXPECT_NEAR(35e-6 + 5e-6, time_s("ring", all, {{"ramp_us", 10}, {"ramp_half_us", 35}}), 1e-15);
  EXPECT_NEAR(70e-6, time_s("ring", all, {{"crowding", 0.5}}), 1e-15);
  EXPECT_NEAR(17.5e-6 + 7e-6, time_s("ring", CollectiveSizes{Kind::AllGather, 8, 1e6}, {{"step_us", 1}}), 1e-15);
  // Beyond eight devices steps grow with the logarithm: 16 devices take 2 · 7/3 · 4.
  EXPECT_NEAR(37.5e-6 + 56e-6 / 3, time_s("ring", CollectiveSizes{Kind::AllReduce, 16, 1e6}, {{"step_us", 1}}), 1e-12);
  EXPECT_NEAR(20e-6 + 1e-6, time_s("send_receive", CollectiveSizes{Kind::SendReceive, 2, 1e6}, {{"step_us", 1}}),
              1e-15);
  EXPECT_NEAR(17.5e-6 + 3e-6, time_s("all_to_all", CollectiveSizes{Kind::AllToAll, 8, 1e6}, {{"step_us", 1}}), 1e-15);
  EXPECT_NEAR(35e-6 + 3e-6, time_s("one_shot", CollectiveSizes{Kind::OneShotAllReduce, 8, 1e6}, {{"step_us", 1}}),
              1e-15);
  EXPECT_FALSE(find_form("ring")->serves(CollectiveSizes{Kind::AllToAll, 8, 1e6}));
}

TEST(EfficiencyTable, FindsTheNearestFormat) {
  EfficiencyTable table;
  const EfficiencyForm* form = find_form("product");
  table.fitted = {
      {form, NumberFormat::bfloat16, {}}, {form, NumberFormat::fp8, {}}, {form, NumberFormat::fp8_b128, {}}};
  EXPECT_EQ(NumberFormat::bfloat16, table.find(product, NumberFormat::bfloat16)->format);
  EXPECT_EQ(NumberFormat::bfloat16, table.find(product, NumberFormat::float16)->format);
  EXPECT_EQ(NumberFormat::fp8, table.find(product, NumberFormat::fp8)->format);
  EXPECT_EQ(NumberFormat::fp8_b128, table.find(product, NumberFormat::fp8_b128)->format);
  EXPECT_EQ(nullptr, table.find(product, NumberFormat::int8));
  EXPECT_EQ(nullptr, table.find(ElementwiseSizes{}, NumberFormat::bfloat16));
  table.fitted.push_back({form, std::nullopt, {}});
  EXPECT_EQ(std::nullopt, table.find(product, NumberFormat::int8)->format);
  EXPECT_EQ(nullptr, find_form("products"));
}

namespace {

/// Prompts read memory at a quarter of its bandwidth after 5 us, decodes at all of it after 8 us.
EfficiencyTable attention_table(double decode_rows) {
  EfficiencyTable table;
  table.fitted.push_back(
      {find_form("attention_prefill"), std::nullopt,
       values("attention_prefill", {{"t0_us", 5}, {"memory_share", 0.25}, {"decode_rows", decode_rows}})});
  table.fitted.push_back({find_form("attention_decode"), std::nullopt, values("attention_decode", {{"t0_us", 8}})});
  return table;
}

AttentionSizes mixed(double prompt_flop, double prompt_bytes, double decode_bytes) {
  AttentionSizes sizes;
  sizes.query_heads = sizes.cache_heads = 8;
  sizes.width = 128;
  sizes.prompts = 1;
  sizes.flop = prompt_flop;
  sizes.bytes = prompt_bytes + decode_bytes;
  sizes.decodes = 4;
  sizes.decode_flop = 1e3;
  sizes.decode_bytes = decode_bytes;
  sizes.longest = sizes.longest_decode = 100;
  sizes.longest_prompt = 50;
  return sizes;
}

double mixed_s(const EfficiencyTable& table, const AttentionSizes& sizes) {
  return table.time(sizes, NumberFormat::bfloat16, rates)->total_s();
}

}  // namespace

TEST(MixedAttention, TakesNoLongerThanPromptsAndDecodesOneAfterTheOther) {
  const EfficiencyTable table = attention_table(1);
  // Together 4 MB and 100 kB at 25 GB/s: 164 us. Apart 4 us and 40 us, after the longer of 5 and 8 us.
  EXPECT_NEAR(8e-6 + 4e-6 + 40e-6, mixed_s(table, mixed(1e6, 1e5, 4e6)), 1e-15);
  // Arithmetic of prompts, 100 us, covers the decodes' 1 MB at 25 GB/s, 40 us.
  EXPECT_NEAR(5e-6 + 100e-6 + 1e-9, mixed_s(table, mixed(1e8, 1e5, 1e6)), 1e-15);
  // What was measured together is taken as it is.
  EXPECT_NEAR(5e-6 + 4.1e6 / 25e9, mixed_s(attention_table(2), mixed(1e6, 1e5, 4e6)), 1e-15);
}

TEST(MixedAttention, TakesNoLessThanTheDecodesAlone) {
  EfficiencyTable table = attention_table(1);
  table.fitted[1].values = values("attention_decode", {{"memory_share", 0.125}});
  // 4 MB at 12.5 GB/s; together it would be 164 us.
  EXPECT_NEAR(320e-6, mixed_s(table, mixed(1e6, 1e5, 4e6)), 1e-15);
}

TEST(MixedAttention, IsThatOfPromptsWhereDecodesAreNotSaid) {
  EfficiencyTable table = attention_table(1);
  table.fitted.pop_back();
  EXPECT_NEAR(5e-6 + 4.1e6 / 25e9, mixed_s(table, mixed(1e6, 1e5, 4e6)), 1e-15);
}
