#include "plan/tasks/published_movement.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

namespace {

/// The published tool ends a block only at layers that it has no special class for.
bool is_plain_layer(const LayerEvent& event) {
  static const Name norm("LlamaRMSNorm");
  static const Name activation("SiLUActivation");
  return event.kind == EventKind::Layer && event.type != norm && event.type != activation;
}

}  // namespace

PublishedMovement::PublishedMovement(const TaskRules& rules, TaskMaker& tasks)
    : rules_(rules), tasks_(tasks), routes_(rules.platform) {}

bool PublishedMovement::all_experts_seen() const {
  return std::all_of(seen_.begin(), seen_.end(),
                     [&](const auto& counter) { return counter.second == rules_.moe.experts_per_token; });
}

bool PublishedMovement::moves(const Turn& turn) {
  const MapTarget* const target = turn.placed.found.target;
  if (target == nullptr) return false;
  if (target->device() != current_.front() || target->transfer_point) return true;
  // The counter is touched only when neither of the first two reasons applied.
  return target->shared_input && seen_[turn.placed.found.key.index()]++ == 0;
}

Pieces PublishedMovement::send(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& after,
                               const char* purpose) {
  if (from == to || bytes <= 0) return after;
  const RouteIndex route = *routes_.find(from, to);
  return {tasks_.transfer(route, bytes, after, purpose, routes_.latency_s(route))};
}

Placement PublishedMovement::bring(const Turn& turn) {
  Placement placement;
  Pieces arrived;
  if (moves(turn)) {
    placement.sized_by.push_back(turn.part.seq);
    const double bytes = rules_.model.input_bytes(turn.part);
    const DeviceIndex target = turn.placed.found.target->device();
    arrived = send(host_device, target, bytes, send(current_.front(), host_device, bytes, {}, "input"), "input");
    current_.front() = target;
  }
  placement.spread.devices = current_;
  placement.split.parts.push_back({turn.part, std::nullopt, false});
  placement.arrived = {{std::move(arrived)}};
  placement.input_cuts = {1};
  return placement;
}

bool PublishedMovement::keep(const Turn& turn, const Placement& /*placement*/, Made made) {
  const LayerEvent& event = turn.part;
  const MoeOptions& moe = rules_.moe;
  if (moe.end.empty() || event.name != moe.end || !is_plain_layer(event) || !all_experts_seen()) return false;
  seen_.clear();
  const auto others = static_cast<double>(moe.experts_per_token - 1);
  const Shape& out = event.output_shape;
  const double elements = out.rank() >= 2 ? static_cast<double>(out[0]) * static_cast<double>(out[1]) : 0;
  const double bytes = rules_.bytes_per_element * others * elements;
  // HOST, too, sends them to the host.
  if (bytes <= 0) return false;
  const RouteIndex route = *rules_.platform.devices[current_.front()].to_host;
  tasks_.transfer(route, bytes, made.pieces.front(), "output", routes_.latency_s(route));
  return true;
}

void PublishedMovement::describe(const Outlook& /*frame*/, std::vector<std::int64_t>& state) {
  state.push_back(static_cast<std::int64_t>(current_.front()));
  for (const auto& [key, count] : seen_) state.insert(state.end(), {key, count});
}

void PublishedMovement::finish(const LastEvents& last) {
  send(current_.front(), host_device, last.layer_input_B, {}, "result");
}

}  // namespace upmem_des
