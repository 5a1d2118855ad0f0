#include "report/served_comparison.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "report/compared_runs.hpp"
#include "report/comparison_table.hpp"
#include "report/energy_gap_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

using Quantity = std::function<std::optional<double>(const ServingRun&)>;

std::string objective_text(const std::optional<double>& objective_s) {
  return objective_s ? quantity_text(*objective_s, "s") : "";
}

std::vector<ComparedFact> facts_of(const std::vector<NamedServing>& results) {
  std::vector<ComparedFact> facts;
  const auto add = [&](const char* label, const std::function<std::string(const ServingRun&)>& value) {
    ComparedFact& fact = facts.emplace_back();
    fact.label = label;
    for (const NamedServing& one : results) fact.values.push_back(value(*one.run));
  };
  add("scenario", [](const ServingRun& run) { return run.machine.scenario; });
  add("model", [](const ServingRun& run) { return run.machine.model; });
  add("data type", [](const ServingRun& run) { return std::string(to_string(run.machine.dtype)); });
  add("weights", [](const ServingRun& run) { return std::string(to_string(run.machine.weight_dtype)); });
  add("cost model", [](const ServingRun& run) { return run.machine.cost_model; });
  add("scheduler", [](const ServingRun& run) { return run.serving.scheduler; });
  add("drafts", [](const ServingRun& run) { return run.serving.speculation.method; });
  add("router", [](const ServingRun& run) { return run.serving.instances.size() > 1 ? run.serving.router : ""; });
  add("instances", [](const ServingRun& run) { return std::to_string(run.serving.instances.size()); });
  add("requests", [](const ServingRun& run) { return std::to_string(run.serving.submitted); });
  add("TTFT objective", [](const ServingRun& run) { return objective_text(run.serving.objectives.ttft_s); });
  add("TPOT objective", [](const ServingRun& run) { return objective_text(run.serving.objectives.tpot_s); });
  add("end-to-end objective", [](const ServingRun& run) { return objective_text(run.serving.objectives.e2e_s); });
  add("overloaded", [](const ServingRun& run) { return run.serving.is_saturated ? "yes" : "no"; });
  return facts;
}

class Rows {
 public:
  explicit Rows(const std::vector<NamedServing>& results) : results_(results), table_(names_of(results)) {}

  std::string text() {
    spread("TTFT", &ServingResult::time_to_first_token_s);
    spread("TPOT", &ServingResult::time_per_output_token_s);
    spread("between tokens", &ServingResult::inter_token_s);
    spread("end to end", &ServingResult::end_to_end_s);
    spread("queued", &ServingResult::queued_s);
    table_.gap();
    row("first arrival to last token", "s", [](const ServingRun& run) { return run.serving.makespan_s; });
    rate("requests/s", &ServingResult::completed);
    rate("prompt tokens/s", &ServingResult::prompt_tokens);
    rate("output tokens/s", &ServingResult::output_tokens);
    goodput();
    cache();
    if (std::any_of(results_.begin(), results_.end(),
                    [](const NamedServing& one) { return !one.run->serving.speculation.method.empty(); }))
      drafts();
    energy();
    std::string text = table_.text();
    const std::vector<std::string> names = names_of(results_);
    for (std::size_t i = 0; i < names.size(); ++i)
      text += energy_gap_text(names[i], results_[i].run->machine.energy_gaps);
    return text;
  }

 private:
  static std::vector<std::string> names_of(const std::vector<NamedServing>& results) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < results.size(); ++i) names.push_back(short_name(results[i].name, i));
    return names;
  }

  void row(const std::string& label, const std::string& unit, const Quantity& quantity) {
    std::vector<std::optional<double>> values;
    for (const NamedServing& one : results_) values.push_back(quantity(*one.run));
    table_.row(label, unit, std::move(values));
  }

  void spread(const std::string& label, SpreadOf ServingResult::*spread) {
    const auto of = [&](const char* which, double SpreadOf::*value) {
      row(label + ", " + which, "s", [=](const ServingRun& run) -> std::optional<double> {
        const SpreadOf& all = run.serving.*spread;
        if (all.count == 0) return std::nullopt;
        return all.*value;
      });
    };
    of("mean", &SpreadOf::mean);
    of("p50", &SpreadOf::p50);
    of("p99", &SpreadOf::p99);
  }

  void rate(const std::string& label, std::int64_t ServingResult::*count) {
    row(label, "", [=](const ServingRun& run) { return run.serving.per_second(run.serving.*count); });
  }

  /// A share for each; none where there are none to share it.
  static Quantity each(double ServingResult::*energy, std::int64_t ServingResult::*count) {
    return [=](const ServingRun& run) -> std::optional<double> {
      if (run.serving.*count == 0) return std::nullopt;
      return run.serving.*energy / static_cast<double>(run.serving.*count);
    };
  }

  void goodput() {
    const auto of = [&](const char* label, const Quantity& quantity) {
      row(label, "", [=](const ServingRun& run) -> std::optional<double> {
        if (!run.serving.objectives.any() || run.serving.completed == 0) return std::nullopt;
        return quantity(run);
      });
    };
    of("goodput, requests/s",
       [](const ServingRun& run) { return run.serving.per_second(run.serving.meeting_objectives); });
    of("share within objectives, %", [](const ServingRun& run) {
      return 100.0 * static_cast<double>(run.serving.meeting_objectives) / static_cast<double>(run.serving.completed);
    });
  }

  void cache() {
    table_.gap();
    row("requests in a step, mean", "", [](const ServingRun& run) { return run.serving.steps.mean_running; });
    row("peak of KV blocks, %", "", [](const ServingRun& run) -> std::optional<double> {
      const ServingResult::Cache& cache = run.serving.cache;
      if (cache.blocks == 0) return std::nullopt;
      return 100.0 * static_cast<double>(cache.peak_blocks) / static_cast<double>(cache.blocks);
    });
    row("preemptions", "", [](const ServingRun& run) { return static_cast<double>(run.serving.cache.preemptions); });
  }

  /// Where a result has any.
  void drafts() {
    row("accepted drafts, %", "", [](const ServingRun& run) -> std::optional<double> {
      const ServingResult::Speculation& drafts = run.serving.speculation;
      if (drafts.drafted_tokens == 0) return std::nullopt;
      return 100.0 * static_cast<double>(drafts.accepted_tokens) / static_cast<double>(drafts.drafted_tokens);
    });
  }

  void energy() {
    table_.gap();
    row("energy", "J", [](const ServingRun& run) { return run.serving.energy_J; });
    row("  drawn always (idle)", "J", [](const ServingRun& run) { return run.serving.idle_J; });
    row("power, mean", "W", [](const ServingRun& run) { return run.machine.power_W(); });
    if (std::any_of(results_.begin(), results_.end(),
                    [](const NamedServing& one) { return one.run->serving.peak_power_W.has_value(); }))
      row("peak power", "W", [](const ServingRun& run) { return run.serving.peak_power_W; });
    row("per request, with idle", "J", each(&ServingResult::energy_J, &ServingResult::completed));
    row("per output token, with idle", "J", each(&ServingResult::energy_J, &ServingResult::output_tokens));
  }

  const std::vector<NamedServing>& results_;
  ComparisonTable table_;
};

}  // namespace

std::string served_comparison_text(const std::vector<NamedServing>& results) {
  std::vector<std::string> names;
  for (const NamedServing& one : results) names.push_back(one.name);
  return compared_facts_text(names, facts_of(results)) + "\n" + Rows(results).text();
}

}  // namespace upmem_des
