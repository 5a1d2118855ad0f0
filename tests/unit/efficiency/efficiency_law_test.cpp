/// Larger kernels never take less time, whatever the numbers of a form.
#include <gtest/gtest.h>

#include <random>

#include "upmem_des/efficiency/efficiency_form.hpp"

using namespace upmem_des;

namespace {

class Laws : public ::testing::Test {
 protected:
  double up_to(double most) { return std::uniform_real_distribution<double>(0, most)(random_); }
  double size(double most) { return std::floor(1 + std::pow(most, up_to(1))); }

  std::vector<double> numbers(const EfficiencyForm& form) {
    std::vector<double> values;
    for (const FormParameter& one : form.parameters())
      values.push_back(up_to(1) < 0.2 ? one.ideal
                                      : one.least + (std::min(one.most, 3 * one.start + 1) - one.least) * up_to(1));
    return values;
  }

  DeviceRates rates() {
    return {1e12 * (1 + up_to(1000)), 1e9 * (1 + up_to(8000)), 1e6 * up_to(128), size(200), 1e9 * (1 + up_to(900))};
  }

  /// Not less than before, but for rounding; finite, too.
  void expect_no_less(const EfficiencyForm& form, const KernelSizes& less, const KernelSizes& more) {
    for (int i = 0; i < 4; ++i) {
      const DeviceRates device = rates();
      const std::vector<double> values = numbers(form);
      const double before_s = form.time(less, device, values).total_s();
      const double after_s = form.time(more, device, values).total_s();
      ASSERT_TRUE(std::isfinite(before_s) && before_s >= 0) << form.name();
      ASSERT_GE(after_s, before_s * (1 - 1e-12)) << form.name();
    }
  }

 private:
  std::mt19937 random_{7};
};

ProductSizes product(double m, double n, double k) {
  return {m, n, k, 2 * (m * k + n * k + m * n), 0};
}

}  // namespace

TEST_F(Laws, Products) {
  const EfficiencyForm& form = *find_form("product");
  for (int i = 0; i < 5000; ++i) {
    const double m = size(32768), n = size(65536), k = size(65536);
    expect_no_less(form, product(m, n, k), product(m + size(300), n, k));
    expect_no_less(form, product(m, n, k), product(m, n + size(300), k));
    expect_no_less(form, product(m, n, k), product(m, n, k + size(300)));
  }
}

TEST_F(Laws, Attention) {
  for (int i = 0; i < 5000; ++i) {
    AttentionSizes sizes;
    sizes.cache_heads = size(64);
    sizes.query_heads = sizes.cache_heads * size(16);
    sizes.width = size(512);
    sizes.decodes = 1 + size(200);
    sizes.longest = sizes.longest_decode = size(100000);
    sizes.decode_rows = sizes.decodes * sizes.longest * up_to(1);
    sizes.bytes = size(1e10);
    sizes.decode_flop = size(1e12);
    AttentionSizes more = sizes;
    more.longest_decode = more.longest += size(100);
    more.bytes += size(1e6);
    more.decodes += size(10);
    more.decode_flop += size(1e6);
    expect_no_less(*find_form("attention_decode"), sizes, more);
    sizes.prompts = more.prompts = 1;
    sizes.flop = size(1e14);
    sizes.tiles = sizes.grouped_tiles = size(1e5);
    more.flop = sizes.flop * (1 + up_to(1));
    more.tiles = more.grouped_tiles = sizes.tiles + size(100);
    expect_no_less(*find_form("attention_prefill"), sizes, more);
  }
}

TEST_F(Laws, ElementwiseExpertsAndCollectives) {
  for (int i = 0; i < 5000; ++i) {
    ElementwiseSizes rows;
    rows.kind = static_cast<ElementwiseSizes::Kind>(i % 6);
    rows.width = size(30000);
    rows.bytes = size(1e9);
    ElementwiseSizes more = rows;
    more.width += size(100);
    more.bytes += size(1e6);
    expect_no_less(*find_form("elementwise"), rows, more);
    const ExpertSizes block{size(1e14), size(1e10), size(256), size(1e9), size(1e9)};
    const auto kind = static_cast<CollectiveSizes::Kind>(i % 6);
    const CollectiveSizes some{kind, 1 + size(1000), size(1e9)};
    for (const EfficiencyForm* form : efficiency_forms())
      if (form->serves(some)) {
        expect_no_less(*form, some, CollectiveSizes{kind, some.devices, some.bytes + size(1e6)});
        expect_no_less(*form, some, CollectiveSizes{kind, some.devices + 1, some.bytes});
      }
    const ExpertSizes larger{block.flop * 1.1, block.weight_bytes * 1.1, block.active + 1, block.row_bytes + 1e3,
                             block.other_row_bytes};
    expect_no_less(*find_form("experts"), block, larger);
  }
}
