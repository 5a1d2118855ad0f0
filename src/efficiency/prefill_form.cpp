#include <algorithm>

#include "efficiency/forms.hpp"
#include "efficiency/smooth_maximum.hpp"

namespace upmem_des {

namespace {

/// Attention of prompts, or of prompts beside decodes in one call. Blocks of 128 queries of a head are taken by cores;
/// each goes along its sequence row by row.
class PrefillForm : public EfficiencyForm {
 public:
  PrefillForm()
      : EfficiencyForm("attention_prefill", {{"t0_us", 0, 0, 1000, 8},
                                             {"compute_share", 1, 0.0005, 1.1, 0.6},
                                             {"memory_share", 1, 0.0005, 1.1, 0.8},
                                             {"sharpness", sharpest, 1, sharpest, 1.4},
                                             {"block_us", 0, 0, 1000, 3},
                                             {"row_ns", 0, 0, 10000, 10},
                                             {"width0", 0, 0, 1000, 20},
                                             {"grouped", 0, 0, 1, 0, true},
                                             {"decode_rows", 1, 1, 128, 1}}) {}

  bool serves(const KernelSizes& sizes) const override {
    const auto* attention = std::get_if<AttentionSizes>(&sizes);
    return attention != nullptr && attention->prompts > 0;
  }

  KernelTime time(const KernelSizes& sizes, const DeviceRates& rates,
                  const std::vector<double>& values) const override {
    const auto& attention = std::get<AttentionSizes>(sizes);
    const double t0_us = values[0], compute_share = values[1], memory_share = values[2], sharpness = values[3],
                 block_us = values[4], row_ns = values[5], width0 = values[6], grouped = values[7],
                 decode_rows = values[8];
    // A tile has room for many queries; a decode has one.
    const double flop = attention.flop + attention.decode_flop * decode_rows;
    const double compute_s = flop / (rates.flops_per_s * compute_share) * (1 + width0 / attention.width);
    const double memory_s = attention.bytes / (rates.memory_Bps * memory_share);
    const double blocks = grouped > 0.5 ? attention.grouped_tiles + attention.decodes * attention.cache_heads
                                        : attention.tiles + attention.decodes * attention.query_heads;
    const double block_s = block_us * blocks / rates.cores * 1e-6;
    const double serial_s = row_ns * attention.longest * attention.width / 128 * 1e-9;
    KernelTime time = side_by_side(sharpness, compute_s + block_s, memory_s, serial_s);
    time.overhead_s += t0_us * 1e-6;
    return time;
  }
};

}  // namespace

const EfficiencyForm& prefill_form() {
  static const PrefillForm form;
  return form;
}

}  // namespace upmem_des
