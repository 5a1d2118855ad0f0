/// What a scenario says about money, electricity and carbon.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "upmem_des/price/item_price.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// The price of devices that have a name, of a platform's group or of a profile.
struct NamedPrice {
  std::string name;
  ItemPrice price;
  SourceLocation where;
  std::string key;  ///< "cost.devices.gpu"
};

/// From a scenario's `cost:`. What is none was not said, and has no default; figures that have one are those that add
/// nothing. US dollars.
struct CostSection {
  std::optional<ValueRange> years;             ///< that the machine is used
  ValueRange utilisation = ValueRange::of(1);  ///< share of the time that it is busy
  std::optional<ValueRange> operation_share;   ///< spent on operation beside energy for each dollar of capital
  ValueRange pue = ValueRange::of(1);          ///< power of the building over that of the machine
  std::optional<ValueRange> electricity_usd_per_kWh;
  std::optional<ValueRange> carbon_g_per_kWh;
  std::optional<ValueRange> cloud_usd_per_hour;         ///< of the machine, in place of buying and running it
  std::optional<ValueRange> cloud_usd_per_device_hour;  ///< of each device but the host, the same
  std::optional<ValueRange> idle_W;                     ///< of the machine while it is not busy
  ItemPrice machine;                                    ///< of all of it, in place of its parts
  ItemPrice host;
  std::vector<NamedPrice> devices;

  bool is_rented() const { return cloud_usd_per_hour || cloud_usd_per_device_hour; }
};

}  // namespace upmem_des
