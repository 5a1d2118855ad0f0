/// What a trace holds, counted in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/operation/shape.hpp"
#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/trace/phase.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des {

using PhaseCounts = std::array<std::int64_t, phase_count>;  ///< by Phase

/// Events of one kind and type.
struct TypeSummary {
  EventKind kind = EventKind::Layer;
  Name type;
  PhaseCounts count{};
};

/// Events of one kind, type and name.
struct LayerSummary {
  EventKind kind = EventKind::Layer;
  Name type;
  Name name;
  PhaseCounts count{};
  Shape first_input;  ///< in call order
  Shape last_input;
  Shape smallest_input;  ///< by number of elements; the first of equals
  Shape largest_input;
  /// In the order in which they came, at most max_weights; empty for functions.
  std::vector<Shape> weights;
  bool more_weights = false;  ///< there were more than max_weights
  std::int64_t measured = 0;  ///< events with a duration
  double measured_ns = 0;     ///< sum of their durations

  static constexpr std::size_t max_weights = 16;
};

/// Groups are in the order in which they first came.
struct TraceSummary {
  TraceHeader header;
  std::int64_t events = 0;
  PhaseCounts count{};
  std::int64_t forward_passes = 0;  ///< the largest step of a layer, plus one
  std::vector<TypeSummary> types;
  std::vector<LayerSummary> layers;
  PhaseCounts other_types{};      ///< events of the types that came after max_groups others
  PhaseCounts other_layers{};     ///< the same for `layers`
  std::int64_t distinct_ids = 0;  ///< layers, told apart by id
  bool more_ids = false;          ///< there are more than max_ids, which is then distinct_ids
  std::int64_t measured = 0;      ///< events with a duration
  double measured_ns = 0;         ///< sum of their durations

  static constexpr std::size_t max_groups = 10'000;
  static constexpr std::int64_t max_ids = 100'000;
};

/// Reads the whole source. Memory does not grow with its length. Throws InputError as the source does.
TraceSummary summarise(EventSource& source);

/// The summary as text for a terminal, ending in a newline.
std::string to_text(const TraceSummary& summary);

}  // namespace upmem_des
