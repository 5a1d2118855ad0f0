#include "plan/tasks/context_attention.hpp"

#include <algorithm>
#include <numeric>

#include "plan/tasks/context_split.hpp"

namespace upmem_des {

/// Of the sequences and heads that a part has.
ContextTraffic ContextAttention::traffic_of(const Part& part) const {
  return context_traffic(part.event, {heads_.query, part.kv_heads ? part.kv_heads : heads_.key_value});
}

bool ContextAttention::is(const Turn& turn, const Placement& placement) {
  return placement.spread.context > 1 && is_attention(turn.part);
}

Value ContextAttention::shared(const Placement& placement, const Column& column, double numbers) const {
  const std::size_t size = placement.spread.devices.size() / placement.spread.groups();
  const PartSplit& split = placement.split;
  Value value;
  value.layout = Layout::Rows;
  value.bytes = numbers * bytes_per_element_;
  for (const std::size_t i : column) {
    value.devices.push_back(placement.spread.devices[i]);
    value.shares.push_back(split.rows.empty() ? split.shares[i] : split.rows[i / size]);
  }
  const double all = std::accumulate(value.shares.begin(), value.shares.end(), 0.0);
  if (all <= 0)
    value.bytes = 0;
  else
    for (double& share : value.shares) share /= all;
  return value;
}

void ContextAttention::gather(Placement& placement) {
  for (const Column& column : placement.spread.context_columns()) {
    const Part& part = placement.split.parts[column.front()];
    const ContextTraffic traffic = traffic_of(part);
    Value value = shared(placement, column, part.context.has_keys ? traffic.keys : traffic.queries);
    if (value.bytes <= 0) continue;
    for (const std::size_t i : column) value.made.push_back(tasks_.together(placement.arrived[i]));
    const std::vector<Pieces> gathered = collectives_.run(Collective::AllGather, value);
    for (std::size_t j = 0; j < column.size(); ++j) placement.arrived[column[j]] = {gathered[j]};
  }
}

void ContextAttention::add_up(const Placement& placement, Made& made) {
  for (const Column& column : placement.spread.context_columns()) {
    const Part& part = placement.split.parts[column.front()];
    if (part.context.has_keys) continue;
    Value value = shared(placement, column, traffic_of(part).outputs);
    if (value.bytes <= 0) continue;
    value.layout = Layout::Partial;
    for (const std::size_t i : column) value.made.push_back(made.pieces[i]);
    const std::vector<Pieces> sums = collectives_.reduce_scatter(value, value.shares);
    for (std::size_t j = 0; j < column.size(); ++j) {
      made.pieces[column[j]] = sums[j];
      made.cuts[column[j]] = std::max<std::size_t>(1, sums[j].size());
    }
  }
}

}  // namespace upmem_des
