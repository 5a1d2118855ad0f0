/// What devices have to hold: weights, KV cache, activations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "plan/stored_bytes.hpp"
#include "upmem_des/platform/indices.hpp"
#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

struct LayerEvent;

/// The most that one device holds, bytes.
struct HeldBytes {
  double weights_B = 0;
  double kv_cache_B = 0;
  double activations_B = 0;  ///< the largest input and output of one event
  double streams_B = 0;      ///< room for what comes from where it is kept
  double stored_B = 0;       ///< of weights and KV cache: what is kept for other devices
  // What one event needs at most, of each.
  double largest_weights_B = 0;
  double largest_cache_B = 0;

  double total_B() const { return weights_B + kv_cache_B + activations_B + streams_B; }
};

/// What a part of attention holds of its layer's cache.
struct CacheShare {
  std::optional<std::int64_t> heads{};  ///< none: all
  double rows = 1;                      ///< of each sequence
};

/// Adds up what the parts of events need on the devices that they run on. docs/machines.md, Capacity, defines it.
class MemoryAccount {
 public:
  using Options = StorageOptions;

  MemoryAccount(std::size_t devices, const Options& options);

  /// A part of `event` runs on `device`: `part` has the shapes of the part, `event` those of the whole, from which the
  /// layer is known (its id, else its path, else its name, type and the one expert that it belongs to). `cache`
  /// is what the part holds of the cache. Weights count once a layer and device, whatever the
  /// number of calls; of parts that differ, the largest.
  ///
  /// Attention holds keys and values of its layer: `scaled_dot_product_attention`, and of eager attention the products
  /// `attn_weights` (keys) and `attn_output` (values). The n-th such event of a pass is the same layer in each pass, so
  /// that for each device and n the largest call counts. Parts of one event (by its seq) on the same device are rows of
  /// the batch, and add up. Where events have slices each sequence has caches of its own. A cache lies where the latest
  /// call of its layer with its sequence ran: what another device held of it has moved.
  ///
  /// Events of a pass (by their step) come together. Throws InputError as parameter_count() does.
  void add(DeviceIndex device, const LayerEvent& event, const LayerEvent& part, const CacheShare& cache = {});

  /// The same of an event that was told of in an earlier pass, with other sizes of cache and activations: its weights
  /// are counted.
  void add_again(DeviceIndex device, const LayerEvent& event, const LayerEvent& part, const CacheShare& cache = {});

  /// The caches of a sequence are needed no more.
  void free(SequenceId sequence);

  /// The most that each device has held at any time so far.
  const std::vector<HeldBytes>& held() const { return held_; }
  /// What a device's caches take now.
  double kv_cache_B(DeviceIndex device) const { return kv_now_B_[device]; }

  /// Input and output of a part, bytes.
  double activation_bytes(const LayerEvent& part) const { return bytes_.activations(part); }

 private:
  using LayerKey = std::array<std::int64_t, 4>;
  struct Cache {
    std::int64_t seq = -1;  ///< of the call that `call_B` is of
    double call_B = 0;      ///< what the parts of that call hold
    double largest_B = 0;   ///< of any call
  };
  static constexpr SequenceId whole_batch = -1;  ///< of events without slices
  /// The caches of the n-th attention of a pass.
  struct LayerCaches {
    std::int64_t seq = -1;  ///< of its latest call
    std::map<std::pair<SequenceId, DeviceIndex>, Cache> held;
    std::map<DeviceIndex, double> now_B;
  };

  /// Counts events of one sort by their place in a pass: what has no id of its own stands there again in every pass.
  class PassPlaces {
   public:
    std::size_t of(const LayerEvent& event);

   private:
    std::int64_t step_ = -1;
    std::vector<std::int64_t> seqs_;  ///< ascending
  };

  LayerKey key_of(const LayerEvent& event);
  void add_weights(DeviceIndex device, const LayerEvent& event, const LayerEvent& part);
  void add_cache(DeviceIndex device, const LayerEvent& event, const LayerEvent& part, const CacheShare& cache);
  void add_to(LayerCaches& layer, SequenceId sequence, DeviceIndex device, double bytes);
  /// A device holds so much more of a layer's caches now.
  void change_cache(LayerCaches& layer, DeviceIndex device, double bytes);
  void drop_moved(LayerCaches& layer);
  void add_activations(DeviceIndex device, const LayerEvent& part);

  StoredBytes bytes_;
  std::vector<HeldBytes> held_;
  std::vector<std::map<LayerKey, double>> weights_B_;  // by device
  std::vector<LayerCaches> caches_;                    // by their place in a pass
  std::vector<double> kv_now_B_;                       // by device
  PassPlaces attention_, functions_;
};

}  // namespace upmem_des
