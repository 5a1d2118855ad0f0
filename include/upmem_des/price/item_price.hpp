/// What one device, host, link or network costs to buy and to make.
#pragma once

#include <optional>

#include "upmem_des/price/die.hpp"

namespace upmem_des {

/// A margin of all of a price would be a price without bound.
inline constexpr double largest_margin = 0.99;

/// From a section `cost:` of a device, host, link or network. US dollars; kg of CO2 equivalents.
struct ItemPrice {
  std::optional<ValueRange> price_usd;          ///< without memory, where that is priced apart
  std::optional<Die> die;                       ///< in place of price_usd
  std::optional<ValueRange> memory_usd_per_GB;  ///< added to either, or alone
  std::optional<double> memory_GB;              ///< none: the capacity
  ValueRange margin = ValueRange::of(0);        ///< share of the price that is not what die and memory cost
  std::optional<ValueRange> embodied_kg;

  /// Is anything said of what it costs to buy?
  bool has_price() const { return price_usd || die || memory_usd_per_GB; }
  /// Is nothing said of it?
  bool empty() const { return !has_price() && !embodied_kg; }

  /// Can usd() be told? Memory that is priced by size needs one.
  bool can_be_priced(std::optional<double> capacity_GB) const {
    return has_price() && (!memory_usd_per_GB || memory_GB || capacity_GB);
  }
  /// US dollars: (price or dies + memory) / (1 - margin). Only where can_be_priced().
  double usd(const InputValues& values, std::optional<double> capacity_GB) const;

  /// What `over` says in place of this: its price as a whole, and its embodied carbon.
  ItemPrice with(const ItemPrice& over) const;

  /// Visits each figure that is there: "price_usd", "die.area_mm2".
  void for_each_input(const InputVisitor& visit) const;
};

}  // namespace upmem_des
