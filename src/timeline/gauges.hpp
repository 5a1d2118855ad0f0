/// What the resources of a machine are doing, as quantities. Internal to the room.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "platform/stated_energies.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/activity_record.hpp"
#include "upmem_des/timeline/timeline_writer.hpp"

namespace upmem_des {

/// Adds up what goes on at one time. Sums are made anew at each change, so that what has ended leaves no rest. Powers
/// that nobody can state are never told of.
class Gauges {
 public:
  /// `weights_B`: by device. `platform` outlives the gauges.
  Gauges(const PlatformSpec& platform, std::vector<double> weights_B);

  void start(const ResourceUse& use);
  void end(const ResourceUse& use);
  /// For how long a use of Memory draws power, from its start on; 0: it draws none. After that end_draw() is due.
  double draws_for_s(const ResourceUse& use) const;
  void end_draw(const ResourceUse& use);
  void start(const ActivityRecord& activity);
  void end(const ActivityRecord& activity);
  /// A device's KV cache has grown by work that is not shown: nobody is told at that time.
  void hold(std::size_t device, double kv_cache_B);

  /// All that are not 0 will be told of with the next take().
  void mark_all();
  /// What has changed since the last call and differs from what was told then, in a fixed order.
  void take(double time_s, std::vector<QuantityChange>& changes);

 private:
  using Key = std::pair<std::size_t, Quantity>;  // index first: what belongs to one device comes together
  using Uses = std::vector<ResourceUse>;

  double value_of(const Key& key) const;
  bool has_work(std::size_t device) const;
  void mark(Quantity quantity, std::size_t index) { changed_.emplace(index, quantity); }
  void mark(const ResourceUse& use);

  const PlatformSpec& platform_;
  StatedEnergies stated_;
  std::vector<double> weights_B_;
  std::vector<double> kv_cache_B_;
  std::vector<std::vector<std::pair<std::int64_t, double>>> activations_B_;  // by device: activity, bytes
  std::vector<Uses> arithmetic_;                                             // by device
  std::vector<Uses> memory_;                                                 // by device
  std::vector<int> drawing_;                                                 // by device: of these, that draw power
  std::vector<Uses> links_;                                                  // by link
  std::set<Key> changed_;
  std::map<Key, double> told_;
};

}  // namespace upmem_des
