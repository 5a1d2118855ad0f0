#include "efficiency/efficiency_table.hpp"

namespace upmem_des {

namespace {

/// How near a figure for `said` is to `format`; 0: it says nothing of it.
int nearness(const std::optional<NumberFormat>& said, NumberFormat format) {
  if (!said) return 1;
  if (*said == format) return 4;
  if (*said == format.arithmetic()) return 3;
  const auto is_half = [](NumberFormat one) { return one == NumberFormat::float16 || one == NumberFormat::bfloat16; };
  return is_half(*said) && is_half(format.arithmetic()) ? 2 : 0;
}

}  // namespace

const FittedForm* EfficiencyTable::find(const KernelSizes& sizes, NumberFormat format) const {
  const FittedForm* best = nullptr;
  int nearest = 0;
  for (const FittedForm& one : fitted) {
    const int near = nearness(one.format, format);
    if (near <= nearest || !one.form->serves(sizes)) continue;
    best = &one;
    nearest = near;
  }
  return best;
}

}  // namespace upmem_des
