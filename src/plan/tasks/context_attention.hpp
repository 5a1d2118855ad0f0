/// What devices that share sequences send each other for attention. Internal to the room.
#pragma once

#include <vector>

#include "plan/tasks/collectives.hpp"
#include "plan/tasks/context_split.hpp"
#include "plan/tasks/movement.hpp"
#include "plan/tasks/task_maker.hpp"

namespace upmem_des {

/// Context parallel: the devices in one place of all groups that share sequences have the same heads, and each some of
/// the tokens and of the cache. They gather keys and values, or gather queries and add up outputs, see ContextTraffic.
class ContextAttention {
 public:
  /// References outlive this.
  ContextAttention(TaskMaker& tasks, Collectives& collectives, const HeadCounts& heads, double bytes_per_element)
      : tasks_(tasks), collectives_(collectives), heads_(heads), bytes_per_element_(bytes_per_element) {}

  /// Is it shared that way?
  static bool is(const Turn& turn, const Placement& placement);

  /// Before the parts of attention are computed: what has arrived becomes what each of them needs.
  void gather(Placement& placement);
  /// Afterwards: what was made becomes what each device has of its own tokens.
  void add_up(const Placement& placement, Made& made);

 private:
  using Column = std::vector<std::size_t>;  // one of Spread::context_columns()
  ContextTraffic traffic_of(const Part& part) const;
  /// Their tensor of so many numbers; no device has any share of what has no tokens.
  Value shared(const Placement& placement, const Column& column, double numbers) const;

  TaskMaker& tasks_;
  Collectives& collectives_;
  const HeadCounts heads_;
  double bytes_per_element_;
};

}  // namespace upmem_des
