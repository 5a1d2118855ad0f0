#include "plan/tasks/wanted.hpp"

namespace upmem_des {

Wanted Wanted::of_group(std::size_t group) const {
  Wanted mine = *this;
  const auto size = static_cast<std::ptrdiff_t>(devices.size() / rows.size());
  const auto first = static_cast<std::ptrdiff_t>(group) * size;
  mine.devices.assign(devices.begin() + first, devices.begin() + first + size);
  if (!shares.empty()) mine.shares.assign(shares.begin() + first, shares.begin() + first + size);
  mine.bytes *= rows[group];
  mine.rows.clear();
  return mine;
}

}  // namespace upmem_des
