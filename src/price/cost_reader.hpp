/// The sections `cost:` of files. docs/cost.md describes the keys.
///
/// An amount is a number, [low, high], [low, middle, high] or {low: .., mid: .., high: ..}; without a middle it is half
/// way. What costs nothing is `free`, what has no carbon `none`: a 0 there is refused, since it mostly stands for what
/// somebody did not know.
#pragma once

#include "price/cost_section.hpp"
#include "upmem_des/price/item_price.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Of a device, host, link or network. Throws InputError on amounts out of their ranges or order, a price beside a die,
/// a margin without what it is added to, and an empty section.
ItemPrice read_item_price(const YamlNode& node);

/// Of a machine as a whole: price_usd and embodied_kg. Throws InputError likewise.
ItemPrice read_machine_price(const YamlNode& node);

/// Of a scenario. Throws InputError likewise, and on two prices of a cloud.
CostSection read_cost_section(const YamlNode& node);

}  // namespace upmem_des
