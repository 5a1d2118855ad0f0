#include <algorithm>

#include "efficiency/forms.hpp"
#include "efficiency/smooth_maximum.hpp"

namespace upmem_des {

namespace {

/// Of `bytes` that were used just before, up to `held_B` are in the cache and so many times faster; of more than that
/// fewer and fewer stay, until of twice as many none does. As bytes of memory; grows with `bytes`.
double bytes_beyond_cache(double bytes, double held_B, double speedup) {
  if (speedup <= 1 || held_B <= 0) return bytes;
  const double held = std::max(0.0, std::min(bytes, 2 * held_B - bytes));
  return bytes - held * (1 - 1 / speedup);
}

/// With fewer blocks than so many times the cores, kernels split caches over cores (num_splits_heuristic() of
/// FlashAttention 2: 0.8 of two blocks a core).
constexpr double split_below = 1.6;

/// Rows by which the longest cache is beyond the others, where no cache is split: the last cores go along it while
/// others have nothing left to do. Blocks are taken head by head, and the longest of the last head begins late. What
/// the memory is not used then is, in lists of blocks that cores take in this order with lengths of chats, what one
/// core needs for the longest cache less 1.3 times the mean one, to 15 %; with equal lengths nothing.
double rows_beyond(const AttentionSizes& attention) {
  return std::max(0.0, attention.longest_decode - 1.3 * attention.decode_rows / attention.decodes);
}

/// Attention of one new row for each sequence: blocks of (sequence, head of the cache) that cores take, beside the
/// traffic, of which some stays in the cache; with grouped heads the rows are split over cores and put together, unless
/// there are blocks enough.
class DecodeForm : public EfficiencyForm {
 public:
  DecodeForm()
      : EfficiencyForm("attention_decode", {{"t0_us", 0, 0, 1000, 8},
                                            {"memory_share", 1, 0.0005, 1.1, 0.8},
                                            {"block_us", 0, 0, 1000, 2},
                                            {"width_half", 0, 0, 10000, 150},
                                            {"sharpness", sharpest, 1, sharpest, 2.5},
                                            {"cache_share", 0, 0, 2, 0.5},
                                            {"cache_speedup", 1, 1, 20, 1.6},
                                            {"split_us", 0, 0, 1000, 10},
                                            {"split_half", 1, 1, 100000, 1000},
                                            {"serial_GBs", 1e9, 0.1, 1e9, 25},
                                            {"pack_us", 0, 0, 1000, 4},
                                            {"tail_ns", 0, 0, 10000, 20}}) {}

  bool serves(const KernelSizes& sizes) const override {
    const auto* attention = std::get_if<AttentionSizes>(&sizes);
    return attention != nullptr && attention->prompts == 0;
  }

  KernelTime time(const KernelSizes& sizes, const DeviceRates& rates,
                  const std::vector<double>& values) const override {
    const auto& attention = std::get<AttentionSizes>(sizes);
    const double t0_us = values[0], memory_share = values[1], block_us = values[2], width_half = values[3],
                 sharpness = values[4], cache_share = values[5], cache_speedup = values[6], split_us = values[7],
                 split_half = values[8], serial_GBs = values[9], pack_us = values[10], tail_ns = values[11];
    const bool is_grouped = attention.query_heads != attention.cache_heads;
    const double bytes = bytes_beyond_cache(attention.bytes, cache_share * rates.cache_B, cache_speedup);
    const double memory_s = bytes / (rates.memory_Bps * memory_share);
    const double blocks = attention.decodes * attention.cache_heads;
    const double wider = width_half > 0 ? 1 + attention.width / width_half : 1;
    const double block_s = block_us * wider * blocks / rates.cores * 1e-6;
    const double compute_s = std::max(block_s, attention.decode_flop / rates.flops_per_s);
    const double serial_s =
        is_grouped || serial_GBs >= 1e9 ? 0 : 4 * attention.longest * attention.width / (serial_GBs * 1e9);
    KernelTime time = side_by_side(sharpness, compute_s, memory_s, serial_s);
    time.overhead_s += t0_us * 1e-6;
    if (is_grouped) time.overhead_s += split_us * attention.longest / (attention.longest + split_half) * 1e-6;
    if (is_grouped && attention.decodes > 1 && attention.cache_heads > 1) time.overhead_s += pack_us * 1e-6;
    if (is_grouped && blocks >= split_below * rates.cores)
      time.overhead_s += tail_ns * 1e-9 * rows_beyond(attention) * attention.width / 128;
    return time;
  }
};

}  // namespace

const EfficiencyForm& decode_form() {
  static const DecodeForm form;
  return form;
}

}  // namespace upmem_des
