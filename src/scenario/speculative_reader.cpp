#include "scenario/speculative_reader.hpp"

#include <initializer_list>
#include <utility>

#include "scenario/mapping_entry.hpp"
#include "scenario/ranges.hpp"
#include "scenario/workload_reader.hpp"

namespace upmem_des {

namespace {

using Method = SpeculativeSection::Method;
constexpr auto methods = {Method::DraftModel, Method::Ngram, Method::Heads};
constexpr std::int64_t most_layers = 10'000;

Method read_method(const YamlNode& node) {
  std::vector<std::string> names;
  for (const Method method : methods) names.emplace_back(to_string(method));
  const std::string name = yaml_choice(node, names);
  for (const Method method : methods)
    if (name == to_string(method)) return method;
  return Method::Ngram;
}

std::vector<double> read_acceptance(const YamlNode& node, std::int64_t tokens) {
  if (node.kind != YamlNode::Kind::Sequence) return {yaml_number(node, {0, 1})};
  if (static_cast<std::int64_t>(node.items.size()) != tokens)
    yaml_error(node, std::to_string(node.items.size()) + " probabilities for " + std::to_string(tokens) +
                         " tokens; expected one for all, or one for each");
  std::vector<double> acceptance;
  for (const YamlNode& item : node.items) acceptance.push_back(yaml_number(item, {0, 1}));
  return acceptance;
}

}  // namespace

const char* to_string(Method method) {
  switch (method) {
    case Method::DraftModel:
      return "draft_model";
    case Method::Ngram:
      return "ngram";
    case Method::Heads:
      return "heads";
  }
  return "";
}

SpeculativeSection read_speculative(const YamlNode& node, const std::string& file) {
  SpeculativeSection section;
  section.where = section.model_where = section.layers_where = section.mapping_where = node.where;
  YamlMap map(node);
  section.method = read_method(map.required("method"));
  section.tokens = yaml_integer(map.required("tokens"), 1, most_draft_tokens);
  section.acceptance = read_acceptance(map.required("acceptance"), section.tokens);
  const auto only_with = [&](const char* key, Method method, SourceLocation& where) -> const YamlNode* {
    const YamlNode* given = map.optional(key);
    if (given == nullptr) return nullptr;
    if (section.method != method)
      yaml_error(*given, std::string("does not go with method ") + to_string(section.method) + "; expected it with " +
                             to_string(method) + " only");
    where = given->where;
    return given;
  };
  if (const YamlNode* model = only_with("model", Method::DraftModel, section.model_where))
    section.model = resolve_path(*model, file, FileKind::model);
  else if (section.method == Method::DraftModel)
    map.required("model");
  if (const YamlNode* layers = only_with("layers", Method::Heads, section.layers_where))
    section.layers = yaml_integer(*layers, 1, most_layers);
  if (const YamlNode* mapping = only_with("mapping", Method::DraftModel, section.mapping_where)) {
    section.mapping = read_mapping_entry("serving.speculative.", "default", *mapping);
    check_default_device(*section.mapping);
  }
  if (const YamlNode* overhead = map.optional("draft_us"))
    section.draft_us = yaml_number(*overhead, NumberRange::not_negative(largest_overhead_us));
  if (const YamlNode* seed = map.optional("seed"))
    section.seed = static_cast<std::uint64_t>(yaml_integer(*seed, 0, largest_count));
  map.done();
  return section;
}

YamlNode speculative_value(const SpeculativeSection& section) {
  YamlNode node = YamlNode::map();
  node.add("method", YamlNode::text(to_string(section.method)));
  node.add("tokens", YamlNode::integer(section.tokens));
  if (section.acceptance.size() == 1) {
    node.add("acceptance", YamlNode::number(section.acceptance.front()));
  } else {
    YamlNode& list = node.add("acceptance", YamlNode::sequence());
    for (const double probability : section.acceptance) list.items.push_back(YamlNode::number(probability));
  }
  if (section.method == Method::DraftModel) node.add("model", YamlNode::text(section.model));
  if (section.method == Method::Heads) node.add("layers", YamlNode::integer(section.layers));
  if (section.mapping) node.add("mapping", mapping_value(*section.mapping));
  node.add("draft_us", YamlNode::number(section.draft_us));
  node.add("seed", YamlNode::integer(static_cast<std::int64_t>(section.seed)));
  return node;
}

void set_drafts(const SpeculativeSection& section, SchedulerOptions& options) {
  options.async = false;
  options.draft_tokens = section.tokens;
  options.acceptance = section.acceptances();
  options.acceptance_seed = section.seed;
  options.lookahead_tokens = section.method == Method::Ngram ? 0 : section.tokens;
  options.recomputes_last_hit = section.method == Method::Heads;
}

}  // namespace upmem_des
