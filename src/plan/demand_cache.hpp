/// Demands of events that repeat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cost/cost_model.hpp"
#include "platform/platform_spec.hpp"

namespace upmem_des {

/// The layers of a decoder ask for the same again and again. For each kind of event, a name and a type, the latest
/// demand is kept; an event of the same sizes on the same device is not costed again, where the cost model allows that.
class DemandCache {
 public:
  struct Found {
    std::size_t kind = 0;            ///< 0, 1, 2, … in the order in which kinds first occurred
    bool repeats = false;            ///< is the demand the one that was found for this kind before?
    const Demand* demand = nullptr;  ///< lives until a further kind occurs
  };

  /// References outlive the cache.
  DemandCache(const CostModel& model, const PlatformSpec& platform) : model_(model), platform_(platform) {}

  /// The demand of `event` on a device. Throws as CostModel::cost() does.
  Found find(const LayerEvent& event, DeviceIndex device, const CostState& state);

 private:
  /// What the cost of an event of some kind may depend on, besides the kind.
  struct Sizes {
    EventKind kind = EventKind::Layer;
    Shape input_shape;
    std::optional<Shape> weight_shape;
    Shape output_shape;
    std::optional<std::int64_t> kv_length;
    std::optional<std::array<std::int64_t, 2>> stride;
    std::optional<std::array<std::int64_t, 2>> padding;
    std::optional<bool> causal;
    std::size_t experts = 0;  ///< how many are named
    const Operation* operation = nullptr;
    Phase phase = Phase::Prefill;
    std::int64_t cached_tokens = 0;
    DeviceIndex device = host_device;
  };

  struct Entry {
    bool is_known = false;
    Sizes sizes;
    Demand demand;
  };

  static bool agree(const Sizes& sizes, const LayerEvent& event, DeviceIndex device, const CostState& state);
  static Sizes sizes_of(const LayerEvent& event, DeviceIndex device, const CostState& state);
  std::size_t kind_of(const LayerEvent& event);

  const CostModel& model_;
  const PlatformSpec& platform_;
  std::vector<Entry> entries_;                            // by kind
  std::unordered_map<std::uint64_t, std::size_t> kinds_;  // by name and type
  struct Recent {
    Name type;
    std::size_t kind = 0;
    bool is_set = false;
  };
  std::vector<Recent> recent_;  // by Name::index() of the name: the type that it came with, and that kind
};

}  // namespace upmem_des
