#include "scenario/serving_reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "scenario/cache_tier_reader.hpp"
#include "scenario/disaggregation_reader.hpp"
#include "scenario/ranges.hpp"
#include "scenario/read_values.hpp"
#include "scenario/speculative_reader.hpp"
#include "upmem_des/serving/router.hpp"
#include "upmem_des/serving/scheduler_registry.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_replicas = 1024;
constexpr double longest_s = 1e9;

std::vector<std::string> scheduler_names() {
  std::vector<std::string> names;
  for (const SchedulerKind& kind : scheduler_kinds()) names.push_back(kind.name);
  return names;
}

class ServingReader {
 public:
  ServingReader(const YamlNode& node, const std::string& file) : map_(node, true), file_(file) {
    serving_.where = serving_.scheduler_where = serving_.router.where = serving_.replicas_where = node.where;
    serving_.budget_where = node.where;
  }

  ServingSection read() {
    if (const YamlNode* name = map_.optional("scheduler")) {
      serving_.scheduler = yaml_choice(*name, scheduler_names());
      serving_.scheduler_where = name->where;
    }
    read_sizes();
    read_cache();
    if (const YamlNode* overhead = map_.optional("request_overhead_ms"))
      serving_.request_overhead_ms = yaml_number(*overhead, NumberRange::not_negative(largest_overhead_us));
    if (const YamlNode* replicas = map_.optional("replicas")) {
      serving_.replicas = yaml_integer(*replicas, 1, most_replicas);
      serving_.replicas_where = replicas->where;
    }
    if (const YamlNode* router = map_.optional("router")) read_router(*router);
    if (const YamlNode* apart = map_.optional("disaggregation")) {
      serving_.disaggregation = read_disaggregation(*apart);
      if (const YamlNode* replicas = map_.optional("replicas"))
        yaml_error(*replicas, "does not go with disaggregation; expected replicas of its pools");
    }
    if (const YamlNode* speculative = map_.optional("speculative")) read_drafts(*speculative);
    if (const YamlNode* tier = map_.optional("cache_tier")) {
      serving_.cache_tier = read_cache_tier(*tier);
      if (serving_.disaggregation)
        yaml_error(*tier, "does not go with disaggregation; expected instances that read and generate");
      if (!serving_.options.prefix_caching)
        yaml_error(*tier, "needs prefix_caching, whose second level it is; expected that, or no cache_tier");
    }
    if (const YamlNode* objectives = map_.optional("slo")) read_objectives(*objectives);
    map_.done();
    return serving_;
  }

 private:
  void read_sizes() {
    SchedulerOptions& options = serving_.options;
    for (const char* const key : {"max_num_seqs", "max_num_batched_tokens"})
      if (const YamlNode* given = map_.optional(key)) serving_.budget_where = given->where;
    serving_.max_num_batched_tokens = read_count(map_, "max_num_batched_tokens");
    serving_.max_num_seqs = read_count(map_, "max_num_seqs");
    if (const auto longest = read_count(map_, "max_model_len")) options.max_model_len = *longest;
    if (const YamlNode* threshold = map_.optional("long_prefill_threshold"))
      options.long_prefill_threshold = yaml_integer(*threshold, 0, largest_count);
    read_truth(map_, "chunked_prefill", options.chunked_prefill);
    read_truth(map_, "reserve_full_prompt", options.reserve_full_prompt);
    read_truth(map_, "reserve_max_len", options.reserve_max_len);
    read_truth(map_, "order_by_total", options.order_by_total);
    read_truth(map_, "async", options.async);
    if (const YamlNode* timeout = map_.optional("batch_timeout_s"))
      options.batch_timeout_s = yaml_number(*timeout, NumberRange::not_negative(longest_s));
  }

  void read_cache() {
    SchedulerOptions& options = serving_.options;
    if (const auto tokens = read_count(map_, "block_tokens")) options.block_tokens = *tokens;
    if (const YamlNode* blocks = map_.optional("kv_blocks"); blocks != nullptr && blocks->scalar != "auto")
      options.kv_blocks = yaml_integer(*blocks, 1, largest_count);
    const auto only_auto = [&](const YamlNode& node) {
      if (options.kv_blocks > 0) yaml_error(node, "does not go with a number of kv_blocks; expected kv_blocks: auto");
    };
    if (const YamlNode* share = map_.optional("memory_utilization")) {
      only_auto(*share);
      serving_.memory_utilization = yaml_number(*share, NumberRange::positive(1));
    }
    if (const YamlNode* reserve = map_.optional("reserve_GB")) {
      only_auto(*reserve);
      serving_.reserve_GB = yaml_number(*reserve, NumberRange::not_negative(1e6));
    }
    read_truth(map_, "prefix_caching", options.prefix_caching);
    if (const YamlNode* watermark = map_.optional("watermark")) {
      options.watermark = yaml_number(*watermark, {0, 1});
      if (options.watermark == 1) yaml_error(*watermark, "is 1; expected 0 up to, but not, 1");
    }
  }

  /// A policy's name, or a map with it.
  void read_router(const YamlNode& node) {
    RouterSection& router = serving_.router;
    router.where = node.where;
    if (node.kind != YamlNode::Kind::Map) {
      router.policy = yaml_choice(node, router_names());
      return;
    }
    YamlMap map(node);
    router.policy = yaml_choice(map.required("policy"), router_names());
    if (const YamlNode* weights = map.optional("weights")) {
      if (yaml_sequence(*weights).size() != 3)
        yaml_error(*weights, std::to_string(weights->items.size()) +
                                 " numbers; expected three: of the prompt in the cache, of less load, of free blocks");
      const auto weight = [&](std::size_t i) { return yaml_number(weights->items[i], NumberRange::not_negative(1e9)); };
      router.options.weights = {weight(0), weight(1), weight(2)};
    }
    if (const YamlNode* limit = map.optional("session_limit"))
      router.options.session_limit = yaml_integer(*limit, 0, largest_count);
    if (const YamlNode* delay = map.optional("signal_delay_s"))
      router.options.signal_delay_s = yaml_number(*delay, NumberRange::not_negative(longest_s));
    if (const YamlNode* seed = map.optional("seed"))
      router.options.seed = static_cast<std::uint64_t>(yaml_integer(*seed, 0, largest_count));
    map.done();
  }

  void read_drafts(const YamlNode& node) {
    serving_.speculative = read_speculative(node, file_);
    if (serving_.disaggregation)
      yaml_error(node, "does not go with disaggregation, whose caches have no drafts; expected one of them");
    if (const YamlNode* async = map_.optional("async"); async != nullptr && serving_.options.async)
      yaml_error(*async,
                 "true does not go with speculative: a step verifies what was drafted after the one before; "
                 "expected false, as it is without the key");
    const std::vector<std::string> able = draft_scheduler_names();
    if (std::find(able.begin(), able.end(), serving_.scheduler) == able.end())
      yaml_error(node, "scheduler '" + serving_.scheduler + "' verifies no drafts; expected one of " + listed(able));
    set_drafts(*serving_.speculative, serving_.options);
  }

  void read_objectives(const YamlNode& node) {
    YamlMap map(node);
    const auto read = [&](const char* key, std::optional<double>& value) {
      if (const YamlNode* given = map.optional(key)) value = yaml_number(*given, NumberRange::positive(longest_s));
    };
    read("ttft_s", serving_.objectives.ttft_s);
    read("tpot_s", serving_.objectives.tpot_s);
    read("e2e_s", serving_.objectives.e2e_s);
    map.done();
    if (!serving_.objectives.any()) yaml_error(node, "empty; expected any of ttft_s, tpot_s and e2e_s");
  }

  YamlMap map_;
  const std::string& file_;
  ServingSection serving_;
};

YamlNode router_value(const RouterSection& router) {
  YamlNode node = YamlNode::map();
  const PrefixWeights& weights = router.options.weights;
  node.add("policy", YamlNode::text(router.policy));
  YamlNode& list = node.add("weights", YamlNode::sequence());
  for (const double weight : {weights.prefix, weights.load, weights.free})
    list.items.push_back(YamlNode::number(weight));
  node.add("session_limit", YamlNode::integer(router.options.session_limit));
  node.add("signal_delay_s", YamlNode::number(router.options.signal_delay_s));
  node.add("seed", YamlNode::integer(static_cast<std::int64_t>(router.options.seed)));
  return node;
}

}  // namespace

ServingSection read_serving(const YamlNode& node, const std::string& file) {
  return ServingReader(node, file).read();
}

ServingSection default_serving(const YamlNode& node) {
  YamlNode nothing = YamlNode::map();
  nothing.where = node.where;
  return read_serving(nothing, node.where.file);
}

YamlNode serving_value(const ServingSection& serving) {
  const SchedulerOptions& options = serving.options;
  YamlNode node = YamlNode::map();
  node.add("scheduler", YamlNode::text(serving.scheduler));
  if (serving.max_num_batched_tokens)
    node.add("max_num_batched_tokens", YamlNode::integer(*serving.max_num_batched_tokens));
  if (serving.max_num_seqs) node.add("max_num_seqs", YamlNode::integer(*serving.max_num_seqs));
  if (options.max_model_len > 0) node.add("max_model_len", YamlNode::integer(options.max_model_len));
  node.add("long_prefill_threshold", YamlNode::integer(options.long_prefill_threshold));
  node.add("chunked_prefill", YamlNode::truth(options.chunked_prefill));
  node.add("reserve_full_prompt", YamlNode::truth(options.reserve_full_prompt));
  node.add("reserve_max_len", YamlNode::truth(options.reserve_max_len));
  node.add("order_by_total", YamlNode::truth(options.order_by_total));
  node.add("async", YamlNode::truth(options.async));
  node.add("batch_timeout_s", YamlNode::number(options.batch_timeout_s));
  node.add("block_tokens", YamlNode::integer(options.block_tokens));
  if (options.kv_blocks > 0) {
    node.add("kv_blocks", YamlNode::integer(options.kv_blocks));
  } else {
    node.add("kv_blocks", YamlNode::text("auto"));
    node.add("memory_utilization", YamlNode::number(serving.memory_utilization));
    node.add("reserve_GB", YamlNode::number(serving.reserve_GB));
  }
  node.add("prefix_caching", YamlNode::truth(options.prefix_caching));
  node.add("watermark", YamlNode::number(options.watermark));
  node.add("request_overhead_ms", YamlNode::number(serving.request_overhead_ms));
  if (!serving.disaggregation) node.add("replicas", YamlNode::integer(serving.replicas));
  node.add("router", router_value(serving.router));
  if (serving.disaggregation) node.add("disaggregation", disaggregation_value(*serving.disaggregation));
  if (serving.speculative) node.add("speculative", speculative_value(*serving.speculative));
  if (serving.cache_tier) node.add("cache_tier", cache_tier_value(*serving.cache_tier));
  if (serving.objectives.any()) {
    YamlNode& slo = node.add("slo", YamlNode::map());
    const auto add = [&](const char* key, const std::optional<double>& value) {
      if (value) slo.add(key, YamlNode::number(*value));
    };
    add("ttft_s", serving.objectives.ttft_s);
    add("tpot_s", serving.objectives.tpot_s);
    add("e2e_s", serving.objectives.e2e_s);
  }
  return node;
}

}  // namespace upmem_des
