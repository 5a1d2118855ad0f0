#include "scenario/shares_reader.hpp"

#include <numeric>

#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// Sums of as many as there may be are finite, and the smallest of them counts.
constexpr double largest_share = 1e9;

}  // namespace

Shares read_shares(const YamlNode& node) {
  Shares shares;
  shares.where = node.where;
  if (node.kind == YamlNode::Kind::Scalar && node.scalar == "by_rate") {
    shares.by_rate = true;
    return shares;
  }
  if (node.kind != YamlNode::Kind::Sequence || node.items.empty())
    yaml_error(node, "no shares; expected a number for each device such as [3, 1], or by_rate" +
                         did_you_mean(node.scalar, {"by_rate"}));
  for (const YamlNode& item : node.items) shares.weights.push_back(yaml_number(item, {0, largest_share}));
  if (std::accumulate(shares.weights.begin(), shares.weights.end(), 0.0) <= 0)
    yaml_error(node, "a sum of 0; expected a share above 0 for one device at least");
  return shares;
}

YamlNode shares_value(const Shares& shares) {
  if (shares.by_rate) return YamlNode::text("by_rate");
  YamlNode list = YamlNode::sequence();
  for (const double weight : shares.weights) list.items.push_back(YamlNode::number(weight));
  return list;
}

}  // namespace upmem_des
