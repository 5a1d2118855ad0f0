/// Which devices a layer runs on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "plan/spread.hpp"
#include "upmem_des/platform/indices.hpp"
#include "upmem_des/trace/phase.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des {

struct LayerEvent;

/// Where a mapped layer goes, and how its input gets there.
struct MapTarget : Spread {
  bool transfer_point = false;  ///< `t`: the input comes from the host
  bool shared_input = false;    ///< `m`: the input is sent once to a block of experts
  /// Of Experts: expert e is with group e mod n, whose devices share it; empty: every device is a group.
  std::vector<Spread> expert_groups;

  DeviceIndex device() const { return devices.front(); }
};

/// The mapping of a run, looked up by interned names.
class Mapping {
 public:
  struct Found {
    Name key;  ///< the name or type that matched; empty for experts, layer ranges and the default
    const MapTarget* target = nullptr;
    std::optional<std::size_t> stage;  ///< which layer range the event's layer is in, counted from 0, whatever matched
  };

  /// Lines that hold in every phase, or in one.
  struct Section {
    void set(Name key, const MapTarget& target);
    /// Of events that belong to an expert (LayerEvent::experts has one) and are not named.
    void set_experts(const MapTarget& target) { experts_ = target; }
    /// Of the decoder layers first … last that are not matched otherwise; `experts` is asked before `target` for events
    /// that belong to an expert. Ranges do not overlap.
    void add_layers(std::int64_t first, std::int64_t last, const MapTarget& target,
                    const std::optional<MapTarget>& experts = std::nullopt);
    /// Of what nothing else matches; without it such events stay on the current device.
    void set_default(const MapTarget& target) { default_ = target; }

    bool empty() const;

   private:
    friend class Mapping;
    struct LayerRange {
      std::int64_t first = 0;
      std::int64_t last = 0;
      MapTarget target;
      std::optional<MapTarget> experts;
    };
    const MapTarget* at(Name key) const;
    const LayerRange* range_of(std::optional<std::int64_t> layer) const;

    std::vector<std::optional<MapTarget>> by_name_;  // by Name::index()
    std::optional<MapTarget> experts_;
    std::vector<LayerRange> layers_;
    std::optional<MapTarget> default_;
  };

  Section& common() { return common_; }
  Section& of(Phase phase) { return phases_[static_cast<std::size_t>(phase)]; }

  void set(Name key, const MapTarget& target) { common_.set(key, target); }
  void set_default(DeviceIndex device);

  /// The target of an event. The phase's section is asked first, then the common one; in each the event's `map_key` or,
  /// where it has none, its `name`, else its `type`, and what writes a cache goes where attention goes; then `experts`;
  /// then the range of its decoder layer and in it `experts` first; then the default, but for what samples tokens,
  /// which stays where the logits are. None of them: no target. `layer` is the decoder layer that the event belongs to,
  /// see LayerTracker.
  Found find(const LayerEvent& event, Phase phase = Phase::Prefill,
             std::optional<std::int64_t> layer = std::nullopt) const;

  /// The devices of lines that name several, as written there, each list once; of a grid those of each group, those
  /// in the same place of all groups, and of the groups that share sequences; of experts those of each group, too.
  std::vector<std::vector<DeviceIndex>> groups() const;

  /// All devices that some line names, ascending, each once.
  std::vector<DeviceIndex> devices() const;

 private:
  template <class Visit>
  void for_each_target(Visit&& visit) const;

  Section common_;
  std::array<Section, phase_count> phases_;
};

}  // namespace upmem_des
