#include "timeline/paje/paje_writer.hpp"

#include <array>

#include "platform/stated_energies.hpp"
#include "timeline/activity_label.hpp"
#include "timeline/operator_colour.hpp"
#include "timeline/paje/paje_text.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

namespace {

struct VariableKind {
  Quantity quantity;
  bool of_link;
  const char* suffix;  ///< of the type's alias
  const char* name;
  const OperatorColour& colour;
};

/// In the order of Quantity.
const std::array<VariableKind, 9>& variables() {
  static const std::array<VariableKind, 9> all{{
      {Quantity::ComputeUse, false, "c", "compute use", operator_colour(OperatorClass::Linear)},
      {Quantity::MemoryUse, false, "m", "memory use", operator_colour(OperatorClass::Normalization)},
      {Quantity::MemoryBandwidth, false, "b", "memory bandwidth (B/s)", operator_colour(OperatorClass::Normalization)},
      {Quantity::DevicePower, false, "p", "power (W)", transfer_colour()},
      {Quantity::WeightsHeld, false, "w", "weights (B)", operator_colour(OperatorClass::Embedding)},
      {Quantity::KvCacheHeld, false, "k", "KV cache (B)", operator_colour(OperatorClass::Attention)},
      {Quantity::ActivationsHeld, false, "a", "activations (B)", operator_colour(OperatorClass::Activation)},
      {Quantity::LinkUse, true, "u", "use", operator_colour(OperatorClass::Embedding)},
      {Quantity::LinkPower, true, "p", "power (W)", transfer_colour()},
  }};
  return all;
}

const VariableKind& kind_of(Quantity quantity) {
  return variables()[static_cast<std::size_t>(quantity)];
}

bool is_device(PajeKind kind) {
  return kind == PajeKind::Host || kind == PajeKind::Device;
}

constexpr OperatorColour prefill_colour{"prefill", "#999999", 153, 153, 153};
constexpr OperatorColour decode_colour{"decode", "#cccccc", 204, 204, 204};

const OperatorColour& phase_colour(Phase phase) {
  return phase == Phase::Prefill ? prefill_colour : decode_colour;
}

std::string key_of(const ActivityRecord& activity, const RouteSpec& route, std::size_t destination) {
  const std::string key = "k" + std::to_string(activity.id);
  return route.to.size() > 1 ? key + "d" + std::to_string(route.to[destination]) : key;
}

}  // namespace

PajeWriter::PajeWriter(std::string path, const PlatformSpec& platform, const std::string& title)
    : file_(std::move(path), StatedEnergies(platform).all()), platform_(platform), hierarchy_(platform, title) {}

void PajeWriter::define_types() {
  for (const PajeType& type : hierarchy_.types()) {
    file_.define_container_type(type.alias, type.parent, to_string(type.kind));
    if (type.kind == PajeKind::Machine) file_.define_state_type(type.alias + "s", type.alias, "phase");
    if (is_device(type.kind)) file_.define_state_type(type.alias + "s", type.alias, "layer");
    if (type.kind == PajeKind::Route) file_.define_state_type(type.alias + "s", type.alias, "transfer");
    for (const VariableKind& variable : variables())
      if (variable.of_link ? type.kind == PajeKind::Link : is_device(type.kind))
        file_.define_variable_type(type.alias + variable.suffix, type.alias, variable.name, variable.colour);
  }
  for (const Phase phase : {Phase::Prefill, Phase::Decode})
    file_.define_value(state_type(hierarchy_.machine()), to_string(phase), phase_colour(phase));
}

void PajeWriter::on_begin(double time_s) {
  file_.write_header();
  define_types();
  for (const PajeContainer& container : hierarchy_.containers())
    file_.create_container(time_s, container.alias, hierarchy_.type_of(container).alias, container.parent,
                           container.name);
}

void PajeWriter::on_phase(Phase phase, double time_s) {
  const PajeContainer& machine = hierarchy_.machine();
  if (has_phase_) file_.pop_state(time_s, state_type(machine), machine.alias);
  file_.push_state(time_s, state_type(machine), machine.alias, to_string(phase));
  has_phase_ = true;
}

void PajeWriter::on_start(const ActivityRecord& activity) {
  const PajeContainer& stream = stream_of(activity, activity.start_s);
  const OperatorColour& colour = activity_colour(activity);
  const std::string label = label_of(activity);
  PajeDetails details;
  details.seq = activity.event != nullptr ? activity.event->seq : -1;
  details.step = activity.step();
  details.operator_class = colour.name;
  details.flop = activity.flop;
  details.bytes = activity.kind == ActivityKind::Compute ? activity.memory_bytes : activity.bytes;
  details.energy_J = activity.energy_J;
  define_value(state_type(stream), label, colour);
  file_.push_state(activity.start_s, state_type(stream), stream.alias, label, details);
  if (activity.kind == ActivityKind::Transfer) start_arrows(activity, label);
}

void PajeWriter::on_end(const ActivityRecord& activity) {
  const PajeContainer& stream = stream_of(activity, activity.end_s);
  file_.pop_state(activity.end_s, state_type(stream), stream.alias);
  if (activity.kind == ActivityKind::Transfer) end_arrows(activity, label_of(activity));
}

void PajeWriter::on_change(const QuantityChange& change) {
  told_[{change.quantity, change.index}] = change.value;
  set(change.quantity, change.index, change.time_s, change.value);
}

void PajeWriter::on_finish(double time_s) {
  // Readers end a variable where it is set last.
  for (const auto& [which, value] : told_) set(which.first, which.second, time_s, value);
  const PajeContainer& machine = hierarchy_.machine();
  if (has_phase_) file_.pop_state(time_s, state_type(machine), machine.alias);
  for (auto route = routes_.rbegin(); route != routes_.rend(); ++route)
    file_.destroy_container(time_s, route->second.alias, hierarchy_.type_of(route->second).alias);
  const auto& containers = hierarchy_.containers();
  for (auto container = containers.rbegin(); container != containers.rend(); ++container)
    file_.destroy_container(time_s, container->alias, hierarchy_.type_of(*container).alias);
}

/// A name has one colour; where layers of two classes share one, the second is told apart: "mul (attention)".
std::string PajeWriter::label_of(const ActivityRecord& activity) {
  std::string label = activity_label(activity);
  const OperatorColour& colour = activity_colour(activity);
  const auto first = colour_of_label_.emplace(label, &colour).first;
  if (first->second != &colour) label += std::string(" (") + colour.name + ")";
  return label;
}

void PajeWriter::define_value(const std::string& type, const std::string& label, const OperatorColour& colour) {
  if (values_.emplace(type, paje_string(label)).second) file_.define_value(type, label, colour);
}

const PajeContainer& PajeWriter::stream_of(const ActivityRecord& activity, double time_s) {
  if (activity.kind == ActivityKind::Compute) return hierarchy_.device(activity.stream);
  const auto known = routes_.find(activity.stream);
  if (known != routes_.end()) return known->second;
  const PajeContainer& route = routes_.emplace(activity.stream, hierarchy_.route(activity.stream)).first->second;
  file_.create_container(time_s, route.alias, hierarchy_.type_of(route).alias, route.parent, route.name);
  return route;
}

std::string PajeWriter::state_type(const PajeContainer& container) const {
  return hierarchy_.type_of(container).alias + "s";
}

std::string PajeWriter::link_type(DeviceIndex from, DeviceIndex to) {
  const PajeContainer& start = hierarchy_.device(from);
  const PajeContainer& end = hierarchy_.device(to);
  const auto [known, is_new] =
      link_types_.emplace(std::pair(start.type, end.type), "a" + std::to_string(link_types_.size()));
  if (is_new)
    file_.define_link_type(known->second, hierarchy_.type_of(hierarchy_.machine()).alias,
                           hierarchy_.type_of(start).alias, hierarchy_.type_of(end).alias, "transfer");
  return known->second;
}

void PajeWriter::start_arrows(const ActivityRecord& activity, const std::string& label) {
  const RouteSpec& route = platform_.routes[activity.stream];
  for (std::size_t i = 0; i < route.to.size(); ++i) {
    const std::string type = link_type(route.from, route.to[i]);
    file_.start_link(activity.start_s, type, hierarchy_.machine().alias, hierarchy_.device(route.from).alias, label,
                     key_of(activity, route, i), activity.bytes);
  }
}

void PajeWriter::end_arrows(const ActivityRecord& activity, const std::string& label) {
  const RouteSpec& route = platform_.routes[activity.stream];
  for (std::size_t i = 0; i < route.to.size(); ++i)
    file_.end_link(activity.end_s, link_type(route.from, route.to[i]), hierarchy_.machine().alias,
                   hierarchy_.device(route.to[i]).alias, label, key_of(activity, route, i));
}

void PajeWriter::set(Quantity quantity, std::size_t index, double time_s, double value) {
  const VariableKind& kind = kind_of(quantity);
  const PajeContainer& container = kind.of_link ? hierarchy_.link(index) : hierarchy_.device(index);
  file_.set_variable(time_s, hierarchy_.type_of(container).alias + kind.suffix, container.alias, value);
}

}  // namespace upmem_des
