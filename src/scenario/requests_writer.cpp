#include "scenario/requests_writer.hpp"

#include <cmath>
#include <filesystem>
#include <utility>

namespace upmem_des {

namespace {

YamlNode path_value(const std::string& path) {
  return YamlNode::text(std::filesystem::absolute(path).lexically_normal().string());
}

/// Counts as counts, so that readers of whole numbers take them.
YamlNode number_value(double value) {
  constexpr double largest = 1e9;
  if (value == std::floor(value) && std::abs(value) <= largest)
    return YamlNode::integer(static_cast<std::int64_t>(value));
  return YamlNode::number(value);
}

void add_numbers(YamlNode& node, const NamedNumbers& numbers) {
  for (const auto& [key, value] : numbers.values()) node.add(key, number_value(value));
}

YamlNode arrivals_node(const ArrivalsSection& arrivals) {
  YamlNode node = YamlNode::map();
  node.add("process", YamlNode::text(arrivals.process));
  add_numbers(node, arrivals.numbers);
  if (arrivals.stages.empty()) return node;
  YamlNode stages = YamlNode::sequence();
  for (const ArrivalStage& stage : arrivals.stages) {
    YamlNode each = YamlNode::map();
    each.add("rate", YamlNode::number(stage.rate_per_s));
    each.add("duration_s", YamlNode::number(stage.duration_s));
    stages.items.push_back(std::move(each));
  }
  node.add("stages", std::move(stages));
  return node;
}

YamlNode lengths_node(const LengthsSection& lengths) {
  if (lengths.form == "fixed") return number_value(lengths.numbers.at("tokens"));
  YamlNode node = YamlNode::map();
  YamlNode& form = node.add(lengths.form, YamlNode::map());
  add_numbers(form, lengths.numbers);
  if (!lengths.file.empty()) {
    form.add("file", path_value(lengths.file));
    form.add("column", YamlNode::text(lengths.column));
  }
  return node;
}

YamlNode file_node(const RequestFileSection& file) {
  using Use = RequestFileSection::Use;
  YamlNode node = YamlNode::map();
  node.add("file", path_value(file.path));
  node.add("use", YamlNode::text(file.use == Use::all ? "all" : file.use == Use::lengths ? "lengths" : "times"));
  node.add("scale", YamlNode::number(file.scale));
  node.add("offset", YamlNode::integer(file.offset));
  if (file.limit) node.add("limit", YamlNode::integer(*file.limit));
  if (file.block_tokens) node.add("block_tokens", YamlNode::integer(*file.block_tokens));
  return node;
}

}  // namespace

YamlNode requests_node(const RequestsSection& requests) {
  YamlNode node = YamlNode::map();
  if (requests.file) node.add("trace", file_node(*requests.file));
  if (requests.arrivals) node.add("arrivals", arrivals_node(*requests.arrivals));
  if (requests.count) node.add("count", YamlNode::integer(*requests.count));
  if (requests.duration_s) node.add("duration_s", YamlNode::number(*requests.duration_s));
  if (requests.prompt_tokens) node.add("prompt_tokens", lengths_node(*requests.prompt_tokens));
  if (requests.output_tokens) node.add("output_tokens", lengths_node(*requests.output_tokens));
  if (requests.prefix) {
    YamlNode& prefix = node.add("prefix", YamlNode::map());
    prefix.add("groups", YamlNode::integer(requests.prefix->groups));
    prefix.add("tokens", YamlNode::integer(requests.prefix->tokens));
    const bool is_random = requests.prefix->choice == PrefixSection::Choice::random;
    prefix.add("choice", YamlNode::text(is_random ? "random" : "round_robin"));
  }
  node.add("seed", YamlNode::integer(static_cast<std::int64_t>(requests.seed)));
  return node;
}

}  // namespace upmem_des
