#include "price/priced_machine.hpp"

#include "upmem_des/price/input_values.hpp"

namespace upmem_des {

std::vector<std::string> PricedMachine::without_price() const {
  std::vector<std::string> names;
  if (whole.has_price()) return names;
  for (const PricedItem& item : items)
    if (item.is_required && !item.price.can_be_priced(item.capacity_GB))
      names.push_back("'" + item.name + "' has no " +
                      (item.price.has_price() ? "memory_GB, nor a capacity, for memory_usd_per_GB" : "price_usd"));
  return names;
}

std::vector<std::string> PricedMachine::without_carbon() const {
  std::vector<std::string> names;
  if (whole.embodied_kg) return names;
  for (const PricedItem& item : items)
    if (item.is_required && !item.price.embodied_kg) names.push_back("'" + item.name + "' has no embodied_kg");
  return names;
}

double PricedMachine::usd(const InputValues& values) const {
  if (whole.has_price()) return whole.usd(values, std::nullopt);
  double sum_usd = 0;
  for (const PricedItem& item : items)
    if (item.price.can_be_priced(item.capacity_GB)) sum_usd += item.count * item.price.usd(values, item.capacity_GB);
  return sum_usd;
}

double PricedMachine::embodied_kg(const InputValues& values) const {
  if (whole.embodied_kg) return values(*whole.embodied_kg);
  double sum_kg = 0;
  for (const PricedItem& item : items)
    if (item.price.embodied_kg) sum_kg += item.count * values(*item.price.embodied_kg);
  return sum_kg;
}

void PricedMachine::for_each_input(const InputVisitor& visit) const {
  const auto of = [&visit](const std::string& name, const ItemPrice& price, bool prices, bool carbon) {
    price.for_each_input([&](const std::string& key, const ValueRange& input, const ValueBounds& bounds) {
      const bool is_carbon = price.embodied_kg && &input == &*price.embodied_kg;
      if (is_carbon ? carbon : prices) visit(name + "." + key, input, bounds);
    });
  };
  of("machine", whole, true, true);
  for (const PricedItem& item : items) of(item.name, item.price, !whole.has_price(), !whole.embodied_kg);
}

}  // namespace upmem_des
