#include "plan/tasks/state_description.hpp"

#include <cstring>

namespace upmem_des {

void StateDescription::add(double number) {
  std::int64_t bits = 0;
  static_assert(sizeof bits == sizeof number);
  std::memcpy(&bits, &number, sizeof bits);
  out_.push_back(bits);
}

void StateDescription::add_pieces(const Pieces& pieces) {
  add(pieces.size());
  for (const TaskId id : pieces) add(frame_.next_id - id);
}

void StateDescription::add_pieces(const std::vector<Pieces>& all) {
  add(all.size());
  for (const Pieces& pieces : all) add_pieces(pieces);
}

void StateDescription::add(const Value::At& at) {
  add(at.device);
  add_pieces(at.pieces);
}

void StateDescription::add(const Value& value) {
  add(value.devices);
  add(static_cast<std::int64_t>(value.layout));
  add(value.shares);
  add_pieces(value.made);
  add(value.cuts);
  add(value.bytes);
  add(value.width);
  add(static_cast<std::int64_t>(value.of_expert));
  add(value.whole_at.size());
  for (const Value::At& at : value.whole_at) add(at);
  add(value.expert_rows.size());
  for (const Value::ExpertRows& rows : value.expert_rows) {
    add(rows.expert);
    add(rows.at);
  }
  add(value.expert_routes.size());
  for (const RouteIndex route : value.expert_routes) add(static_cast<std::int64_t>(route));
  add(value.scattered.size());
  for (const Value::Scattered& part : value.scattered) {
    add(static_cast<std::int64_t>(part.layout));
    add(part.devices);
    add_pieces(part.pieces);
  }
  add(value.part_rows);
  add(value.first_row);
  add(value.last_row);
  // What is not told from the devices: of unmapped events how the first input was shared.
  add(static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(value.spread)));
  for (const std::vector<Value>* parts : {&value.groups, &value.slices}) {
    add(parts->size());
    for (const Value& part : *parts) add(part);
  }
}

}  // namespace upmem_des
