/// What a die costs, from its area.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "upmem_des/price/input_values.hpp"

namespace upmem_des {

/// How defects are spread over a wafer.
enum class YieldModel { Poisson, Murphy, NegativeBinomial };
/// As in files, in order: "poisson", "murphy", "negative_binomial".
const std::vector<std::string>& yield_names();

/// Equal dies of one package.
struct Die {
  std::int64_t count = 1;
  ValueRange area_mm2;
  ValueRange wafer_usd;
  double wafer_mm = 300;  ///< diameter
  ValueRange defects_per_cm2;
  YieldModel yield = YieldModel::NegativeBinomial;
  double cluster_alpha = 3;                    ///< of the negative binomial model: small where defects come together
  ValueRange test_usd = ValueRange::of(0);     ///< of each die, good or bad
  ValueRange package_usd = ValueRange::of(0);  ///< of all of them
};

/// Whole dies of a wafer, as a mean: pi (d/2)^2 / A - pi d / sqrt(2 A), the wafer's area less what its edge cuts
/// (Hennessy and Patterson, Computer Architecture; de Vries, IEEE Trans. Semicond. Manuf. 18(1), 2005, compares such
/// formulas). Above 0 for dies of less than d^2 / 8, falling with the area there.
double dies_per_wafer(double wafer_mm, double area_mm2);

/// Share of good dies, 0 to 1. With AD the area times the density of defects: Poisson e^-AD, Murphy ((1 - e^-AD)/AD)^2,
/// negative binomial (1 + AD/alpha)^-alpha.
double die_yield(YieldModel model, double defects_per_cm2, double area_mm2, double cluster_alpha);

/// US dollars: count x (wafer / dies + test) / yield + package.
double dies_usd(const Die& die, const InputValues& values);

}  // namespace upmem_des
