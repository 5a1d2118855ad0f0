#include "report/what_if_table.hpp"

#include <fmt/format.h>

#include "util/text_table.hpp"

namespace upmem_des {

namespace {

constexpr double least_gain = 0.02;

std::string gain_text(double before_s, double after_s) {
  if (before_s <= 0) return "";
  const std::string text = fmt::format("{:+.1f}", 100 * (after_s / before_s - 1));
  return text == "-0.0" || text == "+0.0" ? "0.0" : text;
}

/// As a sentence has it.
std::string name_of(const std::string& what) {
  return what == "memory" ? "memory bandwidth" : what;
}

std::string bound_by(const SimulationResult& result, Phase phase) {
  const double before_s = result.phase(phase).time_s;
  const WhatIf* best = nullptr;
  const auto place = static_cast<std::size_t>(phase);
  for (const WhatIf& answer : result.what_if)
    if (best == nullptr || answer.phase_time_s[place] < best->phase_time_s[place]) best = &answer;
  if (before_s <= 0) return "";
  if (best->phase_time_s[place] > (1 - least_gain) * before_s) return "launches and latencies";
  return name_of(best->what);
}

}  // namespace

std::string what_if_table(const SimulationResult& result) {
  if (result.what_if.empty()) return "";
  using Align = TextTable::Align;
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Left});
  table.row({"", "total", "prefill", "decode"});
  table.rule();
  table.row({"bound by", "", bound_by(result, Phase::Prefill), bound_by(result, Phase::Decode)});
  for (const WhatIf& answer : result.what_if)
    table.row({fmt::format("time with {} times the {}", answer.factor == 2 ? "two" : fmt::format("{:g}", answer.factor),
                           name_of(answer.what)),
               gain_text(result.time_s, answer.time_s),
               gain_text(result.phase(Phase::Prefill).time_s, answer.phase_time_s[0]),
               gain_text(result.phase(Phase::Decode).time_s, answer.phase_time_s[1]), "%"});
  return table.str();
}

}  // namespace upmem_des
