/// Sections `cost:` as files have them: what the readers read back is equal.
#pragma once

#include "price/cost_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

YamlNode item_price_node(const ItemPrice& price);
YamlNode cost_section_node(const CostSection& cost);

}  // namespace upmem_des
