/// Transfers as the published tool counts them. Internal to the room.
#pragma once

#include <map>
#include <vector>

#include "plan/tasks/movement.hpp"
#include "plan/tasks/route_table.hpp"

namespace upmem_des {

/// Tensors are on one current device, at first HOST, and move by way of the host. The quirks "m counts only when
/// nothing else moved", "an end without counted experts pays every time" and "the first expert's tokens stand for all"
/// of docs/models.md are here.
class PublishedMovement : public Movement {
 public:
  PublishedMovement(const TaskRules& rules, TaskMaker& tasks);

  Placement bring(const Turn& turn) override;
  bool keep(const Turn& turn, const Placement& placement, Made made) override;
  void finish(const LastEvents& last) override;
  void describe(const Outlook& frame, std::vector<std::int64_t>& state) override;
  const std::vector<DeviceIndex>& current() const override { return current_; }

 private:
  bool moves(const Turn& turn);
  bool all_experts_seen() const;
  Pieces send(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& after, const char* purpose);

  const TaskRules& rules_;
  TaskMaker& tasks_;
  RouteTable routes_;
  std::vector<DeviceIndex> current_{host_device};
  std::map<std::uint32_t, std::int64_t> seen_;  // by Name::index() of keys with m: since the last end of a block
};

}  // namespace upmem_des
