#include "run/survey.hpp"

#include <set>
#include <string>
#include <vector>

#include "run/mapping_use.hpp"
#include "trace/event_steps.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

std::string suggestion(const std::string& word, const std::set<std::string>& known) {
  return did_you_mean(word, std::vector<std::string>(known.begin(), known.end()));
}

/// `passes`: forward passes that ended.
void warn_of_absent_ends(const Scenario& scenario, const std::string& last_layer, const std::set<std::string>& layers,
                         std::int64_t passes, const Warn& warn) {
  const Workload& workload = scenario.workload;
  if (passes == 0)
    warn(InputError(workload.last_layer_where, "workload.last_layer",
                    (last_layer.empty() ? "no layer is called just once in a forward pass"
                                        : "no layer is named '" + last_layer + "'") +
                        ", so the whole run counts as prefill and no token as generated" +
                        suggestion(last_layer, layers))
             .what());
  if (scenario.moe && layers.count(scenario.moe->end) == 0)
    warn(InputError(scenario.moe->where, "moe.end",
                    "no layer is named '" + scenario.moe->end + "', so no block of experts ever ends" +
                        suggestion(scenario.moe->end, layers))
             .what());
}

/// Keys are recorded with the heads of the query. Where the cache holds fewer, k_proj is narrower than they are.
class CacheHeads {
 public:
  void see(const LayerEvent& event) {
    const Operation& operation = operation_of(event);
    const auto* product = as<operation::Product>(operation);
    const auto* attention = as<operation::Attention>(operation);
    // Who says what the cache holds says its heads.
    if (attention != nullptr && attention->part == operation::Attention::Part::Fused && attention->cache_heads == 0 &&
        event.input_shape.from_end(0) != event.output_shape.from_end(0)) {
      key_width_ = event.input_shape.from_end(0);
      value_width_ = event.output_shape.from_end(0);
      latent_width_ = attention->latent_width;
    }
    if (product != nullptr && product->columns == operation::Product::Columns::CacheHeads) {
      width_ = event.output_shape.from_end(0);
    } else if (attention != nullptr && attention->part == operation::Attention::Part::Fused && width_ > 0 &&
               attention->cache_heads == 0 && attention->latent_width == 0 && event.input_shape.rank() >= 3) {
      const std::int64_t heads = event.input_shape.from_end(2);
      const std::int64_t head_width = event.input_shape.from_end(0);
      if (head_width > 0 && heads * head_width > width_ && width_ % head_width == 0) {
        heads_ = heads;
        cache_heads_ = width_ / head_width;
      }
    }
  }

  void warn_if_unknown(const Scenario& scenario, const CostModel& model, const CostOptions& options,
                       const Warn& warn) const {
    if (cache_heads_ == 0 || options.num_key_value_heads || !model.uses_trace_attention_shape()) return;
    warn(InputError(scenario.workload.source_where, "simulation.num_key_value_heads",
                    "not given, so the KV cache counts " + std::to_string(heads_) + " heads where k_proj writes " +
                        std::to_string(cache_heads_) +
                        "; expected num_key_value_heads: " + std::to_string(cache_heads_))
             .what());
  }

  void warn_of_latent(const Scenario& scenario, const CostModel& model, const Warn& warn) const {
    if (key_width_ == 0 || !model.uses_trace_attention_shape()) return;
    const std::string taken = latent_width_ > 0 ? "multi-head latent attention with " + std::to_string(latent_width_) +
                                                      " numbers a row in its cache, as DeepSeek's"
                                                : "attention that keeps both for every head";
    warn(
        InputError(
            scenario.workload.source_where, "workload.trace",
            "keys of " + std::to_string(key_width_) + " numbers and values of " + std::to_string(value_width_) +
                " are taken for " + taken +
                "; expected \"op\": \"attention latent=WIDTH cache_heads=1\" in the events of a model that has another")
            .what());
  }

 private:
  std::int64_t width_ = 0;
  std::int64_t key_width_ = 0, value_width_ = 0, latent_width_ = 0;  ///< of the last call where both differ
  std::int64_t heads_ = 0;
  std::int64_t cache_heads_ = 0;
};

/// Shows every event that passes to those that want to know what there is.
class WatchedSource : public EventSource {
 public:
  WatchedSource(EventSource& source, const CostModel& model, const SourceLocation& where)
      : source_(source), model_(model), where_(where) {}

  const TraceHeader& header() const override { return source_.header(); }
  bool next(LayerEvent& event) override {
    if (!source_.next(event)) return false;
    ++events;
    use.see(event);
    if (use.kinds() > most_kinds)
      throw InputError(where_, "events of more than " + std::to_string(most_kinds) +
                                   " kinds, each with a type and a name of its own; expected those of one network");
    cache_heads.see(event);
    if (is_unknown(event)) {
      ++unknown_events;
      unknown_types.insert(event.type.str());
    }
    return true;
  }

  MappingUse use;
  CacheHeads cache_heads;
  std::int64_t events = 0;
  std::int64_t unknown_events = 0;
  std::set<std::string> unknown_types;

 private:
  /// A result has an entry for each kind and phase, and must not be too large to be read again.
  static constexpr std::size_t most_kinds = 50'000;

  /// What says itself what it computes has a rule; else the type decides, and is asked for once.
  bool is_unknown(const LayerEvent& event) {
    if (event.operation != nullptr)
      return std::holds_alternative<operation::Opaque>(*event.operation) && !model_.has_rule(event);
    const std::size_t index = event.type.index();
    if (index >= rules_.size()) rules_.resize(index + 1, Rule::NotAsked);
    if (rules_[index] == Rule::NotAsked) rules_[index] = model_.has_rule(event) ? Rule::Known : Rule::Unknown;
    return rules_[index] == Rule::Unknown;
  }

  enum class Rule : std::uint8_t { NotAsked, Known, Unknown };

  EventSource& source_;
  const CostModel& model_;
  std::vector<Rule> rules_;  ///< by Name::index() of the type
  const SourceLocation& where_;
};

/// Plans the whole stream; gives the forward passes.
std::int64_t plan_tasks(EventSource& source, const TaskRules& rules, MemoryAccount& account) {
  EventSteps steps(source);
  TaskRules reusing = rules;
  reusing.reuses_plans = true;
  TaskPlanner planner(steps, reusing, &account);
  PlannedStep planned;
  Progress progress;
  while (next_at_once(planner, progress, planned)) {
  }
  return planner.forward_passes();
}

}  // namespace

SurveyResult survey(const Scenario& scenario, const WorkloadSource& workload, const TaskRules& rules,
                    const CostOptions& cost_options, const MemoryAccount::Options& memory, const Warn& warn) {
  const std::unique_ptr<EventSource> source = workload.open_survey();
  const CostModel& model = rules.model;
  WatchedSource watched(*source, model, scenario.workload.source_where);
  MemoryAccount account(rules.platform.devices.size(), memory);
  const std::int64_t passes = plan_tasks(watched, rules, account);
  watched.use.warn_of_unused(scenario, workload.other_names(), warn);
  const Name told = workload.last_layer();
  warn_of_absent_ends(scenario, told.empty() ? scenario.workload.last_layer : told.str(), watched.use.layer_names(),
                      passes, warn);
  watched.cache_heads.warn_if_unknown(scenario, model, cost_options, warn);
  watched.cache_heads.warn_of_latent(scenario, model, warn);
  return {watched.events, account.held(), watched.unknown_events,
          std::vector<std::string>(watched.unknown_types.begin(), watched.unknown_types.end())};
}

}  // namespace upmem_des
