/// Where the keys and values of each attention layer are. Internal to the room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "plan/mapping.hpp"
#include "plan/tasks/part_split.hpp"
#include "plan/tasks/transfers.hpp"

namespace upmem_des {

/// The cache of one attention layer (of one micro-batch) on one or more devices.
struct KvPlace {
  std::vector<DeviceIndex> devices;
  /// What of the cache each device holds: heads [first, end) of `heads`, and the rows of the batch from one share of
  /// them to another.
  struct Hold {
    std::int64_t first_head = 0, end_head = 1;
    double first_row = 0, end_row = 1;
  };
  std::vector<Hold> holds;
  std::int64_t heads = 1;
  bool is_by_rows = false;  ///< the devices share rows, not heads

  bool same_as(const KvPlace& other) const;
};

/// Where the cache of an attention function is, given where the function runs. `key_value_heads` are those of the whole
/// cache, none for as many as the event shows.
KvPlace kv_place(const LayerEvent& event, const std::vector<DeviceIndex>& devices, Split split,
                 std::optional<std::int64_t> key_value_heads);

/// Moves caches when attention changes its devices between prefill and decode.
class KvCaches {
 public:
  explicit KvCaches(Transfers& transfers) : transfers_(transfers) {}

  /// The cache of the n-th attention function of a pass is at `place`, complete after `pieces` (by device), with
  /// `bytes` in all.
  void put(std::pair<std::int64_t, std::int64_t> which, KvPlace place, std::vector<Pieces> pieces, double bytes);

  /// Moves at most `bytes` of a cache to where it is needed; by device the tasks after which it is there. Nothing where
  /// it is there, or where there is none.
  std::vector<Pieces> bring(std::pair<std::int64_t, std::int64_t> which, const KvPlace& to, double bytes);

  /// Appends where all caches are.
  void describe(std::vector<std::int64_t>& state) const;

 private:
  struct Cache {
    KvPlace place;
    std::vector<Pieces> pieces;
    double bytes = 0;
  };

  Transfers& transfers_;
  std::map<std::pair<std::int64_t, std::int64_t>, Cache> caches_;  // by attention function of a pass and micro-batch
};

}  // namespace upmem_des
