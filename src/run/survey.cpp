#include "run/survey.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// The names by which events can be mapped, and those of layers alone.
class Names {
 public:
  void see(const LayerEvent& event) {
    if (event.kind == EventKind::Layer) layers_.insert(event.name.str());
    if (!event.map_key.empty()) {
      keys_.insert(event.map_key.str());
    } else {
      keys_.insert(event.name.str());
      keys_.insert(event.type.str());
    }
  }

  const std::set<std::string>& keys() const { return keys_; }
  const std::set<std::string>& layers() const { return layers_; }

 private:
  std::set<std::string> keys_;
  std::set<std::string> layers_;
};

/// Sees an event's names only when the last one seen differs: streams repeat a few names.
class SeenNames {
 public:
  explicit SeenNames(Names& names) : names_(names) {}

  void see(const LayerEvent& event) {
    const std::size_t index = event.name.index();
    if (index < seen_.size() && seen_[index] == signature(event)) return;
    if (index >= seen_.size()) seen_.resize(index + 1, 0);
    seen_[index] = signature(event);
    names_.see(event);
  }

 private:
  static std::uint64_t signature(const LayerEvent& event) {
    return 1 + ((std::uint64_t{event.type.index()} << 33U) | (std::uint64_t{event.map_key.index()} << 1U) |
                (event.kind == EventKind::Layer ? 1U : 0U));
  }

  Names& names_;
  std::vector<std::uint64_t> seen_;  // by Name::index() of the event's name
};

std::string suggestion(const std::string& word, const std::set<std::string>& known) {
  return did_you_mean(word, std::vector<std::string>(known.begin(), known.end()));
}

/// `passes`: forward passes that ended.
void warn_of_absent_names(const Scenario& scenario, const Names& names, std::int64_t passes, const Warn& warn) {
  for (const MappingEntry& entry : scenario.mapping)
    if (names.keys().count(entry.layer) == 0)
      warn(InputError(entry.where, entry.key(),
                      "no event has this name or type, so this line sends nothing to " + entry.device +
                          suggestion(entry.layer, names.keys()))
               .what());
  const Workload& workload = scenario.workload;
  if (passes == 0)
    warn(InputError(workload.last_layer_where, "workload.last_layer",
                    (workload.last_layer.empty() ? "no layer is called just once in a forward pass"
                                                 : "no layer is named '" + workload.last_layer + "'") +
                        ", so the whole run counts as prefill and no token as generated" +
                        suggestion(workload.last_layer, names.layers()))
             .what());
  if (scenario.moe && names.layers().count(scenario.moe->end) == 0)
    warn(InputError(scenario.moe->where, "moe.end",
                    "no layer is named '" + scenario.moe->end + "', so no block of experts ever ends" +
                        suggestion(scenario.moe->end, names.layers()))
             .what());
}

/// Keys are recorded with the heads of the query. Where the cache holds fewer, k_proj is narrower than they are.
class CacheHeads {
 public:
  void see(const LayerEvent& event) {
    static const Name key_projection("k_proj");
    static const Name attention("scaled_dot_product_attention");
    if (event.name == key_projection) {
      width_ = event.output_shape.from_end(0);
    } else if (event.type == attention && width_ > 0 && event.input_shape.rank() >= 3) {
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

 private:
  std::int64_t width_ = 0;
  std::int64_t heads_ = 0;
  std::int64_t cache_heads_ = 0;
};

}  // namespace

SurveyResult survey(const Scenario& scenario, const WorkloadSource& workload, const PlanRules& rules,
                    const CostOptions& cost_options, const Warn& warn) {
  const std::unique_ptr<EventSource> source = workload.open_survey();
  Planner planner(*source, rules);
  Names names;
  SeenNames seen(names);
  CacheHeads cache_heads;
  PlannedEvent planned;
  while (planner.next(planned))
    if (planned.event != nullptr) {
      seen.see(*planned.event);
      cache_heads.see(*planned.event);
    }
  warn_of_absent_names(scenario, names, planner.forward_passes(), warn);
  cache_heads.warn_if_unknown(scenario, rules.model, cost_options, warn);
  return {planner.events()};
}

}  // namespace upmem_des
