#include "upmem_des/report/serving_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/cost_text.hpp"
#include "report/run_notes.hpp"
#include "report/summary_table.hpp"
#include "report/time_table.hpp"
#include "report/what_if_table.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

std::string amount(double value) {
  return rounded_text(value, summary_digits);
}

void add_spread(TextTable& table, const char* label, const SpreadOf& spread) {
  if (spread.count == 0) {
    table.row({label, "-", "-", "-", "-", "-", "-"});
    return;
  }
  const Scale scale = scale_for(spread.max, "s");
  std::vector<std::string> cells{label};
  for (const double value : {spread.mean, spread.p50, spread.p90, spread.p95, spread.p99, spread.max})
    cells.push_back(amount(value / scale.factor));
  cells.push_back(scale.unit);
  table.row(std::move(cells));
}

std::string latencies(const ServingResult& result) {
  TextTable table(
      {Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Left});
  table.row({"", "mean", "p50", "p90", "p95", "p99", "max"});
  add_spread(table, "time to first token (TTFT)", result.time_to_first_token_s);
  add_spread(table, "time per output token (TPOT)", result.time_per_output_token_s);
  add_spread(table, "between tokens", result.inter_token_s);
  add_spread(table, "end to end", result.end_to_end_s);
  add_spread(table, "queued", result.queued_s);
  if (result.transfers.is_apart) add_spread(table, "waiting for a cache to arrive", result.transfers.time_s);
  if (result.tier.is_there) add_spread(table, "fetching from the tier", result.tier.fetch_s);
  return table.str();
}

class Amounts {
 public:
  Amounts() : table_({Align::Left, Align::Right, Align::Left}) {}

  void row(const std::string& label, double value, const std::string& unit = "") {
    table_.row({label, amount(value), unit});
  }
  void count(const std::string& label, std::int64_t value, const std::string& unit = "") {
    table_.row({label, std::to_string(value), unit});
  }
  void quantity(const std::string& label, double value, const char* unit) {
    const Scale scale = scale_for(value, unit);
    table_.row({label, amount(value / scale.factor), scale.unit});
  }
  void share(const std::string& label, double part, double whole) {
    table_.row({label, percent_text(part, whole), "%"});
  }
  void empty_row() { table_.row({""}); }
  std::string str() const { return table_.str(); }

 private:
  TextTable table_;
};

void add_tier(Amounts& table, const ServingResult::Tier& tier) {
  table.count("  of those, in its tier", tier.hit_tokens);
  table.count("cache tier, blocks", tier.blocks);
  table.share("  in use, peak", static_cast<double>(tier.peak_blocks), static_cast<double>(tier.blocks));
  table.quantity("  stored", static_cast<double>(tier.stored_blocks) * tier.block_B, "B");
  table.quantity("  fetched", static_cast<double>(tier.fetched_blocks) * tier.block_B, "B");
  table.quantity("  energy of both", tier.store_J + tier.fetch_J, "J");
  table.count("  blocks that made room for others", tier.evicted_blocks);
}

std::string objectives_text(const ServingResult::Objectives& objectives) {
  std::string text;
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value) text += (text.empty() ? "" : ", ") + std::string(name) + " <= " + quantity_text(*value, "s");
  };
  add("TTFT", objectives.ttft_s);
  add("TPOT", objectives.tpot_s);
  add("end to end", objectives.e2e_s);
  return text;
}

std::string amounts(const ServingRun& run) {
  const ServingResult& result = run.serving;
  Amounts table;
  table.quantity("from first arrival to last token", result.makespan_s, "s");
  table.row("requests/s", result.per_second(result.completed));
  table.row("prompt tokens/s", result.per_second(result.prompt_tokens));
  table.row("output tokens/s", result.per_second(result.output_tokens));
  if (result.objectives.any()) {
    table.row("goodput, requests/s", result.per_second(result.meeting_objectives));
    table.share("  share that has " + objectives_text(result.objectives),
                static_cast<double>(result.meeting_objectives), static_cast<double>(result.completed));
  }
  table.empty_row();
  table.count("steps", result.steps.count);
  table.row("  requests in one, mean", result.steps.mean_running);
  table.row("  tokens in one, mean", result.steps.mean_tokens);
  const ServingResult::Cache& cache = result.cache;
  table.count(
      "KV cache, blocks", cache.blocks,
      fmt::format("of {} tokens{}", cache.block_tokens, cache.is_derived ? ", from the devices' capacity" : ""));
  table.share("  in use, mean", cache.mean_blocks, static_cast<double>(cache.blocks));
  table.share("  in use, peak", static_cast<double>(cache.peak_blocks), static_cast<double>(cache.blocks));
  table.count("  tokens found in it", cache.hit_tokens);
  if (result.tier.is_there) add_tier(table, result.tier);
  table.count("preemptions", cache.preemptions, fmt::format("of {} requests", result.preempted));
  if (cache.recomputed_tokens > 0) table.count("  tokens computed again", cache.recomputed_tokens);
  if (const ServingResult::Speculation& drafts = result.speculation; !drafts.method.empty()) {
    double busy_s = 0;
    for (const InstanceResult& instance : result.instances) busy_s += instance.busy_s;
    table.count("drafted tokens", drafts.drafted_tokens, "by " + drafts.method);
    table.share("  accepted", static_cast<double>(drafts.accepted_tokens), static_cast<double>(drafts.drafted_tokens));
    if (drafts.verifications > 0) table.row("  tokens of a step with drafts, mean", drafts.mean_accepted_length());
    table.share("  time of steps that drafting takes", drafts.draft_s, busy_s);
  }
  if (result.transfers.is_apart) {
    table.count("caches sent", result.transfers.count);
    table.quantity("  bytes", result.transfers.bytes, "B");
    table.quantity("  energy", result.transfers.energy_J, "J");
  }
  table.empty_row();
  table.quantity("energy", result.energy_J, "J");
  table.quantity("  drawn always (idle)", result.idle_J, "J");
  table.quantity("power, mean", run.machine.time_s > 0 ? result.energy_J / run.machine.time_s : 0, "W");
  if (result.peak_power_W) table.quantity("  peak", *result.peak_power_W, "W");
  if (result.completed > 0)
    table.quantity("per request, with idle", result.energy_J / static_cast<double>(result.completed), "J");
  if (result.output_tokens > 0)
    table.quantity("per output token, with idle", result.energy_J / static_cast<double>(result.output_tokens), "J");
  return table.str();
}

std::string instances(const ServingResult& result) {
  if (result.instances.size() < 2) return "";
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right});
  table.row({"instance", "requests", "steps", "busy, %", "peak of KV blocks, %"});
  for (const InstanceResult& instance : result.instances)
    table.row({instance.name, std::to_string(instance.requests), std::to_string(instance.steps),
               percent_text(instance.busy_s, result.makespan_s),
               percent_text(static_cast<double>(instance.peak_kv_blocks), static_cast<double>(instance.kv_blocks))});
  return "\n" + table.str();
}

}  // namespace

std::string serving_text(const ServingRun& run) {
  const ServingResult& result = run.serving;
  const SimulationResult& machine = run.machine;
  const std::size_t replicas = result.instances.size();
  std::string text = fmt::format(
      "{}\nserved: {}, {}{}, cost model {}\n{} requests by {} on {}", one_line(machine.scenario),
      one_line(machine.model), to_string(machine.dtype),
      machine.weight_dtype == machine.dtype ? "" : std::string(", weights ") + to_string(machine.weight_dtype),
      machine.cost_model, result.submitted, result.scheduler,
      replicas == 1 ? std::string("1 instance") : fmt::format("{} instances, {}", replicas, result.router));
  if (result.refused > 0) text += fmt::format("; {} refused, {} completed", result.refused, result.completed);
  text += "\n";
  text += run_notes(machine);
  if (result.is_saturated)
    text += "overloaded: more and more requests wait in the second half; latencies grow with the number of requests\n";
  text += "\n" + latencies(result) + "\n" + amounts(run) + instances(result);
  for (const std::string& table : {time_table(run), served_what_if_table(result)})
    if (!table.empty()) text += "\n" + table;
  return machine.cost ? text + "\n" + cost_text(*machine.cost) : text;
}

}  // namespace upmem_des
