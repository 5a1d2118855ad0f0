/// Where the keys and values of each attention layer are. Internal to the room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "plan/spread.hpp"
#include "plan/tasks/part_split.hpp"
#include "plan/tasks/transfers.hpp"
#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

/// Where the cache of one attention layer is, of sequences that are kept together.
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

  bool same_as(const KvPlace& other) const;
};

/// Where the cache of an attention function is, given where the function runs. `key_value_heads` are those of the whole
/// cache, none for as many as the event shows.
KvPlace kv_place(const LayerEvent& event, const Spread& spread, std::optional<std::int64_t> key_value_heads);

/// Moves caches when attention changes its devices between prefill and decode. A cache is that of a layer and of
/// sequences; where the batch is one, its micro-batches stand in their place.
class KvCaches {
 public:
  /// What a layer keeps of the sequences from one to before another.
  struct Rows {
    SequenceId first = 0;
    SequenceId end = 0;
    double bytes = 0;  ///< of all of them
  };

  explicit KvCaches(Transfers& transfers) : transfers_(transfers) {}

  /// The rows of the n-th attention function of a pass are at `place`, complete after `pieces` (by device).
  void put(std::int64_t layer, const std::vector<Rows>& rows, const KvPlace& place, const std::vector<Pieces>& pieces);

  /// Moves at most `rows` of a layer to where they are needed; by device the tasks after which they are there. Nothing
  /// where they are there, or where there are none.
  std::vector<Pieces> bring(std::int64_t layer, const std::vector<Rows>& rows, const KvPlace& to);

  /// Forgets a sequence.
  void free(SequenceId sequence);

  /// Appends where the caches of these sequences are, whichever these are; of all where `slices` is null.
  void describe(const std::vector<Slice>* slices, std::vector<std::int64_t>& state) const;

 private:
  struct Cache {
    Rows rows;
    KvPlace place;
    std::vector<Pieces> pieces;
  };
  using Caches = std::vector<Cache>;  // of a layer, ascending, none with rows of another

  static Caches taken_out(Caches& caches, SequenceId first, SequenceId end);
  static void add(Caches& caches, Cache cache);
  static void describe(const KvPlace& place, std::vector<std::int64_t>& state);
  std::vector<Pieces> move(const Cache& cache, const KvPlace& to, double bytes);

  Transfers& transfers_;
  std::map<std::int64_t, Caches> caches_;  // by attention function of a pass
};

}  // namespace upmem_des
