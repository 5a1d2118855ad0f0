#include "efficiency/forms.hpp"
#include "efficiency/smooth_maximum.hpp"

namespace upmem_des {

namespace {

/// A fused block of experts: products of the rows that each has, and the traffic of putting rows in order.
class ExpertsForm : public EfficiencyForm {
 public:
  ExpertsForm()
      : EfficiencyForm("experts", {{"t0_us", 0, 0, 1000, 30},
                                   {"compute_share", 1, 0.0005, 1.1, 0.5},
                                   {"memory_share", 1, 0.0005, 1.1, 0.8},
                                   {"sharpness", sharpest, 1, sharpest, 1.5},
                                   {"row_share", 0, 0, 4, 0.5},
                                   {"pad_share", 0, 0, 1, 0.3},
                                   {"expert_us", 0, 0, 100, 0.1}}) {}

  bool serves(const KernelSizes& sizes) const override { return std::holds_alternative<ExpertSizes>(sizes); }

  KernelTime time(const KernelSizes& sizes, const DeviceRates& rates,
                  const std::vector<double>& values) const override {
    const auto& block = std::get<ExpertSizes>(sizes);
    const double t0_us = values[0], compute_share = values[1], memory_share = values[2], sharpness = values[3],
                 row_share = values[4], pad_share = values[5], expert_us = values[6];
    const double compute_s = block.flop / (rates.flops_per_s * compute_share);
    const double memory_s = block.weight_bytes / (rates.memory_Bps * memory_share);
    const double row_s =
        row_share > 0 ? (block.row_bytes + pad_share * block.other_row_bytes) / (rates.memory_Bps * row_share) : 0;
    // A part that only moves rows: its own bytes are these.
    if (!block.is_launched && block.flop == 0) return {0, 0, row_s};
    KernelTime time = side_by_side(sharpness, compute_s, memory_s);
    time.overhead_s += (block.is_launched ? t0_us * 1e-6 : 0) + expert_us * block.active * 1e-6;
    time.overhead_s += row_s;
    return time;
  }
};

}  // namespace

const EfficiencyForm& experts_form() {
  static const ExpertsForm form;
  return form;
}

}  // namespace upmem_des
