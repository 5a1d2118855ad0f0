/// A machine as what it costs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "price/cost_section.hpp"

namespace upmem_des {

/// Equal parts of a machine.
struct PricedItem {
  std::string name;  ///< "gpu", "HOST", "nvlink"
  double count = 1;  ///< below 1 of a host that serves other machines, too
  std::optional<double> capacity_GB;
  ItemPrice price;
  bool is_required = true;  ///< else it is part of others where it has no price of its own
};

struct PricedMachine {
  ItemPrice whole;  ///< where it has a price, items need none; the same of embodied carbon
  std::vector<PricedItem> items;
  std::int64_t devices = 0;  ///< but the host
  double idle_W = 0;         ///< what all of it draws always

  /// Items without a price; empty where the machine has one as a whole.
  std::vector<std::string> without_price() const;
  /// The same of embodied carbon.
  std::vector<std::string> without_carbon() const;

  /// US dollars. Only where nothing is without a price.
  double usd(const InputValues& values) const;
  /// kg of CO2 equivalents. Only where nothing is without.
  double embodied_kg(const InputValues& values) const;

  /// Visits each figure that counts: "gpu.price_usd".
  void for_each_input(const InputVisitor& visit) const;
};

}  // namespace upmem_des
