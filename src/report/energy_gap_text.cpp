#include "report/energy_gap_text.hpp"

#include "util/harmless_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

std::string energy_gap_text(const std::vector<EnergyGap>& gaps) {
  if (gaps.empty()) return "";
  std::string text;
  for (const EnergyGap& gap : gaps)
    text += (text.empty() ? "" : "; ") + gap.architecture + " has no " + listed(gap.keys);
  return "energy is not stated: " + one_line(text) +
         "; nor are power, energy per token, and what energy costs and emits\n";
}

std::string energy_gap_text(const std::string& name, const std::vector<EnergyGap>& gaps) {
  return gaps.empty() ? "" : one_line(name) + ": " + energy_gap_text(gaps);
}

}  // namespace upmem_des
