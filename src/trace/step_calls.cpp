#include "trace/step_calls.hpp"

#include <algorithm>

namespace upmem_des {

bool operator==(const CallSequence& a, const CallSequence& b) {
  const auto same = [](const CallSequence::Site& one, const CallSequence::Site& other) {
    return one.call == other.call && one.path == other.path && one.id == other.id &&
           one.first_back == other.first_back && one.backs == other.backs &&
           one.waits_for_nothing == other.waits_for_nothing && one.experts == other.experts;
  };
  return std::equal(a.sites.begin(), a.sites.end(), b.sites.begin(), b.sites.end(), same) && a.back == b.back;
}

void CallSequence::add(const LayerEvent& event, std::uint32_t call) {
  Site& site = sites.emplace_back();
  site.call = call;
  site.path = event.path;
  site.id = event.id.value_or(-1);
  site.first_back = static_cast<std::uint32_t>(back.size());
  site.backs = static_cast<std::uint32_t>(event.deps.size());
  site.waits_for_nothing = event.waits_for_nothing;
  for (const std::int64_t dep : event.deps) back.push_back(event.seq - dep);
  site.experts = event.experts;
}

LayerEvent call_of(const LayerEvent& event) {
  LayerEvent call = event;
  call.id.reset();
  call.path = Name();
  call.deps.clear();
  call.waits_for_nothing = false;
  call.experts.clear();
  call.start_ns.reset();
  call.duration_ns.reset();
  return call;
}

namespace {

/// The event of a site of a step as these calls have it, without events that it waits for.
LayerEvent event_at(const StepCalls& step, const std::vector<LayerEvent>& calls, std::size_t index) {
  const CallSequence::Site& site = step.sequence->sites[index];
  LayerEvent event = calls[site.call];
  event.seq = step.first_seq + static_cast<std::int64_t>(index);
  event.step = step.step;
  event.path = site.path;
  if (site.id >= 0) event.id = site.id;
  event.waits_for_nothing = site.waits_for_nothing;
  event.experts = site.experts;
  return event;
}

}  // namespace

LayerEvent StepCalls::event(std::size_t index) const {
  const CallSequence::Site& site = sequence->sites[index];
  LayerEvent event = event_at(*this, calls, index);
  event.deps.reserve(site.backs);
  for (std::uint32_t i = 0; i < site.backs; ++i) event.deps.push_back(event.seq - sequence->back[site.first_back + i]);
  return event;
}

std::vector<LayerEvent> StepCalls::part_events(std::size_t index) const {
  std::vector<LayerEvent> events;
  events.reserve(parts.size());
  for (const std::vector<LayerEvent>& of_part : parts) events.push_back(event_at(*this, of_part, index));
  return events;
}

bool same_but_for_sizes(const LayerEvent& a, const LayerEvent& b) {
  return a.kind == b.kind && a.type == b.type && a.name == b.name && a.map_key == b.map_key && a.phase == b.phase &&
         a.stride == b.stride && a.padding == b.padding && a.causal == b.causal && a.operation == b.operation &&
         a.ends_pass == b.ends_pass;
}

bool same_sizes(const LayerEvent& a, const LayerEvent& b) {
  return a.input_shape == b.input_shape && a.output_shape == b.output_shape && a.weight_shape == b.weight_shape &&
         a.kv_length == b.kv_length && same_slices(a, b);
}

bool same_sizes(const StepCalls& a, const StepCalls& b, std::size_t index) {
  if (!same_sizes(a.calls[index], b.calls[index]) || a.parts.size() != b.parts.size()) return false;
  for (std::size_t i = 0; i < a.parts.size(); ++i)
    if (!same_sizes(a.parts[i][index], b.parts[i][index])) return false;
  return true;
}

}  // namespace upmem_des
