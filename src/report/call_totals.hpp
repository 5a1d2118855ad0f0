/// How often each layer and each function was called, and how long it took.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "report/shape_range.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Some calls together.
struct CallTimes {
  std::int64_t count = 0;
  std::int64_t timed = 0;  ///< those whose time is known
  double time_s = 0;       ///< sum over those

  void add(std::optional<double> call_s);
  CallTimes& operator+=(const CallTimes& other);
  /// Mean over the calls whose time is known; nothing where there is none.
  std::optional<double> mean_s() const;
};

/// The calls of a layer, or of the functions of one type and name.
struct CallGroup {
  EventKind kind = EventKind::Layer;
  std::optional<std::int64_t> id;
  Name type;
  Name name;
  Name path;    ///< of a layer
  Name device;  ///< the first that it ran on; empty where nothing was simulated
  bool more_devices = false;
  ShapeRange input;
  ShapeRange weight;
  ShapeRange output;
  std::array<CallTimes, phase_count> phases;

  CallTimes total() const;
};

/// Adds up calls. Layers are told apart by id, type and name, functions by type and name. Memory is bounded by the
/// number of these, of which the first max_groups of each kind are kept apart; later ones are added to others().
class CallTotals {
 public:
  /// A call in `phase` that took `time_s`, if that is known. `device` is where it was simulated, empty if it was not.
  void add(const LayerEvent& event, Phase phase, std::optional<double> time_s, Name device = Name());

  // What these return holds until the next add().

  /// Layers in creation order, that is by id; those without an id last, in order of their first calls.
  std::vector<const CallGroup*> layers() const;
  /// Functions in order of their first calls.
  std::vector<const CallGroup*> functions() const;
  /// What was not kept apart, by phase; counts are 0 where everything was.
  const std::array<CallTimes, phase_count>& others(EventKind kind) const;
  /// All calls of a kind.
  CallTimes total(EventKind kind) const;

  static constexpr std::size_t max_groups = 100'000;

 private:
  struct Key {
    EventKind kind;
    std::int64_t id;
    Name type;
    Name name;
    friend bool operator==(const Key& a, const Key& b) {
      return a.kind == b.kind && a.id == b.id && a.type == b.type && a.name == b.name;
    }
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  using ByKind = std::array<std::array<CallTimes, phase_count>, 2>;

  /// The group of an event, or null where there are too many of its kind.
  CallGroup* find(const LayerEvent& event);
  /// In order of their first calls.
  std::vector<const CallGroup*> of_kind(EventKind kind) const;

  std::vector<CallGroup> groups_;  ///< in order of their first calls
  std::unordered_map<Key, std::size_t, KeyHash> places_;
  std::array<std::size_t, 2> kept_{};  ///< groups of each kind
  ByKind others_{};
};

}  // namespace upmem_des
