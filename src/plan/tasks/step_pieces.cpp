#include "plan/tasks/step_pieces.hpp"

#include "plan/tasks/part_split.hpp"

namespace upmem_des {

LayerEvent microbatch_of(const StepCalls& step, std::size_t site, LayerEvent event, std::int64_t microbatch,
                         std::int64_t microbatches) {
  if (microbatches == 1) return event;
  if (step.parts.empty()) return microbatch_of(event, microbatch, microbatches);
  const LayerEvent& call = step.parts[static_cast<std::size_t>(microbatch)][step.sequence->sites[site].call];
  event.input_shape = call.input_shape;
  event.output_shape = call.output_shape;
  event.slices = call.slices;
  return event;
}

std::vector<LayerEvent> groups_of(const StepCalls& step, std::size_t site, std::int64_t microbatches) {
  return microbatches > 1 ? std::vector<LayerEvent>() : step.part_events(site);
}

bool shares_parts(const std::vector<LayerEvent>& groups, const Spread& spread) {
  return spread.shares_rows() && spread.context == 1 && groups.size() == spread.groups();
}

std::vector<double> shares_of_groups(const std::vector<LayerEvent>& groups) {
  double all = 0;
  std::vector<double> shares;
  for (const LayerEvent& group : groups) all += shares.emplace_back(group.output_shape.elements());
  for (double& share : shares) share = all > 0 ? share / all : 0;
  return shares;
}

Spread group_of(const Spread& spread, std::size_t group) {
  if (spread.is_grid()) return spread.group(group);
  Spread one;
  one.devices = {spread.devices[group]};
  return one;
}

}  // namespace upmem_des
