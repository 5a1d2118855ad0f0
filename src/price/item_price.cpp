#include "upmem_des/price/item_price.hpp"

#include "upmem_des/price/input_values.hpp"

namespace upmem_des {

double ItemPrice::usd(const InputValues& values, std::optional<double> capacity_GB) const {
  double cost_usd = 0;
  if (price_usd) cost_usd += values(*price_usd);
  if (die) cost_usd += dies_usd(*die, values);
  if (memory_usd_per_GB) cost_usd += values(*memory_usd_per_GB) * (memory_GB ? *memory_GB : *capacity_GB);
  return cost_usd / (1 - values(margin));
}

ItemPrice ItemPrice::with(const ItemPrice& over) const {
  ItemPrice result = over.has_price() ? over : *this;
  result.embodied_kg = over.embodied_kg ? over.embodied_kg : embodied_kg;
  return result;
}

void ItemPrice::for_each_input(const InputVisitor& visit) const {
  const ValueBounds any;
  if (price_usd) visit("price_usd", *price_usd, any);
  if (die) {
    visit("die.area_mm2", die->area_mm2, any);
    visit("die.wafer_usd", die->wafer_usd, any);
    visit("die.defects_per_cm2", die->defects_per_cm2, any);
    visit("die.test_usd", die->test_usd, any);
    visit("die.package_usd", die->package_usd, any);
  }
  if (memory_usd_per_GB) visit("memory_usd_per_GB", *memory_usd_per_GB, any);
  visit("margin", margin, {0, largest_margin});
  if (embodied_kg) visit("embodied_kg", *embodied_kg, any);
}

}  // namespace upmem_des
