#include "upmem_des/price/die.hpp"

#include <cmath>

#include "upmem_des/price/input_values.hpp"

namespace upmem_des {

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double mm2_per_cm2 = 100;

}  // namespace

const std::vector<std::string>& yield_names() {
  static const std::vector<std::string> names{"poisson", "murphy", "negative_binomial"};
  return names;
}

double dies_per_wafer(double wafer_mm, double area_mm2) {
  return pi * wafer_mm * wafer_mm / (4 * area_mm2) - pi * wafer_mm / std::sqrt(2 * area_mm2);
}

double die_yield(YieldModel model, double defects_per_cm2, double area_mm2, double cluster_alpha) {
  const double defects = defects_per_cm2 * area_mm2 / mm2_per_cm2;
  switch (model) {
    case YieldModel::Poisson:
      return std::exp(-defects);
    case YieldModel::Murphy: {
      const double one = -std::expm1(-defects) / defects;
      return one * one;
    }
    case YieldModel::NegativeBinomial:
      break;
  }
  return std::pow(1 + defects / cluster_alpha, -cluster_alpha);
}

double dies_usd(const Die& die, const InputValues& values) {
  const double area_mm2 = values(die.area_mm2);
  const double one_usd = values(die.wafer_usd) / dies_per_wafer(die.wafer_mm, area_mm2) + values(die.test_usd);
  const double yield = die_yield(die.yield, values(die.defects_per_cm2), area_mm2, die.cluster_alpha);
  return static_cast<double>(die.count) * one_usd / yield + values(die.package_usd);
}

}  // namespace upmem_des
