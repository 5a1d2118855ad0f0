/// The caches that events of attention read and write. Internal to the room.
#pragma once

#include <vector>

#include "plan/tasks/kv_caches.hpp"
#include "plan/tasks/movement.hpp"
#include "plan/tasks/task_rules.hpp"

namespace upmem_des {

/// Caches are where attention runs: of a step in parts, those of a part with the group of devices that computes it.
class AttentionCaches {
 public:
  /// References outlive this.
  AttentionCaches(const TaskRules& rules, Transfers& transfers) : rules_(rules), caches_(transfers) {}

  /// The cache that an event of attention reads comes to where it runs; by device the tasks after which it is there,
  /// nothing where it is.
  std::vector<Pieces> bring(const Turn& turn, const Spread& spread);
  /// What it has added is where it ran, made by `value`. A cache that decode needs elsewhere sets out as soon as
  /// prefill has made it.
  void keep(const Turn& turn, const Spread& spread, const Value& value);
  void free(SequenceId sequence) { caches_.free(sequence); }
  /// See KvCaches.
  void describe(const std::vector<Slice>* slices, std::vector<std::int64_t>& state) const {
    caches_.describe(slices, state);
  }

 private:
  /// Devices that have caches of the same sequences, and where these are.
  struct Place {
    std::vector<KvCaches::Rows> rows;
    KvPlace place;
    std::size_t first = 0;  ///< of its devices among all
  };
  std::vector<Place> places(const Turn& turn, const Spread& spread) const;
  std::vector<KvCaches::Rows> rows_of(const Turn& turn, const LayerEvent& event) const;

  const TaskRules& rules_;
  KvCaches caches_;
};

}  // namespace upmem_des
