/// What a forward pass calls, without saying anything twice.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "upmem_des/trace/layer_event.hpp"
#include "workload/progress.hpp"

namespace upmem_des {

/// The order of a step's calls, and what tells two calls of the same kind apart. Steps that call the same in the same
/// order share one.
struct CallSequence {
  struct Site {
    std::uint32_t call = 0;  ///< index into StepCalls::calls
    Name path;
    std::int64_t id = -1;          ///< below 0: none
    std::uint32_t first_back = 0;  ///< into `back`: the events that it waits for
    std::uint32_t backs = 0;
    bool waits_for_nothing = false;  ///< see LayerEvent
    std::vector<std::int64_t> experts;
  };

  /// Adds the site of an event that is the call at `call`.
  void add(const LayerEvent& event, std::uint32_t call);

  std::vector<Site> sites;
  std::vector<std::int64_t> back;  ///< how many events before the site's own
};

bool operator==(const CallSequence& a, const CallSequence& b);

/// A step: calls in a known order, with the sizes that they have in it.
struct StepCalls {
  std::shared_ptr<const CallSequence> sequence;
  std::vector<LayerEvent> calls;  ///< different ones; seq, id, path, deps and experts are the sites'
  std::int64_t first_seq = 0;     ///< of the first event
  std::int64_t step = 0;
  std::vector<SequenceId> freed;  ///< sequences whose caches no event from here on reads
  /// Where sequences are computed in parts: of each part, which is not empty, the calls as they are of its sequences
  /// alone, and of experts a share of the rows in proportion to the part's. Empty where all are one part.
  std::vector<std::vector<LayerEvent>> parts{};

  std::size_t size() const { return sequence->sites.size(); }
  /// The event of the site at `index`.
  LayerEvent event(std::size_t index) const;
  /// The same of each part; without events that it waits for.
  std::vector<LayerEvent> part_events(std::size_t index) const;
};

/// The call of an event: without what is its site's, and without measured times.
LayerEvent call_of(const LayerEvent& event);

/// Do two events ask for the same, but for what a site says, and for their sizes?
bool same_but_for_sizes(const LayerEvent& a, const LayerEvent& b);
/// Have they the same sizes: shapes, cached rows and slices?
bool same_sizes(const LayerEvent& a, const LayerEvent& b);

/// Have the calls at `index` of two steps the same sizes, as a whole and in each part?
bool same_sizes(const StepCalls& a, const StepCalls& b, std::size_t index);

/// A stream of steps as calls, read once, with a clock.
class CallSource {
 public:
  CallSource() = default;
  CallSource(const CallSource&) = delete;
  CallSource& operator=(const CallSource&) = delete;
  virtual ~CallSource() = default;

  /// Overwrites `step` with the next one where there is one. What `step` was given last time may be left in it. Throws
  /// InputError on bad input.
  virtual Answer next(const Progress& progress, StepCalls& step) = 0;
};

}  // namespace upmem_des
