#include <algorithm>
#include <array>
#include <cmath>

#include "efficiency/forms.hpp"
#include "efficiency/smooth_maximum.hpp"

namespace upmem_des {

namespace {

/// t0 + (Tf^q + Tm^q)^(1/q), with a ramp in k and tiles of m · n that cores take in waves.
class ProductForm : public EfficiencyForm {
 public:
  ProductForm()
      : EfficiencyForm("product", {{"t0_us", 0, 0, 1000, 4},
                                   {"compute_share", 1, 0.0005, 1.1, 0.8},
                                   {"memory_share", 1, 0.0005, 1.1, 0.85},
                                   {"sharpness", sharpest, 1, sharpest, 2.5},
                                   {"k0", 0, 0, 4000, 100},
                                   {"wave", 0, 0, 1, 0.25},
                                   {"tile_half", 0, 0, 400, 10},
                                   {"ramp_us", 0, 0, 1000, 2},
                                   {"ramp_half_us", 1, 0.1, 10000, 30},
                                   {"quantize_share", 1, 0.0005, 2, 0.5}}) {}

  bool serves(const KernelSizes& sizes) const override { return std::holds_alternative<ProductSizes>(sizes); }

  KernelTime time(const KernelSizes& sizes, const DeviceRates& rates,
                  const std::vector<double>& values) const override {
    const auto& product = std::get<ProductSizes>(sizes);
    const double t0_us = values[0], compute_share = values[1], memory_share = values[2], sharpness = values[3],
                 k0 = values[4], wave = values[5], tile_half = values[6], ramp_us = values[7], ramp_half_us = values[8],
                 quantize_share = values[9];
    const double per_k =
        tile_half > 0 || wave > 0 ? tiled_flop_per_k(product, rates.cores, wave, tile_half) : 2 * product.m * product.n;
    const double compute_s = per_k * (product.k + k0) / (rates.flops_per_s * compute_share);
    const double memory_s = product.bytes / (rates.memory_Bps * memory_share);
    KernelTime time = side_by_side(sharpness, compute_s, memory_s);
    const double busy_us = time.total_s() * 1e6;
    time.overhead_s += t0_us * 1e-6;
    if (ramp_us > 0) time.overhead_s += ramp_us * busy_us / (busy_us + ramp_half_us) * 1e-6;
    // A device without a figure for it quantizes at no cost.
    if (quantize_share < 1 || quantize_share > 1)
      time.overhead_s += product.quantized_bytes / (rates.memory_Bps * quantize_share);
    return time;
  }

 private:
  using Tile = std::array<double, 2>;

  /// Of the tiles that libraries choose from the one with the least work: cores take whole tiles, in waves of which the
  /// last may be partly empty; small tiles load more for each product.
  static double tiled_flop_per_k(const ProductSizes& product, double cores, double wave, double tile_half) {
    static constexpr std::array<Tile, 6> tiles{{{16, 128}, {32, 128}, {64, 128}, {128, 128}, {128, 256}, {256, 128}}};
    double least = 0;
    for (const auto& [rows, columns] : tiles) {
      const double waves = std::ceil(product.m / rows) * std::ceil(product.n / columns) / cores;
      const double felt = waves < 1 ? std::pow(waves, 1 - wave) : wave * std::ceil(waves) + (1 - wave) * waves;
      const double reuse = rows * columns / (rows + columns);
      const double share = (1 + tile_half / largest_reuse) * reuse / (reuse + tile_half);
      const double flop = 2 * rows * columns * cores * felt / share;
      if (least == 0 || flop < least) least = flop;
    }
    return least;
  }

  static constexpr double largest_reuse = 256.0 * 128 / (256 + 128);
};

}  // namespace

const EfficiencyForm& product_form() {
  static const ProductForm form;
  return form;
}

}  // namespace upmem_des
