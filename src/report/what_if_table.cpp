#include "report/what_if_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

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

std::string title_of(const std::string& what, double factor) {
  return fmt::format("{} times the {}", factor == 2 ? "two" : fmt::format("{:g}", factor), name_of(what));
}

/// What gains most; `otherwise` where nothing gains. `time_s(answer)`: what there then is.
template <class Answers, class Time>
std::string bound_by(const Answers& answers, double before_s, const Time& time_s, const std::string& otherwise) {
  if (before_s <= 0) return "";
  const auto best = std::min_element(answers.begin(), answers.end(),
                                     [&](const auto& a, const auto& b) { return time_s(a) < time_s(b); });
  return time_s(*best) > (1 - least_gain) * before_s ? otherwise : name_of(best->what);
}

}  // namespace

std::string what_if_table(const SimulationResult& result) {
  if (result.what_if.empty()) return "";
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Left});
  table.row({"", "total", "prefill", "decode"});
  table.rule();
  // A phase without events has what the other left for it: the last result's transfer.
  const auto phase_s = [&](Phase phase) { return result.phase(phase).events > 0 ? result.phase(phase).time_s : 0; };
  const auto bound = [&](Phase phase) {
    const auto then_s = [place = static_cast<std::size_t>(phase)](const WhatIf& answer) {
      return answer.phase_time_s[place];
    };
    return bound_by(result.what_if, phase_s(phase), then_s, "launches and latencies");
  };
  table.row({"bound by", "", bound(Phase::Prefill), bound(Phase::Decode)});
  for (const WhatIf& answer : result.what_if)
    table.row({"time with " + title_of(answer.what, answer.factor), gain_text(result.time_s, answer.time_s),
               gain_text(phase_s(Phase::Prefill), answer.phase_time_s[0]),
               gain_text(phase_s(Phase::Decode), answer.phase_time_s[1]), "%"});
  return table.str();
}

std::string served_what_if_table(const ServingResult& result) {
  if (result.what_if.empty()) return "";
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Left});
  table.row({"", "TTFT, mean", "TPOT, mean", "output tokens/s"});
  table.rule();
  const auto bound = [&](const SpreadOf& before, std::optional<double> ServedWhatIf::*time_s) {
    const auto then_s = [time_s](const ServedWhatIf& answer) { return (answer.*time_s).value_or(0); };
    return bound_by(result.what_if, before.count > 0 ? before.mean : 0, then_s, "launches and waiting");
  };
  const auto gain = [](const SpreadOf& before, const std::optional<double>& after_s) {
    return before.count > 0 && after_s ? gain_text(before.mean, *after_s) : "";
  };
  table.row({"bound by", bound(result.time_to_first_token_s, &ServedWhatIf::time_to_first_token_s),
             bound(result.time_per_output_token_s, &ServedWhatIf::time_per_output_token_s)});
  for (const ServedWhatIf& answer : result.what_if)
    table.row({"with " + title_of(answer.what, answer.factor),
               gain(result.time_to_first_token_s, answer.time_to_first_token_s),
               gain(result.time_per_output_token_s, answer.time_per_output_token_s),
               gain_text(result.per_second(result.output_tokens), answer.output_tokens_per_s), "%"});
  return table.str();
}

}  // namespace upmem_des
