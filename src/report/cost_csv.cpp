#include "report/cost_csv.hpp"

#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

void add_rows(const char* load, const CostRanges& ranges, std::string& text) {
  for (const CostUnit unit : cost_units)
    for (const CostPart part : cost_parts)
      if (const std::optional<ValueRange>& range = ranges.at(unit, part))
        text += std::string(load) + "," + to_string(unit) + "," + to_string(part) + "," + number_text(range->low) +
                "," + number_text(range->mid) + "," + number_text(range->high) + "\n";
}

}  // namespace

std::string cost_csv(const SimulationResult& result) {
  if (!result.cost) throw InputError({"--cost-csv"}, "the scenario says nothing of cost; expected a section cost");
  std::string text = "load,unit,part,low,mid,high\n";
  add_rows("all", result.cost->all, text);
  if (result.cost->good) add_rows("goodput", *result.cost->good, text);
  return text;
}

}  // namespace upmem_des
