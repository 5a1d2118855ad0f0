/// What costs are told by: units and parts.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

namespace upmem_des {

/// What the cost is that of. QueryPerSecond: over the years, of a machine that can answer one a second while it is
/// busy.
enum class CostUnit { MillionTokens, MillionPromptTokens, MillionOutputTokens, Request, QueryPerSecond };
inline constexpr std::array cost_units{CostUnit::MillionTokens, CostUnit::MillionPromptTokens,
                                       CostUnit::MillionOutputTokens, CostUnit::Request, CostUnit::QueryPerSecond};
/// As in results: "million_tokens", …
const char* to_string(CostUnit unit);

/// US dollars: TotalUsd is the sum of CapitalUsd, EnergyUsd and, where it is said, OperationUsd, or RentUsd alone.
/// Energy at the building's meter. Carbon: TotalCarbon is the sum of the two others.
enum class CostPart {
  TotalUsd,
  CapitalUsd,
  EnergyUsd,
  OperationUsd,
  RentUsd,
  Energy,
  TotalCarbon,
  EnergyCarbon,
  EmbodiedCarbon
};
inline constexpr std::array cost_parts{CostPart::TotalUsd,     CostPart::CapitalUsd,   CostPart::EnergyUsd,
                                       CostPart::OperationUsd, CostPart::RentUsd,      CostPart::Energy,
                                       CostPart::TotalCarbon,  CostPart::EnergyCarbon, CostPart::EmbodiedCarbon};
/// As in results: "usd", "capital_usd", "energy_usd", "operation_usd", "rent_usd", "kWh", "g_CO2", "energy_g_CO2",
/// "embodied_g_CO2".
const char* to_string(CostPart part);

/// By unit and part; none where it cannot be told.
template <class Amount>
struct CostTable {
  std::array<std::array<std::optional<Amount>, cost_parts.size()>, cost_units.size()> values;

  /// What there is of a unit and a part.
  std::optional<Amount>& at(CostUnit unit, CostPart part) {
    return values[static_cast<std::size_t>(unit)][static_cast<std::size_t>(part)];
  }
  /// What there is of a unit and a part.
  const std::optional<Amount>& at(CostUnit unit, CostPart part) const {
    return values[static_cast<std::size_t>(unit)][static_cast<std::size_t>(part)];
  }
};

}  // namespace upmem_des
