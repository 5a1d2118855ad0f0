#include "plan/mapping.hpp"

namespace upmem_des {

void Mapping::set(Name key, const MapTarget& target) {
  if (by_name_.size() <= key.index()) by_name_.resize(key.index() + 1);
  by_name_[key.index()] = target;
}

const MapTarget* Mapping::at(Name key) const {
  return key.index() < by_name_.size() && by_name_[key.index()] ? &*by_name_[key.index()] : nullptr;
}

Mapping::Found Mapping::find(const LayerEvent& event) const {
  if (!event.map_key.empty()) {
    if (const MapTarget* target = at(event.map_key)) return {event.map_key, target};
  } else {
    if (const MapTarget* target = at(event.name)) return {event.name, target};
    if (const MapTarget* target = at(event.type)) return {event.type, target};
  }
  return {Name(), default_ ? &*default_ : nullptr};
}

}  // namespace upmem_des
