#include <algorithm>

#include "efficiency/forms.hpp"
#include "efficiency/smooth_maximum.hpp"

namespace upmem_des {

namespace {

/// Traffic alone, of which the first bytes are in the cache; a row of a width takes a while whatever else there is.
class ElementwiseForm : public EfficiencyForm {
 public:
  ElementwiseForm()
      : EfficiencyForm("elementwise", {{"t0_us", 0, 0, 1000, 2},
                                       {"memory_share", 1, 0.0005, 1.1, 0.7},
                                       {"add_share", 0, 0, 1.1, 0.8},
                                       {"gated_share", 0, 0, 1.1, 0.6},
                                       {"norm_share", 0, 0, 1.1, 0.5},
                                       {"rotary_share", 0, 0, 1.1, 0.5},
                                       {"gather_share", 0, 0, 1.1, 0.5},
                                       {"cache_share", 0, 0, 2, 0.4},
                                       {"cache_speedup", 1, 1, 20, 1.5},
                                       {"width_ns", 0, 0, 1000, 0.3},
                                       {"sharpness", sharpest, 1, sharpest, 2}}) {}

  bool serves(const KernelSizes& sizes) const override { return std::holds_alternative<ElementwiseSizes>(sizes); }

  KernelTime time(const KernelSizes& sizes, const DeviceRates& rates,
                  const std::vector<double>& values) const override {
    const auto& call = std::get<ElementwiseSizes>(sizes);
    const double t0_us = values[0], cache_share = values[7], cache_speedup = values[8], width_ns = values[9],
                 sharpness = values[10];
    const double share = share_of(call.kind, values);
    const double cached = std::min(call.bytes, cache_share * rates.cache_B * call.passes);
    const double felt = call.bytes - cached * (1 - 1 / cache_speedup);
    KernelTime time =
        side_by_side(sharpness, 0, felt / (rates.memory_Bps * share), width_ns * call.width / share * 1e-9);
    time.overhead_s += t0_us * 1e-6;
    return time;
  }

 private:
  /// Of the kind or, where nothing is said of that, of all.
  static double share_of(ElementwiseSizes::Kind kind, const std::vector<double>& values) {
    const auto own = static_cast<std::size_t>(kind);
    const double share = kind == ElementwiseSizes::Kind::Other ? 0 : values[2 + own];
    return share > 0 ? share : values[1];
  }
};

}  // namespace

const EfficiencyForm& elementwise_form() {
  static const ElementwiseForm form;
  return form;
}

}  // namespace upmem_des
