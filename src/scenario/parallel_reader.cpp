#include "scenario/parallel_reader.hpp"

#include <algorithm>

#include "scenario/ranges.hpp"
#include "scenario/shares_reader.hpp"

namespace upmem_des {

namespace {

const std::vector<std::string>& laid_axes() {
  static const std::vector<std::string> axes{"tp", "cp", "dp", "pp"};
  return axes;
}

std::vector<std::string> read_order(const YamlNode& node) {
  std::vector<std::string> order;
  for (const YamlNode& item : yaml_sequence(node)) {
    order.push_back(yaml_choice(item, laid_axes()));
    if (std::count(order.begin(), order.end(), order.back()) > 1)
      yaml_error(item, order.back() + " a second time; expected each axis once");
  }
  return order;
}

/// Axes of one device may be left out: they are anywhere.
void complete_order(const YamlNode& node, ParallelSection& parallel) {
  for (const std::string& axis : laid_axes()) {
    if (std::count(parallel.order.begin(), parallel.order.end(), axis) == 1) continue;
    const std::int64_t size = parallel.size_of(axis);
    if (size > 1) yaml_error(node, axis + ": " + std::to_string(size) + " is missing; expected every axis above 1");
    parallel.order.push_back(axis);
  }
}

/// Names of layers may have places of their own beside the axes; what these lay out may not be said twice.
void check_mapping(const MappingSection& section) {
  const auto refuse = [](const MappingEntry& entry) {
    throw InputError(entry.where, entry.key(),
                     "beside parallel, which lays this out; expected names and types of layers only, or no parallel");
  };
  if (section.default_device) refuse(*section.default_device);
  if (section.experts) refuse(*section.experts);
  if (!section.layers.empty()) refuse(section.layers.front().entry);
}

}  // namespace

ParallelSection read_parallel(const YamlNode& node, const Scenario& scenario) {
  ParallelSection parallel;
  YamlMap map(node);
  parallel.where = node.where;
  const auto axis = [&](const char* name, std::int64_t& size) {
    if (const YamlNode* value = map.optional(name)) size = yaml_integer(*value, 1, most_devices);
  };
  axis("tp", parallel.tensor);
  axis("pp", parallel.pipeline);
  axis("dp", parallel.data);
  axis("ep", parallel.experts);
  axis("cp", parallel.context);
  if (const YamlNode* sequence = map.optional("sequence_parallel")) {
    parallel.sequence_parallel = yaml_truth(*sequence);
    if (parallel.sequence_parallel && parallel.tensor == 1)
      yaml_error(*sequence, "true with tp: 1; expected tp above 1, whose devices share the tokens, or false");
  }
  const YamlNode* const order = map.optional("order");
  parallel.order = order != nullptr ? read_order(*order) : laid_axes();
  if (order != nullptr) complete_order(*order, parallel);
  if (const YamlNode* devices = map.optional("devices")) {
    parallel.devices = yaml_text(*devices);
    if (parallel.devices.find(',') != std::string::npos)
      yaml_error(*devices, "'" + parallel.devices + "' has a comma; expected devices joined by '+'");
  }
  if (const YamlNode* shares = map.optional("shares")) {
    parallel.shares = read_shares(*shares);
    const std::size_t said = parallel.shares.weights.size();
    if (said > 0 && said != static_cast<std::size_t>(parallel.tensor))
      yaml_error(*shares, std::to_string(said) + " shares for tp: " + std::to_string(parallel.tensor) + "; expected " +
                              std::to_string(parallel.tensor));
  }
  map.done();
  const std::int64_t in_stage = parallel.tensor * parallel.context * parallel.data;
  if (in_stage % parallel.experts != 0)
    yaml_error(*map.optional("ep"), std::to_string(parallel.experts) +
                                        " does not divide the tp · cp · dp = " + std::to_string(in_stage) +
                                        " devices of a stage; expected a divisor of " + std::to_string(in_stage));
  if (scenario.simulation.cost_model == "reference")
    throw InputError(node.where, "parallel",
                     "does not go with cost model reference; expected mapping, or cost_model: roofline");
  if (scenario.platform.empty())
    throw InputError(node.where, "parallel",
                     "without a platform; expected one under platform:, whose devices it lays out");
  check_mapping(scenario.mapping);
  for (const MappingSection& section : scenario.phase_mapping) check_mapping(section);
  return parallel;
}

YamlNode parallel_value(const ParallelSection& parallel) {
  YamlNode node = YamlNode::map();
  node.add("tp", YamlNode::integer(parallel.tensor));
  node.add("pp", YamlNode::integer(parallel.pipeline));
  node.add("dp", YamlNode::integer(parallel.data));
  node.add("ep", YamlNode::integer(parallel.experts));
  node.add("cp", YamlNode::integer(parallel.context));
  if (parallel.sequence_parallel) node.add("sequence_parallel", YamlNode::truth(true));
  YamlNode order = YamlNode::sequence();
  for (const std::string& axis : parallel.order) order.items.push_back(YamlNode::text(axis));
  node.add("order", std::move(order));
  if (!parallel.devices.empty()) node.add("devices", YamlNode::text(parallel.devices));
  if (!parallel.shares.are_equal()) node.add("shares", shares_value(parallel.shares));
  return node;
}

}  // namespace upmem_des
